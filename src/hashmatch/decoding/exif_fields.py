"""What an EXIF block says of the camera, the lens, the times, the place and the persons.

A block is a small TIFF file (CIPA DC-008); TIFF files and most RAW files are read in the same way.
Pillow's reader needs the file opened by Pillow, which most pictures here are not. Whatever the
bytes are, nothing is raised: what a damaged block still says is given.
"""

import re
import struct
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from hashmatch.decoding.printable import add

_SIZES: Final[Mapping[int, int]] = {
    **dict.fromkeys((1, 2, 6, 7, 129), 1),
    **dict.fromkeys((3, 8), 2),
    **dict.fromkeys((4, 9, 11, 13), 4),
    **dict.fromkeys((5, 10, 12, 16, 17, 18), 8),
}
"""Bytes of a value of each type."""
_TEXT: Final = frozenset({1, 2, 7, 129})
"""Types of text: bytes, ASCII, undefined, and UTF-8 of EXIF 3.0."""
_WHOLE: Final = frozenset({3, 4, 13, 16, 18})
_BIG: Final = 43
_MOST_ENTRIES: Final = 1024
_LONGEST: Final = 1 << 18
"""Bytes of one value."""

_EXIF, _GPS, _MAKER_NOTE, _XMP = 0x8769, 0x8825, 0x927C, 0x02BC
_WIDTH, _HEIGHT = 0xA002, 0xA003
_THUMBNAIL: Final = 0x0201
_OF_THUMBNAIL: Final = frozenset({_THUMBNAIL, _THUMBNAIL + 1})

_NAMES: Final[Mapping[int, str]] = {
    0x010F: "make",
    0x0110: "model",
    0x0131: "software",
    0xA439: "firmware",
    0xA431: "body-serial",
    0xC62F: "body-serial",
    0xA433: "lens-make",
    0xA434: "lens-model",
    0xA435: "lens-serial",
    0x9003: "captured",
    0x9011: "captured-offset",
    0x9004: "digitized",
    0x9012: "digitized-offset",
    0x0132: "modified",
    0x9010: "modified-offset",
    0xA420: "unique-id",
    0x013B: "artist",
    0xA437: "artist",
    0xA430: "owner",
}
"""Tags of the main and the EXIF directory, whose numbers do not meet."""
_PARTS: Final[Mapping[int, str]] = {0x9291: "captured", 0x9292: "digitized", 0x9290: "modified"}
"""Tags of what follows the seconds of a time."""
_TIME: Final = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", re.ASCII)
_WANTED: Final = frozenset({*_NAMES, *_PARTS, _EXIF, _GPS, _MAKER_NOTE, _XMP, _WIDTH, _HEIGHT})

_LATITUDE, _LONGITUDE, _GPS_TIME, _GPS_DAY = 2, 4, 7, 29
_OF_GPS: Final = frozenset({1, _LATITUDE, 3, _LONGITUDE, _GPS_TIME, _GPS_DAY})
_DEGREES: Final = 24
"""Bytes of degrees, minutes and seconds, or of hours, minutes and seconds."""
_CIRCLE: Final = 180
_NOTHING: Final = (2, b"")

_NIKON: Final = b"Nikon\0\x02"
_NIKONS_TIFF: Final = 10
_NIKON_SERIAL: Final = 0x001D
_APPLE: Final = b"Apple iOS\0"
_APPLES_TAGS: Final = 14
_APPLE_CONTENT: Final = 0x0011


_Value: TypeAlias = tuple[int, bytes]
"""A value as it is stored: its type, and its bytes."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Some bytes with directories in them, and how their numbers are stored."""

    data: bytes
    order: Literal["little", "big"]
    big: bool = False

    def number(self, at: int, length: int) -> int:
        return int.from_bytes(self.data[at : at + length], self.order)

    def first(self) -> int:
        """Where the first directory lies."""
        return self.number(8, 8) if self.big else self.number(4, 4)

    def whole(self, value: _Value | None) -> int:
        """The first of the whole numbers that a value holds; 0 where it holds none."""
        if value is None or value[0] not in _WHOLE:
            return 0
        return int.from_bytes(value[1][: _SIZES[value[0]]], self.order)

    def values(self, at: int, wanted: frozenset[int]) -> dict[int, _Value]:
        """The values of these tags in the directory at an offset, as far as it goes."""
        head, size, room = (8, 20, 8) if self.big else (2, 12, 4)
        if not 0 < at < len(self.data):
            return {}
        count = min(self.number(at, head), _MOST_ENTRIES)
        at += head
        entries = self.data[at : at + count * size]
        form = ("<" if self.order == "little" else ">") + ("HHQQ" if self.big else "HHII")
        found: dict[int, _Value] = {}
        inside = at - room
        for tag, kind, length, place in struct.iter_unpack(
            form, entries[: len(entries) // size * size]
        ):
            inside += size
            if tag in wanted and tag not in found and kind in _SIZES:
                bytes_of = length * _SIZES[kind]
                start = place if bytes_of > room else inside
                found[tag] = kind, self.data[start : start + min(bytes_of, _LONGEST)]
        return found

    def has_thumbnail(self) -> bool:
        """Whether the second directory says where a smaller JPEG of the picture lies."""
        at = self.first()
        if self.big or not 0 < at < len(self.data):
            return False
        second = self.number(at + 2 + min(self.number(at, 2), _MOST_ENTRIES) * 12, 4)
        told = self.values(second, _OF_THUMBNAIL)
        start, length = (self.whole(told.get(tag)) for tag in (_THUMBNAIL, _THUMBNAIL + 1))
        return length > 0 and 0 < start <= len(self.data) - length


def add_exif(found: MutableMapping[str, str], tiff: bytes) -> bytes:
    """Add what a block says to what is known, and return the XMP packet in it, if there is one.

    Args:
        found: values by their names; those that are there stay.
        tiff: the block from its byte order on, or a whole TIFF file.
    """
    block = _block(tiff)
    if block is None:
        return b""
    main = block.values(block.first(), _WANTED)
    own = block.values(block.whole(main.get(_EXIF)), _WANTED)
    values = {**own, **main}
    for tag, name in _NAMES.items():
        if tag in values and (value := values[tag])[0] in _TEXT:
            add(found, name, value[1])
    for tag, name in _PARTS.items():
        part = values[tag][1].rstrip(b"\0 ")[:9] if tag in values else b""
        if part.isdigit() and _TIME.fullmatch(found.get(name, "")):
            found[name] += f".{part.decode()}"
    if (where := block.whole(values.get(_GPS))) > 0:
        _add_place(found, block, block.values(where, _OF_GPS))
    if (note := values.get(_MAKER_NOTE)) is not None:
        _add_makers(found, note[1])
    width, height = (block.whole(own.get(tag)) for tag in (_WIDTH, _HEIGHT))
    if width and height:
        add(found, "exif-size", f"{width}x{height}")
    if block.has_thumbnail():
        add(found, "thumbnail", "EXIF")
    packet = values.get(_XMP)
    return packet[1] if packet is not None and packet[0] in _TEXT else b""


def add_gps(found: MutableMapping[str, str], tiff: bytes) -> None:
    """Add what a block says whose main directory is that of GPS, as in Canon's CR3."""
    if (block := _block(tiff)) is not None:
        _add_place(found, block, block.values(block.first(), _OF_GPS))


def _block(tiff: bytes) -> _Block | None:
    if tiff[:2] == b"II":
        return _Block(tiff, "little", big=tiff[2:3] == bytes((_BIG,)))
    return _Block(tiff, "big", big=tiff[3:4] == bytes((_BIG,))) if tiff[:2] == b"MM" else None


def _add_place(found: MutableMapping[str, str], block: _Block, values: dict[int, _Value]) -> None:
    """Degrees north and east, with six decimals: 0.1 m; and the time of the satellites."""
    sides = []
    for tag, negative in ((_LATITUDE, b"Ss"), (_LONGITUDE, b"Ww")):
        parts = _three(block, values.get(tag))
        side = values.get(tag - 1, _NOTHING)[1][:1]
        if parts is None or not side.strip(b" \0"):
            break
        degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
        if degrees > _CIRCLE:
            break
        sides.append(-degrees if side in negative else degrees)
    else:
        add(found, "gps", f"{sides[0]:.6f},{sides[1]:.6f}")
    day, clock = values.get(_GPS_DAY), _three(block, values.get(_GPS_TIME))
    if day is not None and clock is not None and max(clock) <= 60:  # noqa: PLR2004 (seconds)
        hours, minutes, seconds = (int(each) for each in clock)
        text = day[1].rstrip(b"\0 ").decode("latin-1")
        add(found, "gps-time", f"{text} {hours:02}:{minutes:02}:{seconds:02}Z")


def _three(block: _Block, value: _Value | None) -> tuple[float, float, float] | None:
    """Three fractions."""
    if value is None or value[0] != 5 or len(value[1]) < _DEGREES:  # noqa: PLR2004 (fractions)
        return None
    form = ("<" if block.order == "little" else ">") + "6I"
    a, b, c, d, e, f = struct.unpack(form, value[1][:_DEGREES])
    return a / (b or 1), c / (d or 1), e / (f or 1)


def _add_makers(found: MutableMapping[str, str], note: bytes) -> None:
    """What the notes of two makers say that EXIF has in the same words, or nowhere.

    Nikon's serial number is as in the tag of EXIF; Canon's and others' are other numbers, which
    would make two cameras of one. Apple's content number is that of the film of a live photo.
    """
    if note.startswith(_NIKON):
        block, tag, name = _block(note[_NIKONS_TIFF:]), _NIKON_SERIAL, "body-serial"
        at = 0 if block is None else block.first()
    elif note.startswith(_APPLE):
        block, tag, name, at = _Block(note, "big"), _APPLE_CONTENT, "content-id", _APPLES_TAGS
    else:
        return
    if block is None:
        return
    value = block.values(at, frozenset({tag})).get(tag)
    if value is not None and value[0] in _TEXT:
        add(found, name, value[1])
