"""Pictures that a page shows with round corners: what lies there is of the page, and is filled.

Cards, bubbles and tiles cut the corners of pictures off. What is missing is small, but of the
ground's colour, and costs a third of the bits of a hash.
"""

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.hashers import compiled_means
from hashmatch.hashers.compiled import calls
from hashmatch.hashers.means import CELLS
from hashmatch.hashers.operators import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Means = NDArray[np.float64]

_LEVELS: Final = 12
"""Levels by which the ground in a corner differs from the very corner, at most."""

_LEAST: Final = 2
"""Cells along an edge that a corner takes, at least; fewer are seen by no hash."""

_ROUND: Final = 1.6
"""How much the two radii of a corner may differ."""

_CORNERS: Final = tuple(
    (rows, columns)
    for rows in (slice(None), slice(None, None, -1))
    for columns in (slice(None), slice(None, None, -1))
)
"""Each corner of a part, as its top left."""

_FEWEST: Final = 2
"""Round corners that a part has at least: pages cut off several, while single corners of ordinary
pictures often look so."""

_MOSTLY: Final = 0.9
_INSIDE: Final = 0.5
_BITS: Final = 12


def runs_of(means: "Means") -> "NDArray[np.intp]":
    """(n, 4, 2): how many cells have the colour of each corner, down from it and across.

    Args:
        means: (n, 128, 128) of parts.
    """
    if calls():
        return compiled_means.corner_runs(means, _LEVELS)
    edges = np.empty((len(means), 4, 2, means.shape[1]))
    for at, (rows, columns) in enumerate(_CORNERS):
        edges[:, at, 0] = means[:, rows, 0 if columns.step is None else -1]
        edges[:, at, 1] = means[:, 0 if rows.step is None else -1, columns]
    far = np.abs(edges - edges[..., :1]) > _LEVELS
    return np.asarray(np.where(far.any(axis=-1), far.argmax(axis=-1), means.shape[1]))


def may_be_round(runs: list[list[int]]) -> bool:
    """Whether so many corners of a part may be round as one must have.

    Args:
        runs: (4, 2) of `runs_of`, as lists.
    """
    return sum(map(_fits, runs)) >= _FEWEST


def _fits(runs: list[int]) -> bool:
    return min(runs) >= _LEAST and max(runs) <= CELLS // 2


def without_round_corners(
    means: "Means", height: float, width: float, runs: list[list[int]] | None = None
) -> "Means | None":
    """The means with round corners filled by what is beside them; None where none or one is round.

    Args:
        means: (128, 128) of the part.
        height: of the part, in pixels.
        width: likewise.
        runs: (4, 2) of `runs_of`, as lists, where they are known.
    """
    may_be = [
        (corner, radii)
        for corner, of in zip(_CORNERS, runs or runs_of(means[None])[0].tolist(), strict=True)
        if _fits(of) and (radii := _radii(height / width, *of)) is not None
    ]
    if len(may_be) < _FEWEST:
        return None
    round_ones = [(at, radii) for at, radii in may_be if _is_round(means[at], *radii)]
    if len(round_ones) < _FEWEST:
        return None
    filled = means.copy()
    for corner, radii in round_ones:
        _fill(filled[corner], radii)
    return filled


def _radii(aspect: float, down: int, across: int) -> tuple[float, float] | None:
    """Rows and columns of cells that a corner with such runs is round over; None if it is not."""
    tall, wide = float(down), float(across)
    for _ in range(4):
        # The middle of the outermost cells meets the arc before its end.
        tall, wide = down / _reach(wide), across / _reach(tall)
    # Cells are as tall as the part is, for its width.
    if max(tall * aspect, wide) > _ROUND * min(tall * aspect, wide) + 1:
        return None
    return (tall, wide) if max(tall, wide) <= CELLS // 2 else None


def _is_round(means: "Means", tall: float, wide: float) -> bool:
    """Whether the top left corner has one colour outside its arc, and others inside."""
    away = _distance(tall, wide)
    corner = np.abs(means[: len(away), : away.shape[1]] - means[0, 0]) <= _LEVELS
    outside = away > 1 + 1 / min(tall, wide)
    ring = (away > _INSIDE) & (away < 1 - 1 / min(tall, wide))
    if not outside.any() or not ring.any() or corner[outside].mean() < _MOSTLY:
        return False
    return bool(corner[ring].mean() <= _INSIDE)


def _reach(radius: float) -> float:
    """The share of a radius that the outermost cells of an arc are off, where it has this one."""
    up = 1 - 0.5 / max(radius, 1.0)
    return max(1 - math.sqrt(1 - up * up), 0.2)


def _distance(tall: float, wide: float) -> "Means":
    """How far each cell of a corner is from the middle of its arc, as a share of the radius."""
    down = (int(np.ceil(tall)) - np.arange(int(np.ceil(tall))) - 0.5) / tall
    across = (int(np.ceil(wide)) - np.arange(int(np.ceil(wide))) - 0.5) / wide
    return np.asarray(np.sqrt(down[:, None] ** 2 + across**2))


def _fill(means: "Means", radii: tuple[float, float]) -> None:
    """Fill the top left corner in place, by the nearest cells of its row and its column."""
    away = _distance(*radii)
    missing = away > 1 - 1 / min(radii)
    rows, columns = np.nonzero(missing)
    right = missing.sum(axis=1)[rows]
    below = missing.sum(axis=0)[columns]
    beside, under = right - columns, below - rows
    value = (means[rows, right] * under + means[below, columns] * beside) / (beside + under)
    means[rows, columns] = rounded(value, _BITS)
