"""Entries of the caches of Chromium and Firefox."""

import io
import struct

import pytest

from hashmatch.errors import Reason
from hashmatch.kinds.firefox import firefox_entry
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member, Range
from hashmatch.sources.inside.browser_caches import ChromiumCache, FirefoxCache
from tests.support.inner_members import contents, endure, members, picture

KINDS = ("JPEG", "PNG", "BMP")
URL = "https://example.org/ä.jpg"


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


def test_damaged_caches_raise_nothing() -> None:
    assert endure(ChromiumCache(), {"entry": chromium()}, 150) > 100
    endure(FirefoxCache(), {"entry": firefox(2)}, 100)
