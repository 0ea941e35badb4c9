"""Tar archives as they are found: sparse members, links, several in a row, damaged headers."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from hashmatch.errors import Reason
from tests.support.archives import gzipped_tar, piped, tarred, tool
from tests.support.expanded import opened, rows_of


def names(archive: bytes) -> list[str]:
    return [row.steps[0].name for row in rows_of(archive) if row.steps]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "options",
    [
        ("--format=gnu",),
        ("--format=posix", "--sparse-version=0.0"),
        ("--format=posix", "--sparse-version=0.1"),
        ("--format=posix", "--sparse-version=1.0"),
    ],
)
def test_a_member_with_holes_has_all_its_bytes(tmp_path: Path, options: tuple[str, ...]) -> None:
    folder = tmp_path
    with (folder / "holes").open("wb") as file:
        for place in range(12):
            file.seek(place << 17)
            file.write(b"%d" % place * 5000)
        file.truncate(2 << 20)
    whole = (folder / "holes").read_bytes()
    command = [tool("tar"), "-cS", *options, "-C", str(folder), "holes"]
    archive = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    if len(archive) > len(whole):
        pytest.skip("this file system keeps no holes")
    for each in (archive, gzipped_tar(archive)):
        row = rows_of(each)[0]
        assert row.data == whole
        assert not row.problems
        assert row.steps[-1].name == "holes"  # type: ignore[union-attr]
        assert opened(each, row.steps) == whole


def test_links_and_devices_are_items_without_bytes_and_folders_none() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (
            ("folder", tarfile.DIRTYPE),
            ("soft", tarfile.SYMTYPE),
            ("hard", tarfile.LNKTYPE),
            ("device", tarfile.CHRTYPE),
            ("pipe", tarfile.FIFOTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "elsewhere"
            archive.addfile(member)
    rows = [row for row in rows_of(buffer.getvalue()) if row.steps]
    assert [(row.steps[0].name, row.problems[0].reason) for row in rows] == [  # type: ignore[union-attr]
        ("soft", Reason.SYMBOLIC_LINK),
        ("hard", Reason.SYMBOLIC_LINK),
        ("device", Reason.SPECIAL_FILE),
        ("pipe", Reason.SPECIAL_FILE),
    ]


def test_an_archive_behind_the_end_of_another_is_read_too() -> None:
    both = tarred([("a", b"a")]) + tarred([("b", b"b")])
    assert names(both) == ["a", "b"]
    assert not rows_of(both)[-1].problems


def test_a_damaged_header_is_told_and_the_next_member_is_found() -> None:
    archive = bytearray(tarred([("a", b"a" * 600), ("b", b"b" * 600), ("c", b"c" * 600)], 1))
    at = archive.index(b"b\0\0\0")
    archive[at + 130] ^= 1
    rows = rows_of(bytes(archive))
    # What followed the header is an item, too.
    assert [str(row.steps[0])[:6] for row in rows[:-1]] == ["tar:0:", "range:", "tar:1:"]
    assert (rows[1].data or b"").rstrip(b"\0") == b"b" * 600
    assert [why.reason for why in rows[-1].problems] == [Reason.CORRUPT_DATA]


def test_an_old_archive_without_a_mark_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    command = [tool("tar"), "-c", "--format=v7", "-C", str(tmp_path), "old"]
    archive = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    assert b"ustar" not in archive
    assert names(archive) == ["old"]


def test_streams_behind_each_other_are_one_member() -> None:
    whole = tarred([("a", b"a" * 3000), ("b", b"b")])
    parts = piped("gzip", "-c", data=whole[:1000]) + piped("gzip", "-c", data=whole[1000:])
    rows = rows_of(parts)
    assert [row.data for row in rows[:2]] == [b"a" * 3000, b"b"]
    assert not any(row.problems for row in rows)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_name_that_a_header_has_no_room_for_is_kept(form: int) -> None:
    name = "größe/" * 60 + "a.jpg"
    archive = tarred([(name, b"a"), ("b", b"b")], form)
    (first, second, _) = rows_of(archive)
    assert [row.steps[0].name for row in (first, second)] == [name, "b"]  # type: ignore[union-attr]
