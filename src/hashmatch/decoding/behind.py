"""What lies behind a picture in its file: the clip of a motion photo, a film, further pictures.

Cameras of all makers append the clip of a motion photo to the picture, or put it into a box of a
HEIC, each with marks of its own (`MicroVideo`, `MotionPhoto`, `MotionPhoto_Data`, `mpvd`). The clip
itself is what they have in common, so that it is looked for, not the marks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hashmatch.decoding.formats import HEAD, INSIDE
from hashmatch.decoding.video_formats import (
    REACH,
    FoundVideo,
    find_raw_videos,
    find_videos,
    sniff_video,
)
from hashmatch.errors import UnreadableImageError

_BOX: Final = re.compile(rb"\x00\x00..ftyp[A-Za-z0-9 _]{3,4}", re.DOTALL)
_NAME: Final = re.compile(rb"[A-Za-z0-9 _\xa9-]{4}")
_OTHERS: Final = (
    ("matroska", b"\x1a\x45\xdf\xa3", re.compile(rb"....[\x01-\xff].{0,50}?\x42\x82", re.DOTALL)),
    ("avi", b"AVI LIST", re.compile(rb"AVI LIST....hdrl", re.DOTALL)),
)
_HOLD_BOXES: Final = frozenset({"icns", "jpeg2000", "jpegxl"})
_STILL_BRANDS: Final = frozenset({b"jp2 ", b"jpx ", b"jpm ", b"jph ", b"jxl "})
"""Boxes of the pictures themselves: JPEG 2000 and JPEG XL have one, icons hold such pictures."""
_AVI_HEAD: Final = 8
_FIRST: Final = 16
"""Bytes of the picture itself, with its own box."""
_SHORTEST: Final = 64
"""Bytes of anything worth a look."""
_HEADER: Final = 1 << 17
_MOST_PICTURES: Final = 1_000_000
_MOST_ENDS: Final = 64
"""Pictures whose end is looked for, so that nothing of them is taken for another one."""
_SOI: Final = b"\xff\xd8\xff"
_PICTURE: Final = re.compile(
    # A JPEG goes on with one of these segments.
    rb"(?P<jpeg>\xff\xd8\xff[\xc0-\xc4\xdb\xdd\xe0-\xef\xfe])|" + INSIDE,
    re.DOTALL,
)
_WEAK: Final = frozenset({"obu"})
"""Formats that other bytes are too easily taken for."""


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A picture in a file.

    Attributes:
        start: the byte with which it begins.
        kind: its format, as `jpeg`.
        size: width and height in pixels; None where its header was not read.
    """

    start: int
    kind: str
    size: tuple[int, int] | None = None


def tells_its_end(kind: str) -> bool:
    """Whether pictures of a format say where they end."""
    return kind in _ENDS


def end_of(data: bytes, kind: str) -> int:
    """Where in its file a picture ends; where that is not known, a place that is in it for sure.

    Args:
        data: the picture's file.
        kind: its format, as `jpeg`.
    """
    find = _ENDS.get(kind)
    return max(find(data), _FIRST) if find is not None else _FIRST


def _end_of_jpeg(data: bytes) -> int:
    from hashmatch.decoding import jpeg

    scan = jpeg.first_scan(data)
    if scan is None:
        return _FIRST
    # In its scans the end is told from all other bytes.
    end = data.find(b"\xff\xd9", scan)
    return end + 2 if end >= 0 else scan


def _end_of_png(data: bytes) -> int:
    end = data.find(b"IEND")
    return end + 8 if end >= 0 else _FIRST


def _end_of_gif(data: bytes) -> int:
    from hashmatch.decoding import gif

    try:
        return gif.parse(data).end
    except UnreadableImageError:
        return _FIRST


def _end_of_webp(data: bytes) -> int:
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


def _end_of_bmp(data: bytes) -> int:
    """As its header says; what is shorter than the pixels that it announces is no end."""
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
_ENDS: Final[Mapping[str, Callable[[bytes], int]]] = {
    "jpeg": _end_of_jpeg,
    "png": _end_of_png,
    "gif": _end_of_gif,
    "webp": _end_of_webp,
    "bmp": _end_of_bmp,
}
"""Formats of pictures that say where they end."""


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
        own = kind in _HOLD_BOXES and data[at + 4 : at + 8] in _STILL_BRANDS
        if not own and _BOX.match(data, at - 4) and _is_followed_by_a_box(data, at - 4):
            return FoundVideo("mp4", at - 4)
        at = data.find(b"ftyp", at + 4)
    for name, literal, whole in _OTHERS:
        at = data.find(literal, end)
        if at >= 0 and whole.match(data, at):
            return FoundVideo(name, at - (_AVI_HEAD if name == "avi" else 0))
    if end > _FIRST and (found := _film_behind(data, end)) is not None:
        return found
    # The pictures of a HEIF sequence are the frames of a film.
    return FoundVideo("mp4") if kind == "heif" and b"moov" in _boxes(data) else None


def _film_behind(data: bytes, end: int) -> FoundVideo | None:
    """The film that begins where a picture ends, or after it, in a container or without one."""
    first = sniff_video(data[end : end + HEAD])
    if first is not None:
        return FoundVideo(first.name, end + first.start)
    if data.startswith(_SOI, end):
        # JPEGs in a row are told from films elsewhere.
        return None
    tail = data[end : end + REACH]
    places = (each for find in (find_videos, find_raw_videos) for each in find(tail))
    found = next((each for each in places if each.name not in _WEAK), None)
    return None if found is None else FoundVideo(found.name, end + found.start)


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


def further_pictures(data: bytes, end: int, stop: int) -> Iterator[FoundPicture]:
    """Each picture that follows the first one, thumbnails left out.

    Args:
        data: a file that begins with a picture.
        end: where that one ends, as `end_of` gives it.
        stop: where something else begins.
    """
    from hashmatch.decoding import jpeg

    if stop - end < _SHORTEST:
        return
    place = end
    ends_looked_for = 0
    for _ in range(_MOST_PICTURES):
        found = _PICTURE.search(data, place, stop)
        if found is None:
            return
        at, kind = found.start(), str(found.lastgroup)
        if kind == "jpeg":
            place = at + 2
            try:
                header = jpeg.read_header(data[at : at + _HEADER])
            except UnreadableImageError:
                continue
            yield FoundPicture(at, kind, (header.width, header.height))
            place = at + header.first_scan
            continue
        yield FoundPicture(at, kind)
        ends_looked_for += 1
        most = ends_looked_for < _MOST_ENDS
        place = at + (end_of(data[at:stop], kind) if most else _FIRST)
