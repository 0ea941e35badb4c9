"""What a report of circulation shows, as values: bounded, with what is left out counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from hashmatch.model.plain import PlainValue, Shape
from hashmatch.tracing.lanes import Lane, Span
from hashmatch.tracing.lineage import Candidate, Copy, Descent
from hashmatch.tracing.marks import Mark
from hashmatch.tracing.ordering import SourceOrder
from hashmatch.tracing.source_matrix import Cell, MatrixSource
from hashmatch.tracing.statistics import Asked, Statistics
from hashmatch.tracing.values import CoveredSource, Link, LinkKind, Occurrence

MATERIAL: Final = frozenset({LinkKind.ENTRY, LinkKind.CLUSTER})
MADE_BY: Final = frozenset({LinkKind.CAMERA, LinkKind.LENS, LinkKind.EXPOSURE})
"""Kinds of links that a report shows together; identifiers stand apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a report shows; of what is more it shows the first, and how many others there are.

    Attributes:
        links: of each kind.
        drawn: things whose times are drawn.
        sightings: of a thing whose times are read for it.
        marks: times of a thing that are drawn one by one; of more, the first and last are.
        lanes: exhibits of a thing.
        lineages: things whose copies are compared.
        copies: of one thing, the likeliest to be nearest to the source first.
        sources: exhibits that are set beside each other.
        coverage: exhibits, those with gaps first.
    """

    links: int = 60
    drawn: int = 16
    sightings: int = 20_000
    marks: int = 400
    lanes: int = 12
    lineages: int = 8
    copies: int = 16
    sources: int = 96
    coverage: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCount(PlainValue):
    """How many links there are of one kind.

    Attributes:
        kind: of the links.
        links: how many there are.
        known: of them, those that a hash list has.
        weak: of them, those that say little.
        shown: of them, those that the report shows, the first in their order.
        fewest: exhibits of the rarest; 0 if there is none.
    """

    json_shape: ClassVar = Shape(computed={"left_out": lambda count: count.left_out})

    kind: LinkKind
    links: int = 0
    known: int = 0
    weak: int = 0
    shown: int = 0
    fewest: int = 0

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.links - self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(PlainValue):
    """A thing whose times are drawn.

    Attributes:
        link: its key.
        lanes: by exhibit; of very many the first.
        lanes_left_out: how many are not among them.
        spans: by kind of time, over all exhibits.
        orders: of the exhibits, by kind of time; none where lanes are left out.
        marks: each time; none where there are too many: then first and last times are drawn.
        times: how many there are, with rows that have none.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    link: str
    lanes: tuple[Lane, ...]
    lanes_left_out: int
    spans: tuple[Span, ...]
    orders: tuple[SourceOrder, ...]
    marks: tuple[Mark, ...]
    times: int
    handling: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage(PlainValue):
    """Which copy of a thing is likely nearest to the source, and which was made from which.

    Attributes:
        link: its key.
        copies: that were compared, as far as the report shows them.
        told: whether it can be told which one is nearest to the source.
        candidates: these copies, the likeliest first.
        descents: of each of these copies, the likeliest parent.
        siblings: those that were each made from a copy that is not on record.
        compared: how many copies were compared.
        left_out: how many were not.
        elsewhere: cases that have copies and do not show them: whom to ask.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    link: str
    copies: tuple[Copy, ...]
    told: bool
    candidates: tuple[Candidate, ...]
    descents: tuple[Descent, ...]
    siblings: tuple[int, ...]
    compared: int
    left_out: int
    elsewhere: tuple[Occurrence, ...] = ()
    handling: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide(PlainValue):
    """Exhibits beside each other, as `matrix` sorts them.

    Attributes:
        sources: those that have most of rare links, linked ones beside each other.
        cells: pairs of these that have links, the rarest first.
        links: how many links the cells are made of.
        left_out: how many exhibits have links and are not among them.
        pointers: cases that have links and of which nothing else is told.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    sources: tuple[MatrixSource, ...]
    cells: tuple[Cell, ...]
    links: int
    left_out: int
    pointers: tuple[Asked, ...] = ()
    handling: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope(PlainValue):
    """What was compared.

    Attributes:
        exhibits: that were scanned or have events, as far as the case that asks may know of them.
        cases: of these.
        items: files and what was found in them.
        events: that were imported.
        unread: items that gave no hash and should have.
        gaps: exhibits of which not all was searched.
        unscanned: of these, those without a scan.
        unfinished: of these, those whose scan did not end.
        unshown: exhibits of cases that only say whom to ask: what of them was searched is not told.
        links_unknown: cases whose unknown items make links.
    """

    exhibits: int
    cases: int
    items: int
    events: int
    unread: int
    gaps: int
    unscanned: int
    unfinished: int
    unshown: int
    links_unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Circulation(PlainValue):
    """What a report of circulation shows.

    Attributes:
        viewer: the case that asks; empty for none in particular.
        protected: whether victims and reporters are shown.
        scope: what was compared.
        counts: of links, by kind.
        linked_exhibits: that have something in common with others.
        linked_cases: likewise; those that only say so are among them.
        links: those that are shown, strong ones first, of these the rarest.
        no_links: what makes none by default, by reason.
        matrix: exhibits beside each other.
        drawn: things whose times are drawn.
        undrawn: things whose times are not, by reason.
        lineages: things whose copies are compared.
        lineages_left_out: things whose copies are not, by reason.
        figures: by several groupings.
        coverage: what was searched, exhibit by exhibit.
        coverage_left_out: exhibits that are not listed.
        audit_rows: of the audit chain, when this was read.
        audit_head: SHA-256 of the last of them.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "circulation"}, null=("viewer",))

    viewer: str
    protected: bool
    scope: Scope
    counts: tuple[LinkCount, ...]
    linked_exhibits: int
    linked_cases: int
    links: tuple[Link, ...]
    no_links: Mapping[str, int]
    matrix: SideBySide
    drawn: tuple[Drawn, ...]
    undrawn: Mapping[str, int]
    lineages: tuple[Lineage, ...]
    lineages_left_out: Mapping[str, int]
    figures: tuple[Statistics, ...]
    coverage: tuple[CoveredSource, ...]
    coverage_left_out: int = 0
    audit_rows: int = 0
    audit_head: str = ""
    handling: tuple[str, ...] = ()

    @property
    def linking(self) -> int:
        """How many links there are of all kinds."""
        return sum(each.links for each in self.counts)

    def of_kinds(self, kinds: Iterable[LinkKind]) -> tuple[Link, ...]:
        """The links of some kinds that are shown, in their order."""
        wanted = frozenset(kinds)
        return tuple(each for each in self.links if each.kind in wanted)
