"""Thumbnails that Windows kept, by the published description of the format."""

import io
import struct

import pytest

from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Inner
from hashmatch.sources.inside.thumbcache import Thumbcache
from tests.support.inner_members import SimpleBudget, endure, members, picture

KINDS = ("JPEG", "PNG", "BMP")


def thumbcache(version: int) -> bytes:
    """As the published description of the format has it."""
    out = b"CMMM" + struct.pack("<IIIII", version, 4, 24, 0, 3)
    for number, kind in enumerate((*KINDS[:2], "", *KINDS[2:])):
        name = f"{number:016x}".encode("utf-16-le")
        data = picture(kind) if kind else b""
        size = {20: 56, 21: 48}.get(version, 56)
        head = b"CMMM" + struct.pack("<IQ", size + len(name) + 2 + len(data), number)
        head += "jpg\0".encode("utf-16-le") if version == 20 else b""
        head += struct.pack("<III", len(name), 2, len(data))
        head += struct.pack("<II", 96, 96) if version >= 30 else b""
        out += (head + bytes(4 + 8 + 8)) + name + b"\0\0" + data
        assert len(head) + 20 == size
    return out + bytes(999)


@pytest.mark.parametrize("version", [20, 21, 30, 31, 32])
def test_thumbnails_have_their_identifiers(version: int) -> None:
    assert members(Thumbcache(), thumbcache(version)) == [
        (Member("thumbcache", number, f"{entry:016x}"), picture(kind))
        for number, (entry, kind) in enumerate(zip((0, 1, 3), KINDS, strict=True))
    ]


def test_thumbnails_behind_a_damaged_entry_are_found() -> None:
    data = bytearray(thumbcache(32))
    data[28:32] = b"\xff\xff\xff\x7f"
    found = members(Thumbcache(), bytes(data))
    assert {picture("PNG"), picture("BMP")} <= {each for _, each in found}
    assert any(isinstance(each, Unreadable) for _, each in found)


def test_sizes_are_known_before_anything_is_read() -> None:
    found = Thumbcache()(io.BytesIO(thumbcache(32)), SimpleBudget())
    sizes = [each.size for each in found if isinstance(each, Inner)]
    assert sizes == [len(picture(kind)) for kind in KINDS]


def test_damaged_caches_raise_nothing() -> None:
    assert endure(Thumbcache(), {str(each): thumbcache(each) for each in (20, 21, 32)}, 80) > 100
