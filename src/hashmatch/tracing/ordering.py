"""Places in the order of a kind of time, as far as intervals tell one: mostly it is partial."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hashmatch.model.plain import PlainValue, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hashmatch.model.moment import Moment

Place = tuple[str, str]
"""Case and exhibit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank(PlainValue):
    """A place in an order.

    Attributes:
        case: the lab's own number.
        exhibit: of the case.
        before: how many places were certainly earlier.
        after: how many were certainly later.
        undecided: how many may have been earlier or later.
    """

    case: str
    exhibit: str
    before: int
    after: int
    undecided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOrder(PlainValue):
    """The order of places by the first time of one kind that each has.

    Attributes:
        kind: of the times; those of other kinds say nothing here.
        groups: the earliest first. Every place of a group was certainly earlier than every one of
            the next. Of the places in a group this cannot be told, but for those pairs that the
            numbers of its ranks tell.
        without: places that have no time of this kind, case and exhibit: their order is not known.
    """

    json_shape: ClassVar = Shape(computed={"total": lambda order: order.total})

    kind: str
    groups: tuple[tuple[Rank, ...], ...]
    without: tuple[Place, ...] = ()

    @property
    def total(self) -> bool:
        """Whether the order of all of them can be told."""
        return not self.without and all(len(each) == 1 for each in self.groups)


def ordered(kind: str, firsts: "Mapping[Place, Moment]", without: tuple[Place, ...]) -> SourceOrder:
    """The order of places by intervals: one is before another where it ends before that begins.

    Args:
        kind: of the times.
        firsts: the interval of the first time of each place.
        without: places that have none.
    """
    ends = sorted(each.latest for each in firsts.values())
    begins = sorted(each.earliest for each in firsts.values())
    groups: list[list[Rank]] = []
    reached = None
    for place, first in sorted(
        firsts.items(), key=lambda each: (each[1].earliest, each[1].latest, each[0])
    ):
        before = bisect_left(ends, first.earliest)
        after = len(begins) - bisect_right(begins, first.latest)
        rank = Rank(
            case=place[0],
            exhibit=place[1],
            before=before,
            after=after,
            undecided=len(firsts) - 1 - before - after,
        )
        if reached is None or reached < first.earliest:
            groups.append([])
        groups[-1].append(rank)
        reached = first.latest if reached is None else max(reached, first.latest)
    return SourceOrder(kind=kind, groups=tuple(map(tuple, groups)), without=without)
