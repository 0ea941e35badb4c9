"""The end of a film, or of a picture in boxes, in its file, and what in it is no part of it.

Only what is told at known places is read, so that a file of any size costs little.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Read: TypeAlias = Callable[[int, int], bytes]
"""The bytes from a place on, so many at most."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What of a file belongs to a film or picture.

    Attributes:
        end: the byte behind it.
        others: first bytes, and bytes behind the last, of what lies inside and is no part of it:
            boxes that players pass over.
    """

    end: int
    others: tuple[tuple[int, int], ...] = ()


_MOST_STEPS: Final = 200_000
"""Boxes, tags, frames that are passed on the way to the end."""
_MOST_OTHERS: Final = 64
_NAME: Final = re.compile(rb"[A-Za-z0-9 _\xa9-]{4}\Z")
_CONTENT: Final = frozenset({b"moov", b"mdat", b"moof", b"meta", b"jp2c", b"jxlc", b"jxlp"})
_OF_FILMS: Final = frozenset({b"moov", b"mdat", b"moof"})
_OWN: Final = _CONTENT.union(
    (b"ftyp", b"styp", b"mfra", b"sidx", b"ssix", b"prft", b"emsg", b"pdin", b"idat", b"imda"),
    (b"jP  ", b"JXL ", b"jp2h", b"jxli", b"jxll", b"jbrd", b"brob", b"Exif", b"xml "),
)
"""Boxes that hold a film or picture, or tell of it."""
_FIRST_BOXES: Final = frozenset({b"ftyp", b"jP  ", b"JXL "})
"""What another file begins with, the second time or behind the boxes of a film."""


def extent_of(read: Read, size: int, kind: str, start: int = 0) -> Extent | None:
    """What belongs to a film or picture; None where its format does not tell.

    Args:
        read: the file, from its begin.
        size: of the file, in bytes.
        kind: the format, as hashmatch or FFmpeg calls it.
        start: the byte of the file with which it begins.
    """
    find = _FINDERS.get(kind)
    return None if find is None else find(read, size, start)


def in_memory(data: bytes) -> Read:
    """A file that was read already."""
    return lambda at, length: data[at : at + length]


def names_of_boxes(read: Read, size: int) -> set[bytes]:
    """The names of the boxes that a file consists of."""
    names, at = set[bytes](), 0
    for _ in range(_MOST_STEPS):
        head = read(at, 16)
        if len(head) < 8 or at >= size:  # noqa: PLR2004 (of a box)
            break
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        names.add(head[4:8])
        if length < 8:  # noqa: PLR2004 (its own head)
            break
        at += length
    return names


def _of_boxes(read: Read, size: int, start: int) -> Extent | None:
    """ISO base media: a walk over its boxes, up to what is none or begins another file."""
    at, has_content, seen = start, False, set[bytes]()
    others: list[tuple[int, int]] = []
    for _ in range(_MOST_STEPS):
        head = read(at, 16)
        if len(head) < 8:  # noqa: PLR2004 (of a box)
            return Extent(at, tuple(others))
        length, name, inside = int.from_bytes(head[:4]), head[4:8], 8
        if length == 0 and name == b"jp2c":
            return None
        if length == 1:
            length, inside = int.from_bytes(head[8:16]), 16
        elif length == 0:
            length = size - at
        is_box = length >= inside and _NAME.match(name) is not None
        is_second = name in _FIRST_BOXES and (name in seen or not seen.isdisjoint(_OF_FILMS))
        if not is_box or is_second:
            return Extent(at, tuple(others))
        if at + length > size:
            is_known = name in _CONTENT or not has_content
            return Extent(size if is_known else at, tuple(others))
        if name not in _OWN and len(others) < _MOST_OTHERS:
            others.append((at + inside, at + length))
        has_content |= name in _CONTENT
        seen.add(name)
        at += length
    return None


_EBML: Final = b"\x1a\x45\xdf\xa3"
_SEGMENT: Final = b"\x18\x53\x80\x67"


def _of_matroska(read: Read, size: int, start: int) -> Extent | None:
    at, has_segment = start, False
    for _ in range(_MOST_STEPS):
        head = read(at, 16)
        own = (_EBML, _SEGMENT) if not has_segment else (_SEGMENT,)
        width = 4 if head[:4] in own else 1
        if width == 1 and head[:1] not in (b"\xec", b"\xbf"):
            return Extent(at) if has_segment else None
        length, taken = _vint(head[width:])
        if length is None:
            return None
        has_segment |= head[:4] == _SEGMENT
        at += width + taken + length
        if at >= size:
            return Extent(size)
    return None


def _vint(data: bytes) -> tuple[int | None, int]:
    """A number of EBML, None for an unknown one, and how many bytes it takes."""
    if not data or not data[0]:
        return None, 0
    taken = 9 - data[0].bit_length()
    value = int.from_bytes(data[:taken]) & ((1 << 7 * taken) - 1)
    unknown = len(data) < taken or value == (1 << 7 * taken) - 1
    return None if unknown else value, taken


_FOURCC: Final = re.compile(rb"[A-Za-z0-9 ]{4}\Z")


def _of_avi(read: Read, size: int, start: int) -> Extent | None:
    """Its RIFFs, and chunks behind them: a file that was not finished has sizes that are wrong."""
    at = start
    for _ in range(_MOST_STEPS):
        head = read(at, 12)
        length = int.from_bytes(head[4:8], "little")
        again = at > start and head[8:12] in (b"AVI ", b"AVI\x19")
        if len(head) < 12 or not _FOURCC.match(head[:4]) or (head[:4] == b"RIFF" and again):  # noqa: PLR2004 (bytes)
            return Extent(at) if at > start else None
        if not length and head[:4] == b"RIFF":
            return None
        at += 8 + length + length % 2
        if at >= size:
            return Extent(size)
    return None


_ASF: Final = (
    *(b"\x30\x26\xb2\x75", b"\x36\x26\xb2\x75", b"\x90\x08\x00\x33", b"\xd3\x29\xe2\xd6"),
    *(b"\xf8\x03\xb1\xfe", b"\xd0\x3f\xb7\x3c"),
)
"""Begins of the GUIDs of a file's own objects: header, data, indexes."""
_ASF_DATA: Final = _ASF[1]


def _of_asf(read: Read, size: int, start: int) -> Extent | None:
    at, has_data = start, False
    for _ in range(_MOST_STEPS):
        head = read(at, 24)
        length = int.from_bytes(head[16:24], "little")
        own = head[:4] in _ASF and not (has_data and head[:4] == _ASF[0])
        if len(head) < 24 or not own:  # noqa: PLR2004 (bytes)
            return Extent(at) if has_data else None
        has_data |= head[:4] == _ASF_DATA
        if length < 24:  # noqa: PLR2004 (its own head)
            return None
        at += length
        if at >= size:
            return Extent(size)
    return None


def _of_flv(read: Read, size: int, start: int) -> Extent | None:
    at = start + int.from_bytes(read(start + 5, 4)) + 4
    for _ in range(_MOST_STEPS):
        head = read(at, 11)
        is_tag = len(head) == 11 and head[0] in _FLV_TAGS and not any(head[8:])  # noqa: PLR2004 (bytes)
        if at >= size or not is_tag:
            return Extent(min(at, size))
        at += 15 + int.from_bytes(head[1:4])
    return None


_FLV_TAGS: Final = frozenset({8, 9, 18, 40, 41, 50})
"""Sound, pictures and data, plain and encrypted."""


def _of_ivf(read: Read, size: int, start: int) -> Extent | None:
    at = start + int.from_bytes(read(start + 6, 2), "little")
    frames = int.from_bytes(read(start + 24, 4), "little")
    for _ in range(min(frames, _MOST_STEPS)):
        at += 12 + int.from_bytes(read(at, 4), "little")
    return Extent(min(at, size)) if 0 < frames <= _MOST_STEPS else None


_FINDERS: Final[Mapping[str, Callable[[Read, int, int], Extent | None]]] = {
    **dict.fromkeys(("mp4", "mov", "heif", "avif"), _of_boxes),
    **dict.fromkeys(("matroska", "webm"), _of_matroska),
    "avi": _of_avi,
    "asf": _of_asf,
    "flv": _of_flv,
    "ivf": _of_ivf,
}


def of_picture_in_boxes(data: bytes, kind: str) -> int:
    """The end of a JPEG XL or JPEG 2000 file in boxes; 0 where that is not told."""
    mark = {"jpegxl": b"JXL ", "jpeg2000": b"jP  "}[kind]
    if data[4:8] != mark:
        return 0
    found = _of_boxes(in_memory(data), len(data), 0)
    return 0 if found is None else found.end
