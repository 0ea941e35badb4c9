"""Places of a grid: where several pieces of a page lie in rows and columns, a picture is in each.

A picture whose edge has the colour of the page is cut too small, or is joined with its neighbour;
those beside and above it tell where its place begins and ends.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from hashmatch.hashing.cutting import Rectangle

_FEWEST: Final = 3
"""Pieces that begin and end at the same lines, at least, to make a row or a column."""

_NEAR: Final = 1
"""Pixels by which pieces of one row or column differ."""

_MOST: Final = 64
"""Places of one page."""

_OVERLAP: Final = 0.4
"""The share that two spans have in common, at least, of which one may stand for the other."""

_ALIGNED: Final = 24
"""Pieces of one page that are put where others lie, at most."""


def places(pieces: Sequence[Rectangle]) -> list[Rectangle]:
    """Each place of the grid that these pieces make, if they make one; else none."""
    columns = _shared((each.left, each.right) for each in pieces)
    rows = _shared((each.top, each.bottom) for each in pieces)
    found = [Rectangle(*row, *column) for row in rows for column in columns]
    return found if len(rows) > 1 and len(columns) > 1 and len(found) <= _MOST else []


def aligned(pieces: Sequence[Rectangle]) -> list[Rectangle]:
    """Pieces with their sides where several others of the same row or column have theirs.

    In lists of cards and uneven grids there are rows and columns without a grid.
    """
    rows = _different(_common((each.top, each.bottom) for each in pieces))
    columns = _different(_common((each.left, each.right) for each in pieces))
    found: dict[Rectangle, None] = {}
    for each in pieces:
        row, column = (each.top, each.bottom), (each.left, each.right)
        other = Rectangle(*_usual(row, rows), *_usual(column, columns))
        if other != each:
            found[other] = None
    return list(found)[:_ALIGNED]


def _common(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that several have, the most common first."""
    counted = Counter(spans)
    return [
        span
        for span, _ in counted.most_common()
        if sum(of for other, of in counted.items() if _are_near(span, other)) >= _FEWEST
    ]


def _different(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The first of those that are nearly the same."""
    found: list[tuple[int, int]] = []
    for span in spans:
        if not any(_are_near(span, other) for other in found):
            found.append(span)
    return found


def _usual(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The most common of the spans that have enough in common with one; itself if it is common."""
    if any(_are_near(span, other) for other in others):
        return span
    for other in others:
        both = min(span[1], other[1]) - max(span[0], other[0])
        if both > _OVERLAP * (max(span[1], other[1]) - min(span[0], other[0])):
            return other
    return span


def _shared(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that several have, none of which lies over another one."""
    found: list[tuple[int, int]] = []
    for span in _common(spans):
        if not any(span[0] < end and start < span[1] for start, end in found):
            found.append(span)
    return sorted(found)


def _are_near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(one[0] - other[0]) <= _NEAR and abs(one[1] - other[1]) <= _NEAR
