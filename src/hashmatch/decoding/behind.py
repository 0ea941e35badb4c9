"""What lies behind a picture or film in its file, or in a box of it: films and further pictures.

Cameras of all makers append the clip of a motion photo to the picture, or put it into a box of a
HEIC, each with marks of its own (`MicroVideo`, `MotionPhoto`, `MotionPhoto_Data`, `mpvd`). The clip
itself is what they have in common, so that it is looked for, not the marks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from hashmatch.decoding import formats
from hashmatch.decoding.ends import FIRST, end_of
from hashmatch.decoding.extents import extent_of, in_memory, names_of_boxes
from hashmatch.decoding.formats import HEAD, REACH, WEAK, is_picture
from hashmatch.decoding.jpeg_header import read_header
from hashmatch.decoding.starts import picture_starts
from hashmatch.decoding.video_formats import (
    FoundVideo,
    find_raw_videos,
    find_videos,
    sniff_video,
)
from hashmatch.errors import UnreadableImageError
from hashmatch.kinds.fill import behind_run

_BOX: Final = re.compile(rb"\x00\x00..ftyp[A-Za-z0-9 _]{3,4}", re.DOTALL)
_NAME: Final = re.compile(rb"[A-Za-z0-9 _\xa9-]{4}")
_OTHERS: Final = (
    ("matroska", b"\x1a\x45\xdf\xa3", re.compile(rb"....[\x01-\xff].{0,50}?\x42\x82", re.DOTALL)),
    ("avi", b"AVI LIST", re.compile(rb"AVI LIST....hdrl", re.DOTALL)),
)
_STILL_BRANDS: Final = frozenset({b"jp2 ", b"jpx ", b"jpm ", b"jph ", b"jxl "})
"""Boxes of the pictures themselves: JPEG 2000 and JPEG XL have one, icons hold such pictures."""
_AVI_HEAD: Final = 8
SHORTEST: Final = 64
"""Bytes of anything worth a look."""
_HEADER: Final = 1 << 17
_MOST_PARTS: Final = 1_000_000
_MOST_ENDS: Final = 64
"""Pictures whose end is looked for, so that nothing of them is taken for another one."""
_WEAK_FILMS: Final = frozenset({"obu"})
"""Formats that other bytes are too easily taken for."""
_NEVER: Final = frozenset({"tga", "xbm", "pcx", "sgi", "wmf"})
_TAG: Final = 128
_APE: Final = 32
"""Bytes of what players of sound write behind everything."""


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A picture in a file.

    Attributes:
        start: the byte with which it begins.
        kind: its format, as `jpeg`.
        size: width and height in pixels; None where its header was not read.
        sure: whether other bytes seldom look like this.
    """

    start: int
    kind: str
    size: tuple[int, int] | None = None
    sure: bool = True


FoundPart: TypeAlias = FoundPicture | FoundVideo


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies in a file besides its picture or film.

    Attributes:
        parts: pictures and films, in their order.
        rest: bytes behind the end that are none of these, nor padding, nor known trailers.
    """

    parts: tuple[FoundPart, ...] = ()
    rest: int = 0


def all_behind(data: bytes, kind: str, end: int | None = None) -> Behind:
    """What lies in a picture's file besides it.

    Args:
        data: the picture's file.
        kind: its format, as `jpeg`.
        end: what `end_of` gives, where it was asked already.
    """
    end = end_of(data, kind) if end is None else end
    if not end:
        # Its bytes may be anything; only a film in boxes is told from them.
        film = _film_in_boxes(data, FIRST)
        return Behind((film,) if isinstance(film, FoundVideo) else ())
    parts: list[FoundPart] = []
    extent = extent_of(in_memory(data), len(data), kind)
    for first, behind in extent.others if extent is not None else ():
        inside = parts_in_box(data[first:behind])
        parts += (replace(each, start=each.start + first) for each in inside)
    following, rest = parts_behind(data, end)
    return Behind((*parts, *following), rest)


def parts_in_box(inside: bytes) -> list[FoundPart]:
    """What lies in a box that players pass over: only what other bytes do not look like."""
    if len(inside[behind_run(inside) :].rstrip(b"\0")) < SHORTEST:
        return []
    return list(_Parts(inside, 0, strict=True))


def parts_behind(data: bytes, end: int) -> tuple[list[FoundPart], int]:
    """Pictures and films behind a place, and how many bytes behind it nobody knows."""
    if len(data) - end < SHORTEST:
        return [], 0
    found = _Parts(data, end)
    parts = list(found)
    last = found.place
    rest = b"" if last is None else data[last:]
    is_fill = len(rest) < SHORTEST or behind_run(rest, 0, rest[:1]) == len(rest)
    is_known = is_fill or _is_trailer(rest)
    return parts, 0 if is_known else len(rest)


def _is_trailer(rest: bytes) -> bool:
    """Whether it is data about the file that cameras and players of sound write behind all."""
    is_tag = len(rest) >= _TAG and rest[-_TAG:].startswith(b"TAG")
    before = rest[:-_TAG] if is_tag else rest
    return (
        is_tag
        or (len(before) >= _APE and before[-_APE:].startswith(b"APETAGEX"))
        or rest.endswith((b"AXS!", b"AXS*", b"cbipcbbl"))
        or (b"SEFH" in rest and rest.rstrip(b"\0").endswith(b"SEFT"))
        or b"CANON OPTIONAL DATA" in rest
    )


def find_clip(data: bytes, kind: str) -> FoundVideo | None:
    """The place where the clip of a motion photo begins; None where there is none.

    Args:
        data: the picture's file.
        kind: its format, as `jpeg`.
    """
    parts = all_behind(data, kind).parts
    found = next((each for each in parts if isinstance(each, FoundVideo)), None)
    if found is not None:
        return found
    # The pictures of a HEIF sequence are the frames of a film.
    return FoundVideo("mp4") if is_sequence(data, kind) else None


def is_sequence(data: bytes, kind: str) -> bool:
    """Whether it is a HEIF whose pictures are the frames of a film."""
    return kind == "heif" and b"moov" in names_of_boxes(in_memory(data), len(data))


class _Parts:
    """The pictures and films behind a place, one after the other.

    Attributes:
        place: behind the last of them; None where that is not told.
    """

    def __init__(self, data: bytes, place: int, *, strict: bool = False) -> None:
        self._data, self._strict = data, strict
        self.place: int | None = place
        self._film: FoundPart | None = None
        self._looked = -1
        self._reached = strict
        self._ends = 0

    def __iter__(self) -> Iterator[FoundPart]:
        place = self.place or 0
        at_an_end = not self._strict
        for _ in range(_MOST_PARTS):
            found = (self._exactly(place) if at_an_end else None) or self._next(place, at_an_end)
            if found is None:
                return
            yield found
            end = self._end(found)
            self.place = end or None
            if not end and isinstance(found, FoundVideo):
                return
            at_an_end = bool(end) and not self._strict
            place = end or found.start + FIRST

    def _exactly(self, place: int) -> FoundPart | None:
        """What begins at this place, or behind zeros that fill up what comes before it."""
        head = self._data[place : place + HEAD]
        filled = len(head) - len(head.lstrip(b"\0"))
        for skipped in {0: None, filled: None}:
            kind = formats.sniff(head[skipped:])
            if kind == "jpeg":
                return self._jpeg(place + skipped)
            if kind is not None and kind not in _NEVER:
                return FoundPicture(place + skipped, kind, sure=kind not in WEAK)
            film = sniff_video(head[skipped:])
            if film is not None:
                return FoundVideo(film.name, place + skipped + film.start)
        return None

    def _next(self, place: int, at_an_end: bool) -> FoundPart | None:  # noqa: FBT001
        picture = self._picture(place)
        if self._looked < 0 or (self._film is not None and self._film.start < place):
            self._film, self._looked = _film_in_boxes(self._data, place), place
        film = self._film
        if not self._reached and at_an_end:
            self._reached = True
            stop = min([place + REACH, *(each.start for each in (picture, film) if each)])
            film = self._anywhere(place, stop) or film
        both = [each for each in (picture, film) if each is not None]
        return min(both, key=lambda each: each.start, default=None)

    def _anywhere(self, place: int, stop: int) -> FoundVideo | None:
        """A film of any kind that begins between two places."""
        tail = self._data[place:stop]
        if len(tail) < SHORTEST:
            return None
        reach = self._data[place : place + REACH]
        for find in (find_videos, find_raw_videos):
            for each in find(reach):
                if each.name not in _WEAK_FILMS and each.start < len(tail):
                    return FoundVideo(each.name, place + each.start)
        return None

    def _picture(self, place: int) -> FoundPicture | None:
        for found in picture_starts(self._data, place):
            at, kind = found.start(), str(found.lastgroup)
            if kind == "jpeg":
                if (jpeg := self._jpeg(at)) is not None:
                    return jpeg
            elif is_picture(self._data, found):
                told = formats.sniff(self._data[at : at + HEAD])
                return FoundPicture(at, told or kind)
        return None

    def _jpeg(self, at: int) -> FoundPicture | None:

        try:
            header = read_header(self._data[at : at + _HEADER])
        except UnreadableImageError:
            return None
        return FoundPicture(at, "jpeg", (header.width, header.height))

    def _end(self, found: FoundPart) -> int:
        """The place where a part ends; 0 where that is not told."""
        data = self._data
        if isinstance(found, FoundVideo):
            extent = extent_of(in_memory(data), len(data), found.name, found.start)
            return extent.end if extent is not None else 0
        if found.kind == "jpeg":
            scan = read_header(data[found.start : found.start + _HEADER]).first_scan
            end = data.find(b"\xff\xd9", found.start + scan)
            return end + 2 if end >= 0 else len(data)
        self._ends += 1
        if self._ends > _MOST_ENDS:
            return 0
        end = end_of(data[found.start :], found.kind)
        return min(found.start + end, len(data)) if end else 0


def _film_in_boxes(data: bytes, place: int) -> FoundPart | None:
    """The first MP4, Matroska or AVI behind a place; a picture in boxes is none."""
    found: list[FoundPart] = []
    at = data.find(b"ftyp", place)
    while at >= 0 and not found:
        if data[at + 4 : at + 8] not in _STILL_BRANDS and at - 4 >= place:
            is_box = _BOX.match(data, at - 4) and _is_followed_by_a_box(data, at - 4)
            kind = formats.sniff(data[at - 4 : at - 4 + HEAD]) if is_box else None
            if kind in ("heif", "avif", "raw"):
                found.append(FoundPicture(at - 4, kind))
            elif is_box:
                found.append(FoundVideo("mp4", at - 4))
        at = data.find(b"ftyp", at + 4)
    for name, literal, whole in _OTHERS:
        at = data.find(literal, place)
        if at >= 0 and whole.match(data, at):
            found.append(FoundVideo(name, at - (_AVI_HEAD if name == "avi" else 0)))
    return min(found, key=lambda each: each.start, default=None)


def _is_followed_by_a_box(data: bytes, start: int) -> bool:
    following = start + int.from_bytes(data[start : start + 4])
    size = int.from_bytes(data[following : following + 4])
    return (size >= 8 or size == 1) and bool(_NAME.match(data, following + 4))  # noqa: PLR2004
