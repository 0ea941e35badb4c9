"""How the picture of a HEIC file is stored, where its boxes leave no doubt of it.

Whatever is rare, ambiguous or unknown here is refused, and left to a decoder that knows all of the
standard. All numbers come from the file: tables are read no further than they reach, tiles may not
overlap in the file, and together cover the picture without a tile to spare.

Boxes follow ISO/IEC 23008-12 and 14496-12.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from hashmatch.decoding.heif_items import Items, boxes, items_in, meta_of, number
from hashmatch.decoding.heif_places import IN_FILE, IN_IDAT, Place, places
from hashmatch.errors import Reason, UnreadableImageError

if TYPE_CHECKING:
    from typing import NoReturn

_TURNS: Final = frozenset({b"clap", b"imir", b"irot"})
_KNOWN: Final = _TURNS | {b"hvcC", b"ispe", b"colr", b"pixi", b"pasp"}
"""Properties that may be marked as essential to the picture."""
_UNKNOWN_TURNS: Final = frozenset({b"iscl", b"rref"})
_MOST_GIVEN: Final = 1 << 19
"""Items and their properties: a picture has 65,536 tiles at most, of three or four each."""


class Colours(NamedTuple):
    """What a box `colr` says of luma and chroma.

    Attributes:
        matrix: between RGB and them, as ITU-T H.273 numbers them.
        is_full: whether 0 is black and the greatest number white.
    """

    matrix: int
    is_full: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """One coded picture.

    Attributes:
        config: of the decoder, the content of a box `hvcC`.
        data: its coded bytes.
    """

    config: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture of equal tiles, row by row; most have one only.

    Attributes:
        width: columns before it is turned, in pixels.
        height: rows before it is turned, in pixels.
        tile_width: columns of each tile, in pixels; the last ones may reach over the edge.
        tile_height: rows of each tile, in pixels.
        tiles: as many as cover the picture.
        turns: names and contents of the boxes that turn, mirror and crop it, in their order.
        colours: None where no box gives them.
    """

    width: int
    height: int
    tile_width: int
    tile_height: int
    tiles: tuple[Tile, ...]
    turns: tuple[tuple[bytes, bytes], ...]
    colours: Colours | None


@dataclass(frozen=True, slots=True)
class _Boxes:
    items: Items
    places: Mapping[int, Place]
    idat: bytes
    properties: Mapping[int, list[tuple[bytes, bytes]]]

    def only(self, item: int, name: bytes) -> bytes:
        """The content of the one property of this name that an item has."""
        found = [body for each, body in self.properties.get(item, []) if each == name]
        return found[0] if len(found) == 1 else unsure()


def layout_of(data: bytes) -> Stored:
    """The picture of a HEIC file.

    Args:
        data: the file.

    Raises:
        UnreadableImageError: something about it is not certain.
    """
    found = _boxes(data)
    if found.items.protected:
        unsure()
    return _stored(found, found.items.primary, data, _Budget(len(data)))


def unsure() -> "NoReturn":
    """Leave the picture to the next decoder.

    Raises:
        UnreadableImageError: always.
    """
    raise UnreadableImageError(Reason.UNSUPPORTED, "left to the next decoder")


class _Budget:
    """Bytes that all tiles together may have: those of the file."""

    def __init__(self, size: int) -> None:
        self._left = size

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            unsure()


def _boxes(data: bytes) -> _Boxes:
    held: dict[int, Place] = {}
    idat, left = b"", _MOST_GIVEN
    properties: dict[int, list[tuple[bytes, bytes]]] = {}
    for name, body in meta_of(data):
        if name == b"iloc":
            if held:
                unsure()
            for place in places(body):
                if held.setdefault(place.item, place) is not place:
                    unsure()
        elif name == b"idat":
            idat = body
        elif name == b"iprp":
            inner = [*boxes(body)]
            shared = [*boxes(next((each for kind, each in inner if kind == b"ipco"), b""))]
            for kind, each in inner:
                if kind == b"ipma":
                    left = _associate(each, shared, properties, left)
    return _Boxes(items_in(data), held, idat, properties)


def _associate(
    body: bytes,
    shared: list[tuple[bytes, bytes]],
    properties: dict[int, list[tuple[bytes, bytes]]],
    left: int,
) -> int:
    """Give items the properties that one box `ipma` lists; returns how many more may be given."""
    wide = 4 if number(body, 0, 1) else 2
    each = 2 if number(body, 3, 1) & 1 else 1
    top = 1 << (8 * each - 1)
    at = 8
    for _ in range(number(body, 4, 4)):
        item, count = number(body, at, wide), number(body, at + wide, 1)
        first, at = at + wide + 1, at + wide + 1 + count * each
        left -= 1 + count
        if at > len(body) or item in properties or left < 0:
            unsure()
        own = properties[item] = []
        for place in range(first, at, each):
            value = number(body, place, each)
            index = value & (top - 1)
            if not 0 < index <= len(shared):
                unsure()
            name = shared[index - 1][0]
            if name in _UNKNOWN_TURNS or (value & top and name not in _KNOWN):
                unsure()
            own.append(shared[index - 1])
    return left


def _stored(found: _Boxes, item: int, data: bytes, budget: _Budget) -> Stored:
    kind = found.items.kinds.get(item)
    width, height = _size(found, item)
    tile_width, tile_height = width, height
    parts = [item]
    if kind == "grid":
        grid = _content(found, item, data, budget)
        rows, columns = number(grid, 2, 1) + 1, number(grid, 3, 1) + 1
        wide = 4 if number(grid, 1, 1) & 1 else 2
        parts = found.items.parts.get(item, [])
        if grid[:1] != b"\0" or len(grid) != 4 + 2 * wide or len(parts) != rows * columns:
            unsure()
        if (number(grid, 4, wide), number(grid, 4 + wide, wide)) != (width, height):
            unsure()
        tile_width, tile_height = _size(found, parts[0])
        if (-(-width // tile_width), -(-height // tile_height)) != (columns, rows):
            unsure()
        for part in parts:
            is_turned = any(name in _TURNS for name, _ in found.properties.get(part, ()))
            if is_turned or _size(found, part) != (tile_width, tile_height):
                unsure()
    tiles = tuple(
        Tile(found.only(part, b"hvcC"), _content(found, part, data, budget))
        if found.items.kinds.get(part) == "hvc1"
        else unsure()
        for part in parts
    )
    turns = tuple(each for each in found.properties.get(item, ()) if each[0] in _TURNS)
    colours = _colours(found, item)
    if colours is None and kind == "grid" and _colours(found, parts[0]) is not None:
        unsure()
    return Stored(width, height, tile_width, tile_height, tiles, turns, colours)


def _size(found: _Boxes, item: int) -> tuple[int, int]:
    """Columns and rows as an item's box `ispe` gives them; none is 0."""
    body = found.only(item, b"ispe")
    width, height = number(body, 4, 4), number(body, 8, 4)
    return (width, height) if width and height else unsure()


def _content(found: _Boxes, item: int, data: bytes, budget: _Budget) -> bytes:
    place = found.places.get(item)
    if place is None or place.elsewhere or place.method not in (IN_FILE, IN_IDAT):
        unsure()
    holder = found.idat if place.method == IN_IDAT else data
    for start, length in place.pieces:
        if not length or start + length > len(holder):
            unsure()
        budget.spend(length)
    return b"".join(holder[start : start + length] for start, length in place.pieces)


def _colours(found: _Boxes, item: int) -> Colours | None:
    told = [body for name, body in found.properties.get(item, ()) if name == b"colr"]
    coded = [body for body in told if body[:4] in (b"nclx", b"nclc")]
    if not coded:
        return None
    body = coded[0]
    if len(coded) > 1 or len(body) != 11 or body[:4] != b"nclx":  # noqa: PLR2004 (its length)
        unsure()
    return Colours(number(body, 8, 2), bool(body[10] & 0x80))


def cropped(body: bytes, width: int, height: int) -> tuple[int, int, int, int]:
    """The first column and row, and columns and rows, that a box `clap` leaves of a picture.

    Args:
        body: its content.
        width: of the picture, in pixels.
        height: of the picture, in pixels.

    Raises:
        UnreadableImageError: no whole numbers, or beyond the picture.
    """
    if len(body) != 32:  # noqa: PLR2004 (four fractions)
        unsure()
    terms = [int.from_bytes(body[at : at + 4], signed=True) for at in range(0, 32, 4)]
    if min(terms[1::2]) < 1:
        unsure()
    columns, rows, right, down = map(Fraction, terms[::2], terms[1::2])
    left = right + Fraction(width - 1, 2) - (columns - 1) / 2
    top = down + Fraction(height - 1, 2) - (rows - 1) / 2
    numbers = (left, top, columns, rows)
    if any(each.denominator != 1 for each in numbers):
        unsure()
    if left < 0 or top < 0 or columns < 1 or rows < 1 or left + columns > width:
        unsure()
    return (int(left), int(top), int(columns), int(rows)) if top + rows <= height else unsure()
