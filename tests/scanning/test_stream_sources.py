"""Sources whose items are no files on disk, read by workers that are locked down."""

import hashlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from hashmatch.errors import Reason, SourceError
from hashmatch.file_matching import hash_options
from hashmatch.hashing.items import hash_item
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Item
from hashmatch.scanning import reading
from hashmatch.scanning.digested import Digested, DigestFiles
from hashmatch.scanning.engine import iter_scan
from hashmatch.sources.base import Found, Source
from hashmatch.sources.excluding import Excluding
from hashmatch.sources.folder import Folder
from hashmatch.sources.opener import FILES, opener_of
from hashmatch.sources.several import Several
from tests.support import deeds, stored_files
from tests.support.clips import clip
from tests.support.known_lists import entry, hash_list
from tests.support.photos import encoded, photo
from tests.support.stored_files import Stored, stored

KNOWN = Matcher(hash_list([entry(1)]))


def members() -> dict[str, bytes]:
    return {
        "a.jpg": encoded(photo("coffee").resize((200, 150)), "JPEG"),
        "b.mp4": clip(),
        "c.txt": b"no picture",
        "copy of a": encoded(photo("coffee").resize((200, 150)), "JPEG"),
        "empty": b"",
    }


def scanned(source: Source, **options: Any) -> dict[str, Item]:
    results = iter_scan(source, against=KNOWN, allow_unmatched=True, **options)
    return {each.item.locator.rpartition("!")[2]: each.item for each in results}


def same(item: Item, data: bytes) -> bool:
    expected = hash_item(data, hash_options(KNOWN))
    got = (item.size, item.digests, item.media, item.unreadable)
    return got == (expected.size, expected.digests, expected.media, expected.unreadable)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("kind", [Stored, stored_files.InMemory])
def test_members_of_one_file_are_read_as_files_are(
    workers: int, kind: Callable[[Path], Source], tmp_path: Path
) -> None:
    path = stored(tmp_path / "all", members())
    states: list[Any] = []
    items = scanned(
        kind(path),
        workers=workers,
        on_sandbox=states.append,
    )
    assert list(items.keys() ^ members().keys()) == []
    for name, data in members().items():
        assert same(items[name], data), name
    assert states


def test_a_worker_reads_the_roots_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = stored(tmp_path / "all", members())
    items = scanned(stored_files.Leading(path, tmp_path / "roots"), workers=1)
    whys = {each.unreadable.reason for each in items.values() if each.unreadable}
    assert whys == {Reason.IO_ERROR}
    assert not any(each.media for each in items.values())


@pytest.mark.parametrize("kind", [Stored, stored_files.InMemory])
@pytest.mark.parametrize("workers", [0, 1])
def test_what_changes_behind_its_digests_is_not_decoded(
    workers: int, kind: Callable[[Path], Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = members()["a.jpg"]
    path = stored(tmp_path / "all", {"a.jpg": data})
    result = DigestFiles.result

    def change_it(self: DigestFiles, task: Found, answer: bytes) -> Digested:
        stored(path, {"a.jpg": encoded(photo("chelsea"), "JPEG")[: len(data)]})
        return result(self, task, answer)

    monkeypatch.setattr(DigestFiles, "result", change_it)
    (item,) = scanned(kind(path), workers=workers).values()
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.CHANGED
    assert item.digests.sha256 == hashlib.sha256(data).hexdigest()


def test_a_member_that_crashes_its_decoder_costs_itself_and_has_its_digests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "HashFiles", deeds.CrashingStreams)
    data = {**members(), "bad": b"crash"}
    items = scanned(Stored(stored(tmp_path / "all", data)), workers=1)
    bad = items.pop("bad")
    assert bad.unreadable is not None
    assert bad.unreadable.reason is Reason.WORKER_DIED
    assert bad.digests.sha256 == hashlib.sha256(b"crash").hexdigest()
    assert all(same(item, data[name]) for name, item in items.items())


def test_what_cannot_be_built_again_is_an_error_that_says_so(tmp_path: Path) -> None:
    class Here(Stored):
        pass

    path = stored(tmp_path / "all", {"c": b"text"})
    with pytest.raises(SourceError, match="workers cannot build the source Here again"):
        scanned(Here(path), workers=1)
    assert scanned(Here(path), workers=0).keys() == {"c"}


def test_folders_are_opened_by_their_paths_alone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    folder = Folder(tmp_path)
    found = next(iter(folder))
    for source in (folder, list(folder), Excluding(folder, ["b"]), Several([folder, [found]])):
        assert opener_of(source) is FILES

    class Locked(Folder):
        def open(self, found: Found, /) -> BinaryIO:
            return io.BytesIO(b"opened")

    for own in (Locked(tmp_path), Excluding(Locked(tmp_path), ["b"]), Several([Locked(tmp_path)])):
        opener = opener_of(own)
        assert opener is not FILES
        with opener.open(opener.handle(next(iter(own)))) as file:
            assert file.read() == b"opened"


def test_files_of_several_sources_are_opened_by_their_own(tmp_path: Path) -> None:
    one, two = (
        stored(tmp_path / str(number), {f"{number}": f"content {number}".encode()})
        for number in range(2)
    )
    (tmp_path / "file").write_bytes(b"a file")
    joined = Several([Stored(one), Folder(tmp_path / "file"), Several([Stored(two)])])

    def contents() -> Iterator[bytes]:
        for found in joined:
            with joined.open(found) as file:
                yield file.read()

    assert list(contents()) == [b"content 0", b"a file", b"content 1"]
    assert set(joined.roots or ()) == {
        os.path.realpath(each) for each in (one, two, tmp_path / "file")
    }
    assert Several([Stored(one), [Found(str(two), "x")]]).roots is None
