"""The content of a video's frames: inside borders, blurred margins, a recorded screen.

Frames are looked at as squares of 256×256 whatever their shape, several of one stretch of time
together: what does not change, or has no detail, and reaches to an edge is no content.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from hashmatch.hashers.operators import rounded
from hashmatch.hashing.frame_parts import proposed

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE: Final = 256
"""Pixels of the squares that are looked at."""

_GRID: Final = 64

_SMALLEST: Final = 60
"""The least side of a box, in pixels."""
_LARGEST: Final = 0.94
"""The largest box, as a share of the square; a larger one is the whole frame."""
_SAME: Final = 6
"""Pixels by which the sides of two boxes may differ."""

_MOST_PARTS: Final = 6
"""Parts that may be one of several videos: with 4, 10 of 14 recordings of a screen were found, with
6 all."""

_PLAIN: Final = 6.0
"""Standard deviation, in levels, of what is one colour but for the noise of coding."""
_EVERY: Final = 3
"""One frame of so many is looked at for edges."""
_NEAREST: Final = 8
"""Pixels between the frame's edge and the picture inside blurred margins, at least."""
_SHARP: Final = 2.5
"""How many times as much changes across the edge of that picture as across the lines near by: of 28
clips with blurred margins true edges had 2.9 to 112, all else 1 to 3."""
_FLAT: Final = 0.3
"""Levels of change from line to line that are none."""
_LIVELY: Final = 0.15
"""Share of the most lively lines' change below which a line stands still."""
_NOISE: Final = 1.5
"""Levels of change from frame to frame that coding alone makes."""

_MEAN_BITS: Final = 15
"""Binary digits of weights behind the point."""

_CROPPED: Final = 12
"""Pixels that are put around the square: as if 4 % of the frame had been cut off on each side."""


@dataclass(frozen=True, slots=True)
class Box:
    """Part of the square: rows `top` to `bottom`, columns `left` to `right`, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    def counts(self) -> bool:
        """Whether it is large enough to say something, and not the whole frame."""
        rows, columns = self.bottom - self.top, self.right - self.left
        return min(rows, columns) >= _SMALLEST and rows * columns <= _LARGEST * SIDE * SIDE

    def is_like(self, other: "Box") -> bool:
        """Whether the two are the same but for a few pixels."""
        sides = (
            self.top - other.top,
            self.bottom - other.bottom,
            self.left - other.left,
            self.right - other.right,
        )
        return max(map(abs, sides)) <= _SAME

    def grids(self, squares: "NDArray[np.uint8]") -> "NDArray[np.float32]":
        """(n, 64, 64) means over areas of this part of (n, 256, 256) squares."""
        return _averaged(squares[:, self.top : self.bottom, self.left : self.right])


def content_boxes(squares: "NDArray[np.uint8]", *, parts: bool = False) -> list[Box]:
    """The parts that may be all that there is to see, at most three; none for a plain video.

    Args:
        squares: (n, 256, 256) luma of successive frames.
        parts: also at most six that may be one of several videos, as of a page or a grid.
    """
    levels = squares.astype(np.float32)
    whole = (_inside_border(squares), _inside_blur(levels), _lively(levels))
    found: list[Box] = []
    _take(found, (box for box in whole if box is not None), len(whole))
    if parts:
        _take(found, (Box(*each) for each in proposed(squares)), len(found) + _MOST_PARTS)
    return found


def _take(found: list[Box], boxes: Iterable[Box], most: int) -> None:
    """Add boxes that say something, and none like another, until there are so many."""
    for box in boxes:
        if len(found) < most and box.counts() and not any(map(box.is_like, found)):
            found.append(box)


def _inside_border(squares: "NDArray[np.uint8]") -> Box | None:
    """What is inside lines of one colour that stay as they are."""
    levels = squares.astype(np.int32)
    rows = _middle(_spread(levels, "nij,nij->i", (0, 2)) > _PLAIN)
    if rows is None:
        return None
    columns = _middle(_spread(levels[:, rows[0] : rows[1]], "nij,nij->j", (0, 1)) > _PLAIN)
    return None if columns is None else Box(*rows, *columns)


def _spread(
    levels: "NDArray[np.int32]", squared: str, axes: tuple[int, int]
) -> "NDArray[np.float64]":
    """Standard deviation of each line, over all frames; `squared` sums squares over `axes`.

    Sums are of whole numbers: the order in which processors sum does not matter.
    """
    count = levels.shape[axes[0]] * levels.shape[axes[1]]
    mean = levels.sum(axis=axes) / count
    variance = np.einsum(squared, levels, levels) / count - mean**2
    return np.asarray(np.sqrt(np.maximum(variance, 0)), np.float64)


def _inside_blur(levels: "NDArray[np.float32]") -> Box | None:
    """What is between two edges, as far from the middle as each other, that stand out."""
    few = levels[::_EVERY]
    down = _edges(np.abs(np.diff(few, axis=1)).mean(axis=(0, 2)))
    across = _edges(np.abs(np.diff(few, axis=2)).mean(axis=(0, 1)))
    if max(down[0], across[0]) < _SHARP:
        return None
    if down[0] > across[0]:
        return Box(*down[1:], 0, SIDE)
    return Box(0, SIDE, *across[1:])


def _edges(changes: "NDArray[np.floating[Any]]") -> tuple[float, int, int]:
    """How sharp the sharpest pair of changes from line to line is, and its lines."""
    around = sliding_window_view(np.pad(changes, 6, mode="edge"), 13)
    beside = np.median(around[:, [0, 1, 2, 3, 9, 10, 11, 12]], axis=1)
    sharp = changes / np.maximum(beside, _FLAT)
    first = np.arange(_NEAREST, (SIDE - _SMALLEST) // 2)
    last = len(changes) - 1 - first[:, None] + np.arange(-1, 2)
    opposite = sharp[last].argmax(axis=1)
    pairs = np.minimum(sharp[first], sharp[last].max(axis=1))
    best = int(pairs.argmax())
    return float(pairs[best]), int(first[best]) + 1, int(last[best, opposite[best]]) + 1


def _lively(levels: "NDArray[np.float32]") -> Box | None:
    """What changes, where all around it stands still."""
    if len(levels) < 3:  # noqa: PLR2004 (two changes at least)
        return None
    change = np.abs(np.diff(levels, axis=0)).mean(axis=0)
    rows = _changing(change.mean(axis=1))
    columns = _changing(change.mean(axis=0))
    if rows is None or columns is None:
        return None
    around = np.ones((SIDE, SIDE), bool)
    around[rows[0] : rows[1], columns[0] : columns[1]] = False
    still = not around.any() or float(change[around].mean()) <= _NOISE
    return Box(*rows, *columns) if still else None


def _changing(change: "NDArray[np.floating[Any]]") -> tuple[int, int] | None:
    most = float(np.percentile(change, 95))
    return _middle(change > max(_LIVELY * most, _NOISE / 2)) if most > _NOISE else None


def _middle(holds: "NDArray[np.bool_]") -> tuple[int, int] | None:
    """The range from the first line that holds to the one behind the last."""
    lines = np.flatnonzero(holds)
    return (int(lines[0]), int(lines[-1]) + 1) if len(lines) else None


def widened(squares: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """(n, 64, 64) means over areas of squares whose edges were drawn outwards.

    A copy that was cropped lacks what was outside. Its edges in place of that bring it near: where
    5 % were cut off on each side, frames of 14 clips came within 24 bits (median) instead of 86.

    Args:
        squares: (n, 256, 256) luma.
    """
    wide = np.pad(squares, ((0, 0), (_CROPPED, _CROPPED), (_CROPPED, _CROPPED)), mode="edge")
    return _averaged(wide)


def _averaged(pixels: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """(n, 64, 64) means over equal areas of (n, rows, columns) luma."""
    down, across = _means(pixels.shape[1]), _means(pixels.shape[2])
    half = (down @ pixels.astype(np.float32)).astype(np.float64)
    return np.asarray(half @ across.T.astype(np.float64), np.float32)


@lru_cache(maxsize=SIDE)
def _means(length: int) -> "NDArray[np.float32]":
    """(64, length): means over 64 equal stretches of so many samples.

    Weights have so few digits that no sum of whole brightness is rounded: it fits into the 24 bits
    of single precision, and the means of such sums into double precision. The order in which a
    BLAS library sums then does not matter (see `operators`).
    """
    edges = np.linspace(0, length, _GRID + 1)
    reached = np.clip(edges[:, None] - np.arange(length), 0, 1)
    means = rounded(np.diff(reached, axis=0) * _GRID / length, _MEAN_BITS)
    return means.astype(np.float32)
