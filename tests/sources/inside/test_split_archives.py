"""Archives of several files, cut by the tools that make them."""

import io
import os
import random
import shutil
import subprocess
import tarfile
from pathlib import Path

import py7zr
import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.model import Item
from tests.support.archives import zipped
from tests.support.photos import encoded, photo
from tests.support.program import run

NAMES = ("astronaut", "coffee", "rocket", "chelsea")


def pictures() -> list[tuple[str, bytes]]:
    return [
        (f"{name}.jpg", encoded(photo(name).resize((320, 240)), "JPEG", quality=95))
        for name in NAMES
    ]


def seven() -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        for name, data in pictures():
            archive.writestr(data, name)
    return out.getvalue()


def tar_gz() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in pictures():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    return out.getvalue()


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    return tmp_path / "evidence"


def scanned(evidence: Path, workers: int = 0) -> dict[str, Item]:
    results = hm.iter_scan(evidence, against=evidence.parent / "known.csv", workers=workers)
    return {os.path.relpath(each.item.locator, evidence): each.item for each in results}


def hashed(items: dict[str, Item]) -> set[str]:
    return {where for where, item in items.items() if item.media is not None}


def cut(data: bytes, path: Path, endings: list[str]) -> None:
    size = -(-len(data) // len(endings))
    for number, ending in enumerate(endings):
        piece = data[number * size : (number + 1) * size]
        path.with_name(f"{path.name}.{ending}").write_bytes(piece)


PIECES = {
    "a.7z": (seven, "a.7z.001!7z"),
    "a.zip": (lambda: zipped(pictures()), "a.zip.001!zip"),
    "a.tar.gz": (tar_gz, "a.tar.gz.001!gz:0:a.tar.gz!tar"),
}


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("name", PIECES)
def test_pieces_of_one_file_are_read_as_one(evidence: Path, name: str, workers: int) -> None:
    if workers and name != "a.7z":
        pytest.skip("one kind is enough")
    made, _ = PIECES[name]
    cut(made(), evidence / name, ["001", "002", "003"])
    items = scanned(evidence, workers)
    found = {where.rpartition(":")[2] for where in hashed(items)}
    assert found == {each for each, _ in pictures()}
    assert {where.partition("!")[0] for where in hashed(items)} == {f"{name}.001"}
    for number in (2, 3):
        why = items[f"{name}.00{number}"].unreadable
        assert why == hm.Unreadable(
            Reason.OPENED, f"a further file of {name}.001, and read with it"
        )
    assert items[f"{name}.001"].unreadable.reason is Reason.OPENED  # type: ignore[union-attr]


def test_pieces_of_the_tool_split(evidence: Path) -> None:
    cut(tar_gz(), evidence / "a.tar.gz", ["aa", "ab", "ac"])
    assert len(hashed(scanned(evidence))) == len(NAMES)


def split_zip(evidence: Path) -> list[str]:
    """A zip archive of several parts, by Info-ZIP."""
    if shutil.which("zip") is None:
        pytest.skip("no zip")
    for name, data in pictures():
        (evidence.parent / name).write_bytes(data)
    (evidence.parent / "noise").write_bytes(random.Random(1).randbytes(150_000))
    first, *others = (name for name, _ in pictures())
    archive = str(evidence / "a.zip")
    command = ["zip", "-q", "-s", "64k", archive, first, "noise", *others]
    subprocess.run(command, check=True, cwd=evidence.parent)  # noqa: S603
    return sorted(each.name for each in evidence.iterdir())


def test_a_split_zip_archive_is_read_as_one(evidence: Path) -> None:
    parts = split_zip(evidence)
    assert len(parts) > 3
    items = scanned(evidence)
    numbered = zip((0, 2, 3, 4), NAMES, strict=True)
    assert hashed(items) == {f"a.zip!zip:{number}:{name}.jpg" for number, name in numbered}
    for name in parts[:-1]:
        assert items[name].unreadable == hm.Unreadable(
            Reason.OPENED, "a further file of a.zip, and read with it"
        )
    assert items["a.zip"].unreadable.reason is Reason.OPENED  # type: ignore[union-attr]
    where = f"{evidence}/a.zip!zip:3:rocket.jpg"
    shown = run("show", where, "--digest")
    assert str(items["a.zip!zip:3:rocket.jpg"].digests.sha256) in shown.stdout


def test_what_is_missing_of_a_split_zip_archive_is_told(evidence: Path) -> None:
    split_zip(evidence)
    (evidence / "a.z01").unlink()
    items = scanned(evidence)
    why = items["a.zip"].unreadable
    assert why is not None
    assert "put all parts in one folder" in why.detail
    assert not why.reason.skipped


@pytest.mark.parametrize("gone", [1, 2])
def test_a_missing_piece_is_told(evidence: Path, gone: int) -> None:
    cut(seven(), evidence / "a.7z", ["001", "002", "003"])
    (evidence / f"a.7z.00{gone}").unlink()
    items = scanned(evidence)
    assert not hashed(items)
    why = items["a.7z.003"].unreadable
    missing = "its first part a.7z.001 is not here" if gone == 1 else "one is missing"
    what = f"7-Zip archive: a part of one of several files; {missing}"
    assert why == hm.Unreadable(Reason.CONTAINER, f"{what}: put all parts in one folder")
    assert items["a.7z.003"].container == "7-Zip archive"


def test_the_last_piece_may_be_missing(evidence: Path) -> None:
    cut(seven(), evidence / "a.7z", ["001", "002", "003"])
    (evidence / "a.7z.003").unlink()
    why = scanned(evidence)["a.7z.001"].unreadable
    assert why is not None
    assert not why.reason.skipped
    assert "2 parts lie here: if there are more, put all parts in one folder" in why.detail


def test_one_piece_is_given_alone(evidence: Path) -> None:
    """The others lie beside it, and are read with it."""
    cut(seven(), evidence / "a.7z", ["001", "002", "003"])
    results = hm.iter_scan(evidence / "a.7z.001", against=evidence.parent / "known.csv", workers=1)
    assert sum(each.item.media is not None for each in results) == len(NAMES)


def test_files_that_are_only_called_so_are_read(evidence: Path) -> None:
    (evidence / "photo.z12").write_bytes(pictures()[0][1])
    (evidence / "a.zip").write_bytes(zipped(pictures()))
    (evidence / "notes.aa").write_bytes(b"text")
    items = scanned(evidence)
    assert len(hashed(items)) == 1 + len(NAMES)
    assert items["notes.aa"].unreadable.reason is Reason.NOT_A_PICTURE  # type: ignore[union-attr]


def test_an_archive_is_read_where_its_folder_may_not_be_listed(evidence: Path) -> None:
    """A worker that reads a single file may read nothing else."""
    (evidence / "a.zip").write_bytes(zipped(pictures()))
    results = hm.iter_scan(evidence / "a.zip", against=evidence.parent / "known.csv", workers=1)
    assert sum(each.item.media is not None for each in results) == len(NAMES)


def test_two_endings_of_a_name_are_no_parts(evidence: Path) -> None:
    names = ("a.tar.gz", "B.TAR.GZ", "c.tar.gz.bak", "d.zip.old")
    for name in names[:3]:
        (evidence / name).write_bytes(tar_gz())
    (evidence / names[3]).write_bytes(zipped(pictures()))
    found = scanned(evidence)
    for name in names:
        assert sum(each.startswith(f"{name}!") for each in found) >= len(NAMES), name
