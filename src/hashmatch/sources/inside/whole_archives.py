"""Whether an archive ends where its file ends: then what lies behind it is no piece of it."""

import os
import struct
from typing import BinaryIO, Final

from hashmatch.errors import UnreadableError
from hashmatch.model import Unreadable
from hashmatch.sources.inside.base import PIECE, LimitError
from hashmatch.sources.inside.budget import InsideLimits, Spending
from hashmatch.sources.inside.compressed import Bzip2, Gzip, Xz, Zstandard
from hashmatch.sources.inside.rar_blocks import end_of_whole_blocks
from hashmatch.sources.inside.rar_volumes import is_volume
from hashmatch.sources.inside.zip_directory import directory_of

_HEAD: Final = 1 << 12
_SEVEN: Final = b"7z\xbc\xaf\x27\x1c"
_OF_SEVEN: Final = 32
"""Bytes of the header of a 7-Zip archive, which says where it ends."""
_MOST: Final = 256 << 20
"""Bytes that are expanded, or held, to tell it."""
_COMPRESSED: Final = (
    (b"\x1f\x8b\x08", Gzip()),
    (b"BZh", Bzip2()),
    (b"\xfd7zXZ\x00", Xz()),
    (b"\x28\xb5\x2f\xfd", Zstandard()),
)
_USTAR: Final = b"ustar"
_PLACE: Final = 257
_BLOCK: Final = 512
_END_OF_TAR: Final = bytes(2 * _BLOCK)


def begins_an_archive(head: bytes) -> bool:
    """Whether a file is an archive by its first bytes, of a kind that is cut into pieces.

    Args:
        head: 4 KiB of it, or all.
    """
    marks = (b"PK\x03\x04", _SEVEN, b"Rar!\x1a\x07", *(mark for mark, _ in _COMPRESSED))
    return head.startswith(marks) or head.startswith(_USTAR, _PLACE)


def is_whole(file: BinaryIO) -> bool:
    """Whether an archive is whole and ends where its file ends; False where that is not known.

    Compressed files of which more than 256 MiB would have to be expanded are not known.

    Args:
        file: seekable, at any place.

    Raises:
        OSError, UnreadableError: it cannot be read.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(_SEVEN):
        place, length = struct.unpack_from("<QQ", head.ljust(_OF_SEVEN, b"\0"), 12)
        return bool(size >= _OF_SEVEN + place + length)
    if head.startswith(b"PK\x03\x04"):
        found = directory_of(file)
        return found is not None and not found.disk and not found.shift
    if head.startswith(b"Rar!"):
        return not is_volume(head) and size <= _MOST and _is_whole_rar(file)
    for mark, parser in _COMPRESSED:
        if head.startswith(mark):
            return _expands_whole(parser, file)
    if head.startswith(_USTAR, _PLACE):
        file.seek(-min(size, len(_END_OF_TAR)), os.SEEK_END)
        return not size % _BLOCK and file.read() == _END_OF_TAR
    return False


def _is_whole_rar(file: BinaryIO) -> bool:
    file.seek(0)
    data = file.read()
    return end_of_whole_blocks(data) == (len(data), True)


def _expands_whole(parser: Gzip | Bzip2 | Xz | Zstandard, file: BinaryIO) -> bool:
    """Whether compressed data end with their file; of a tar archive in them also its end is there.

    A program that compresses in several streams may have cut such an archive at the end of one.
    """
    budget = Spending(InsideLimits(max_bytes=_MOST, free_bytes=_MOST), 0)
    head = tail = b""
    count = 0
    try:
        for inner in parser(file, budget):
            count += 1
            if count > 1 or isinstance(inner, Unreadable) or inner.open is None:
                return False  # something lies behind it
            with inner.open() as expanded:
                while data := expanded.read(PIECE):
                    head = head or data
                    tail = (tail + data)[-len(_END_OF_TAR) :]
    except (UnreadableError, LimitError):
        return False
    return not head.startswith(_USTAR, _PLACE) or tail == _END_OF_TAR
