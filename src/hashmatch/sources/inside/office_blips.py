"""Pictures in the records of drawings in Word, Excel and PowerPoint documents before 2007."""

import zlib
from collections.abc import Iterator
from typing import Final

from hashmatch.sources.inside.base import Budget

_RECORDS: Final = {
    0xF01A: ("emf", 0x3D4, 16),
    0xF01B: ("wmf", 0x216, 16),
    0xF01C: ("pict", 0x542, 16),
    0xF01D: ("jpg", 0x46A, 17),
    0xF01E: ("png", 0x6E0, 17),
    0xF01F: ("dib", 0x7A8, 17),
    0xF029: ("tif", 0x6E4, 17),
    0xF02A: ("jpg", 0x6E2, 17),
}
"""Types of records: what they hold, the instance of one with a single checksum, bytes before it."""
_CMYK: Final = 0x6E2
_METAFILES: Final = ("emf", "wmf", "pict")
_METAFILE_HEADER: Final = 34
_CHECKSUM: Final = 16


def blips(data: bytes, budget: Budget) -> Iterator[tuple[int, str, bytes]]:
    """Place, kind and bytes of each picture, wherever records of pictures lie."""
    place = 0
    while (place := data.find(b"\xf0", place + 1)) > 0:
        budget.check()
        start = place - 3
        kind, instance, before = _RECORDS.get(
            int.from_bytes(data[start + 2 : start + 4], "little"), ("", 0, 0)
        )
        if start < 0 or not kind:
            continue
        version = int.from_bytes(data[start : start + 2], "little")
        length = int.from_bytes(data[start + 4 : start + 8], "little")
        found = version >> 4
        checksums = {instance: 1, instance + 1: 2}
        if kind == "jpg":
            checksums |= {0x46A: 1, 0x46B: 2, _CMYK: 1, _CMYK + 1: 2}
        if version & 15 or found not in checksums or length <= before:
            continue
        held = data[start + 8 : start + 8 + length]
        held = held[before + _CHECKSUM * (checksums[found] - 1) :]
        if kind in _METAFILES:
            held = _unpacked(held, budget)
        elif kind == "dib":
            kind, held = "bmp", with_header(held)
        if held:
            yield start, kind, held
            place = start + 7 + length


def _unpacked(data: bytes, budget: Budget) -> bytes:
    """A metafile, decompressed where it is compressed; at most as long as it says."""
    size = int.from_bytes(data[:4], "little")
    packed = data[_METAFILE_HEADER:]
    if data[_METAFILE_HEADER - 2 : _METAFILE_HEADER - 1] != b"\0":
        return packed
    budget.bytes(min(size, len(packed) * 1040))
    try:
        return zlib.decompressobj().decompress(packed, size) if size else b""
    except zlib.error:
        return b""


_CORE: Final = 12
_MASKS: Final = 3


def with_header(data: bytes) -> bytes:
    """A bitmap as Windows holds it in memory, with the header that files have.

    Empty where it is none.
    """
    header = int.from_bytes(data[:4], "little")
    if not _CORE <= header <= min(len(data), 1 << 10):
        return b""
    if header == _CORE:
        depth = int.from_bytes(data[10:12], "little")
        table = 3 << depth if depth <= 8 else 0  # noqa: PLR2004
    else:
        depth = int.from_bytes(data[14:16], "little")
        colours = int.from_bytes(data[32:36], "little")
        table = 4 * (colours or (1 << depth if depth <= 8 else 0))  # noqa: PLR2004
        if header == 40 and int.from_bytes(data[16:20], "little") == _MASKS:  # noqa: PLR2004
            table += 12
    offset = 14 + header + table
    if table > len(data):
        return b""
    size = (14 + len(data)).to_bytes(4, "little")
    return b"BM" + size + bytes(4) + offset.to_bytes(4, "little") + data


_DRAWING: Final = (0xEB, 0xEC)
_CONTINUE: Final = 0x3C


def joined_drawings(workbook: bytes) -> bytes:
    """The drawings of an Excel workbook: its records of at most 8 KiB, put together."""
    pieces, place, inside = [], 0, False
    while place + 4 <= len(workbook):
        kind = int.from_bytes(workbook[place : place + 2], "little")
        length = int.from_bytes(workbook[place + 2 : place + 4], "little")
        inside = kind in _DRAWING or (inside and kind == _CONTINUE)
        if inside:
            pieces.append(workbook[place + 4 : place + 4 + length])
        place += 4 + length
    return b"".join(pieces)
