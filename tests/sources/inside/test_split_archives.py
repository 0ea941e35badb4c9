"""Archives of several files, cut by the tools that make them."""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import random
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
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


def volumes(evidence: Path, **how: object) -> dict[str, bytes]:
    """A RAR archive of several volumes, and what lies in it."""
    rars = pytest.importorskip("rars")
    builder = rars.RarBuilder(volume_size=60_000, **how)
    members = dict(pictures())
    if how.get("format", "rar50") not in {"rar50", "rar70"}:
        # It puts no more into one of these.
        members = {"rocket.jpg": encoded(photo("rocket").resize((640, 480)), "JPEG", quality=95)}
    for name, data in members.items():
        builder.add_bytes(data, name)
    builder.write_volumes(str(evidence / "a.part1.rar"))
    return members


@pytest.mark.parametrize("form", ["rar15", "rar20", "rar29", "rar40", "rar50", "rar70"])
@pytest.mark.parametrize("solid", [True, False])
def test_volumes_of_a_rar_archive_are_read_as_one(
    evidence: Path, form: str, *, solid: bool
) -> None:
    members = volumes(evidence, format=form, solid=solid)
    parts = sorted(each.name for each in evidence.iterdir())
    assert len(parts) > 1
    items = scanned(evidence)
    found = {where.rpartition(":")[2]: items[where].digests.sha256 for where in hashed(items)}
    assert found == {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    (first,) = {where.partition("!")[0] for where in hashed(items)}
    for part in parts:
        why = items[part].unreadable
        assert why is not None
        assert why.reason is Reason.OPENED
        assert part == first or why.detail == f"a further file of {first}, and read with it"


def test_an_item_in_volumes_is_opened_once_more(evidence: Path) -> None:
    volumes(evidence, password="secret")  # noqa: S106 (of a test)
    words = evidence.parent / "words"
    words.write_text("secret\n")
    (where,) = [each.name for each in evidence.iterdir() if each.name.endswith("1.rar")][:1]
    shown = run(
        "show", f"{evidence / where}!rar:1:coffee.jpg", "--digest", "--passwords", str(words)
    )
    assert hashlib.sha256(dict(pictures())["coffee.jpg"]).hexdigest() in shown.stdout


def test_what_a_missing_volume_costs_is_told_and_the_rest_is_read(evidence: Path) -> None:
    volumes(evidence)
    parts = sorted(each.name for each in evidence.iterdir())
    (evidence / parts[1]).unlink()
    items = scanned(evidence)
    split = {each for each, item in items.items() if item.unreadable and "rar:" in each}
    assert split
    for each in split:
        why = items[each].unreadable
        assert why is not None
        assert why.reason is Reason.UNSUPPORTED
        assert "put all parts in one folder" in why.detail
    behind = items[parts[2]].unreadable
    assert behind is not None
    assert not behind.reason.skipped


def test_what_is_only_called_a_part_is_read_itself(evidence: Path) -> None:
    """Nobody hides an archive by the name of a part of another one."""
    (evidence / "a.7z.001").write_bytes(seven())
    (evidence / "a.7z.002").write_bytes(zipped(pictures()))
    (evidence / "b.part1.rar").write_bytes(zipped(pictures()))
    (evidence / "b.part2.rar").write_bytes(zipped(pictures()))
    (evidence / "c.zip").write_bytes(zipped(pictures()))
    (evidence / "c.zip.002").write_bytes(zipped(pictures()))
    (evidence / "d.r01").write_bytes(zipped(pictures()))
    items = scanned(evidence)
    outer = {where.partition("!")[0] for where in hashed(items)}
    assert outer == {each.name for each in evidence.iterdir()}
    own = [where for where in hashed(items) if "!range:" not in where]
    assert len(own) == len(NAMES) * len(outer)
    why = items["c.zip.002"].unreadable
    assert why is not None
    assert why.reason is Reason.OPENED


def rar() -> bytes:
    rars = pytest.importorskip("rars")
    builder = rars.RarBuilder()
    for name, data in pictures():
        builder.add_bytes(data, name)
    return bytes(builder.to_bytes())


def tar() -> bytes:
    return gzip.decompress(tar_gz())


def zst() -> bytes:
    if shutil.which("zstd") is None:
        pytest.skip("no zstd")
    return subprocess.run(["zstd", "-c"], input=tar(), capture_output=True, check=True).stdout  # noqa: S607


WHOLE: dict[str, Callable[[], bytes]] = {
    "7z": seven,
    "zip": lambda: zipped(pictures()),
    "rar": rar,
    "tar": tar,
    "tar.gz": tar_gz,
    "tar.bz2": lambda: bz2.compress(tar()),
    "tar.xz": lambda: lzma.compress(tar()),
    "tar.zst": zst,
}


@pytest.mark.parametrize("kind", WHOLE)
def test_whole_archives_that_are_called_as_pieces_give_no_member_twice(
    evidence: Path, kind: str
) -> None:
    data = WHOLE[kind]()
    for number in (1, 2, 3):
        (evidence / f"a.{kind}.00{number}").write_bytes(data)
    assert len(hashed(scanned(evidence))) == 3 * len(NAMES)


def test_whole_compressed_files_that_are_called_as_pieces_keep_their_digests(
    evidence: Path,
) -> None:
    """Joined they would be one file that nobody knows."""
    for number, (_, data) in enumerate(pictures(), 1):
        (evidence / f"photo.gz.{number:03}").write_bytes(gzip.compress(data))
    items = scanned(evidence)
    found = {items[each].digests.sha256 for each in hashed(items)}
    assert found == {hashlib.sha256(data).hexdigest() for _, data in pictures()}


def test_pieces_that_were_cut_between_two_streams_are_read_as_one(evidence: Path) -> None:
    """As of a program that compresses blocks of an archive one by one."""
    data = tar()
    at = data.index(pictures()[1][1]) + 5000
    (evidence / "a.tar.bz2.001").write_bytes(bz2.compress(data[:at]))
    (evidence / "a.tar.bz2.002").write_bytes(bz2.compress(data[at:]))
    found = {where.rpartition(":")[2] for where in hashed(scanned(evidence)) if ".001!" in where}
    assert found == {each for each, _ in pictures()}


def test_an_archive_behind_the_pieces_of_another_one_is_read_once(evidence: Path) -> None:
    cut(seven(), evidence / "a.7z", ["001", "002"])
    (evidence / "a.7z.003").write_bytes(seven())
    found = hashed(scanned(evidence))
    assert {where.partition("!")[0] for where in found} == {"a.7z.001", "a.7z.003"}
    assert len(found) == 2 * len(NAMES)


def test_pieces_of_which_one_begins_as_an_archive_are_read_as_one(evidence: Path) -> None:
    """The second begins with a member of the archive that the third one ends."""
    stored = zipped(pictures(), zipfile.ZIP_STORED)
    at = stored.index(b"PK\3\4", 100)
    for number, piece in enumerate((stored[:at], stored[at : at + 9000], stored[at + 9000 :])):
        (evidence / f"a.zip.00{number + 1}").write_bytes(piece)
    found = {where.rpartition(":")[2] for where in hashed(scanned(evidence)) if ".001!" in where}
    assert found == {each for each, _ in pictures()}


def test_volumes_with_encrypted_names_say_why_they_are_not_joined(evidence: Path) -> None:
    volumes(evidence, password="secret", encrypt_headers=True)  # noqa: S106 (of a test)
    first, *others = sorted(scanned(evidence).items())
    assert others
    for name, item in (first, *others):
        why = item.unreadable
        assert why is not None, name
        assert not why.reason.skipped, name
        assert name == first[0] or "names in it are encrypted" in why.detail


def test_a_part_whose_others_are_missing_is_searched(evidence: Path) -> None:
    stored = zipped(pictures(), zipfile.ZIP_STORED)
    (evidence / "a.zip.002").write_bytes(stored[len(stored) // 3 :])
    items = scanned(evidence)
    assert hashed(items)
    why = items["a.zip.002"].unreadable
    assert why is not None
    assert why.reason is Reason.CONTAINER
    assert "its first part a.zip.001 is not here" in why.detail


def test_parts_in_an_archive_are_told(evidence: Path) -> None:
    data = seven()
    inner = [("a.7z.001", data[:50_000]), ("a.7z.002", data[50_000:]), ("x.001", b"a text" * 9)]
    (evidence / "a.zip").write_bytes(zipped(inner))
    items = scanned(evidence)
    told = [items[f"a.zip!zip:{number}:a.7z.00{number + 1}"].unreadable for number in (0, 1)]
    assert all(each is not None and not each.reason.skipped for each in told)
    assert "are not joined: put all parts in one folder" in str(told[1])
    assert items["a.zip!zip:2:x.001"].unreadable.reason is Reason.NOT_A_PICTURE  # type: ignore[union-attr]
