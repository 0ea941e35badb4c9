"""Zip archives as they are found: names, encryption, lies, parts, members that are not listed."""

import io
import struct
import zipfile
import zlib

import pytest

from hashmatch.errors import Reason
from hashmatch.model.locator import Member
from hashmatch.sources.inside.expanding import expand
from tests.support.archives import PLAIN, seven_zip, streamed_zip, zipped
from tests.support.expanded import Row, opened, rows_of

_UTF8 = 1 << 11


def crafted(
    name: bytes, data: bytes = b"data", *, flags: int = 0, extra: bytes = b"", method: int = 0
) -> bytes:
    """An archive of one stored member, whose fields say what they are told to say."""
    crc, size = zlib.crc32(data), len(data)
    common = struct.pack(
        "<5H3L2H", 20, flags, method, 0, 33, crc, size, size, len(name), len(extra)
    )
    local = b"PK\3\4" + common + name + extra + data
    central = b"PK\1\2" + struct.pack("<H", 20) + common + bytes(14) + name + extra
    end = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def names(archive: bytes) -> list[str]:
    return [row.steps[0].name for row in rows_of(archive) if row.steps]  # type: ignore[union-attr]


def members(archive: bytes, *, passwords: tuple[str, ...] = ()) -> list[Row]:
    return [row for row in rows_of(archive, passwords=passwords) if row.steps]


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        (b"plain.jpg", 0, "plain.jpg"),
        ("größe.jpg".encode(), _UTF8, "größe.jpg"),
        ("größe.jpg".encode(), 0, "größe.jpg"),
        ("größe.jpg".encode("cp437"), 0, "größe.jpg"),
        ("Übung für Ältere.jpg".encode("cp437"), 0, "Übung für Ältere.jpg"),
        ("写真ファイル.jpg".encode("cp932"), 0, "写真ファイル.jpg"),
        (b"..\\/x/../../etc/passwd", 0, "..\\/x/../../etc/passwd"),
        (b"/absolute", 0, "/absolute"),
        (b"C:\\absolute", 0, "C:\\absolute"),
        (b"", 0, ""),
        (b"a\nb\x1b[31m", 0, "a\nb\x1b[31m"),
    ],
)
def test_a_name_is_kept_as_it_is_meant(raw: bytes, flags: int, name: str) -> None:
    assert names(crafted(raw, flags=flags)) == [name]


def test_a_name_in_the_extra_field_of_info_zip_counts_if_its_checksum_fits() -> None:
    raw, told = b"?????.jpg", "пляж.jpg".encode()
    for crc, name in ((zlib.crc32(raw), "пляж.jpg"), (1, "?????.jpg")):
        field = b"\1" + struct.pack("<L", crc) + told
        extra = struct.pack("<HH", 0x7075, len(field)) + field
        raw_name = raw.replace(b"?", b"\xff")
        fits = struct.pack("<L", zlib.crc32(raw_name) if crc != 1 else 1)
        extra = extra.replace(struct.pack("<L", crc), fits)
        expected = name if crc != 1 else raw_name.decode("cp437")
        assert names(crafted(raw_name, extra=extra)) == [expected]


def test_members_of_one_name_are_two() -> None:
    rows = members(zipped([("a.jpg", b"first"), ("a.jpg", b"second")]))
    assert [(row.steps, row.data) for row in rows] == [
        ((Member("zip", 0, "a.jpg"),), b"first"),
        ((Member("zip", 1, "a.jpg"),), b"second"),
    ]


def test_times_are_in_utc_only_where_an_extra_field_says_so() -> None:
    local = next(iter(expand(io.BytesIO(crafted(b"a"))))).inner
    assert local is not None
    assert dict(local.times) == {"modified": "1980-01-01T00:00:00"}
    extra = struct.pack("<HHBL", 0x5455, 5, 1, 1_000_000_000)
    utc = next(iter(expand(io.BytesIO(crafted(b"a", extra=extra))))).inner
    assert utc is not None
    assert utc.times["modified"] == "2001-09-09T01:46:40Z"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_are_found_without_a_central_directory(method: int) -> None:
    for archive in (zipped(PLAIN, method), streamed_zip(PLAIN, method)):
        cut = archive[: archive.index(b"PK\1\2")]
        assert [(row.steps, row.data) for row in members(cut)] == [
            (row.steps, row.data) for row in members(archive)
        ]
        (why,) = rows_of(cut)[-1].problems
        assert why.reason is Reason.TRUNCATED


def test_members_that_the_directory_does_not_list_are_found_behind_those_that_it_does() -> None:
    archive = zipped([("a", b"a" * 100), ("hidden", b"h" * 100), ("b", b"b" * 100)])
    start = archive.index(b"PK\1\2")
    second = archive.index(b"PK\1\2", start + 4)
    third = archive.index(b"PK\1\2", second + 4)
    end = archive.index(b"PK\5\6")
    directory = archive[start:second] + archive[third:end]
    tail = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 2, 2, len(directory), start, 0)
    hiding = archive[:start] + directory + tail
    assert zipfile.ZipFile(io.BytesIO(hiding)).namelist() == ["a", "b"]
    rows = members(hiding)
    assert [row.steps[0] for row in rows] == [
        Member("zip", 0, "a"),
        Member("zip", 1, "b"),
        Member("zip", 2, "hidden"),
    ]
    assert rows[2].data == b"h" * 100
    assert opened(hiding, rows[2].steps) == b"h" * 100


def test_members_larger_than_32_bits_can_say_are_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        with archive.open("wide", "w", force_zip64=True) as member:
            member.write(b"wide")
        archive.writestr("other", b"other")
    assert [row.data for row in members(buffer.getvalue())] == [b"wide", b"other"]


@pytest.mark.parametrize(("method", "name"), [("ZipCrypto", "old"), ("AES256", "AES")])
def test_an_encrypted_member_is_listed_and_opened_with_its_password(method: str, name: str) -> None:
    if name == "AES":
        pytest.importorskip("Cryptodome")
    archive = seven_zip(PLAIN, "-psecret", f"-mem={method}")
    locked = [row for row in members(archive) if row.data is None]
    assert {row.steps[0].name for row in locked} == {each for each, _ in PLAIN}  # type: ignore[union-attr]
    assert {why.reason for row in locked for why in row.problems} == {Reason.ENCRYPTED}
    words = ("wrong", "sécret", "secret")
    rows = members(archive, passwords=words)
    assert {row.data for row in rows} == {data for _, data in PLAIN}
    for row in rows:
        assert opened(archive, row.steps, passwords=words) == row.data


def test_methods_that_are_not_read_are_named() -> None:
    (row,) = members(crafted(b"a", method=6))
    assert [str(why.detail) for why in row.problems] == ["compressed by Implode"]
    assert row.problems[0].reason is Reason.UNSUPPORTED


def test_a_part_of_a_split_archive_is_named() -> None:
    archive = bytearray(crafted(b"a"))
    end = archive.index(b"PK\5\6")
    archive[end + 4 : end + 6] = struct.pack("<H", 1)
    rows = rows_of(bytes(archive))
    assert {why.reason for row in rows for why in row.problems} == {Reason.UNSUPPORTED}


@pytest.mark.parametrize("told", [0, 10, 1 << 31])
def test_sizes_that_lie_are_told_and_the_bytes_are_read(told: int) -> None:
    data = b"more than is announced " * 1000
    archive = bytearray(zipped([("a", data)]))
    at = archive.index(b"PK\1\2")
    archive[at + 24 : at + 28] = struct.pack("<L", told)
    (row,) = members(bytes(archive))
    assert row.data == data
    assert [why.reason for why in row.problems] == [Reason.CORRUPT_DATA]


def test_another_checksum_is_told() -> None:
    archive = bytearray(zipped([("a", b"abc" * 100)]))
    at = archive.index(b"PK\1\2")
    archive[at + 16] ^= 1
    (row,) = members(bytes(archive))
    assert row.data == b"abc" * 100
    assert [why.detail for why in row.problems] == ["its checksum does not match its bytes"]
