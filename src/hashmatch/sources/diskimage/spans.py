"""Ranges of bytes: offset and length, in order."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Span: TypeAlias = tuple[int, int]
"""Offset and length, in bytes."""


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """The same ranges, of which those that touch or overlap are one.

    >>> list(merged([(0, 4), (4, 2), (8, 1), (8, 3)]))
    [(0, 6), (8, 3)]
    """
    start = end = -1
    for offset, length in spans:
        if start < 0:
            start, end = offset, offset + length
        elif offset <= end:
            end = max(end, offset + length)
        else:
            yield start, end - start
            start, end = offset, offset + length
    if start >= 0 and end > start:
        yield start, end - start


def common(first: Iterable[Span], second: Iterable[Span]) -> Iterator[Span]:
    """What lies in ranges of both.

    >>> list(common([(0, 10), (20, 10)], [(5, 20)]))
    [(5, 5), (20, 5)]
    """
    ours, theirs = iter(first), iter(second)
    one, two = next(ours, None), next(theirs, None)
    while one is not None and two is not None:
        start = max(one[0], two[0])
        end = min(one[0] + one[1], two[0] + two[1])
        if start < end:
            yield start, end - start
        if one[0] + one[1] <= two[0] + two[1]:
            one = next(ours, None)
        else:
            two = next(theirs, None)


def within(spans: Iterable[Span], start: int, length: int, shift: int = 0) -> Iterator[Span]:
    """What of the ranges lies in one range, moved.

    Args:
        spans: in order.
        start: of the range.
        length: of the range.
        shift: is added to each offset.

    >>> list(within([(0, 10), (20, 10)], 8, 14, shift=-8))
    [(0, 2), (12, 2)]
    """
    for offset, size in spans:
        if offset >= start + length:
            return
        begin, end = max(offset, start), min(offset + size, start + length)
        if begin < end:
            yield begin + shift, end - begin


def without(start: int, length: int, spans: Iterable[Span]) -> Iterator[Span]:
    """What of one range lies in none of the others.

    >>> list(without(0, 10, [(2, 3), (8, 5)]))
    [(0, 2), (5, 3)]
    """
    at, end = start, start + length
    for offset, size in spans:
        if offset + size <= at:
            continue
        if offset >= end:
            break
        if offset > at:
            yield at, offset - at
        at = max(at, offset + size)
    if at < end:
        yield at, end - at


def of_blocks(start: int, wanted: NDArray[np.bool_], block: int) -> Iterator[Span]:
    """The ranges of the blocks that are marked.

    Args:
        start: of the first block, in bytes.
        wanted: whether each block is.
        block: its bytes.

    >>> list(of_blocks(40, np.array([True, True, False, True]), 4))
    [(40, 8), (52, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], wanted, [False])).astype(np.int8)))
    for first, last in edges.reshape(-1, 2).tolist():
        yield start + first * block, (last - first) * block
