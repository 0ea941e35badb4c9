"""Things that lie apart from each other on a ground, each as a mask of its own."""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.hashers.compiled import calls
from hashmatch.hashing import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RUNS: Final = 4000
"""Runs of pixels beyond which nothing is told apart: what has so many is a page of text."""


class Blob(NamedTuple):
    """One thing.

    Attributes:
        top: its first row.
        left: its first column.
        mask: (rows, columns) bool, where it is in its box.
    """

    top: int
    left: int
    mask: "NDArray[np.bool_]"


def blobs(away: "NDArray[np.bool_]", least: int, most: int) -> list[Blob]:
    """The largest things whose pixels touch each other along a side.

    Args:
        away: (rows, columns) bool, what is not the ground.
        least: the smallest side of the box of one, in pixels.
        most: how many.
    """
    if calls() and away.size:
        places, labels = compiled.blobs(away, least, most, _RUNS)
        return [
            Blob(top, left, labels[top:bottom, left:right] == number)
            for number, (top, bottom, left, right) in enumerate(places.tolist(), 1)
        ]
    padded = np.zeros((away.shape[0], away.shape[1] + 2), np.int8)
    padded[:, 1:-1] = away
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    if not 0 < len(rows) <= _RUNS:
        return []
    owners = _owners(rows, starts, ends)
    order = np.argsort(owners, kind="stable")
    rows, starts, ends = rows[order], starts[order], ends[order]
    first = np.flatnonzero(np.diff(owners[order], prepend=-1))
    # Runs are in the order of their rows.
    last = np.append(first[1:], len(order)) - 1
    top, bottom = rows[first], rows[last] + 1
    left, right = np.minimum.reduceat(starts, first), np.maximum.reduceat(ends, first)
    tall, wide = bottom - top, right - left
    large = np.flatnonzero(np.minimum(tall, wide) >= least)
    found = []
    for at in large[np.argsort(-(tall * wide)[large], kind="stable")[:most]].tolist():
        own = slice(first[at], last[at] + 1)
        edges = np.zeros((tall[at], wide[at] + 1), np.int8)
        edges[rows[own] - top[at], starts[own] - left[at]] = 1
        edges[rows[own] - top[at], ends[own] - left[at]] = -1
        mask = np.cumsum(edges[:, :-1], axis=1, dtype=np.int8).view(np.bool_)
        found.append(Blob(int(top[at]), int(left[at]), mask))
    return found


def _owners(
    rows: "NDArray[np.intp]", starts: "NDArray[np.intp]", ends: "NDArray[np.intp]"
) -> "NDArray[np.intp]":
    """(n,) the first of the runs that each run is joined with."""
    width = int(ends.max()) + 1
    # Places in reading order: of the row above, the first run that ends behind a run's beginning,
    # and the first that begins at its end or behind it.
    above = (rows - 1) * width
    first = np.searchsorted(rows * width + ends, above + starts, side="right")
    stop = np.searchsorted(rows * width + starts, above + ends, side="left")
    counts = np.maximum(stop - first, 0)
    lower = np.repeat(np.arange(len(rows)), counts)
    upper = np.arange(len(lower)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    owners = np.arange(len(rows))
    while True:
        one, other = owners[upper], owners[lower]
        if np.array_equal(one, other):
            return owners
        np.minimum.at(owners, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(owners, owners[owners]):
            owners = owners[owners]
