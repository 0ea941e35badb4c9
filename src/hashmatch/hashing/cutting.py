"""Rectangles of a page that may be pictures: what lies between lines of one colour.

Pages, chats, grids of pictures, captions and borders have lines of one colour between what they
show. A page is trimmed and cut at them again and again (a recursive XY-cut); what cannot be cut any
further may be a picture, and so may what was cut, as pictures have lines of one colour too.
"""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.hashers.compiled import calls
from hashmatch.hashing import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]
    Flags = NDArray[np.bool_]

LEVELS: Final = 18
_SHARE: Final = 0.97
"""A line has one colour if this share of it is within so many levels of its median, as measured on
borders of screenshots, letterboxed and framed copies."""

_ENDS: Final = 0.06
"""The share of a line, at both ends, that may be anything: what has round corners, or a bar beside
it, is cut all the same."""

_NARROW: Final = 0.5
"""Gaps that are narrower than this share of the widest are cut later."""

_SAMPLES: Final = 12
_FEW: Final = 0.75
"""A line is looked at whole if of so many of its pixels this share has one colour. Of a line of
which 97 % has, hardly one in 10,000 is missed by it."""

_SHARES: Final = np.array((_ENDS, _FEW, _SHARE, _NARROW))

_BORDERS: Final = 4
"""Borders around each other that are taken off, and one more that is told apart from none."""

_DEPTH: Final = 12
_MOST_PIXELS: Final = 12
"""How often every pixel of a page may be looked at, on average: no page takes longer."""


class Rectangle(NamedTuple):
    """A part of a picture, in pixels."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def area(self) -> int:
        """Pixels."""
        return self.height * self.width


class Piece(NamedTuple):
    """What a cut left.

    Attributes:
        where: it is.
        is_leaf: whether it could not be cut any further.
        is_page: whether it has a border, or is cut at lines, of the colour that lies around it: it
            rather holds pictures than is one.
    """

    where: Rectangle
    is_leaf: bool
    is_page: bool


class _Lines(NamedTuple):
    """Lines of one direction.

    Attributes:
        plain: (n,) bool, whether each has one colour.
        levels: (n,) int16, the median of each that has.
    """

    plain: "Flags"
    levels: "NDArray[np.int16]"

    def reversed(self) -> "_Lines":
        """The same, the last line first."""
        return _Lines(self.plain[::-1], self.levels[::-1])


def pieces(luma: "Luma", least: int, most: int = 1024) -> list[Piece]:
    """What a page is cut into, the page itself first; the larger before the smaller.

    Args:
        luma: (rows, columns) uint8.
        least: the smallest side of a piece, in pixels.
        most: how many pieces.
    """
    if not calls():
        return list(islice(_pieces(luma, least), most))
    if not luma.size:
        return []
    how = np.array((_SAMPLES, LEVELS, _BORDERS, _DEPTH, _MOST_PIXELS, least))
    return [
        Piece(Rectangle(*where), bool(is_leaf), bool(is_page))
        for *where, is_leaf, is_page in compiled.pieces(luma, how, _SHARES, most).tolist()
    ]


def _pieces(luma: "Luma", least: int) -> Iterator[Piece]:
    rows, columns = luma.shape
    left = rows * columns * _MOST_PIXELS
    waiting = [_Waiting(Rectangle(0, rows, 0, columns))]
    while waiting and left > 0:
        page, depth, ground, kept = waiting.pop(0)
        cut = otherwise = _Cut([], ground)
        for where, down, across, border in _peeled(luma, page):
            left -= where.area
            if min(where.height, where.width) < least or left < 0:
                break
            if depth < _DEPTH:
                cut = _cut(where, _gaps(down), _gaps(across), kept)
            if not (depth or otherwise.parts):
                otherwise = _cut_otherwise(where, down, across, cut.level if cut.parts else border)
            is_page = _goes_on(border, ground) or (bool(cut.parts) and _goes_on(cut.level, ground))
            yield Piece(where, not cut.parts, is_page)
            ground = ground if border is None else border
        for parts, level in (cut, otherwise):
            again = level if parts is otherwise.parts else kept
            large = [part for part in parts if min(part.height, part.width) >= least]
            waiting += [_Waiting(part, depth + 1, level, again) for part in large]


class _Waiting(NamedTuple):
    """A rectangle that is to be cut.

    Attributes:
        where: it is.
        depth: how many cuts led to it.
        ground: the level of what lies around it, if that is known.
        kept: the level that it is cut at where it can be; None where that of most lines is.
    """

    where: Rectangle
    depth: int = 0
    ground: int | None = None
    kept: int | None = None


class _Cut(NamedTuple):
    """The parts between lines of one colour, and its level; none where it could not be cut."""

    parts: list[Rectangle]
    level: int | None


def _goes_on(level: int | None, ground: int | None) -> bool:
    """Whether there is a level, and it is that of the ground, if that is known."""
    return level is not None and (ground is None or abs(level - ground) <= LEVELS)


class _Peeled(NamedTuple):
    """A rectangle, its lines, and the level of the border that is taken off next, if any is."""

    where: Rectangle
    down: _Lines
    across: _Lines
    border: int | None


def _peeled(luma: "Luma", where: Rectangle) -> Iterator[_Peeled]:
    """A rectangle, then what lies within its border; four borders at most."""
    for _ in range(_BORDERS):
        inner = luma[where.top : where.bottom, where.left : where.right]
        if min(inner.shape) < _SAMPLES:
            return
        down, across = _lines_of(inner), _lines_of(inner.T)
        ends = (down, down.reversed(), across, across.reversed())
        top, bottom, left, right = taken = [_border(each) for each in ends]
        widest = int(np.argmax(taken))
        border = int(ends[widest].levels[0]) if taken[widest] else None
        yield _Peeled(where, down, across, border)
        if border is None:
            return
        where = Rectangle(
            where.top + top, where.bottom - bottom, where.left + left, where.right - right
        )


def _border(lines: _Lines) -> int:
    """How many lines at the beginning have the colour of the first one."""
    if not lines.plain[0]:
        return 0
    same = lines.plain & (np.abs(lines.levels - lines.levels[0]) <= LEVELS)
    other = np.flatnonzero(~same)
    return int(other[0]) if len(other) else len(same)


def _lines_of(luma: "Luma") -> _Lines:
    """Which rows have one colour, but for their ends, and which."""
    margin = int(luma.shape[1] * _ENDS)
    inner = luma[:, margin : luma.shape[1] - margin]
    step = max(1, inner.shape[1] // _SAMPLES)
    samples = inner[:, step // 2 :: step]
    # A few pixels tell most lines of photographs.
    plain = share_of(_close(samples, _middle(samples))) >= _FEW
    levels = np.zeros(len(luma), np.int16)
    where = np.flatnonzero(plain)
    if len(where):
        some = inner[where]
        middle = _middle(some[:, step // 4 :: max(1, step // 4)])
        plain[where] = share_of(_close(some, middle)) >= _SHARE
        levels[where] = middle[:, 0]
    return _Lines(plain, levels)


def share_of(flags: "Flags") -> "NDArray[np.float64]":
    """(rows,) float64: the share of each row that is true."""
    counts = np.bitwise_count(np.packbits(flags, axis=1)).sum(axis=1, dtype=np.uint32)
    return np.asarray(counts / flags.shape[1])


def _middle(samples: "Luma") -> "Luma":
    """(rows, 1): the median of each row."""
    at = samples.shape[1] // 2
    return np.asarray(np.partition(samples, at, axis=1)[:, at, None])


def _close(luma: "Luma", levels: "Luma") -> "Flags":
    close: Flags = (np.maximum(luma, levels) - np.minimum(luma, levels)) <= LEVELS
    return close


def _cut(where: Rectangle, down: "list[_Gap]", across: "list[_Gap]", kept: int | None) -> _Cut:
    """What is left between gaps, along the axis that has the widest."""
    rows, columns = _ground(down, kept), _ground(across, kept)
    if _widest(rows) >= _widest(columns):
        gaps = rows
        parts = [
            Rectangle(where.top + start, where.top + end, where.left, where.right)
            for start, end in _between(rows, where.height)
        ]
    else:
        gaps = columns
        parts = [
            Rectangle(where.top, where.bottom, where.left + start, where.left + end)
            for start, end in _between(columns, where.width)
        ]
    return _Cut(parts, gaps[0].level) if len(parts) > 1 else _Cut([], None)


def _cut_otherwise(where: Rectangle, down: _Lines, across: _Lines, level: int | None) -> _Cut:
    """What is left between gaps of another colour than this level, and than what is beside them.

    A picture of something on a plain ground has more lines of one colour than lie between pictures.
    """
    rows, columns = (
        [
            gap
            for run in _runs(lines.plain)
            for gap in _stretches(lines.levels, *run)
            if _is_between(gap, lines, level)
        ]
        for lines in (down, across)
    )
    return _cut(where, rows, columns, None)


def _is_between(gap: "_Gap", lines: _Lines, level: int | None) -> bool:
    """Whether a gap has another colour than this level, and than what lies on both sides of it."""
    beside = gap.start - 1, gap.end
    return (
        (level is None or abs(gap.level - level) > LEVELS)
        and beside[0] >= 0
        and beside[1] < len(lines.plain)
        and all(
            not lines.plain[at] or abs(int(lines.levels[at]) - gap.level) > 2 * LEVELS
            for at in beside
        )
    )


class _Gap(NamedTuple):
    """Lines of one colour beside each other: the first, the one behind the last, their level."""

    start: int
    end: int
    level: int


def _widest(gaps: list[_Gap]) -> int:
    return max((gap.end - gap.start for gap in gaps), default=0)


def _ground(gaps: list[_Gap], kept: int | None) -> list[_Gap]:
    """The gaps that have the colour of most: the ground of a page; those of another are cut later.

    So a picture that has a plain stripe of its own is a piece first, before it is cut at it. Where
    there are gaps of a level that is kept, those are the ground.
    """
    best = [] if kept is None else [gap for gap in gaps if abs(gap.level - kept) <= LEVELS]
    for gap in () if best else gaps:
        if abs(gap.level - (best[0].level if best else -2 * LEVELS)) > LEVELS:
            alike = [each for each in gaps if abs(each.level - gap.level) <= LEVELS]
            if (len(alike), _widest(alike)) > (len(best), _widest(best)):
                best = alike
    # Of a ground the wide gaps are between what belongs together.
    least = _NARROW * _widest(best)
    return [gap for gap in best if gap.end - gap.start >= least]


def _gaps(lines: _Lines) -> list[_Gap]:
    """Runs of lines of one colour, the same in all of a run; one line is enough for a gap.

    Of lines beside each other the most that are alike are the gap: the others may be the sky of a
    picture, or the ground of what lies around it.
    """
    return [
        max(_stretches(lines.levels, *run), key=lambda gap: gap.end - gap.start)
        for run in _runs(lines.plain)
    ]


def _runs(plain: "Flags") -> list[tuple[int, int]]:
    """Lines beside each other that have one colour each: the first, and the one behind the last."""
    if not plain.any():
        return []
    steps = np.diff(np.concatenate(([0], plain.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist()
    return list(zip(starts, ends, strict=True))


def _stretches(levels: "NDArray[np.int16]", start: int, end: int) -> Iterator[_Gap]:
    """The stretches of a run whose lines have the colour of their first."""
    while start < end:
        far = np.flatnonzero(np.abs(levels[start:end] - levels[start]) > LEVELS)
        stop = start + int(far[0]) if len(far) else end
        yield _Gap(start, stop, int(levels[start]))
        start = stop


def _between(gaps: list[_Gap], length: int) -> list[tuple[int, int]]:
    """What lies between gaps."""
    starts = [0, *(gap.end for gap in gaps)]
    ends = [*(gap.start for gap in gaps), length]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]
