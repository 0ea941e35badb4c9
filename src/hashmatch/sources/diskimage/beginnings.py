"""The first bytes of file systems: whether one may begin there, and how long it is."""

import struct
from collections.abc import Callable
from typing import Final

LENGTH: Final = 2048
"""Bytes that are looked at."""
_BOOT_MARK: Final = b"\x55\xaa"
_FAT: Final = (("<H", 11), ("<H", 19), ("<L", 32))


def may_begin(data: bytes) -> bool:
    """Whether a file system that is read may begin with these bytes, `LENGTH` of them."""
    return (
        data[510:512] == _BOOT_MARK
        or data[1080:1082] == b"\x53\xef"
        or data[:4] == b"XFSB"
        or data[32:36] == b"NXSB"
        or data[1024:1026] in (b"H+", b"HX")
    )


def size_of(data: bytes) -> int:
    """Bytes of the file system that begins with these; 0 where that is not known."""
    for place, signature, size in _SIZES:
        if data[place : place + len(signature)] == signature:
            return size(data)
    sector, small, large = (_number(data, form, at) for form, at in _FAT)
    return (small or large) * sector


def _number(data: bytes, form: str, at: int) -> int:
    return int(struct.unpack_from(form, data, at)[0])


_SIZES: Final[tuple[tuple[int, bytes, Callable[[bytes], int]], ...]] = (
    (3, b"NTFS    ", lambda data: (_number(data, "<Q", 40) + 1) * _number(data, "<H", 11)),
    (3, b"EXFAT   ", lambda data: _number(data, "<Q", 72) << min(data[108], 12)),
    (1080, b"\x53\xef", lambda data: _number(data, "<L", 1028) << 10 + min(data[1048], 6)),
    (0, b"XFSB", lambda data: _number(data, ">L", 4) * _number(data, ">Q", 8)),
    (1024, b"H+", lambda data: _number(data, ">L", 1064) * _number(data, ">L", 1068)),
    (1024, b"HX", lambda data: _number(data, ">L", 1064) * _number(data, ">L", 1068)),
    (32, b"NXSB", lambda data: _number(data, "<L", 36) * _number(data, "<Q", 40)),
)
"""Where the signature of a file system stands, and how long it says that it is."""
