"""The directories of a TIFF file: which images it holds, and how each is stored.

Follows TIFF 6.0 and its technical notes, and BigTIFF, in both byte orders.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_TYPES: Final = {
    1: "B",
    2: "B",
    3: "H",
    4: "I",
    5: "II",
    6: "b",
    7: "B",
    8: "h",
    9: "i",
    10: "ii",
    11: "f",
    12: "d",
    13: "I",
    16: "Q",
    17: "q",
    18: "Q",
}
_RATIONAL: Final = (5, 10)
_BIG: Final = 43
_MOST_VALUES: Final = 1 << 22
_MOST_TAGS: Final = 4096
_MOST_PAGES: Final = 4000
_REDUCED, _MASK = 1, 4
_OLD_REDUCED: Final = 2

SUBFILE = 254
OLD_SUBFILE = 255
WIDTH = 256
HEIGHT = 257
BITS = 258
COMPRESSION = 259
PHOTOMETRIC = 262
FILL_ORDER = 266
STRIPS = 273
ORIENTATION = 274
SAMPLES = 277
ROWS = 278
STRIP_BYTES = 279
PLANAR = 284
PREDICTOR = 317
COLOURS = 320
TILE_WIDTH = 322
TILE_HEIGHT = 323
TILES = 324
TILE_BYTES = 325
SUB_IFDS = 330
INK_SET = 332
EXTRA = 338
FORMAT = 339
COEFFICIENTS = 529
SUBSAMPLING = 530
DNG_VERSION = 50706

_WANTED: Final = frozenset(range(254, 343)) | {COEFFICIENTS, SUBSAMPLING, DNG_VERSION}


@dataclass(frozen=True, slots=True)
class Page:
    """One directory.

    Attributes:
        offset: where it stands in the file.
        order: `<` or `>`, for `struct` and NumPy.
        tags: the values of those tags that say how pixels are stored.
    """

    offset: int
    order: str
    tags: dict[int, tuple[float, ...]]

    def number(self, tag: int, default: int = 0) -> int:
        """The first value of a tag."""
        values = self.tags.get(tag)
        return int(values[0]) if values else default

    def numbers(self, tag: int) -> tuple[int, ...]:
        """All values of a tag, as whole numbers."""
        return tuple(int(value) for value in self.tags.get(tag, ()))

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture at full size, no thumbnail of one and no mask."""
        kind = self.number(SUBFILE)
        old = self.number(OLD_SUBFILE)
        return not kind & (_REDUCED | _MASK) and old != _OLD_REDUCED and bool(self.number(WIDTH))

    @property
    def bits(self) -> tuple[int, ...]:
        """Bits of each sample."""
        bits = self.numbers(BITS) or (1,)
        samples = self.number(SAMPLES, len(bits))
        return bits[:samples] if len(bits) >= samples else (*bits[:1],) * samples


def is_big(data: bytes) -> bool:
    """Whether its offsets have 64 bits."""
    return _BIG in data[2:4]


def pages(data: bytes) -> list[Page]:
    """The directories of a file's chain, up to the first that cannot be read."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        place = (order + "Q", data, 8) if is_big(data) else (order + "I", data, 4)
        (first,) = struct.unpack_from(*place)
    except struct.error:
        return []
    return list(_chain(data, order, first))


def ends(data: bytes, found: list[Page]) -> bool:
    """Whether a file's chain ends behind these, its pages, rather than at what cannot be read."""
    last = _read(data, found[-1].order, found[-1].offset)
    return last is not None and last[1] in (0, *(page.offset for page in found))


def children(data: bytes, page: Page) -> list[Page]:
    """The directories that a page's SubIFDs name."""
    found = []
    for offset in page.numbers(SUB_IFDS)[:_MOST_TAGS]:
        child = _read(data, page.order, offset)
        if child is not None:
            found.append(child[0])
    return found


def _chain(data: bytes, order: str, offset: int) -> Iterator[Page]:
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < _MOST_PAGES:
        seen.add(offset)
        found = _read(data, order, offset)
        if found is None:
            return
        page, offset = found
        yield page


def _read(data: bytes, order: str, offset: int) -> tuple[Page, int] | None:
    """The directory at an offset, if there is one, and the offset of the next."""
    big = is_big(data)
    head, entry, count_of = ("Q", 20, "Q") if big else ("H", 12, "I")
    try:
        (count,) = struct.unpack_from(order + head, data, offset)
        if count > _MOST_TAGS:
            return None
        at = offset + struct.calcsize("=" + head)
        tags = {}
        for start in range(at, at + count * entry, entry):
            tag, kind, length = struct.unpack_from(f"{order}HH{count_of}", data, start)
            if tag in _WANTED and kind in _TYPES:
                place = start + 4 + struct.calcsize("=" + count_of)
                tags[tag] = _values(data, order, (kind, length), place, room=8 if big else 4)
    except (struct.error, OverflowError):
        return None
    try:
        (following,) = struct.unpack_from(order + count_of, data, at + count * entry)
    except struct.error:
        following = 0
    return Page(offset, order, tags), following


def _values(
    data: bytes, order: str, kind_and_count: tuple[int, int], place: int, *, room: int
) -> tuple[float, ...]:
    kind, count = kind_and_count
    count = min(count, _MOST_VALUES)
    size = struct.calcsize("=" + _TYPES[kind])
    if count * size > room:
        (place,) = struct.unpack_from(order + ("Q" if is_big(data) else "I"), data, place)
    if place + count * size > len(data):
        return ()
    found: tuple[float, ...] = struct.unpack_from(order + _TYPES[kind] * count, data, place)
    if kind not in _RATIONAL:
        return found
    pairs = zip(found[::2], found[1::2], strict=True)
    return tuple(above / below if below else 0.0 for above, below in pairs)
