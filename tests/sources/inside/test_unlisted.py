"""What archives hold that their lists of members do not name: between blocks, and in blocks."""

import io
import struct
import subprocess
import zlib
from pathlib import Path
from typing import Final

import py7zr
import pytest

from hashmatch.model.locator import Member, Range
from hashmatch.sources.inside.rar_volumes import blocks
from hashmatch.sources.inside.steps import reach
from tests.sources.inside.test_rest import HIDDEN, MEMBERS, hidden_in
from tests.support.archives import tool
from tests.support.expanded import opened, rows_of
from tests.support.photos import encoded, photo


def number(value: int) -> bytes:
    """A number of 128 to 65,535, as 7-Zip archives have it."""
    if value < 1 << 14:
        return bytes([0x80 | value >> 8, value & 0xFF])
    return b"\xc0" + value.to_bytes(2, "little")


GAP: Final = number(len(HIDDEN))


def seven_with_gaps(*, before: bool, packed: bool = False) -> bytes:
    """A 7-Zip archive with the picture before its block or behind it; its list may be packed."""
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=[{"id": py7zr.FILTER_COPY}]) as archive:
        archive.set_encoded_header_mode(packed)
        for name, data in MEMBERS:
            archive.writestr(data, name)
    made = out.getvalue()
    place, size = struct.unpack_from("<QQ", made, 12)
    body, listed = made[32 : 32 + place], made[32 + place :][:size]
    if packed:
        block = len(MEMBERS[0][1])
        at = number(block)
        assert listed.startswith(b"\x17\x06" + at)
        listed = listed[:2] + number(block + len(HIDDEN)) + listed[2 + len(at) :]
        body = body[:block] + HIDDEN + body[block:]
    elif before:
        assert listed.startswith(b"\x01\x04\x06\x00")
        listed = listed[:3] + GAP + listed[4:]
        body = HIDDEN + body
    else:
        body += HIDDEN
    start = struct.pack("<QQL", len(body), len(listed), zlib.crc32(listed))
    return made[:8] + struct.pack("<L", zlib.crc32(start)) + start + body + listed


@pytest.mark.parametrize("way", ["before", "behind", "packed"])
def test_what_lies_between_blocks_of_a_7zip_archive_is_an_item(tmp_path: Path, way: str) -> None:
    archive = seven_with_gaps(before=way == "before", packed=way == "packed")
    at = 32 if way == "before" else 32 + len(MEMBERS[0][1])
    assert hidden_in(archive) == [Range(at, len(HIDDEN))]
    (member,) = [row for row in rows_of(archive) if "o.jpg" in str(row.steps)]
    assert member.data == MEMBERS[0][1]
    assert not member.problems
    (tmp_path / "a.7z").write_bytes(archive)
    command = [tool("7z"), "e", "-so", str(tmp_path / "a.7z")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == MEMBERS[0][1]  # noqa: S603


def test_a_block_of_a_7zip_archive_without_members_is_an_item(tmp_path: Path) -> None:
    """Both are stored; only the first one has a member."""
    name, data = MEMBERS[0]
    sizes, title = number(len(data)) + number(len(HIDDEN)), (name + "\0").encode("utf-16-le")
    listed = b"\x01\x04\x06\x00\x02\x09" + sizes + b"\x00\x07\x0b\x02\x00"
    listed += b"\x01\x01\x00" * 2 + b"\x0c" + sizes + b"\x00\x08\x0d\x01\x00"
    listed += b"\x0a\x01" + struct.pack("<L", zlib.crc32(data)) + b"\x00\x00\x05\x01\x11"
    listed += bytes([1 + len(title), 0]) + title + b"\x00\x00"
    start = struct.pack("<QQL", len(data + HIDDEN), len(listed), zlib.crc32(listed))
    head = b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<L", zlib.crc32(start)) + start
    archive = head + data + HIDDEN + listed
    found = {str(row.steps[-1]): row.data for row in rows_of(archive) if row.steps}
    assert found == {"sevenzip:0:o.jpg": data, "sevenzip:2:": HIDDEN}
    assert reach(io.BytesIO(archive), (Member("sevenzip", 2, ""),)).file.read() == HIDDEN
    (tmp_path / "a.7z").write_bytes(archive)
    command = [tool("7z"), "e", "-so", str(tmp_path / "a.7z")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == data  # noqa: S603


def hidden_in_rar(version: str, way: str) -> bytes:
    """A RAR archive whose last member, the picture, became a block that is none."""
    rars = pytest.importorskip("rars")
    how = {"password": "secret"} if way == "encrypted" else {"store": way == "stored"}
    builder = rars.RarBuilder(format=version, **how)
    builder.add_bytes(MEMBERS[0][1], "o.jpg")
    builder.add_bytes(SIMPLE if way == "packed" else HIDDEN, "x")
    archive = bytearray(builder.to_bytes())
    *_, member = (each for each in blocks(bytes(archive)) if each.is_file)
    at = member.place - len(member.header)
    if version == "rar50":
        archive[at] = 3
        # Its size lies before it, and a checksum of all that before that.
        at -= 1 if len(member.header) < 128 else 2
        archive[at - 4 : at] = struct.pack("<L", zlib.crc32(archive[at : member.place]))
    else:
        archive[at + 2] = 0x7A
        crc = zlib.crc32(archive[at + 2 : member.place]) & 0xFFFF
        archive[at : at + 2] = struct.pack("<H", crc)
    return bytes(archive)


SIMPLE: Final = encoded(photo("coffee").resize((300, 200)), "BMP")
"""A picture that is smaller when it is compressed."""


@pytest.mark.parametrize("version", ["rar50", "rar40"])
@pytest.mark.parametrize("way", ["stored", "packed", "encrypted"])
def test_a_block_of_a_rar_archive_that_is_no_member_is_an_item(
    tmp_path: Path, version: str, way: str
) -> None:
    archive = hidden_in_rar(version, way)
    assert not [each for each in blocks(archive) if each.is_file][1:]
    rows = [row for row in rows_of(archive, passwords=("secret",)) if row.steps]
    data = {row.data for row in rows if "o.jpg" not in str(row.steps[-1])}
    assert data == {SIMPLE if way == "packed" else HIDDEN}
    for row in rows:
        assert opened(archive, row.steps, passwords=("secret",)) == row.data
    (tmp_path / "a.rar").write_bytes(archive)
    command = [tool("7z"), "l", "-ba", "-psecret", str(tmp_path / "a.rar")]
    listed = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    assert len(listed.splitlines()) == 1
