"""Places of a grid: where several pieces of a page lie in rows and columns, a picture is in each.

A picture whose edge has the colour of the page is cut too small, or is joined with its neighbour or
with the words below it; those beside and above it tell where its place begins and ends.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise, product
from typing import Final, NamedTuple

from hashmatch.hashing.cutting import Rectangle

_FEWEST: Final = 3
"""Pieces that begin and end at the same lines, at least, to make a row or a column."""

_NEAR: Final = 1
"""Pixels by which pieces of one row or column differ."""

_MOST: Final = 64
"""Places of one page."""

_OVERLAP: Final = 0.4
"""The share that two spans have in common, at least, of which one may stand for the other."""

_ALIGNED: Final = 48
"""Pieces of one page that are put where others lie, at most; as many between their neighbours."""

Span = tuple[int, int]
"""The first line of something, and the one behind its last."""


def places(pieces: Sequence[Rectangle], shape: tuple[int, int]) -> list[Rectangle]:
    """Each place of the grid that these pieces make, if they make one; else none.

    Args:
        pieces: of a page.
        shape: its rows and columns.
    """
    rows, columns = (_shared(spans) for spans in _spans(pieces))
    if len(rows) < 2 or len(columns) < 2:  # noqa: PLR2004 (one makes no grid)
        return []
    # Where no picture tells of a row or column, a grid of even steps goes on all the same.
    even = _crossed(_even(rows, shape[0]), _even(columns, shape[1]))
    found = even if len(even) <= _MOST else _crossed(rows, columns)
    return found if len(found) <= _MOST else []


def aligned(pieces: Sequence[Rectangle], shape: tuple[int, int]) -> list[Rectangle]:
    """Pieces with their sides where several others of the same row or column have theirs.

    In lists of cards and uneven grids there are rows and columns without a grid. Where pictures of
    all shapes lie in the middle of squares, those that are upright are as tall as others are wide.

    Args:
        pieces: of a page.
        shape: its rows and columns.
    """
    down, across = _spans(pieces)
    rows, columns = _lanes(down, across, shape[0]), _lanes(across, down, shape[1])
    placed = [(each, (each.top, each.bottom), (each.left, each.right)) for each in pieces]
    told = {each for each, row, column in placed if rows.tell(row) and columns.tell(column)}
    # What holds several of those is no picture.
    pictures = [each for each in told if sum(_lies_in(other, each) for other in told) == 1]
    found = (
        _crossing(*place)
        for each, row, column in placed
        if not any(_lies_in(each, other) for other in pictures)
        for place in product(rows.like(row), columns.like(column))
    )
    return _others(found, pieces)


class _Lanes(NamedTuple):
    """Rows or columns.

    Attributes:
        common: those that several pieces have.
        squares: those as long as the lanes across them are, around the middle of several pieces.
    """

    common: list[Span]
    squares: list[Span]

    def tell(self, own: Span) -> bool:
        """Whether others show that a picture lies there."""
        return any(_are_near(own, other) for other in self.common) or any(
            abs(sum(own) - sum(other)) <= 2 * _NEAR and own[0] >= other[0] for other in self.squares
        )

    def like(self, own: Span) -> list[Span]:
        """Where a picture may lie of which a piece has this span; where that does comes last."""
        squares = [other for other in self.squares if _may_be(own, other)]
        return [*squares, *[other for other in self.common if _may_be(own, other)][:1], own]


def _lanes(along: Sequence[Span], across: Sequence[Span], length: int) -> _Lanes:
    """Lanes along an axis of this length, by where pieces lie along it and across it."""
    common, others = _different(_common(along)), _different(_common(across))
    if not others or (common and _length(common[0]) > _length(others[0])):
        return _Lanes(common, [])
    size = _length(others[0])
    around = (
        ((sum(own) - size) // 2, (sum(own) + size) // 2)
        for own, lane in zip(along, across, strict=True)
        if any(_are_near(lane, other) for other in others)
    )
    inside = (each for each in around if each[0] >= 0 and each[1] <= length)
    return _Lanes(common, _different(_common(inside)))


def between(pieces: Sequence[Rectangle]) -> list[Rectangle]:
    """Pieces that reach to their neighbours in a row or column, but for the usual gap.

    In columns of pictures of all heights, and in rows of all widths, nothing else tells where a
    picture ends that has the colour of the page there.
    """
    rows, columns = _spans(pieces)
    found = [_crossing(row, column) for row, column in _reaching(rows, columns)]
    found += [_crossing(row, column) for column, row in _reaching(columns, rows)]
    return _others(found, pieces)


def _reaching(along: Sequence[Span], lanes: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Where pieces of each lane that several share may begin and end along it, and the lane."""
    shared = [
        (lane, [own for own, other in zip(along, lanes, strict=True) if _are_near(lane, other)])
        for lane in _different(_common(lanes))
    ]
    gaps = Counter(
        after[0] - before[1] for _, members in shared for before, after in _beside(members)
    )
    if not gaps:
        return []
    gap, times = gaps.most_common(1)[0]
    if times < _FEWEST:
        return []
    return [
        (reached, lane)
        for lane, members in shared
        for reached in (_reached(own, members, gap) for own in members)
    ]


def _beside(members: Sequence[Span]) -> Iterator[tuple[Span, Span]]:
    """Each of a lane with the next behind it."""
    for each in members:
        after = [other for other in members if other[0] >= each[1]]
        if after:
            yield each, min(after)


def _reached(own: Span, members: Sequence[Span], gap: int) -> Span:
    """One of a lane, from the end of the one before it to the beginning of the one behind it."""
    middle = (own[0] + own[1]) / 2
    outer = [each for each in members if not (own[0] <= each[0] and each[1] <= own[1])]
    start = max((end for _, end in outer if end <= middle), default=None)
    end = min((start for start, _ in outer if start >= middle), default=None)
    first = min(start for start, _ in members)
    return first if start is None else start + gap, own[1] if end is None else end - gap


def _spans(pieces: Sequence[Rectangle]) -> tuple[list[Span], list[Span]]:
    """The rows and the columns of each."""
    return (
        [(each.top, each.bottom) for each in pieces],
        [(each.left, each.right) for each in pieces],
    )


def _crossing(row: Span, column: Span) -> Rectangle:
    return Rectangle(*row, *column)


def _crossed(rows: Sequence[Span], columns: Sequence[Span]) -> list[Rectangle]:
    """The place of each row in each column."""
    return [_crossing(*each) for each in product(rows, columns)]


def _others(found: Iterable[Rectangle], pieces: Sequence[Rectangle]) -> list[Rectangle]:
    """The first of what is found that no piece is."""
    known = set(pieces)
    return list(islice(dict.fromkeys(each for each in found if each not in known), _ALIGNED))


def _even(spans: Sequence[Span], length: int) -> list[Span]:
    """These and those that are missing, where all are as long and lie in even steps; else these."""
    size, starts = _length(spans[0]), [start for start, _ in spans]
    least = min(after - before for before, after in pairwise(starts))
    numbers = [round((start - starts[0]) / least) for start in starts]
    step = (starts[-1] - starts[0]) / numbers[-1]
    reach = range(-int(starts[0] / step), int((length - size - starts[0]) / step) + 1)
    even = {at: round(starts[0] + at * step) for at in reach}
    if any(
        abs(even.get(at, start) - start) > 2 * _NEAR or abs(end - start - size) > 2 * _NEAR
        for at, (start, end) in zip(numbers, spans, strict=True)
    ):
        return list(spans)
    missing = {at: (start, start + size) for at, start in even.items()}
    return sorted((missing | dict(zip(numbers, spans, strict=True))).values())


def _length(span: Span) -> int:
    return span[1] - span[0]


def _lies_in(one: Rectangle, other: Rectangle) -> bool:
    return (
        other.top <= one.top
        and one.bottom <= other.bottom
        and other.left <= one.left
        and one.right <= other.right
    )


def _common(spans: Iterable[Span]) -> list[Span]:
    """Spans that several have, the most common first."""
    counted = Counter(spans)
    return [
        span
        for span, _ in counted.most_common()
        if sum(of for other, of in counted.items() if _are_near(span, other)) >= _FEWEST
    ]


def _different(spans: Iterable[Span]) -> list[Span]:
    """The first of those that are nearly the same."""
    found: list[Span] = []
    for span in spans:
        if not any(_are_near(span, other) for other in found):
            found.append(span)
    return found


def _may_be(span: Span, other: Span) -> bool:
    """Whether two spans have enough in common that one may stand for the other."""
    both = min(span[1], other[1]) - max(span[0], other[0])
    return both > _OVERLAP * (max(span[1], other[1]) - min(span[0], other[0]))


def _shared(spans: Iterable[Span]) -> list[Span]:
    """Spans that several have, none of which lies over another one."""
    found: list[Span] = []
    for span in _common(spans):
        if not any(span[0] < end and start < span[1] for start, end in found):
            found.append(span)
    return sorted(found)


def _are_near(one: Span, other: Span) -> bool:
    return abs(one[0] - other[0]) <= _NEAR and abs(one[1] - other[1]) <= _NEAR
