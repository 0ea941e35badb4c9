"""Parts of a video's frames that may be known videos: beside others, on a page, in a grid.

What lies between lines of one colour, or has a seam on each side, is proposed by the code that
looks for parts of pictures (`cutting`, `seams`). A part of a video stays where it is while all
within it changes, which tells it from what moves.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.hashing.cutting import Rectangle, pieces
from hashmatch.hashing.seams import Seams, rectangles, seams_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST: Final = 48
"""The least side of a part, in pixels of a square of 256."""

_SEAMED: Final = 8
"""The most parts with seams that are proposed."""

_SEEN: Final = 5
"""Frames in which seams are looked for: one counts that most of them have."""

_STAYS: Final = 4
"""Pixels by which the sides of a piece may differ from frame to frame."""


def proposed(squares: "NDArray[np.uint8]") -> Iterator[Rectangle]:
    """Parts of frames that may be videos of their own, the most promising first.

    Args:
        squares: (n, rows, columns) luma of successive frames, at least one.
    """
    cut = sorted(_pieces(squares), key=lambda each: -each.area)
    for both in zip_longest(cut, _seamed(squares)):
        yield from (each for each in both if each is not None)


def _pieces(squares: "NDArray[np.uint8]") -> Iterator[Rectangle]:
    """What lies between lines of one colour in the first frame, one in the middle and the last."""
    chosen = sorted({0, len(squares) // 2, len(squares) - 1})
    first, *others = (
        [each.where for each in pieces(squares[at], LEAST) if not each.is_page] for at in chosen
    )
    for where in first:
        if all(any(_stays(where, other) for other in those) for those in others):
            yield where


def _stays(one: Rectangle, other: Rectangle) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= _STAYS


def _seamed(squares: "NDArray[np.uint8]") -> list[Rectangle]:
    """What has a seam on each side in most frames, the clearest first."""
    chosen = np.unique(np.linspace(0, len(squares) - 1, _SEEN).astype(int))
    across, down = zip(*(seams_of(squares[at]) for at in chosen), strict=True)
    middle = len(chosen) // 2
    usual = Seams(
        *(np.partition(np.stack(steps), middle, axis=0)[middle] for steps in (across, down))
    )
    return rectangles(usual, LEAST, _SEAMED)
