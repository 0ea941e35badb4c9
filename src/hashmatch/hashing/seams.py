"""Rectangles of a picture whose sides are seams: long straight steps of brightness.

Pictures that lie in another one, or side by side without a gap, have no line of one colour between
them, but where one ends brightness changes all along the line. What was blurred, or filled with a
run of colours, to make a picture fit has hardly any detail.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hashmatch.hashers.compiled import calls
from hashmatch.hashing import compiled_seams as compiled
from hashmatch.hashing.cutting import Rectangle, share_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]

_STEP: Final = 12
"""Levels by which two neighbours differ at a seam, at least."""

_LINES: Final = 20
"""Lines of each direction that are looked at: the strongest."""

_STANDS_OUT: Final = 0.12
"""The share of a line that is a step, beyond what lines beside it have."""

_BESIDE: Final = 6
"""Lines on both sides that a line is compared with."""

_DENSE: Final = 0.55
"""The share of each side of a rectangle that is a step, at least."""

_DENSE_EDGE: Final = 0.7
"""The same where sides are edges of the picture, which are no evidence."""

_DENSE_HALF: Final = 0.9
"""The same of a single seam, with three edges of the picture: photos have such lines. Those of
altered copies of six photographs without which nothing led to the known one had 0.96 or more; of a
seventh, with a dark edge, two collages without gaps had less, and are missed."""

_DENSE_BAND: Final = 0.5
"""The same of a band from edge to edge in the middle, as of a picture on itself, blurred."""

_LEAST_DENSE: Final = min(_DENSE, _DENSE_EDGE, _DENSE_HALF, _DENSE_BAND)

_MIDDLE: Final = 0.03
"""The share of the picture by which the middle of such a band may lie off its middle."""

_LIMITS: Final = np.array(
    (_STEP, _STANDS_OUT, _DENSE, _DENSE_EDGE, _DENSE_HALF, _DENSE_BAND, _MIDDLE)
)

_FINE: Final = 6
_DETAIL: Final = 0.03
"""A line has detail if this share of its pixels differs from the next one by more levels."""


class Seams(NamedTuple):
    """Steps of brightness.

    Attributes:
        across: (rows, columns − 1) uint8 differences of neighbours in a row.
        down: (rows − 1, columns) of neighbours in a column.
    """

    across: "Luma"
    down: "Luma"


def seams_of(luma: "Luma") -> Seams:
    """The steps between all neighbours."""
    if calls():
        return Seams(*compiled.steps(luma))
    return Seams(_steps(luma[:, :-1], luma[:, 1:]), _steps(luma[:-1], luma[1:]))


def _steps(one: "Luma", other: "Luma") -> "Luma":
    return np.asarray(np.maximum(one, other) - np.minimum(one, other))


def _shares_down(flags: "NDArray[np.bool_]") -> "NDArray[np.float64]":
    """(columns,) float64: the share of each column that is true."""
    counts = np.add.reduce(flags.view(np.uint8), axis=0, dtype=np.uint16)
    return np.asarray(counts / len(flags))


def rectangles(seams: Seams, least: int, most: int) -> list[Rectangle]:
    """Rectangles with a seam on each side, or the picture's own edge.

    Args:
        seams: of the picture.
        least: the smallest side, in pixels.
        most: how many rectangles.

    Returns:
        Those whose sides are as dense as they must be, first those that are so by most.
    """
    rows, columns = len(seams.across), seams.down.shape[1]
    if calls():
        places = compiled.rectangles(*seams, least, most, _LIMITS)
        return [Rectangle(*each) for each in places.tolist()]
    upright = _strongest(_shares_down(seams.across > _STEP))
    flat = _strongest(share_of(seams.down > _STEP))
    if not len(upright) and not len(flat):
        return []
    # Each line with how much of it is a step, up to each pixel; one beside it counts as well.
    sides, floors = _runs(seams.across.T, upright, columns), _runs(seams.down, flat, rows)
    beside, below = _shares(sides, floors.places), _shares(floors, sides.places)
    left, right = _pairs(sides.places, least)
    top, bottom = _pairs(floors.places, least)
    # Few pairs are dense along their sides: only of those the floors are looked at.
    dense = np.minimum(beside[left], beside[right]).reshape(len(left), len(floors.places) ** 2)
    dense = dense.take(top * len(floors.places) + bottom, axis=1)
    pair, other = np.nonzero(dense >= _LEAST_DENSE)
    left, right, top, bottom = left[pair], right[pair], top[other], bottom[other]
    level = np.minimum(below[top, left, right], below[bottom, left, right])
    clear = np.minimum(dense[pair, other], level) - _least_clear(
        _ends(sides.places[left], sides.places[right], columns),
        _ends(floors.places[top], floors.places[bottom], rows),
    )
    found = np.flatnonzero(clear >= 0)
    edges = (
        floors.places[top[found]],
        floors.places[bottom[found]],
        sides.places[left[found]],
        sides.places[right[found]],
    )
    areas = (edges[1] - edges[0]) * (edges[3] - edges[2])
    order = np.lexsort((-areas, -clear[found]))
    ranked = np.stack(edges, axis=1)[order]
    return _different((Rectangle(*each.tolist()) for each in ranked), most)


def _strongest(shares: "NDArray[Any]") -> "NDArray[np.intp]":
    """The lines that stand out among those beside them."""
    if len(shares) <= 2 * _BESIDE:
        return np.empty(0, np.intp)
    # What has too few steps stands out nowhere; most lines of most pictures have.
    lines = np.flatnonzero(shares >= _STANDS_OUT)
    if not len(lines):
        return lines
    padded = np.concatenate((shares[:1].repeat(_BESIDE), shares, shares[-1:].repeat(_BESIDE)))
    around = padded[lines[:, None] + np.arange(2 * _BESIDE + 1)]
    usual = np.partition(around, _BESIDE, axis=1)[:, _BESIDE]
    beyond = shares[lines] - usual
    near = around[:, _BESIDE - 2 : _BESIDE + 3]
    peak = (beyond >= _STANDS_OUT) & (shares[lines] == near.max(axis=1))
    lines, beyond = lines[peak], beyond[peak]
    return np.sort(lines[np.argsort(-beyond, kind="stable")[:_LINES]])


class _Runs(NamedTuple):
    """Lines of one direction, the edges of the picture first and last.

    Attributes:
        places: (n,) of each.
        steps: (n, pixels + 1) how many steps it has up to each pixel; of the edges all are.
    """

    places: "NDArray[np.intp]"
    steps: "NDArray[np.int64]"


def _runs(steps: "Luma", lines: "NDArray[np.intp]", count: int) -> _Runs:
    length = steps.shape[1]
    found = np.empty((len(lines) + 2, length + 1), np.int64)
    found[[0, -1]] = np.arange(length + 1)
    for at, line in enumerate(lines.tolist(), 1):
        near = steps[max(line - 1, 0) : line + 2].max(axis=0) > _STEP
        found[at, 0] = 0
        np.cumsum(near, out=found[at, 1:])
    return _Runs(np.concatenate(([0], lines + 1, [count])), found)


def _pairs(places: "NDArray[np.intp]", least: int) -> "tuple[NDArray[np.intp], NDArray[np.intp]]":
    """Two lines each, far enough from each other."""
    apart = places - places[:, None]
    first, second = np.nonzero(apart >= least)
    return first, second


class _Ends(NamedTuple):
    """Where two lines each lie.

    Attributes:
        edge: (n,) bool, whether one is an edge of the picture.
        edges: (n,) bool, whether both are.
        middle: (n,) bool, whether neither is, and they lie around the middle of the picture.
    """

    edge: "NDArray[np.bool_]"
    edges: "NDArray[np.bool_]"
    middle: "NDArray[np.bool_]"


def _ends(first: "NDArray[np.intp]", second: "NDArray[np.intp]", length: int) -> _Ends:
    edge = (first == 0) | (second == length)
    off = np.abs(first + second - length)
    both = (first == 0) & (second == length)
    return _Ends(edge, both, ~edge & (off <= 2 * _MIDDLE * length))


def _least_clear(across: _Ends, down: _Ends) -> "NDArray[np.float64]":
    """(n,) how dense the sides of rectangles must be, by where their lines lie."""
    found = np.where(across.edge | down.edge, _DENSE_EDGE, _DENSE)
    found[(across.edges & down.edge) | (across.edge & down.edges)] = _DENSE_HALF
    found[(across.edges & down.middle) | (across.middle & down.edges)] = _DENSE_BAND
    found[across.edges & down.edges] = np.inf
    return found


def _shares(runs: _Runs, places: "NDArray[np.intp]") -> "NDArray[np.float64]":
    """(lines, n, n): the share of each line that is a step, between two places along it."""
    up_to = runs.steps[:, places]
    apart = np.maximum(places - places[:, None], 1)
    return np.asarray((up_to[:, None, :] - up_to[:, :, None]) / apart)


def _different(found: Iterable[Rectangle], most: int) -> list[Rectangle]:
    """The first of those that are nearly the same."""
    kept: list[Rectangle] = []
    for each in found:
        if len(kept) == most:
            break
        if not any(are_alike(each, other) for other in kept):
            kept.append(each)
    return kept


def are_alike(one: Rectangle, other: Rectangle, share: float = 0.01) -> bool:
    """Whether no side differs by more than this share of the larger's."""
    tall = share * max(one.height, other.height)
    wide = share * max(one.width, other.width)
    return (
        abs(one.top - other.top) <= tall
        and abs(one.bottom - other.bottom) <= tall
        and abs(one.left - other.left) <= wide
        and abs(one.right - other.right) <= wide
    )


def detailed(seams: Seams) -> Rectangle | None:
    """The part that has fine detail; None where all of it has, or none."""
    rows, columns = len(seams.across), seams.down.shape[1]
    if calls():
        where = Rectangle(*compiled.detail(*seams, _FINE, _DETAIL).tolist())
    else:
        down = np.flatnonzero(share_of(seams.across > _FINE) > _DETAIL)
        across = np.flatnonzero(_shares_down(seams.down > _FINE) > _DETAIL)
        if not len(down) or not len(across):
            return None
        where = Rectangle(int(down[0]), int(down[-1]) + 1, int(across[0]), int(across[-1]) + 1)
    if min(where.height, where.width) <= 0 or where == Rectangle(0, rows, 0, columns):
        return None
    return refined(seams, where)


def refined(seams: Seams, where: Rectangle, share: float = 0.015) -> Rectangle:
    """The rectangle with each side at the strongest seam near it, if there is one."""
    tall, wide = max(2, int(share * where.height)), max(2, int(share * where.width))
    rows, columns = len(seams.across), seams.down.shape[1]
    across = seams.across[where.top : where.bottom].T
    down = seams.down[:, where.left : where.right]
    return Rectangle(
        _nearest(down, where.top, tall, rows),
        _nearest(down, where.bottom, tall, rows),
        _nearest(across, where.left, wide, columns),
        _nearest(across, where.right, wide, columns),
    )


def _nearest(steps: "Luma", place: int, reach: int, length: int) -> int:
    """The strongest seam near a place; the place where none stands out, or at the edge.

    Args:
        steps: (length − 1, pixels) behind each line.
        place: where it is.
        reach: how far a seam may lie off.
        length: of the picture.
    """
    if place in {0, length}:
        return place
    first = max(place - 1 - reach, 0)
    around = share_of(steps[first : place + reach] > _STEP)
    best = int(around.argmax())
    middle = np.partition(around, ((len(around) - 1) // 2, len(around) // 2))
    usual = (middle[(len(around) - 1) // 2] + middle[len(around) // 2]) / 2
    return first + best + 1 if around[best] >= usual + _STANDS_OUT else place
