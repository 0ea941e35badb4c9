"""Four corners of a picture that lies on a plain ground, tilted or seen from the side."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.hashers.compiled import calls
from hashmatch.hashers.means import CELLS, small
from hashmatch.hashing import compiled
from hashmatch.hashing.blobs import Blob, blobs
from hashmatch.hashing.cutting import LEVELS, Rectangle
from hashmatch.hashing.sides import Corners, area_of, sides_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]

FRONT: Final = 3 * CELLS
"""Rows and columns of a quadrilateral as it is seen from the front."""

SIDE: Final = 320
"""The longest side at which the outline is found, in pixels."""

_FILLS: Final = 0.9
"""The share of a quadrilateral that the outline fills, at least."""

_THINGS: Final = 16
"""Things on one ground that are looked at."""

_SMALLEST: Final = 16
"""The smallest side of a thing whose corners can be told, in pixels as it is seen."""

_JOINED: Final = 2
"""Things on a page that are looked at once more without what is thin, as words that touch them."""
_THIN: Final = 3
"""Pixels on both sides of the middle of what is thin, at most."""

_FEW: Final = 4
"""Pixels of nine that a speck has, at most."""

_MOSTLY: Final = 0.95
_GRAIN: Final = 28.0
"""Levels within which nearly all of each corner of the ground lies: waves that a camera adds to a
photographed screen take 24."""

_CLEAN: Final = 6
"""Levels within which a ground without any grain lies, as a drawn one."""

_UNEVEN: Final = 96.0
"""Levels by which the light on the ground may differ from one corner to another."""

_BEYOND: Final = 2
"""Pixels by which a corner may lie outside."""

_TILTED: Final = 0.012
"""A side that leaves the upright by less than this share is upright."""


def corners_of(luma: "Luma") -> Corners | None:
    """The corners of the largest thing that is tilted on the ground; None where there is none.

    Args:
        luma: (rows, columns) uint8.
    """
    return next(quads_of(luma, 1), None)


def quads_of(luma: "Luma", least: int) -> Iterator[Corners]:
    """The corners of each thing that is tilted on the ground, the largest first.

    There is none where the ground is not plain, or nothing tilts.

    Args:
        luma: (rows, columns) uint8.
        least: the smallest side of the box of a thing, in pixels.
    """
    yield from quads_in(*small(luma, SIDE), least)


def quads_in(seen: "Luma", k: int, least: int, *, is_page: bool = False) -> Iterator[Corners]:
    """The same of a picture that was made `k` times as small.

    Args:
        seen: the smaller picture.
        k: how many pixels one of it stands for.
        least: the smallest side of the box of a thing, in pixels of the larger one.
        is_page: whether it is all of a picture: then the largest thing that is only darker, and
            only brighter, is looked at too, as light on the edge of a screen is neither of it nor
            of the ground; and what differs little from a ground without grain.
    """
    ground = _ground(seen)
    if ground is None:
        return
    spread, smallest = ground.spread, max(_SMALLEST, least // k)
    away = _away(seen, ground, -spread, spread)
    looked_at = blobs(away, smallest, _THINGS)
    if len(looked_at) < 2 or is_page:  # noqa: PLR2004 (one thing)
        # What has the colour of the ground in it may fall apart: then all of it may be one thing.
        looked_at = [Blob(0, 0, away), *(looked_at if len(looked_at) > 1 else ())]
    if is_page:
        for low, high in ((-spread, math.inf), (-math.inf, spread)):
            looked_at += blobs(_away(seen, ground, low, high), smallest, 1)
        if ground.least < spread:
            away = _away(seen, ground, -ground.least, ground.least)
            looked_at += blobs(away, smallest, _THINGS if ground.is_drawn else 1)
    joined = _JOINED if is_page and ground.is_drawn else 0
    for top, left, mask in looked_at:
        quad = quad_of(mask)
        if quad is None and joined:
            joined -= 1
            quad = quad_of(_without_thin(mask))
        if quad is not None:
            yield np.asarray((quad + (top, left) + 0.5) * k)


def _without_thin(mask: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """The largest thing of a mask without what is thin."""
    kept = _widened(~_widened(~mask))
    found = np.zeros_like(mask)
    for top, left, own in blobs(kept, _SMALLEST, 1):
        found[top : top + own.shape[0], left : left + own.shape[1]] = own
    return found


def _widened(mask: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """A mask with all that lies within `_THIN` rows and columns of it."""
    for _ in range(2):
        wide = mask.copy()
        for by in range(1, _THIN + 1):
            wide[by:] |= mask[:-by]
            wide[:-by] |= mask[by:]
        mask = wide.T
    return mask


def quad_of(away: "NDArray[np.bool_]") -> Corners | None:
    """The corners of a thing that is tilted, in pixels of its mask."""
    found = sides_of(away)
    if found is None:
        return None
    outline, corners, area = found
    quad = np.array(clockwise(corners.tolist()))
    if area < _FILLS * area_of(quad):
        return None
    sharp = _sharpened(quad, outline)
    return sharp if sharp is not None and _is_tilted(sharp, away.shape) else None


class _Ground(NamedTuple):
    """What lies around.

    Attributes:
        down: (rows,) float32, the share of the way from the top to the foot.
        top: (columns,) float32 levels at the top.
        way: (columns,) float32, how much higher they are at the foot.
        spread: levels beyond which something is not of it.
        least: levels beyond which something may not be of it, by its grain alone.
    """

    down: "NDArray[np.float32]"
    top: "NDArray[np.float32]"
    way: "NDArray[np.float32]"
    spread: float
    least: float

    @property
    def is_drawn(self) -> bool:
        """Whether it has no grain, as what a program draws."""
        return self.least <= _CLEAN


def _ground(seen: "Luma") -> _Ground | None:
    """The ground, as its four corners are lit; None where they are not of one plain thing."""
    rows, columns = seen.shape
    size = max(3, min(rows, columns) // 40)
    pixels = 4 * min(size, rows) * min(size, columns)
    rank, share = divmod(_MOSTLY * (pixels - 1), 1)
    lit, (below, above) = _corners_lit(seen, size, int(rank))
    if max(lit) - min(lit) > _UNEVEN:
        return None
    grain = below + share * (above - below)
    if grain > _GRAIN:
        return None
    across = _ramp(columns)
    levels = np.array(lit, np.float32)
    top = levels[0] + (levels[1] - levels[0]) * across
    foot = levels[2] + (levels[3] - levels[2]) * across
    spread, least = (max(float(each), 2 * grain) for each in (LEVELS, _CLEAN))
    return _Ground(_ramp(rows), top, foot - top, spread, least)


def _corners_lit(seen: "Luma", size: int, rank: int) -> tuple[list[float], list[float]]:
    """The medians of four corners; levels by which pixels of them differ from these, by rank.

    Args:
        seen: (rows, columns) uint8.
        size: pixels of the sides of a corner, at most.
        rank: of the differences, from 0; the next one is told as well.
    """
    if calls():
        lit, ranked = compiled.ground(seen, size, rank)
        return (lit / 2).tolist(), (ranked / 2).tolist()
    ends = slice(None, size), slice(-size, None)
    patches = np.array([seen[down, across] for down in ends for across in ends], np.float32)
    ordered = np.sort(patches.reshape(4, -1), axis=1)
    middle = ordered.shape[1] // 2
    levels = (ordered[:, middle] + ordered[:, -middle - 1]) / 2
    apart = np.sort(np.abs(ordered - levels[:, None]).reshape(-1))
    return levels.tolist(), apart[rank : rank + 2].tolist()


@lru_cache(64)
def _ramp(count: int) -> "NDArray[np.float32]":
    """(count,) float32 shares of the way from the first of so many pixels to the last."""
    return np.linspace(0, 1, count, dtype=np.float32)


def _away(seen: "Luma", ground: _Ground, low: float, high: float) -> "NDArray[np.bool_]":
    """What is darker or brighter than the ground, with most of the nine pixels around it.

    Args:
        seen: (rows, columns) uint8.
        ground: of it.
        low: levels below which a pixel is darker, from that of the ground.
        high: levels above which it is brighter.
    """
    if calls():
        return compiled.away(seen, ground.down, ground.top, ground.way, low, high)
    off = seen - (ground.top + ground.way * ground.down[:, None])
    padded = np.pad(((off < low) | (off > high)).astype(np.uint8), 1)
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    found: NDArray[np.bool_] = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) > _FEW
    return found


def clockwise(corners: list[list[float]]) -> list[list[float]]:
    """Corners, each a row and a column: clockwise as shown, from that nearest to the top left."""
    down, across = (sum(each) / len(corners) for each in zip(*corners, strict=True))
    around = sorted(corners, key=lambda point: math.atan2(point[0] - down, point[1] - across))
    sums = [row + column for row, column in around]
    first = sums.index(min(sums))
    return around[first:] + around[:first]


def _sharpened(quad: Corners, outline: "NDArray[np.float64]") -> Corners | None:
    """Each side as the line that its points lie on, in the middle of it; then where they meet.

    Sums of points are added one after the other, as the library does.
    """
    if calls():
        return compiled.sharpened(quad, outline)
    lines = []
    for at in range(4):
        start, end = quad[at], quad[(at + 1) % 4]
        way = end - start
        length = math.sqrt(way[0] * way[0] + way[1] * way[1])
        if length < 8:  # noqa: PLR2004 (pixels: too short to tell)
            return None
        way = way / length
        normal = np.array([-way[1], way[0]])
        rows, columns = (outline - start).T
        along, off = rows * way[0] + columns * way[1], columns * way[0] - rows * way[1]
        used = (along > 0.1 * length) & (along < 0.9 * length) & (np.abs(off) < 0.03 * length + 2)
        along, off = along[used], off[used]
        if len(along) < 6:  # noqa: PLR2004 (points)
            return None
        for _ in range(3):
            slope, level = line_through(along, off)
            apart = np.abs(off - slope * along - level)
            near = apart <= max(1.0, 2 * _median(apart))
            if near.sum() < 6:  # noqa: PLR2004 (points)
                break
            along, off = along[near], off[near]
        lines.append((start + level * normal, way + slope * normal))
    return _met(lines)


def _met(lines: "list[tuple[NDArray[np.float64], NDArray[np.float64]]]") -> Corners | None:
    """Where lines meet, each with the one before it; None where two are parallel."""
    found = []
    for at in range(4):
        (one, first), (other, second) = lines[at - 1], lines[at]
        area = first[0] * second[1] - first[1] * second[0]
        if abs(area) < 1e-6:  # noqa: PLR2004 (parallel)
            return None
        gap = other - one
        found.append(one + (gap[0] * second[1] - gap[1] * second[0]) / area * first)
    # The outline is the middle of its outermost pixels.
    corners = np.array(found)
    middle = corners.mean(axis=0)
    reach = np.sqrt(((corners - middle) ** 2).sum(axis=1))[:, None]
    return np.asarray(middle + (corners - middle) * (1 + 0.5 / np.maximum(reach, 1)))


def line_through(along: "NDArray[np.float64]", off: "NDArray[np.float64]") -> tuple[float, float]:
    """Slope and level of the line that fits points best."""
    middle, level = _sum(along) / len(along), _sum(off) / len(off)
    apart = along - middle
    slope = _sum(apart * off) / max(_sum(apart * apart), 1e-9)
    return slope, level - slope * middle


def _sum(values: "NDArray[np.float64]") -> float:
    """The sum of values, added one after the other."""
    return float(np.cumsum(values)[-1])


def _median(values: "NDArray[np.float64]") -> float:
    ordered = np.sort(values)
    return float(ordered[len(values) // 2] + ordered[(len(values) - 1) // 2]) / 2


def _is_tilted(quad: Corners, shape: tuple[int, ...]) -> bool:
    rows, columns = shape
    points = quad.tolist()
    if not all(
        -_BEYOND < row < rows + _BEYOND and -_BEYOND < column < columns + _BEYOND
        for row, column in points
    ):
        return False
    return any(
        min(abs(row - before[0]), abs(column - before[1]))
        > _TILTED * max(abs(row - before[0]), abs(column - before[1]))
        for (row, column), before in zip(points, points[-1:] + points[:-1], strict=True)
    )


def rectified(luma: "Luma", corners: Corners) -> "Luma":
    """(384, 384) uint8: a quadrilateral as seen from the front, its sides made equal.

    Args:
        luma: (rows, columns) uint8.
        corners: in pixels of it.
    """
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    seen, k = small(luma, max(1, int(max(luma.shape) * FRONT / max(float(sides.max()), FRONT))))
    places = (np.arange(FRONT) + 0.5) / FRONT
    # What depends on the row alone, and on the column alone.
    h = homography(corners / k)
    down = np.outer(h[:, 0], places).astype(np.float32)[:, :, None]
    across = (np.outer(h[:, 1], places) + h[:, 2:]).astype(np.float32)[:, None]
    if calls():
        return compiled.front(seen, down.reshape(3, FRONT), across.reshape(3, FRONT))
    row, column, over = down + across
    return np.asarray(np.rint(_bilinear(seen, row / over - 0.5, column / over - 0.5)), np.uint8)


def on_page(corners: Corners, where: Rectangle) -> Corners:
    """The corners, in the picture, of a part of a quadrilateral as it is seen from the front."""
    h = homography(corners)
    top, bottom, left, right = (each / FRONT for each in where)
    square = np.array(((top, left), (top, right), (bottom, right), (bottom, left)))
    mapped = np.column_stack((square, np.ones(4))) @ h.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def homography(corners: Corners) -> "NDArray[np.float64]":
    """(3, 3) float64: from the unit square, its rows and columns, to four corners."""
    square = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))
    rows, right = [], []
    for (y, x), (row, column) in zip(square, corners.tolist(), strict=True):
        rows.append([y, x, 1, 0, 0, 0, -y * row, -x * row])
        rows.append([0, 0, 0, y, x, 1, -y * column, -x * column])
        right += [row, column]
    solved = np.linalg.solve(np.array(rows), np.array(right))
    return np.append(solved, 1).reshape(3, 3)


def _bilinear(
    luma: "Luma", rows: "NDArray[np.float32]", columns: "NDArray[np.float32]"
) -> "NDArray[np.float32]":
    height, width = luma.shape
    np.clip(rows, 0, height - 1, out=rows)
    np.clip(columns, 0, width - 1, out=columns)
    top = np.minimum(rows.astype(np.int32), max(height - 2, 0))
    left = np.minimum(columns.astype(np.int32), max(width - 2, 0))
    rows -= top
    columns -= left
    flat, at = luma.reshape(-1), top.astype(np.intp) * width + left
    upper, right, lower, corner = (
        flat.take(at + step).astype(np.float32) for step in (0, 1, width, width + 1)
    )
    upper += (right - upper) * columns
    lower += (corner - lower) * columns
    upper += (lower - upper) * rows
    return np.asarray(upper)
