"""Things that lie apart from each other on a ground, each as a mask of its own."""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

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
    padded = np.zeros((away.shape[0], away.shape[1] + 2), np.int8)
    padded[:, 1:-1] = away
    steps = np.diff(padded, axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    if len(rows) > _RUNS:
        return []
    owners = _owners(rows.tolist(), starts.tolist(), ends.tolist())
    found = []
    for owner in np.unique(owners).tolist():
        own = owners == owner
        top, bottom = int(rows[own].min()), int(rows[own].max()) + 1
        left, right = int(starts[own].min()), int(ends[own].max())
        if min(bottom - top, right - left) >= least:
            mask = np.zeros((bottom - top, right - left), np.bool_)
            for row, start, end in zip(rows[own], starts[own], ends[own], strict=True):
                mask[row - top, start - left : end - left] = True
            found.append(Blob(top, left, mask))
    return sorted(found, key=lambda blob: -blob.mask.size)[:most]


def _owners(rows: list[int], starts: list[int], ends: list[int]) -> "NDArray[np.intp]":
    """(n,) the first of the runs that each run is joined with."""
    parents = list(range(len(rows)))

    def first(run: int) -> int:
        while parents[run] != run:
            parents[run] = parents[parents[run]]
            run = parents[run]
        return run

    above = 0
    for run, row in enumerate(rows):
        # Runs of the row above that end before this one begins touch no later one either.
        while above < run and (
            rows[above] < row - 1 or (rows[above] == row - 1 and ends[above] <= starts[run])
        ):
            above += 1
        other = above
        while other < run and rows[other] == row - 1 and starts[other] < ends[run]:
            one, two = first(other), first(run)
            parents[max(one, two)] = min(one, two)
            other += 1
    return np.array([first(run) for run in range(len(rows))], np.intp)
