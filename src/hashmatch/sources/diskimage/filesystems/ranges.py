"""Ranges of a volume that belong to files, and those between them."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def union(ranges: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Begins and ends of ranges, in order; what touches or overlaps is one.

    Args:
        ranges: offset and length of each.

    Returns:
        As many rows as ranges are left, of two columns.
    """
    if not ranges:
        return np.empty((0, 2), np.int64)
    both = np.array(sorted(ranges), np.int64)
    starts, ends = both[:, 0], np.maximum.accumulate(both[:, 0] + both[:, 1])
    is_first = np.concatenate(([True], starts[1:] > ends[:-1]))
    lasts = np.concatenate((np.flatnonzero(is_first)[1:] - 1, [len(starts) - 1]))
    return np.stack((starts[is_first], ends[lasts]), axis=1)


def overlap(owned: NDArray[np.int64], runs: tuple[tuple[int, int], ...]) -> bool:
    """Whether any of the runs (offset and length) has a byte in one of these ranges."""
    for offset, length in runs:
        at = int(np.searchsorted(owned[:, 1], offset, side="right"))
        if at < len(owned) and owned[at, 0] < offset + length:
            return True
    return False


def gaps(owned: NDArray[np.int64], size: int) -> Iterator[tuple[int, int]]:
    """Offset and length of what lies between these ranges, up to the size of the volume."""
    place = 0
    for start, end in owned.tolist():
        if start > place:
            yield place, start - place
        place = max(place, end)
    if place < size:
        yield place, size - place
