import io
import struct

import pytest

from hashmatch.errors import Reason
from hashmatch.kinds.firefox import firefox_entry
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member, Range
from hashmatch.sources.inside.base import Inner
from hashmatch.sources.inside.browser_caches import ChromiumCache, FirefoxCache
from hashmatch.sources.inside.thumbcache import Thumbcache
from tests.support.inner_members import SimpleBudget, contents, endure, members, picture

KINDS = ("JPEG", "PNG", "BMP")
URL = "https://example.org/ä.jpg"


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


def chromium(*, digest: bool = True) -> bytes:
    """An entry's file of the simple cache: header, key, content, headers of the answer."""
    magic, end = 0xFCFB6D1BA7725C30, 0xF4FA6F45970D41D8
    key, headers = URL.encode(), b"HTTP/1.1 200 OK\0" * 9

    def mark(flags: int, size: int) -> bytes:
        return struct.pack("<QIIII", end, flags, 0, size, 0)

    return (
        struct.pack("<QIIII", magic, 5, len(key), 0, 0)
        + key
        + picture("JPEG")
        + mark(1, len(picture("JPEG")))
        + headers
        + (bytes(32) if digest else b"")
        + mark(3 if digest else 1, len(headers))
    )


@pytest.mark.parametrize("digest", [False, True])
def test_an_entry_of_chromium_is_given_by_its_address(*, digest: bool) -> None:
    assert members(ChromiumCache(), chromium(digest=digest)) == [
        (Member("chromium-cache", 0, URL), picture("JPEG"))
    ]
    cut, (step, data) = members(ChromiumCache(), chromium(digest=digest)[:-9])
    assert isinstance(cut[1], Unreadable)
    assert cut[1].reason is Reason.TRUNCATED
    assert step == Member("chromium-cache", 0, URL)
    assert isinstance(data, bytes)
    assert data.startswith(picture("JPEG"))


def test_blocks_of_chromium_are_searched() -> None:
    blocks = bytes.fromhex("c3ca04c1") + bytes(8188) + b"".join(map(picture, KINDS))
    found = members(ChromiumCache(), blocks)
    assert [each for _, each in found] == [picture(kind) for kind in KINDS]
    assert all(isinstance(step, Range) for step, _ in found)


def firefox(version: int) -> bytes:
    key = b":" + URL.encode()
    data = picture("PNG", 420)
    chunks = -(-len(data) // (1 << 18))
    facts = struct.pack(">7I", version, 1, 0, 0, 0, 0, len(key))
    facts += struct.pack(">I", 0) if version > 1 else b""
    return data + bytes(4 + 2 * chunks) + facts + key + b"\0a\0b\0" + struct.pack(">I", len(data))


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_entry_of_firefox_is_given_by_its_address(version: int) -> None:
    assert len(picture("PNG", 420)) > 1 << 18
    assert members(FirefoxCache(), firefox(version)) == [
        (Member("firefox-cache", 0, f":{URL}"), picture("PNG", 420))
    ]


def test_other_files_are_no_entries_of_firefox() -> None:
    for data in (b"", b"abc", picture("PNG"), picture("JPEG") + bytes(4)):
        assert firefox_entry(io.BytesIO(data)) is None
        assert contents(FirefoxCache(), data) == set()


def test_sizes_are_known_before_anything_is_read() -> None:
    found = Thumbcache()(io.BytesIO(thumbcache(32)), SimpleBudget())
    sizes = [each.size for each in found if isinstance(each, Inner)]
    assert sizes == [len(picture(kind)) for kind in KINDS]


def test_damaged_caches_raise_nothing() -> None:
    assert endure(Thumbcache(), {str(each): thumbcache(each) for each in (20, 21, 32)}, 80) > 100
    assert endure(ChromiumCache(), {"entry": chromium()}, 150) > 100
    endure(FirefoxCache(), {"entry": firefox(2)}, 100)
