"""Rectangles of a picture whose sides are seams: long straight steps of brightness.

Pictures that lie in another one, or side by side without a gap, have no line of one colour between
them, but where one ends brightness changes all along the line. What was blurred, or filled with a
run of colours, to make a picture fit has hardly any detail.
"""

from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hashmatch.hashing.cutting import Rectangle, share_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]

_STEP: Final = 12
"""Levels by which two neighbours differ at a seam, at least."""

_LINES: Final = 8
"""Lines of each direction that are looked at: the strongest."""

_STANDS_OUT: Final = 0.12
"""The share of a line that is a step, beyond what lines beside it have."""

_BESIDE: Final = 6
"""Lines on both sides that a line is compared with."""

_DENSE: Final = 0.5
"""The share of each side of a rectangle that is a step, at least."""

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
    return Seams(_steps(luma[:, :-1], luma[:, 1:]), _steps(luma[:-1], luma[1:]))


def _steps(one: "Luma", other: "Luma") -> "Luma":
    return np.asarray(np.maximum(one, other) - np.minimum(one, other))


def _shares_down(flags: "NDArray[np.bool_]") -> "NDArray[np.float64]":
    """(columns,) float64: the share of each column that is true."""
    counts = np.add.reduce(flags.view(np.uint8), axis=0, dtype=np.uint16)
    return np.asarray(counts / len(flags))


def rectangles(seams: Seams, least: int, most: int) -> list[Rectangle]:
    """Rectangles with a seam, or the picture's own edge, on each side; the clearest first.

    Args:
        seams: of the picture.
        least: the smallest side, in pixels.
        most: how many rectangles.
    """
    rows, columns = len(seams.across), seams.down.shape[1]
    upright = _strongest(_shares_down(seams.across > _STEP))
    level = _strongest(share_of(seams.down > _STEP))
    if not len(upright) and not len(level):
        return []
    # Each line with how much of it is a step, up to each pixel; one beside it counts as well.
    sides = _runs(seams.across.T, upright, columns)
    floors = _runs(seams.down, level, rows)
    found = []
    for (left, left_run), (right, right_run) in combinations(sides, 2):
        if right - left < least:
            continue
        for (top, top_run), (bottom, bottom_run) in combinations(floors, 2):
            if bottom - top < least or (bottom - top == rows and right - left == columns):
                continue
            clear = min(
                _share(top_run, left, right),
                _share(bottom_run, left, right),
                _share(left_run, top, bottom),
                _share(right_run, top, bottom),
            )
            if clear >= _DENSE:
                found.append((clear, Rectangle(top, bottom, left, right)))
    found.sort(key=lambda each: (-each[0], -each[1].area))
    return _different([where for _, where in found], most)


def _strongest(shares: "NDArray[Any]") -> "NDArray[np.intp]":
    """The lines that stand out among those beside them."""
    if len(shares) <= 2 * _BESIDE:
        return np.empty(0, np.intp)
    padded = np.pad(shares, _BESIDE, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _BESIDE + 1)
    usual = np.partition(around, _BESIDE, axis=1)[:, _BESIDE]
    beyond = shares - usual
    peak = (beyond >= _STANDS_OUT) & (shares == around[:, _BESIDE - 2 : _BESIDE + 3].max(axis=1))
    where = np.flatnonzero(peak)
    return np.sort(where[np.argsort(-beyond[where], kind="stable")[:_LINES]])


def _runs(
    steps: "Luma", lines: "NDArray[np.intp]", count: int
) -> "list[tuple[int, NDArray[np.int64] | None]]":
    """Each line's place and how many steps it has up to each pixel; of the edges None."""
    found: list[tuple[int, NDArray[np.int64] | None]] = [(0, None)]
    for line in lines.tolist():
        near = steps[max(line - 1, 0) : line + 2].max(axis=0) > _STEP
        found.append((line + 1, np.concatenate(([0], np.cumsum(near)))))
    return [*found, (count, None)]


def _share(run: "NDArray[np.int64] | None", start: int, end: int) -> float:
    return 1.0 if run is None else float(run[end] - run[start]) / (end - start)


def _different(found: list[Rectangle], most: int) -> list[Rectangle]:
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
    down = np.flatnonzero(share_of(seams.across > _FINE) > _DETAIL)
    across = np.flatnonzero(_shares_down(seams.down > _FINE) > _DETAIL)
    if not len(down) or not len(across):
        return None
    where = Rectangle(int(down[0]), int(down[-1]) + 1, int(across[0]), int(across[-1]) + 1)
    return None if where == Rectangle(0, rows, 0, columns) else refined(seams, where)


def refined(seams: Seams, where: Rectangle, share: float = 0.015) -> Rectangle:
    """The rectangle with each side at the strongest seam near it, if there is one."""
    tall, wide = max(2, int(share * where.height)), max(2, int(share * where.width))
    floors = share_of(seams.down[:, where.left : where.right] > _STEP)
    sides = _shares_down(seams.across[where.top : where.bottom] > _STEP)
    return Rectangle(
        _nearest(floors, where.top, tall),
        _nearest(floors, where.bottom, tall),
        _nearest(sides, where.left, wide),
        _nearest(sides, where.right, wide),
    )


def _nearest(shares: "NDArray[Any]", place: int, reach: int) -> int:
    """The strongest seam near a place; the place where none stands out, or at the edge."""
    if place in (0, len(shares) + 1):
        return place
    first = max(place - 1 - reach, 0)
    around = shares[first : place + reach]
    best = int(around.argmax())
    return first + best + 1 if around[best] >= np.median(around) + _STANDS_OUT else place
