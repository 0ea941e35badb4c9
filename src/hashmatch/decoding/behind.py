"""What lies behind a picture in its file: the clip of a motion photo, further JPEGs.

Cameras of all makers append the clip of a motion photo to the picture, or put it into a box of a
HEIC, each with marks of its own (`MicroVideo`, `MotionPhoto`, `MotionPhoto_Data`, `mpvd`). The clip
itself is what they have in common, so that it is looked for, not the marks.
"""

import re
from collections.abc import Iterator
from typing import Final

from hashmatch.decoding.video_formats import FoundVideo
from hashmatch.errors import UnreadableImageError

_BOX: Final = re.compile(rb"\x00\x00..ftyp[A-Za-z0-9 _]{3,4}", re.DOTALL)
_NAME: Final = re.compile(rb"[A-Za-z0-9 _\xa9-]{4}")
_OTHERS: Final = (
    ("matroska", b"\x1a\x45\xdf\xa3", re.compile(rb"....[\x01-\xff].{0,50}?\x42\x82", re.DOTALL)),
    ("avi", b"AVI LIST", re.compile(rb"AVI LIST....hdrl", re.DOTALL)),
)
_AVI_HEAD: Final = 8
_FIRST: Final = 16
"""Bytes of the picture itself, with its own box."""
_SHORTEST: Final = 64
"""Bytes of anything worth a look."""
_HEADER: Final = 1 << 17
_MOST_JPEGS: Final = 1_000_000
_SOI: Final = b"\xff\xd8\xff"
_SEGMENTS: Final = frozenset({*range(0xC0, 0xC5), 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE})
"""With which a JPEG goes on."""


def end_of(data: bytes, kind: str) -> int:
    """Where in its file a picture ends; where that is not known, a place that is in it for sure.

    Args:
        data: the picture's file.
        kind: its format, as `jpeg`.
    """
    if kind == "png":
        return max(data.find(b"IEND"), _FIRST)
    if kind != "jpeg":
        return _FIRST
    from hashmatch.decoding import jpeg

    try:
        scan = jpeg.read_header(data).first_scan
    except UnreadableImageError:
        return _FIRST
    # In its scans the end is told from all other bytes.
    return max(data.find(b"\xff\xd9", scan), _FIRST)


def find_clip(data: bytes, kind: str, end: int | None = None) -> FoundVideo | None:
    """Where the clip of a motion photo begins; None where there is none.

    Args:
        data: the picture's file.
        kind: its format, as `jpeg`.
        end: what `end_of` gives, where it was asked already.
    """
    end = end_of(data, kind) if end is None else end
    if len(data) - end < _SHORTEST:
        return None
    at = data.find(b"ftyp", end)
    while at >= 0:
        if _BOX.match(data, at - 4) and _is_followed_by_a_box(data, at - 4):
            return FoundVideo("mp4", at - 4)
        at = data.find(b"ftyp", at + 4)
    for name, literal, whole in _OTHERS:
        at = data.find(literal, end)
        if at >= 0 and whole.match(data, at):
            return FoundVideo(name, at - (_AVI_HEAD if name == "avi" else 0))
    # The pictures of a HEIF sequence are the frames of a film.
    return FoundVideo("mp4") if kind == "heif" and b"moov" in _boxes(data) else None


def _is_followed_by_a_box(data: bytes, start: int) -> bool:
    following = start + int.from_bytes(data[start : start + 4])
    size = int.from_bytes(data[following : following + 4])
    return (size >= 8 or size == 1) and bool(_NAME.match(data, following + 4))  # noqa: PLR2004


def _boxes(data: bytes) -> set[bytes]:
    """The names of the boxes that the file consists of."""
    names: set[bytes] = set()
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        names.add(data[at + 4 : at + 8])
        if size < 8:  # noqa: PLR2004 (its own head)
            break
        at += size
    return names


def further_jpegs(data: bytes, end: int, stop: int) -> Iterator[tuple[int, int, int]]:
    """The begin, width and height of each JPEG that follows the first one, thumbnails left out.

    Args:
        data: a file that begins with a JPEG.
        end: where that one ends, as `end_of` gives it.
        stop: where something else begins.
    """
    from hashmatch.decoding import jpeg

    if stop - end < _SHORTEST:
        return
    place = end
    for _ in range(_MOST_JPEGS):
        at = data.find(_SOI, place, stop)
        if at < 0:
            return
        place = at + 2
        if data[at + 3 : at + 4] and data[at + 3] in _SEGMENTS:
            try:
                header = jpeg.read_header(data[at : at + _HEADER])
            except UnreadableImageError:
                continue
            yield at, header.width, header.height
            place = at + header.first_scan
