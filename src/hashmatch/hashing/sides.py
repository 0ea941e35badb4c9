"""Four sides around a thing that lies on a ground, if it is tilted."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from hashmatch.hashers.compiled import calls
from hashmatch.hashing import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

Corners: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
"""(4, 2) float64: rows and columns of top left, top right, bottom right and bottom left."""

_Point: TypeAlias = Sequence[float]
"""Row and column."""

_UPRIGHT: Final = 0.985
"""The share of its upright box that a thing fills which is not tilted."""

_CONVEX: Final = 0.85
"""The share of its hull that a thing with four corners fills, at least, row by row."""

_RAGGED: Final = 0.15
"""What of its box a thing is more by its rows than by its columns, at most: text is ragged."""

_FEWEST: Final = 8
"""Lines of pixels that a thing has, at least."""

_LIMITS: Final = np.array((_FEWEST, _UPRIGHT, _RAGGED, _CONVEX))

_WAYS: Final = np.stack([turn(np.arange(72) * (np.pi / 36)) for turn in (np.sin, np.cos)])
"""Directions in which the outermost points of an outline are looked for first."""


def sides_of(away: "NDArray[np.bool_]") -> "tuple[NDArray[np.float64], Corners, float] | None":
    """The sides of a thing that is tilted; None where there are not four.

    Args:
        away: (rows, columns) bool, where it is.

    Returns:
        (n, 2) rows and columns of its outline; the corners of four sides around it, in order; the
        area of its hull, in pixels.
    """
    if calls() and away.size:
        return compiled.quad(away, _LIMITS)
    found = _outline(away)
    if found is None:
        return None
    outline, area = found
    hull = _hull(outline)
    if len(hull) < 4 or area < _CONVEX * area_of(hull):  # noqa: PLR2004 (corners)
        return None
    corners = _four(hull)
    return None if corners is None else (outline, corners, area_of(hull))


def _outline(away: "NDArray[np.bool_]") -> "tuple[NDArray[np.float64], float] | None":
    """(n, 2) rows and columns where the thing begins and ends, in each row and each column.

    None where it fills its upright box, as most pictures on pages do, or is no single thing.

    Returns:
        The points, and the area between them.
    """
    rows = np.flatnonzero(away.sum(axis=1) > 1)
    columns = np.flatnonzero(away.sum(axis=0) > 1)
    if min(len(rows), len(columns)) < _FEWEST:
        return None
    lines, turned = away[rows], away.T[columns]
    width, height = away.shape[1], away.shape[0]
    left, right = lines.argmax(axis=1), width - 1 - lines[:, ::-1].argmax(axis=1)
    top, bottom = turned.argmax(axis=1), height - 1 - turned[:, ::-1].argmax(axis=1)
    box = float((rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1))
    by_rows, by_columns = float((right - left + 1).sum()), float((bottom - top + 1).sum())
    if max(by_rows, by_columns) > _UPRIGHT * box or abs(by_rows - by_columns) > _RAGGED * box:
        return None
    found = ((rows, left), (rows, right), (top, columns), (bottom, columns))
    points = np.concatenate([np.stack(each, axis=1) for each in found]).astype(np.float64)
    return points, max(by_rows, by_columns)


def _hull(points: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The convex hull, in order (Andrew's monotone chain)."""
    ordered = sorted(set(map(tuple, points[_outer(points)].tolist())))
    halves = []
    for line in (ordered, ordered[::-1]):
        half: list[_Point] = []
        for point in line:
            while len(half) > 1 and _cross(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves.append(half[:-1])
    return np.array(halves[0] + halves[1])


def _outer(points: "NDArray[np.float64]") -> "NDArray[np.bool_]":
    """(n,) bool: which points are not within those that are farthest in some directions."""
    ends = points[(points @ _WAYS).argmax(axis=0)]
    along = np.roll(ends, -1, axis=0) - ends
    # One point may be the outermost in several directions.
    apart = along.any(axis=1)
    ends, along = ends[apart], along[apart]
    normals = np.stack((along[:, 1], -along[:, 0]))
    return np.asarray(~(points @ normals > (ends * normals.T).sum(axis=1)).all(axis=1))


def _cross(one: _Point, other: _Point, third: _Point) -> float:
    across = (other[0] - one[0]) * (third[1] - one[1])
    return across - (other[1] - one[1]) * (third[0] - one[0])


def _four(hull: "NDArray[np.float64]") -> Corners | None:
    """The hull with sides left out, the neighbours drawn on, until four are left.

    Each time that side goes which adds the least area.
    """
    sides = hull.tolist()
    merged = [_merged(sides, at) for at in range(len(sides))]
    while len(sides) > 4:  # noqa: PLR2004 (corners)
        at = min(range(len(sides)), key=lambda side: merged[side][0])
        added, met = merged[at]
        if added == math.inf:
            return None
        sides[at] = met
        gone = (at + 1) % len(sides)
        del sides[gone], merged[gone]
        at -= gone == 0
        # Sides that end or begin where two met, and their neighbours.
        for near in range(at - 2, at + 2):
            merged[near % len(sides)] = _merged(sides, near % len(sides))
    return np.array(sides)


def _merged(sides: list[_Point], at: int) -> tuple[float, _Point]:
    """The area that is added if a side goes, and where its neighbours meet; infinite if never."""
    count = len(sides)
    before, one = sides[at - 1], sides[at]
    other, after = sides[(at + 1) % count], sides[(at + 2) % count]
    first = one[0] - before[0], one[1] - before[1]
    second = other[0] - after[0], other[1] - after[1]
    area = first[0] * second[1] - first[1] * second[0]
    if abs(area) < 1e-9:  # noqa: PLR2004 (parallel)
        return math.inf, one
    gap = after[0] - before[0], after[1] - before[1]
    along = (gap[0] * second[1] - gap[1] * second[0]) / area
    back = (gap[0] * first[1] - gap[1] * first[0]) / area
    if along < 1 or back < 1:
        return math.inf, one
    met = [before[0] + along * first[0], before[1] + along * first[1]]
    return abs(_cross(one, met, other)) / 2, met


def area_of(polygon: "NDArray[np.float64]") -> float:
    """The area of (n, 2) corners, in order."""
    rows, columns = polygon[:, 0], polygon[:, 1]
    return abs(float((rows * np.roll(columns, -1) - columns * np.roll(rows, -1)).sum())) / 2
