"""Sides of a piece of a page as they run: a photographed page is hardly ever quite upright.

What is cut out of a page lies between its outermost rows and columns. Where the page was
photographed a little turned, or from the side, its sides are lines near these that slant.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.hashers.compiled import calls
from hashmatch.hashing import compiled_seams as compiled
from hashmatch.hashing.corners import line_through
from hashmatch.hashing.cutting import Rectangle
from hashmatch.hashing.sides import Corners

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]

_REACH: Final = 0.06
"""How far a side may run from the upright one, as a share of the piece across it."""

_ENDS: Final = 0.06
"""The share of a side, at both ends, that is not looked at: corners may be round."""

_SAMPLES: Final = 96
"""Places along a side that are looked at, at most."""

_STEP: Final = 20
"""Levels by which the pixels on both sides of a line differ, at least, where it is seen."""

_SEEN: Final = 0.5
"""The share of those places at which a line is seen, at least."""

_NEAR: Final = 1.5
"""Pixels from the line within which it is seen."""

_MOVED: Final = 1.5
"""Pixels that a corner lies away from that of the upright piece, at least."""


_LIMITS: Final = np.array((_ENDS, _SAMPLES, _STEP, _SEEN, _NEAR))


class _Side(NamedTuple):
    """How far a side lies from the upright one where the piece begins, and how much more per pixel.

    Both are 0 where no line is seen.
    """

    off: float
    slope: float


def slanted(luma: "Luma", where: Rectangle) -> Corners | None:
    """The corners of a piece whose sides are not quite upright; None where they are.

    Args:
        luma: (rows, columns) uint8.
        where: the upright piece.
    """
    first, last, start, end = where
    top, foot, left, right = _sides(luma, where)
    upright = ((first, start, top, left), (first, end, top, right),
               (last, end, foot, right), (last, start, foot, left))  # fmt: skip
    corners = []
    for row, column, level, upright_one in upright:
        # Where row = row + off + slope · (column − start) meets the like of the column.
        near = row + level.off + level.slope * (column - start) - first
        across = column + upright_one.off + upright_one.slope * near
        corners.append((row + level.off + level.slope * (across - start), across))
    found = np.array(corners)
    plain = np.array([each[:2] for each in upright])
    return found if np.abs(found - plain).max() >= _MOVED else None


def _sides(luma: "Luma", where: Rectangle) -> list[_Side]:
    """Top, foot, left and right."""
    first, last, start, end = where
    tall, wide = (round(_REACH * each) for each in (where.height, where.width))
    if calls():
        found = compiled.slants(luma, np.array(where), np.array((tall, wide)), _LIMITS)
        return [_Side(*each) for each in found.tolist()]
    flat = [_side(luma, at, start, end, tall) for at in (first, last)]
    return flat + [_side(luma.T, at, first, last, wide) for at in (start, end)]


def _side(luma: "Luma", row: int, start: int, end: int, reach: int) -> _Side:
    """The line of a side that is upright at a row, of a picture turned so that it is level."""
    margin = int(_ENDS * (end - start))
    places = np.arange(start + margin, end - margin, max(1, (end - start) // _SAMPLES))
    first, last = max(0, row - reach), min(len(luma), row + reach + 1)
    if len(places) < 8 or last - first < 4:  # noqa: PLR2004 (pixels: too few to tell)
        return _Side(0, 0)
    near = luma[first:last].take(places, axis=1).astype(np.int16)
    # Two pixels apart: what is resized or photographed has no sharper steps.
    steps = np.abs(near[2:] - near[:-2])
    along, off = places - start, first + 2.0 + steps.argmax(axis=0) - row - 0.5
    seen = steps.max(axis=0) >= _STEP
    used = seen
    for _ in range(3):
        if np.count_nonzero(used) < _SEEN * len(places):
            return _Side(0, 0)
        slope, level = line_through(along[used].astype(np.float64), off[used])
        apart = np.abs(off - slope * along - level)
        used = seen & (apart <= max(_NEAR, float(np.median(apart[used]))))
    return _Side(level, slope)
