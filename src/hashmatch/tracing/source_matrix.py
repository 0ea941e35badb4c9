"""Exhibits beside each other: how many links each two of them have, and the rarest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, overload

import numpy as np

from hashmatch.model.handling import strictest
from hashmatch.model.identifier import Grade
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.tracing.judging import Audience
from hashmatch.tracing.links import Links, Placed, Question, links
from hashmatch.tracing.places import Places
from hashmatch.tracing.statistics import Asked
from hashmatch.tracing.values import LinkKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.sightings.database import Database

MOST: Final = 500
"""Exhibits that a matrix has at most by default: a table of more is read by nobody."""

_KINDS: Final = tuple(LinkKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixSource(PlainValue):
    """An exhibit of a matrix.

    Attributes:
        case: the lab's own number.
        exhibit: of the case.
        group: those that are linked by whatever many steps have one number, from 1.
        linked: with how many of the exhibits of the matrix it has a link.
        links: how many links these are; one between several counts once.
        handling: how far it may be passed on: the mark of case, exhibit and imports.
    """

    case: str
    exhibit: str
    group: int
    linked: int
    links: int
    handling: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell(PlainValue):
    """What two exhibits have in common.

    Attributes:
        row: the place of one among the sources of the matrix, from 0.
        column: that of the other, which is larger.
        counts: how many links, by kind.
        kind: of the rarest: strong ones before weak ones, of these the one in fewest exhibits.
        key: of the rarest.
        grade: of the rarest.
        exhibits: in how many of all exhibits the rarest is.
    """

    json_shape: ClassVar = Shape(first={"record": "cell"})

    row: int
    column: int
    counts: Mapping[str, int] = field(default_factory=dict)
    kind: LinkKind
    key: str
    grade: Grade
    exhibits: int

    @property
    def links(self) -> int:
        """How many links of all kinds."""
        return sum(self.counts.values())


class Cells(Sequence[Cell]):
    """The cells that hold something, those with the rarest links first; made when they are read."""

    def __init__(
        self,
        pairs: "NDArray[np.int64]",
        counts: "NDArray[np.int32]",
        rarest: "NDArray[np.int32]",
        placed: Sequence[Placed],
    ) -> None:
        """Hold what was counted; `matrix` makes it.

        Args:
            pairs: (n, 2) rows and columns.
            counts: (kinds, sources, sources) numbers of links.
            rarest: (sources, sources) the place of the rarest link in `placed`.
            placed: the links, the rarest first.
        """
        self._pairs = pairs
        self._counts = counts
        self._rarest = rarest
        self._placed = placed

    def __len__(self) -> int:
        return len(self._pairs)

    @overload
    def __getitem__(self, at: int, /) -> Cell: ...
    @overload
    def __getitem__(self, at: slice, /) -> "Cells": ...
    def __getitem__(self, at: int | slice, /) -> "Cell | Cells":
        if isinstance(at, slice):
            return Cells(self._pairs[at], self._counts, self._rarest, self._placed)
        row, column = self._pairs[at].tolist()
        link = self._placed[self._rarest[row, column]]
        told = zip(_KINDS, self._counts[:, row, column].tolist(), strict=True)
        return Cell(
            row=row,
            column=column,
            counts={kind.value: count for kind, count in told if count},
            kind=link.kind,
            key=link.key,
            grade=link.grade,
            exhibits=link.exhibits,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(PlainValue):
    """Exhibits with what each two of them have in common.

    Attributes:
        sources: exhibits that have a link with another one, those of a group beside each other.
        cells: pairs with links; not in the JSON of this value, as there may be many.
        of: how many exhibits there are.
        links: how many links the cells are made of.
        left_out: exhibits that have links and are not shown, case and exhibit: they have the least
            of rare ones.
        pointers: cases that have links and of which nothing else is told.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "matrix"}, omitted=("cells",))

    sources: tuple[MatrixSource, ...]
    cells: Cells
    of: int
    links: int
    left_out: tuple[tuple[str, str], ...] = ()
    pointers: tuple[Asked, ...] = ()
    handling: tuple[str, ...] = ()


def matrix(database: "Database", question: Question | None = None, *, most: int = MOST) -> Matrix:
    """What each two exhibits have in common, by the links between them.

    Args:
        database: the record.
        question: which links; all that make one by default.
        most: exhibits that are shown.
    """
    asked = question or Question()
    with database.snapshot():
        places = Places.of(database)
        found = links(database, asked)
        placed = [*_linking(found, every=asked.every)]
        audience = Audience(places, asked.case, protected=asked.protected)
        return _Made(places, audience, placed, most).matrix(places.searched(asked.case))


def _linking(found: Links, *, every: bool) -> Iterator[Placed]:
    """The links that count, of which something is shown."""
    for at in range(len(found) if every else found.linking):
        yield found.placed(at)


class _Made:
    """A matrix in the making."""

    def __init__(
        self, places: Places, audience: Audience, placed: Sequence[Placed], most: int
    ) -> None:
        self._places = places
        self._audience = audience
        self._placed = [each for each in placed if len(each.shown) > 1]
        self._pointed = {number for each in placed for number in each.pointers}
        weights: dict[int, float] = {}
        for each in self._placed:
            for number in each.shown:
                weights[number] = weights.get(number, 0) + _weight(each)
        # By their names where they weigh the same, in whatever order they were recorded.
        ranked = sorted(weights, key=lambda number: (-weights[number], self._place(number)))
        self._numbers = sorted(ranked[:most], key=self._place)
        self._left_out = sorted(ranked[most:], key=self._place)
        count = len(self._numbers)
        self._counts = np.zeros((len(_KINDS), count, count), np.int32)
        self._rarest = np.full((count, count), -1, np.int32)
        self._strength = np.zeros((count, count))
        self._own = np.zeros(count, np.int64)

    def matrix(self, of: int) -> Matrix:
        """The matrix of so many exhibits in all."""
        used = self._count()
        order, groups = _arranged(self._strength)
        both = np.ix_(order, order)
        counts, rarest = self._counts[:, both[0], both[1]], self._rarest[both]
        pairs = np.argwhere(np.triu(rarest >= 0, 1))
        pairs = pairs[np.argsort(rarest[pairs[:, 0], pairs[:, 1]], kind="stable")]
        totals = counts.sum(axis=0)
        sources = tuple(
            self._source(number, groups[at], totals[at]) for at, number in enumerate(order.tolist())
        )
        return Matrix(
            sources=sources,
            cells=Cells(pairs, counts, rarest, self._placed),
            of=of,
            links=used,
            left_out=tuple(map(self._place, self._left_out)),
            pointers=self._pointers(),
            handling=self._handling(sources),
        )

    def _count(self) -> int:
        """Count the links of each pair; how many links there are between those that are shown."""
        place_of = {number: at for at, number in enumerate(self._numbers)}
        used = 0
        for number, each in enumerate(self._placed):
            at = sorted(place_of[one] for one in each.shown if one in place_of)
            if len(at) < 2:  # noqa: PLR2004 (a pair)
                continue
            used += 1
            both = np.ix_(at, at)
            self._counts[_KINDS.index(each.kind)][both] += 1
            first = self._rarest[both]
            self._rarest[both] = np.where(first < 0, number, first)
            self._strength[both] += _weight(each)
            self._own[at] += 1
        for table in (*self._counts, self._strength):
            np.fill_diagonal(table, 0)
        np.fill_diagonal(self._rarest, -1)
        return used

    def _place(self, number: int) -> tuple[str, str]:
        exhibit = self._places.exhibits[number]
        return exhibit.case, exhibit.label

    def _source(self, number: int, group: int, totals: "NDArray[np.int32]") -> MatrixSource:
        case, exhibit = self._place(self._numbers[number])
        return MatrixSource(
            case=case,
            exhibit=exhibit,
            group=group,
            linked=int(np.count_nonzero(totals)),
            links=int(self._own[number]),
            handling=self._audience.marks_of(self._numbers[number]),
        )

    def _pointers(self) -> tuple[Asked, ...]:
        cases = dict.fromkeys(self._place(number)[0] for number in sorted(self._pointed))
        return tuple(
            Asked(
                case=case,
                contact=self._places.contacts.get(case, ""),
                handling=self._places.marks.of_place(case),
            )
            for case in cases
        )

    def _handling(self, sources: Sequence[MatrixSource]) -> tuple[str, ...]:
        marks = {mark for each in sources for mark in each.handling}
        for name, mark in self._places.marks.lists.items():
            if any(each.key.startswith(f"entry:{name}/") for each in self._placed):
                marks.add(mark)
        return strictest(marks)


def _weight(link: Placed) -> float:
    """How much a link says of two exhibits: what few have says more, and a weak one a tenth."""
    return (1.0 if link.grade is Grade.STRONG else 0.1) / max(link.exhibits - 1, 1)


def _arranged(strength: "NDArray[np.float64]") -> tuple["NDArray[np.int64]", list[int]]:
    """The order in which strongly linked exhibits stand together, and the group of each.

    The next one is that with the strongest link to one that stands there already: a group whose
    links are stronger than those to others comes to its end before another one begins. Without a
    link a new group begins, with the exhibit that has the strongest one left.
    """
    count = len(strength)
    order: list[int] = []
    groups: list[int] = []
    strongest = strength.max(axis=1, initial=0)
    waiting = np.ones(count, bool)
    reached = np.zeros(count)
    for _ in range(count):
        linked = waiting & (reached > 0)
        if linked.any():
            number = int(np.argmax(np.where(linked, reached, -1)))
            groups.append(groups[-1])
        else:
            number = int(np.argmax(np.where(waiting, strongest, -1)))
            groups.append(groups[-1] + 1 if groups else 1)
        order.append(number)
        waiting[number] = False
        reached = np.maximum(reached, strength[number])
    return np.array(order, np.int64), groups
