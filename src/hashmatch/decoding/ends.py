"""The place where a picture ends in its file, by its format."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np

from hashmatch.decoding.extents import extent_of, in_memory, of_picture_in_boxes
from hashmatch.decoding.jpeg_header import first_scan
from hashmatch.decoding.tiff_extent import end_of_tiff
from hashmatch.errors import UnreadableImageError

FIRST: Final = 16
"""Bytes that are of the picture itself for sure."""
# An expression finds it in a third of the time that `bytes.find` takes.
_END_OF_IMAGE: Final = re.compile(rb"\xff\xd9")


def end_of(data: bytes, kind: str) -> int:
    """The place in its file where a picture ends; 0 where that is not told.

    Args:
        data: the picture's file.
        kind: its format, as `jpeg`.
    """
    find = _ENDS.get(kind)
    end = find(data) if find is not None else 0
    return max(end, FIRST) if end else 0


def _end_of_jpeg(data: bytes) -> int:

    scan = first_scan(data)
    if scan is None:
        return 0
    # Within scans the end marker differs from all other bytes.
    found = _END_OF_IMAGE.search(data, scan)
    return found.end() if found else 0


def _end_of_png(data: bytes) -> int:
    end = data.find(b"IEND")
    return end + 8 if end >= 0 else 0


def _end_of_gif(data: bytes) -> int:
    from hashmatch.decoding import gif

    try:
        return gif.parse(data).end
    except UnreadableImageError:
        return 0


def _end_of_webp(data: bytes) -> int:
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


def _end_of_bmp(data: bytes) -> int:
    """The end that its header announces, if all announced pixels lie before it."""
    size, pixels, _, width, height, planes_bits, compression, length = (
        int.from_bytes(data[at : at + 4], "little") for at in (2, 10, 14, 18, 22, 26, 30, 34)
    )
    if int.from_bytes(data[14:18], "little") < _HEAD_OF_WINDOWS:
        return size
    height = min(height, (1 << 32) - height)
    row = (width * (planes_bits >> 16) + 31) // 32 * 4
    return max(size, pixels + (length if compression in _PACKED else row * height))


_HEAD_OF_WINDOWS: Final = 40
"""Bytes of the head of a BMP; those of OS/2 are shorter, or have no sizes in the same places."""
_PACKED: Final = frozenset({1, 2, 4, 5})
"""Compressions of a BMP with which its header says how many bytes its pixels take."""


def _end_of_boxes(data: bytes, kind: str) -> int:
    found = extent_of(in_memory(data), len(data), kind)
    return 0 if found is None else found.end


def _end_of_tiff(data: bytes) -> int:
    from hashmatch.decoding import raw

    # Makers of cameras keep previews where no directory says so.
    return 0 if raw.is_raw_tiff(data) else end_of_tiff(data)


def _end_of_psd(data: bytes) -> int:
    is_big = data[5] == 2  # noqa: PLR2004 (PSB)
    channels, height, width, depth = (
        int.from_bytes(data[first:behind])
        for first, behind in ((12, 14), (14, 18), (18, 22), (22, 24))
    )
    at = 26
    for length in (4, 4, 8 if is_big else 4):
        at += length + int.from_bytes(data[at : at + length])
    compression = int.from_bytes(data[at : at + 2])
    rows = channels * height
    if compression == 0:
        return at + 2 + rows * ((width * depth + 7) // 8)
    if compression == 1:
        size = 4 if is_big else 2
        counts = np.frombuffer(data[at + 2 : at + 2 + rows * size], f">u{size}")
        return at + 2 + rows * size + int(counts.sum(dtype=np.int64))
    return 0


def _end_of_qoi(data: bytes) -> int:
    end = data.find(b"\0\0\0\0\0\0\0\1", 14)
    return end + 8 if end >= 0 else 0


def _end_of_icons(data: bytes) -> int:
    ends = [FIRST]
    for number in range(int.from_bytes(data[4:6], "little")):
        entry = data[6 + 16 * number : 22 + 16 * number]
        ends.append(sum(int.from_bytes(entry[at : at + 4], "little") for at in (8, 12)))
    return max(ends)


_ENDS: Final[Mapping[str, Callable[[bytes], int]]] = {
    "jpeg": _end_of_jpeg,
    "png": _end_of_png,
    "gif": _end_of_gif,
    "webp": _end_of_webp,
    "bmp": _end_of_bmp,
    "tiff": _end_of_tiff,
    "psd": _end_of_psd,
    "qoi": _end_of_qoi,
    "icns": lambda data: int.from_bytes(data[4:8]),
    **dict.fromkeys(("ico", "cur"), _end_of_icons),
    **{kind: partial(_end_of_boxes, kind=kind) for kind in ("heif", "avif")},
    **{kind: partial(of_picture_in_boxes, kind=kind) for kind in ("jpegxl", "jpeg2000")},
}
"""Formats of pictures that say where they end."""
