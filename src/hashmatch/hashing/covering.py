"""What lies on a picture in one brightness, as boxes, stickers, scribble and letters, taken away.

Areas of one brightness are told by their levels; what they cover is filled from around them, from
coarse to fine (pull–push). An area may also hold other things, as a face or words: then all that it
encloses is taken away.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.hashers.compiled import calls
from hashmatch.hashers.means import CELLS, Box, Sums, small
from hashmatch.hashing import compiled
from hashmatch.model.framing import AREAS, AREAS_TRIED, plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

SIDE: Final = CELLS // 2
"""Rows and columns of cells."""

_LONGEST: Final = 512
"""Pixels of the longer side of the picture in which areas are looked for."""
_FLAT: Final = 6
"""Levels between neighbours within an area, at most."""
_ALIKE: Final = 5
"""Levels around the most common one that are of the same area."""
_LEAST: Final = 0.006
"""The smallest area, as a share of the picture."""
_MOST: Final = 0.6
"""The largest area, likewise: more is no picture with something on it."""
_RIM: Final = 2
"""Pixels around an area that are mixed with it."""
_ENCLOSING: Final = 16
"""Pieces of an area of which what they enclose is told."""
_FEWEST: Final = 4
"""Cells of such a piece: fewer enclose none."""


def uncovered(luma: "NDArray[np.uint8]") -> "NDArray[np.float64]":
    """(n, 64, 64) means of a picture under each hypothesis of `AREAS`; as it is where none is left.

    Args:
        luma: (rows, columns) uint8.
    """
    seen, _ = small(luma, _LONGEST)
    plain = _fourths(Sums(seen).means(Box(0, seen.shape[0], 0, seen.shape[1]))) / 4
    lights, lefts = [], []
    for area in _areas(seen) if min(seen.shape) >= SIDE else ():
        light, left = _left(seen, area)
        enclosed = _enclosed(left < 0.5)  # noqa: PLR2004 (more than half of a cell)
        lights += [light, np.where(enclosed, 0, light)]
        lefts += [left, np.where(enclosed, 0, left)]
    rest = [plain] * (len(plan(AREAS)) - len(lights))
    if not lights:
        return np.stack(rest)
    return np.concatenate(
        [_filled(np.stack(lights), np.stack(lefts)), *(each[None] for each in rest)]
    )


def _areas(seen: "NDArray[np.uint8]") -> "list[Mask]":
    is_flat, counts = compiled.flat_parts(seen, _FLAT) if calls() else _flat_parts(seen)
    around = np.convolve(counts, np.ones(2 * _ALIKE + 1, np.intp), "same")
    area_of = compiled.area_of if calls() else _area_of
    found = []
    for _ in range(AREAS_TRIED):
        level = int(around.argmax())
        if around[level] < _LEAST * seen.size:
            break
        around[max(0, level - 2 * _ALIKE) : level + 2 * _ALIKE] = 0
        area, count = area_of(seen, is_flat, level, _ALIKE, _RIM)
        if count / seen.size <= _MOST:
            found.append(area)
    return found


def _flat_parts(seen: "NDArray[np.uint8]") -> "tuple[Mask, NDArray[np.int64]]":
    """What differs little from all around it, and how many pixels of it have each level."""
    flat = _range(_range(seen, 0, np.maximum), 1, np.maximum) - _range(
        _range(seen, 0, np.minimum), 1, np.minimum
    )
    is_flat = flat <= _FLAT
    return is_flat, np.bincount(seen[is_flat], minlength=256)


def _area_of(
    seen: "NDArray[np.uint8]", is_flat: "Mask", level: int, alike: int, rim: int
) -> "tuple[Mask, int]":
    """What is flat and near a level, with a rim around it; how many pixels that is."""
    area = is_flat & (np.abs(seen.astype(np.int16) - level) <= alike)
    for _ in range(rim):
        area = _range(_range(area, 0, np.maximum), 1, np.maximum)
    return area, int(np.count_nonzero(area))


def _range(values: "NDArray[Any]", along: int, which: np.ufunc) -> "NDArray[Any]":
    """The largest or smallest of each value and its two neighbours along an axis."""
    rows = values if along == 0 else values.T
    found = rows.copy(order="K")
    which(found[1:], rows[:-1], out=found[1:])
    which(found[:-1], rows[1:], out=found[:-1])
    return found if along == 0 else found.T


def _left(
    seen: "NDArray[np.uint8]", area: "Mask"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """(64, 64) means of brightness, and shares, of what an area leaves of each cell."""
    rows, columns = (np.arange(SIDE + 1) * length // SIDE for length in seen.shape)
    pixels = np.outer(np.diff(rows), np.diff(columns))
    if calls():
        light, left = compiled.uncovered(seen, area)
        return light / pixels, left / pixels
    both = []
    for values in (np.where(area, 0, seen), ~area):
        down = np.add.reduceat(values, rows[:-1], axis=0, dtype=np.int32)
        both.append(np.add.reduceat(down, columns[:-1], axis=1) / pixels)
    return both[0], both[1]


def _fourths(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Sums of squares of four, on the last two axes."""
    rows = values[..., ::2, :] + values[..., 1::2, :]
    found: NDArray[np.float64] = rows[..., ::2] + rows[..., 1::2]
    return found


def _filled(light: "NDArray[np.float64]", left: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The means of what is left, and what fills the rest.

    Args:
        light: (n, 64, 64) sums of brightness of what is left of each cell.
        left: (n, 64, 64) which share of the cell that is.
    """
    if calls():
        return compiled.filled(light, left)
    levels = [(light, left)]
    while levels[-1][0].shape[1] > 1:
        levels.append((_fourths(levels[-1][0]), _fourths(levels[-1][1])))
    found = levels[-1][0] / np.maximum(levels[-1][1], 1e-9)
    for light_of, left_of in reversed(levels[:-1]):
        coarse = _smooth(found.repeat(2, 1).repeat(2, 2))
        coarse = _smooth(coarse.swapaxes(1, 2)).swapaxes(1, 2)
        share = np.minimum(left_of, 1)
        found = coarse * (1 - share) + light_of / np.maximum(left_of, 1e-9) * share
    return found


def _smooth(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Each row of (n, rows, columns) with those beside it."""
    rim = np.concatenate((values[:, :1], values, values[:, -1:]), axis=1)
    found: NDArray[np.float64] = (rim[:, :-2] + 2 * values + rim[:, 2:]) / 4
    return found


def _enclosed(area: "Mask") -> "Mask":
    """Cells of pieces of an area, and those with one of the same piece on all four sides."""
    if calls():
        return compiled.enclosed(area, _ENCLOSING, _FEWEST)
    pieces = _pieces(area)
    found = area.copy()
    sizes = np.bincount(pieces[area], minlength=1)
    for number in np.argsort(-sizes, kind="stable")[:_ENCLOSING]:
        if sizes[number] < _FEWEST:
            break
        piece = pieces == number
        sides = [_seen_from(piece, axis) for axis in (0, 1)]
        found |= sides[0] & sides[1]
    return found


def _seen_from(piece: "Mask", axis: int) -> "Mask":
    """Cells with one of the piece before and behind them on an axis."""
    before = np.maximum.accumulate(piece, axis)
    behind = np.flip(np.maximum.accumulate(np.flip(piece, axis), axis), axis)
    return np.asarray(before & behind)


def _pieces(area: "Mask") -> "NDArray[np.int64]":
    """(64, 64): a number for each cell of an area, equal where they are connected."""
    numbers = np.where(area, np.arange(1, area.size + 1).reshape(area.shape), 0)
    runs = [(area.size + 1) * np.cumsum(~area, axis) for axis in (0, 1)]
    before = None
    while before is None or not np.array_equal(before, numbers):
        before = numbers
        for axis in (0, 1):
            # The largest number of each run of cells reaches all of it: first on, then back.
            for way in (slice(None), slice(None, None, -1)):
                turned = (way, slice(None)) if axis == 0 else (slice(None), way)
                of = runs[axis] if way.step is None else runs[axis].max() - runs[axis]
                reached = np.maximum.accumulate((of + numbers)[turned], axis)[turned]
                numbers = np.where(area, reached - of, 0)
    return numbers
