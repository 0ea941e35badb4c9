"""What a picture or film says of itself: maker, serial numbers, times, places, ids.

Nothing is decoded for it: the blocks of text are looked for in the bytes that are read anyway, or
in what FFmpeg tells of a container that it has opened anyway. Anyone may have written what they
say. Whatever the bytes are, nothing is raised, and what is found is bounded.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from hashmatch.decoding import formats, png
from hashmatch.decoding.exif_fields import add_exif, add_gps
from hashmatch.decoding.heif_metadata import items_of
from hashmatch.decoding.jpeg_facts import EXIF_START, MOST_SEGMENTS, Block, blocks_of
from hashmatch.decoding.printable import add
from hashmatch.decoding.xmp import add_xmp

Fields: TypeAlias = tuple[tuple[str, str], ...]
"""Names, each once, with values."""

_PNG_XMP: Final = b"XML:com.adobe.xmp\0\0\0\0\0"
_PNG_TEXTS: Final[Mapping[bytes, str]] = {
    b"Software": "software",
    b"Author": "artist",
    b"Creation Time": "captured",
}
_PIXELS: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"fcTL", b"fdAT"})
_MOST_NAMES: Final = 24
_WEBP_CODINGS: Final[Mapping[bytes, bytes]] = {b"VP8 ": b"lossy", b"VP8L": b"lossless"}
_LONGEST: Final = 1 << 18
"""Bytes of one block."""
_NEAR: Final = 1 << 16
"""Bytes within which Canon's CR3 has its blocks."""


def of_picture(data: bytes) -> Fields:
    """What the file of a picture says of itself.

    Args:
        data: the file. One that other bytes come before says nothing.
    """
    kind = formats.sniff(data[: formats.HEAD], len(data))
    blocks = _BLOCKS.get(kind or "")
    found: dict[str, str] = {}
    packets: list[bytes] = []
    for name, block in blocks(data) if blocks is not None else ():
        if name == "exif":
            packets.append(add_exif(found, block))
        elif name == "gps":
            add_gps(found, block)
        elif name == "xmp":
            packets.append(block)
        else:
            add(found, name, block)
    # What EXIF says comes first: XMP is a copy of it that editors change.
    for packet in filter(None, packets):
        add_xmp(found, packet)
    return tuple(found.items())


def _of_png(data: bytes) -> Iterator[Block]:
    names: dict[bytes, None] = {}
    for chunk in png.chunks(data):
        if len(names) < _MOST_NAMES and chunk.name not in _PIXELS:
            names[chunk.name] = None
        if chunk.name == b"eXIf":
            yield "exif", chunk.body(data).removeprefix(EXIF_START)
        elif chunk.name == b"iTXt":
            body = data[chunk.start + 8 : min(chunk.end - 4, chunk.start + 8 + _LONGEST)]
            if body.startswith(_PNG_XMP):
                yield "xmp", body[len(_PNG_XMP) :]
        elif chunk.name == b"tEXt":
            body = data[chunk.start + 8 : min(chunk.end - 4, chunk.start + 8 + _LONGEST)]
            key, _, text = body.partition(b"\0")
            if key in _PNG_TEXTS:
                yield _PNG_TEXTS[key], text
    yield "segments", b" ".join(names)


def _of_webp(data: bytes) -> Iterator[Block]:
    at = 12
    for _ in range(MOST_SEGMENTS):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if not name:
            break
        if name == b"EXIF":
            yield "exif", data[at + 8 : at + 8 + length].removeprefix(EXIF_START)
        elif name == b"XMP ":
            yield "xmp", data[at + 8 : at + 8 + min(length, _LONGEST)]
        elif name in _WEBP_CODINGS:
            yield "coding", _WEBP_CODINGS[name]
        at += 8 + length + length % 2


def _of_raw(data: bytes) -> Iterator[Block]:
    """RAW files that are TIFF files, Canon's CR3, and Fujifilm's RAF, which holds a JPEG."""
    if data[:2] in (b"II", b"MM"):
        yield "exif", data
    elif data.startswith(b"FUJIFILMCCD-RAW"):
        yield from blocks_of(data, int.from_bytes(data[84:88]))
    else:
        for name, kind in ((b"CMT1", "exif"), (b"CMT2", "exif"), (b"CMT4", "gps")):
            at = data.find(name, 4, _NEAR)
            if at >= 0:
                size = int.from_bytes(data[at - 4 : at])
                yield kind, data[at + 4 : at - 4 + min(size, _LONGEST)]


def _of_tiff(data: bytes) -> Iterator[Block]:
    yield "exif", data


_BLOCKS: Final[Mapping[str, Callable[[bytes], Iterator[Block]]]] = {
    "avif": items_of,
    "heif": items_of,
    "jpeg": blocks_of,
    "jpegxl": items_of,
    "png": _of_png,
    "raw": _of_raw,
    "tiff": _of_tiff,
    "webp": _of_webp,
}

_TAGS: Final = (
    ("com.apple.quicktime.make", "make"),
    ("com.android.manufacturer", "make"),
    ("make", "make"),
    ("com.apple.quicktime.model", "model"),
    ("com.android.model", "model"),
    ("model", "model"),
    ("com.apple.quicktime.software", "software"),
    ("software", "software"),
    ("encoder", "software"),
    ("com.android.version", "android"),
    ("firmware", "firmware"),
    ("com.apple.quicktime.creationdate", "captured"),
    ("date", "captured"),
    ("creation_time", "created"),
    ("major_brand", "brand"),
    ("compatible_brands", "brands"),
    ("handler_name", "handler"),
    ("com.apple.quicktime.location.iso6709", "gps"),
    ("location", "gps"),
    ("location-eng", "gps"),
    ("com.apple.quicktime.content.identifier", "content-id"),
    ("com.apple.quicktime.author", "artist"),
    ("artist", "artist"),
)
"""FFmpeg's names of what containers say, in lower case; of several for one the first counts."""
_UNSET: Final = ("1904-01-01T00:00:00", "1970-01-01T00:00:00")
"""What clocks of containers say that nobody set."""
_POINT: Final = re.compile(
    r"([+-]\d{1,2}(?:\.\d{1,9})?)([+-]\d{1,3}(?:\.\d{1,9})?)(?![\d.])", re.ASCII
)
"""ISO 6709 with degrees alone."""


def of_film(tags: Mapping[str, str]) -> Fields:
    """What a container says of itself.

    Args:
        tags: as FFmpeg gives them.
    """
    told = {name.lower(): value for name, value in tags.items()}
    found: dict[str, str] = {}
    for name, ours in _TAGS:
        value = told.get(name, "")
        if ours == "gps" and (point := _POINT.match(value)) is not None:
            value = ",".join(f"{float(each):.6f}" for each in point.groups())
        if not value.startswith(_UNSET):
            add(found, ours, value)
    return tuple(found.items())
