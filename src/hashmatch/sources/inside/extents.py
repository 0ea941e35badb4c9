"""The end of a picture that begins among other bytes, by its own structure.

Each function takes the bytes around it and the place where it begins, and gives its length in
bytes; 0 where no such picture begins there. A JPEG or GIF that is cut ends where its structure
breaks. One that says that it is longer than the bytes around it is cut too, or is none: what is
left of it is given as a negative length, so that what lies in there is looked for as well.
"""

import re
from collections.abc import Callable
from typing import Final

from hashmatch.sources.inside.view import View

Check = Callable[[], object]
"""Called now and then while one is measured; raises where it takes too long."""

_PIECE: Final = 1 << 16
_SEGMENTS: Final = 4096
"""Segments of a JPEG, at most: 255 of a colour profile, and those of large metadata."""
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_END_OF_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""A marker: behind 0xFF lies zero where it is data; restart markers and fill bytes end no scan."""
_BESIDES: Final = frozenset({0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, *range(0xE0, 0xFF)})
_LONG: Final = _FRAMES | _BESIDES
"""Markers of segments that say how long they are."""
_SOS: Final = 0xDA


def jpeg(view: View, start: int, check: Check) -> int:
    """The end of a JPEG: its end-of-image marker, not that of a thumbnail in its metadata."""
    place, framed = start + 2, False
    check()
    for _ in range(_SEGMENTS):
        head = view.at(place, 4)
        while head.startswith(b"\xff\xff"):
            place += 1
            head = view.at(place, 4)
        if head.startswith(b"\xff\xd9"):
            return place + 2 - start if framed else 0
        if len(head) < 4 or head[0] != 0xFF or head[1] not in _LONG:  # noqa: PLR2004
            break
        marker, length = head[1], head[2] << 8 | head[3]
        if length < 2 or (marker == _SOS and not framed):  # noqa: PLR2004
            break
        framed = framed or marker in _FRAMES
        place += 2 + length
        if marker == _SOS:
            place = _scan_end(view, place, check)
    return min(place, view.size) - start if framed else 0


def _scan_end(view: View, place: int, check: Check) -> int:
    """The end of the compressed data of a scan: the place of the next marker."""
    while place < view.size - 1:
        check()
        block, at = view.around(place, _PIECE)
        if found := _END_OF_SCAN.search(block, at):
            return place + found.start() - at
        # A marker may lie across the end of the block.
        place += len(block) - at - 1
    return view.size


_CHUNK: Final = re.compile(rb"[A-Za-z]{4}")


def png(view: View, start: int, check: Check) -> int:
    """The end of a PNG: behind its last chunk."""
    place = start + 8
    if view.at(place + 4, 4) not in (b"IHDR", b"CgBI"):
        return 0
    while len(head := view.at(place, 8)) == 8 and _CHUNK.fullmatch(head[4:]):  # noqa: PLR2004
        check()
        end = place + 12 + int.from_bytes(head[:4], "big")
        if head[:4] > b"\x7f\xff\xff\xff":
            break
        if end > view.size:
            # A chunk that is cut, or of which the length is damaged.
            return start - view.size if place + 8 < view.size else place - start
        if head[4:] == b"IEND":
            return end - start
        place = end
    return place - start if place > start + 33 else 0


def gif(view: View, start: int, check: Check) -> int:
    """The end of a GIF: behind its trailer."""
    head = view.at(start, 13)
    if len(head) < 13 or head[:6] not in (b"GIF87a", b"GIF89a") or not all((head[6:8], head[8:10])):  # noqa: PLR2004
        return 0
    if b"\0\0" in (head[6:8], head[8:10]):
        return 0
    place = start + 13 + (3 << (head[10] & 7) + 1 if head[10] & 0x80 else 0)
    seen = False
    while kind := view.at(place, 1):
        check()
        if kind == b"\x3b":
            return place + 1 - start if seen else 0
        if kind == b"\x21":
            place = _sub_blocks(view, place + 2, check)
        elif kind == b"\x2c" and len(frame := view.at(place, 10)) == 10:  # noqa: PLR2004
            seen = True
            table = 3 << (frame[9] & 7) + 1 if frame[9] & 0x80 else 0
            place = _sub_blocks(view, place + 11 + table, check)
        else:
            break
    return min(place, view.size) - start if seen else 0


def _sub_blocks(view: View, place: int, check: Check) -> int:
    """The end of the blocks of at most 255 bytes that begin at a place."""
    while length := view.number(place, 1):
        check()
        place += length + 1
    return place + 1


_RIFF: Final = {
    b"WEBP": frozenset({b"VP8 ", b"VP8L", b"VP8X"}),
    b"AVI ": frozenset({b"LIST", b"JUNK"}),
}
_RIFF_LATER: Final = b"AVIX"


def riff(view: View, start: int, check: Check) -> int:
    """The end of a WebP or an AVI, with the further parts of a large AVI."""
    head = view.at(start, 16)
    if head[12:] not in _RIFF.get(head[8:12], ()):
        return 0
    end = _riff_end(view, start)
    while head[8:12] == b"AVI " and view.at(end, 12)[8:] == _RIFF_LATER:
        check()
        end = _riff_end(view, end)
    return _within(view, start, end)


def _riff_end(view: View, start: int) -> int:
    length = view.number(start + 4, 4)
    return start + 8 + length + (length & 1)


_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})
_DEPTHS: Final = frozenset({1, 2, 4, 8, 16, 24, 32})
_CORE: Final = 12
_LARGEST_SIDE: Final = 1 << 16
_COMPRESSIONS: Final = 7


def bmp(view: View, start: int, check: Check) -> int:
    """The end of a BMP: its header says, and must agree with itself."""
    check()
    head = view.at(start, 38)
    header = int.from_bytes(head[14:18], "little")
    if len(head) < 38 or head[6:10] != bytes(4) or header not in _BMP_HEADERS:  # noqa: PLR2004
        return 0
    side = 2 if header == _CORE else 4
    width, height = (
        int.from_bytes(head[18 + side * each : 18 + side * (each + 1)], "little", signed=side > 2)  # noqa: PLR2004
        for each in (0, 1)
    )
    planes, depth = (int.from_bytes(head[18 + 2 * side + at :][:2], "little") for at in (0, 2))
    packing = 0 if header == _CORE else int.from_bytes(head[30:34], "little")
    offset = int.from_bytes(head[10:14], "little")
    is_sane = planes == 1 and depth in _DEPTHS and 0 < width < _LARGEST_SIDE
    if not is_sane or not 0 < abs(height) < _LARGEST_SIDE or packing >= _COMPRESSIONS:
        return 0
    pixels = (width * depth + 31) // 32 * 4 * abs(height)
    stored = int.from_bytes(head[34:38], "little") if packing not in (0, 3, 6) else pixels
    if not 14 + header <= offset <= 14 + header + 4096:
        return 0
    return _within(view, start, start + offset + stored)


_TIFF_SIZES: Final = dict(enumerate((1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), 1))
"""Bytes of a value, by type."""
_DIRECTORIES: Final = 64
_ENTRIES: Final = 512
_STRIPS: Final = 1 << 16
_PAIRS: Final = ((273, 279), (324, 325), (513, 514))
"""Tags of places of data and of their lengths: strips, tiles, an old JPEG."""
_SUB_DIRECTORIES: Final = frozenset({330, 34665, 34853})
_WIDTH: Final = 256


def tiff(view: View, start: int, check: Check) -> int:
    """The end of a TIFF, or a camera's raw file: the furthest byte that it refers to."""
    big = view.at(start, 2) == b"MM"
    queue, seen, end, pictured = [view.number(start + 4, 4, big=big)], {0}, 0, False
    while queue and len(seen) <= _DIRECTORIES:
        at = queue.pop(0)
        if at in seen or at < 8 or start + at + 6 > view.size:  # noqa: PLR2004
            continue
        seen.add(at)
        count = view.number(start + at, 2, big=big)
        if not 0 < count <= _ENTRIES:
            continue
        values: dict[int, list[int]] = {}
        for number in range(count):
            check()
            end = max(end, _tiff_entry(view, start, at + 2 + 12 * number, values, big=big))
        end = max(end, at + 2 + 12 * count + 4)
        queue.append(view.number(start + at + 2 + 12 * count, 4, big=big))
        for tag in _SUB_DIRECTORIES & values.keys():
            queue += values[tag][:16]
        for places, lengths in _PAIRS:
            for place, length in zip(values.get(places, ()), values.get(lengths, ()), strict=False):
                pictured = pictured or _WIDTH in values
                end = max(end, place + length if start + place < view.size else 0)
    return _within(view, start, start + end) if pictured else 0


def _tiff_entry(view: View, start: int, at: int, values: dict[int, list[int]], *, big: bool) -> int:
    """Keep the values of a directory's entry that matter; returns the end of its data."""
    tag, kind = (view.number(start + at + each, 2, big=big) for each in (0, 2))
    count, place = (view.number(start + at + each, 4, big=big) for each in (4, 8))
    width = _TIFF_SIZES.get(kind, 0)
    size = width * count
    is_near = size <= 4  # noqa: PLR2004
    where = at + 8 if is_near else place
    if start + where + size > view.size:
        return 0
    wanted = tag == _WIDTH or tag in _SUB_DIRECTORIES or any(tag in pair for pair in _PAIRS)
    if wanted and width in (1, 2, 4) and count <= _STRIPS:
        order = "big" if big else "little"
        data = view.at(start + where, size)
        values[tag] = [
            int.from_bytes(data[each : each + width], order)  # type: ignore[arg-type]
            for each in range(0, size, width)
        ]
    return 0 if is_near else where + size


_BRAND: Final = re.compile(rb"[ -~]{4}")
_BOXES: Final = frozenset(
    b"ftyp moov mdat meta free skip wide uuid moof mfra sidx styp pdin mfro ssix prft emsg udta "
    b"jp2h jp2c jxlc jxlp jxli Exif jbrd brob xml jumb idat".split()
)
_CONTENT: Final = frozenset({b"moov", b"meta", b"mdat", b"moof", b"jp2c", b"jxlc", b"jxlp"})


def boxes(view: View, start: int, check: Check) -> int:
    """The end of an MP4, QuickTime, HEIC, AVIF, JPEG 2000 or JPEG XL file: its known boxes."""
    place, seen = start, False
    while len(head := view.at(place, 16)) >= 8:  # noqa: PLR2004
        check()
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if place == start:
            is_first = kind != b"ftyp" or _BRAND.fullmatch(head[8:12])
            if not is_first or not 12 <= length <= 4096:  # noqa: PLR2004
                return 0
        elif kind.strip() not in _BOXES or (seen and kind == b"ftyp"):
            break
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = view.size - place
        if length < 8:  # noqa: PLR2004
            break
        seen = seen or kind in _CONTENT
        place += length
    return _within(view, start, place) if seen else 0


def asf(view: View, start: int, check: Check) -> int:
    """The end of a WMV: its top-level objects, as far as their names are known."""
    place = start
    while len(head := view.at(place, 24)) == 24:  # noqa: PLR2004
        check()
        length = int.from_bytes(head[16:], "little")
        if head[:4] not in _ASF or length < 24:  # noqa: PLR2004
            break
        place += length
    return _within(view, start, place)


_ASF: Final = (
    *(bytes.fromhex(each) for each in ("3026b275", "3626b275", "90080033", "d329e2d6", "f803b1ad")),
)


def ebml(view: View, start: int, check: Check) -> int:
    """The end of a Matroska or WebM file of which the length is written."""
    check()
    head = view.at(start, 64)
    header = head[4] & 0x7F if len(head) > 4 and head[4] & 0x80 else 0  # noqa: PLR2004
    place = start + 5 + header
    body = view.at(place, 12)
    if not header or b"\x42\x82" not in head[: 5 + header] or body[:4] != b"\x18\x53\x80\x67":
        return 0
    first = body[4:5]
    width = 9 - first[0].bit_length() if first and first[0] else 0
    if not width:
        return 0
    length = int.from_bytes(body[4 : 4 + width], "big") & ((1 << 7 * width) - 1)
    if length == (1 << 7 * width) - 1:
        return 0
    return _within(view, start, place + 4 + width + length)


def _within(view: View, start: int, end: int) -> int:
    return end - start if end <= view.size else start - view.size
