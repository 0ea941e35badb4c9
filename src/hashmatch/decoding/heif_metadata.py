"""The EXIF blocks and XMP packets in the boxes of HEIF, AVIF and JPEG XL."""

from collections.abc import Iterator
from typing import Final

from hashmatch.decoding.heif_items import boxes, number
from hashmatch.decoding.heif_places import IN_FILE, IN_IDAT, Place, places

_LONGEST: Final = 1 << 18
"""Bytes of one block."""
_MOST_ITEMS: Final = 4096
_XMP_TYPE: Final = b"application/rdf+xml"
_BOXED: Final = b"\0\0\0"
"""What a file of boxes begins with; a bare stream of JPEG XL has none."""


def items_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The blocks in a file: `exif` or `xmp`, and their contents.

    The bytes of pictures are never copied: boxes are walked over, but for those of metadata.
    """
    if not data.startswith(_BOXED):
        return
    for name, start, end in _top(data):
        if name == b"meta":
            yield from _of_meta(data, data[start + 4 : end])
        elif name == b"Exif":
            yield "exif", _tiff_of(data[start : min(end, start + _LONGEST)])
        elif name == b"xml ":
            yield "xmp", data[start : min(end, start + _LONGEST)]


def _top(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The outer boxes: name, and where the content begins and ends."""
    at = 0
    for _ in range(_MOST_ITEMS):
        size, head = number(data, at, 4), 8
        if size == 1:
            size, head = number(data, at + 8, 8), 16
        elif size == 0:
            size = len(data) - at
        if size < head or at + head > len(data):
            return
        yield data[at + 4 : at + 8], at + head, at + size
        at += size


def _of_meta(data: bytes, meta: bytes) -> Iterator[tuple[str, bytes]]:
    kinds: dict[int, str] = {}
    stored: dict[int, Place] = {}
    idat = b""
    for name, body in boxes(meta):
        if name == b"iinf":
            for inner, entry in boxes(body[6 if body[:1] == b"\0" else 8 :]):
                if inner == b"infe":
                    kinds |= _kind_of(entry)
        elif name == b"iloc" and not stored:
            stored = {place.item: place for place in places(body)}
        elif name == b"idat":
            idat = body
    for item, kind in kinds.items():
        place = stored.get(item)
        holder = {IN_FILE: data, IN_IDAT: idat}.get(place.method, b"") if place else b""
        start, length = place.pieces[0] if place and place.pieces else (0, 0)
        content = holder[start : start + min(length, _LONGEST)]
        yield (kind, _tiff_of(content)) if kind == "exif" else (kind, content)


def _tiff_of(content: bytes) -> bytes:
    """The block behind the four bytes that say how far away it begins."""
    return content[4 + number(content, 0, 4) :].removeprefix(b"Exif\0\0")


def _kind_of(entry: bytes) -> dict[int, str]:
    """An item of EXIF or XMP, by its number; of others none."""
    if entry[:1] not in (b"\2", b"\3"):
        return {}
    width = 2 if entry[:1] == b"\2" else 4
    item, kind = number(entry, 4, width), entry[6 + width : 10 + width]
    if kind == b"Exif":
        return {item: "exif"}
    is_xmp = kind == b"mime" and _XMP_TYPE in entry[10 + width :].split(b"\0")
    return {item: "xmp"} if is_xmp else {}
