"""Pictures that a page shows with round corners: what lies there is of the page, and is filled.

Cards, bubbles and tiles cut the corners of pictures off. What is missing is small, but of the
ground's colour, and costs a third of the bits of a hash.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

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

_MOSTLY: Final = 0.9
_INSIDE: Final = 0.5
_BITS: Final = 12


def without_round_corners(means: "Means", height: float, width: float) -> "Means | None":
    """The means with round corners filled by what is beside them; None where no corner is round.

    Args:
        means: (128, 128) of the part.
        height: of the part, in pixels.
        width: likewise.
    """
    filled: Means | None = None
    for rows in (slice(None), slice(None, None, -1)):
        for columns in (slice(None), slice(None, None, -1)):
            seen = means[rows, columns]
            radii = _radii(seen, height / width)
            if radii is not None:
                filled = means.copy() if filled is None else filled
                _fill(filled[rows, columns], radii)
    return filled


def _radii(means: "Means", aspect: float) -> tuple[float, float] | None:
    """Rows and columns of cells that the top left corner is round over; None where it is not."""
    ground = means[0, 0]
    down, across = _run(means[:, 0], ground), _run(means[0], ground)
    half = len(means) // 2
    if not (_LEAST <= down <= half and _LEAST <= across <= half):
        return None
    tall, wide = float(down), float(across)
    for _ in range(4):
        # The middle of the outermost cells meets the arc before its end.
        tall, wide = down / _reach(wide), across / _reach(tall)
    # Cells are as tall as the part is, for its width.
    if max(tall * aspect, wide) > _ROUND * min(tall * aspect, wide) + 1 or max(tall, wide) > half:
        return None
    away = _distance(tall, wide)
    corner = np.abs(means[: len(away), : away.shape[1]] - ground) <= _LEVELS
    outside, ring = (
        away > 1 + 1 / min(tall, wide),
        (away > _INSIDE) & (away < 1 - 1 / min(tall, wide)),
    )
    if not outside.any() or not ring.any() or corner[outside].mean() < _MOSTLY:
        return None
    return (tall, wide) if corner[ring].mean() <= _INSIDE else None


def _run(line: "NDArray[Any]", ground: float) -> int:
    far = np.flatnonzero(np.abs(line - ground) > _LEVELS)
    return int(far[0]) if len(far) else len(line)


def _reach(radius: float) -> float:
    """The share of a radius that the outermost cells of an arc are off, where it has this one."""
    up = 1 - 0.5 / max(radius, 1.0)
    return max(1 - float(np.sqrt(1 - up * up)), 0.2)


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
