"""Times as places on a line: long stretches in which nothing lies are cut out, and marked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

_CUT: Final = 3.0
"""Per cent of the line that stand for a stretch that was cut out."""
_EDGE: Final = 2.0
_NARROWEST: Final = 4.0
"""Per cent for a stretch that has no length."""
_CUTS: Final = 2
_EMPTY: Final = 0.4
"""Share of the line from which on a stretch without times is cut out."""
_APART: Final = 19.0
"""Per cent between the beginnings of two labels: on a narrow screen they fill that."""

_SHORTEST: Final = 3600.0
"""Seconds that a stretch has at least."""
_DAY: Final = timedelta(days=1)
_LAST: Final = 9999


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of the line without a cut."""

    first: datetime
    last: datetime
    left: float
    width: float

    @property
    def length(self) -> float:
        """Seconds; a few of them are drawn as few."""
        return max((self.last - self.first).total_seconds(), _SHORTEST)

    def place(self, at: datetime) -> float:
        own = (self.last - self.first).total_seconds()
        since = (at - self.first).total_seconds() + (self.length - own) / 2
        return self.left + min(max(since / self.length, 0.0), 1.0) * self.width


class Axis:
    """A line of time from 0 to 100 per cent."""

    def __init__(self, times: Iterable[tuple[datetime, datetime]]) -> None:
        """Lay out the line.

        Args:
            times: all intervals that are drawn on it, at least one.
        """
        covered = [*_merged(times)]
        cuts = _cuts(covered)
        ends = [0, *(at + 1 for at in cuts), len(covered)]
        parts = [covered[a:b] for a, b in pairwise(ends)]
        bounds = [(part[0][0], part[-1][1]) for part in parts]
        free = 100 - 2 * _EDGE - _CUT * len(cuts)
        lengths = [max((last - first).total_seconds(), _SHORTEST) for first, last in bounds]
        shares = [max(free * each / sum(lengths), _NARROWEST) for each in lengths]
        scale = free / sum(shares)
        left = _EDGE
        self._stretches: list[_Stretch] = []
        for (first, last), share in zip(bounds, shares, strict=True):
            self._stretches.append(_Stretch(first, last, left, share * scale))
            left += share * scale + _CUT

    def place(self, at: datetime) -> float:
        """Where a time stands, in per cent."""
        found = self._stretches[0]
        for each in self._stretches:
            if at >= each.first:
                found = each
        return found.place(at)

    @property
    def cuts(self) -> tuple[float, ...]:
        """Where stretches were cut out."""
        return tuple(each.left - _CUT / 2 for each in self._stretches[1:])

    def labels(self) -> list[tuple[float, str]]:
        """Places with the time that they stand for, far enough from each other to be read."""
        found: list[tuple[float, str]] = []
        of_each = [[*_labels(each)] for each in self._stretches]
        # Each stretch has a label before another one has two.
        for place, words in [each[0] for each in of_each] + [x for each in of_each for x in each]:
            if all(abs(place - other) >= _APART for other, _ in found):
                found.append((place, words))
        return sorted(found)


def _merged(times: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """The stretches in which something lies, the earliest first."""
    first: datetime | None = None
    last: datetime | None = None
    for begin, end in sorted(times):
        if first is None or last is None:
            first, last = begin, end
        elif begin <= last:
            last = max(last, end)
        else:
            yield first, last
            first, last = begin, end
    if first is not None and last is not None:
        yield first, last


def _cuts(covered: Sequence[tuple[datetime, datetime]]) -> list[int]:
    """The stretches behind which the line is cut, the emptiest first."""
    gaps = [(after[0] - before[1], at) for at, (before, after) in enumerate(pairwise(covered))]
    left = covered[-1][1] - covered[0][0]
    cuts: list[int] = []
    for gap, at in sorted(gaps, reverse=True)[:_CUTS]:
        if gap < left * _EMPTY:
            break
        cuts.append(at)
        left -= gap
    return sorted(cuts)


def _labels(stretch: _Stretch) -> Iterator[tuple[float, str]]:
    """Times in a stretch that are round, or its beginning where there is none."""
    most = max(int(stretch.width / _APART), 1)
    if stretch.length <= _SHORTEST:
        yield stretch.left + stretch.width / 2, _date(stretch.first)
        return
    for step, written in _STEPS:
        found = [*_round(stretch.first, stretch.last, step, most)]
        if 0 < len(found) <= most:
            yield from ((stretch.place(at), written(at)) for at in found)
            return
    yield stretch.left + stretch.width / 2, _date(stretch.first)


def _date(at: datetime) -> str:
    return f"{at.year:04}-{at.month:02}-{at.day:02}"


def _hour(at: datetime) -> str:
    return f"{at.month:02}-{at.day:02} {at.hour:02}:{at.minute:02}"


def _month_of(at: datetime) -> str:
    return f"{at.year:04}-{at.month:02}"


def _year(at: datetime) -> str:
    return f"{at.year:04}"


_STEPS: Final[Sequence[tuple[timedelta | int, Callable[[datetime], str]]]] = (
    *((timedelta(minutes=each), _hour) for each in (15, 60, 180, 360, 720)),
    *((timedelta(days=each), _date) for each in (1, 2, 7, 14)),
    *((each, _month_of) for each in (1, 2, 3, 6)),
    *((12 * each, _year) for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)),
)
"""Distances of labels, as a time or as a number of months, and how they are written."""


def _round(first: datetime, last: datetime, step: timedelta | int, most: int) -> Iterator[datetime]:
    """Round times between two; one more than the most at the end."""
    if isinstance(step, timedelta):
        midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
        at = midnight if step >= _DAY else midnight + (first - midnight) // step * step
    else:
        month = (first.year * 12 + first.month - 1) // step * step
        at = _month(month)
    count = 0
    while at <= last and count <= most:
        if at >= first:
            count += 1
            yield at
        if isinstance(step, int):
            month += step
            if month // 12 > _LAST:
                return
            at = _month(month)
        elif at > datetime.max.replace(tzinfo=UTC) - step:
            return
        else:
            at += step


def _month(number: int) -> datetime:
    return datetime(max(number // 12, 1), number % 12 + 1, 1, tzinfo=UTC)
