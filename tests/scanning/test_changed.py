"""The bytes whose digests are told are those that were hashed, or the item says otherwise."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hashmatch.errors import Reason
from hashmatch.hashing.items import HashOptions, decode_item, hash_item
from hashmatch.model import Item
from hashmatch.scanning import digested
from hashmatch.scanning.digested import Digested, DigestFiles
from hashmatch.sources.access import open_evidence, stamp_of
from hashmatch.sources.base import Found
from hashmatch.sources.folder import Folder
from tests.support.clips import clip
from tests.support.deeds import items_of
from tests.support.photos import encoded, photo


def rewrite(path: Path) -> None:
    """Other content of the same size, with the time of before."""
    status = path.stat()
    path.write_bytes(bytes(reversed(path.read_bytes())))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def replace(path: Path) -> None:
    """Another file takes its name."""
    other = path.with_suffix(".new")
    other.write_bytes(clip(first=20))
    other.replace(path)


CHANGES = (rewrite, grow, replace)


def changed(item: Item) -> bool:
    return item.unreadable is not None and item.unreadable.reason is Reason.CHANGED


@pytest.fixture(params=["picture", "video"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made = tmp_path / "evidence" / str(request.param)
    made.parent.mkdir()
    made.write_bytes(encoded(photo("coffee"), "JPEG") if request.param == "picture" else clip())
    return made


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("workers", [0, 1])
def test_what_changes_behind_its_digests_is_not_decoded(
    workers: int, change: Callable[[Path], None], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    result = DigestFiles.result

    def change_it(self: DigestFiles, task: Found, answer: bytes) -> Digested:
        change(path)
        return result(self, task, answer)

    monkeypatch.setattr(DigestFiles, "result", change_it)
    (item,) = items_of(Folder(path), readable=[str(path.parent)], workers=workers)
    assert changed(item)
    assert item.media is None
    # Those bytes were there, and a list of digests may hold them.
    assert item.digests.sha256 == hashlib.sha256(before).hexdigest()
    assert item.size == len(before)


@pytest.mark.parametrize("change", [rewrite, grow])
def test_what_changes_while_it_is_decoded_has_no_hashes(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "video"
    path.write_bytes(clip())
    with open_evidence(path) as file:
        stamp = stamp_of(file)
    assert decode_item(path, HashOptions(), stamp).media is not None
    decoded = decode_item(path, HashOptions(), stamp, on_progress=lambda _: change(path))
    path.write_bytes(clip())
    for item in (decoded, hash_item(path, on_progress=lambda _: change(path))):
        assert changed(item)
        assert item.media is None


@pytest.mark.parametrize("change", [rewrite, grow])
def test_what_changes_while_digests_are_computed_has_none(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(range(256)) * 8192)
    job, task = DigestFiles(), Found(str(path), "large")
    still = job.result(task, job.perform(str(path), lambda _: None))
    assert still.digests.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    answer = job.perform(str(path), lambda _: change(path))
    found = job.result(task, answer)
    assert found.problem is not None
    assert found.problem.reason is Reason.CHANGED
    assert found.digests.sha256 is None


def test_a_copy_of_what_changed_is_decoded_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(photo("coffee").resize((160, 120)), "JPEG")
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(data)
    finished = digested.DigestFiles.result
    seen: list[str] = []

    def change_the_first(self: DigestFiles, task: Found, answer: bytes) -> Digested:
        seen.append(task.locator)
        if len(seen) == 3:
            grow(Path(seen[0]))
        return finished(self, task, answer)

    monkeypatch.setattr(DigestFiles, "result", change_the_first)
    items = {i.locator: i for i in items_of(Folder(tmp_path), readable=[str(tmp_path)], workers=1)}
    first = items.pop(seen[0])
    # It may have been decoded before the third was digested: then it is as it was.
    assert changed(first) or first.media is not None
    assert all(each.media is not None for each in items.values())


@pytest.mark.parametrize("workers", [0, 1])
def test_holes_cost_nothing(workers: int, tmp_path: Path) -> None:
    """Two files of 15 TiB, of which nothing is stored, among others."""
    head = clip()
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_bytes(head)
        try:
            os.truncate(tmp_path / name, 15 << 40)
        except OSError:
            pytest.skip("this file system holds no such file")
    small = encoded(photo("coffee").resize((160, 120)), "JPEG")
    (tmp_path / "c.jpg").write_bytes(small)
    (tmp_path / "d").write_bytes(b"x")
    os.truncate(tmp_path / "d", 3 << 20)
    *large, picture, holes = items_of(Folder(tmp_path), readable=[str(tmp_path)], workers=workers)
    for item in (*large, hash_item(tmp_path / "a.mp4")):
        assert item.unreadable is not None
        assert item.unreadable.reason is Reason.TOO_MANY_BYTES
        assert f"{15 << 40:,} bytes" in item.unreadable.detail
    assert picture.media is not None
    assert holes.digests.md5 == hashlib.md5(b"x".ljust(3 << 20, b"\0")).hexdigest()  # noqa: S324
