"""Containers that begin somewhere in a file, told by marks that other bytes seldom hold."""

import os
import re
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final

from hashmatch.kinds.pairs import pairs_of, places
from hashmatch.kinds.sniffing import is_tar_header, sniff_beginning

_LEAST: Final = 64
"""Bytes of a container, at least."""
_PIECE: Final = 1 << 22
_OVERLAP: Final = 1 << 10
_HEAD: Final = 1 << 16
_USTAR: Final = b"ustar"
_GZIP: Final = b"\x1f\x8b\x08"
_SECTOR: Final = 512
_MARKS: Final = (
    (b"PK\x03\x04", 0),
    (b"7z\xbc\xaf\x27\x1c", 0),
    (b"Rar!\x1a\x07", 0),
    (_USTAR, 257),
    (_GZIP, 0),
    (b"1AY&SY", 4),
    (b"\xfd7zXZ\x00", 0),
    (b"\x28\xb5\x2f\xfd", 0),
    (b"LZIP\x01", 0),
    (b"%PDF-", 0),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0),
    (b"MSCF\x00\x00\x00\x00", 0),
    (b"SQLite format 3\x00", 0),
    (b"!<arch>\n", 0),
    (b"070701", 0),
    (b"070707", 0),
    (b"{\\rtf1", 0),
    (b"!BDN", 0),
    (b"ANDROID BACKUP\n", 0),
    (b"EVF\x09\x0d\x0a\xff\x00", 0),
    (b"LUKS\xba\xbe", 0),
)
"""Marks, and how many bytes of the container lie before each."""
_BY_PAIR: Final = {
    mark[:2]: [each for each in _MARKS if each[0][:2] == mark[:2]] for mark, _ in _MARKS
}
_PAIRS: Final = pairs_of(*_BY_PAIR)
_CPIO: Final = re.compile(rb"070707[0-7]{70}|07070[12][0-9A-Fa-f]{104}")
_AROUND: Final = {
    b"PK\x03\x04": re.compile(rb"PK\x03\x04[\x00-\x40][\x00-\x14]..[\x00-\x63]\x00", re.DOTALL),
    b"1AY&SY": re.compile(rb"BZh[1-9]1AY&SY"),
    b"070701": _CPIO,
    b"070707": _CPIO,
}
"""What the first bytes of a container with a mark look like."""
_INFLATED: Final = 1024


def first(file: BinaryIO, start: int, check: Callable[[], object] = lambda: None) -> int | None:
    """The first place from `start` on at which a container begins; None where there is none.

    At `start` itself, behind zeros, a container of any kind counts; further on, one with a mark.

    Args:
        file: opened for reading and seekable; left at any place.
        start: as behind the end of a picture.
        check: called now and then; raises where it takes too long.

    Raises:
        OSError: it cannot be read.
    """
    size = file.seek(0, os.SEEK_END)
    if size - start < _LEAST:
        return None
    file.seek(start)
    head = file.read(_HEAD)
    zeros = len(head) - len(head.lstrip(b"\0"))
    at_once = {start, start + zeros} - {size}
    for place in sorted(at_once):
        if _begins(file, place, size):
            return place
    while start < size:
        check()
        file.seek(start)
        piece = file.read(min(_PIECE, size - start))
        if len(piece) < _LEAST:
            return None
        for at in _candidates(piece):
            if size - start - at >= _LEAST and _begins(file, start + at, size):
                return start + at
        if start + len(piece) >= size:
            return None
        start += len(piece) - _OVERLAP
    return None


def _candidates(piece: bytes) -> list[int]:
    """Places at which a mark stands, and what only looks like one is left out."""
    found = set()
    for at in places(piece, _PAIRS, len(piece) - 1).tolist():
        for mark, before in _BY_PAIR[piece[at : at + 2]]:
            is_there = at >= before and piece.startswith(mark, at)
            if is_there and _is_plausible(mark, piece, at - before):
                found.add(at - before)
    return sorted(found)


def _is_plausible(mark: bytes, piece: bytes, at: int) -> bool:
    """Whether what stands around a mark agrees with it, as far as this piece holds it."""
    fits = _AROUND.get(mark)
    if fits is not None:
        return fits.match(piece, at) is not None
    if mark == _USTAR:
        return is_tar_header(piece[at : at + _SECTOR])
    return mark != _GZIP or _is_gzip(piece[at:])


def _is_gzip(data: bytes) -> bool:
    try:
        return bool(zlib.decompressobj(wbits=31).decompress(data, _INFLATED))
    except zlib.error:
        return False


def _begins(file: BinaryIO, place: int, size: int) -> bool:
    """Whether a container begins at a place by its first bytes, not by its end."""
    file.seek(place)
    head = file.read(min(_HEAD, size - place))
    return sniff_beginning(head) is not None
