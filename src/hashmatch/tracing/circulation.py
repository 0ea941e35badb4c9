"""All that a report of circulation shows, gathered from the answers of `trace`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from hashmatch.model.handling import strictest
from hashmatch.model.identifier import Grade
from hashmatch.tracing.coverage import coverage
from hashmatch.tracing.lineage import Origin
from hashmatch.tracing.links import Links, Question, links
from hashmatch.tracing.origin import origin
from hashmatch.tracing.places import Places
from hashmatch.tracing.reported import (
    MADE_BY,
    MATERIAL,
    Circulation,
    Drawn,
    Limits,
    Lineage,
    LinkCount,
    Scope,
    SideBySide,
)
from hashmatch.tracing.source_matrix import matrix
from hashmatch.tracing.statistics import groupings
from hashmatch.tracing.timeline import Timeline, timeline
from hashmatch.tracing.values import Access, CoveredSource, Link, LinkKind

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database

_TOO_MANY: Final = "there are too many"
_LOOKS: Final = 4
"""Things that are looked at for each one whose copies are shown."""
_DIMENSIONS: Final = ("known", "category", "list")


def circulation(
    database: "Database",
    *,
    viewer: str = "",
    protected: bool = False,
    limits: Limits | None = None,
) -> Circulation:
    """All that a report of circulation shows.

    Args:
        database: the record.
        viewer: the case that asks: its links alone, and of other cases what these allow.
        protected: whether victims and reporters are shown too.
        limits: how much of it.
    """
    most = limits or Limits()
    with database.snapshot():
        places = Places.of(database)
        found = links(database, Question(case=viewer, every=True, protected=protected))
        seen = _Seen.of_all(found, most)
        beside = _beside(database, viewer, most, protected=protected)
        covered = [*coverage(database, viewer)]
        asking = _Asking(database, viewer, protected, covered)
        times = _Times(asking, most)
        drawn = [*times.drawn(seen)]
        lineages = _Lineages(asking, most)
        compared = [*lineages.of(seen)]
        figures = groupings(
            database, [[each] for each in _DIMENSIONS], viewer=viewer, protected=protected
        )
        head = database.head()
    shown = sorted(covered, key=lambda each: not each.gaps)[: most.coverage]
    parts = (seen.links, [beside], drawn, compared, shown, figures)
    return Circulation(
        viewer=viewer,
        protected=protected,
        scope=_scope(places, covered, viewer),
        counts=tuple(seen.counts()),
        linked_exhibits=len(seen.exhibits),
        linked_cases=len(seen.cases),
        links=tuple(seen.links),
        no_links=dict(seen.no_links.most_common()),
        matrix=beside,
        drawn=tuple(drawn),
        undrawn=dict(times.undrawn),
        lineages=tuple(compared),
        lineages_left_out=dict(lineages.left_out),
        figures=figures,
        coverage=tuple(shown),
        coverage_left_out=len(covered) - len(shown),
        audit_rows=head.rows,
        audit_head=head.sha256,
        handling=strictest(mark for part in parts for each in part for mark in each.handling),
    )


def _beside(database: "Database", viewer: str, most: Limits, *, protected: bool) -> SideBySide:
    asked = Question(case=viewer, protected=protected)
    found = matrix(database, asked, most=most.sources)
    return SideBySide(
        sources=found.sources,
        cells=tuple(found.cells),
        links=found.links,
        left_out=len(found.left_out),
        pointers=found.pointers,
        handling=found.handling,
    )


def _scope(places: Places, covered: Sequence[CoveredSource], viewer: str) -> Scope:
    searched = {*places.current, *places.source_of_import.values()}
    cases = {places.exhibits[each].case for each in searched}
    known = {each for each in cases if places.access_of(each, viewer) is not Access.HIDDEN}
    lacking = [each for each in covered if each.gaps]
    return Scope(
        exhibits=places.searched(viewer),
        cases=len(known),
        items=sum(each.items for each in covered),
        events=sum(each.events for each in covered),
        unread=sum(each.unread for each in covered),
        gaps=len(lacking),
        unscanned=sum(not each.scans for each in lacking),
        unfinished=sum(bool(each.scans) and not each.done for each in lacking),
        unshown=sum(
            places.access_of(places.exhibits[each].case, viewer) is Access.POINTER
            for each in searched
        ),
        links_unknown=len(known & places.links_unknown),
    )


@dataclass(slots=True)
class _Seen:
    """Links, counted, and the first of each kind."""

    most: int
    links: list[Link] = field(default_factory=list)
    exhibits: set[tuple[str, str]] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    no_links: Counter[str] = field(default_factory=Counter)
    of: dict[LinkKind, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in LinkKind}
    )

    @classmethod
    def of_all(cls, found: Links, most: Limits) -> "_Seen":
        """Those that were found, of which what makes no link stands at the end."""
        seen = cls(most.links)
        for each in found:
            if each.why_not:
                seen.no_links[_reason(each.why_not)] += 1
            else:
                seen.add(each)
        return seen

    def add(self, link: Link) -> None:
        """Another link."""
        count = self.of[link.kind]
        count["fewest"] = min(count["fewest"] or link.exhibits, link.exhibits)
        count.update({"links": 1, "known": link.known, "weak": link.grade is not Grade.STRONG})
        if count["links"] <= self.most:
            count["shown"] += 1
            self.links.append(link)
        for each in link.occurrences:
            self.cases.add(each.case)
            if each.exhibit:
                self.exhibits.add(each.place)

    def counts(self) -> Iterator[LinkCount]:
        """How many of each kind."""
        for kind, count in self.of.items():
            yield LinkCount(kind=kind, **count)


class _Asking(NamedTuple):
    """Questions of one case, all of one state of the record."""

    database: "Database"
    viewer: str
    protected: bool
    covered: Sequence[CoveredSource]

    def timeline(self, thing: str) -> Timeline:
        return timeline(
            self.database,
            thing,
            viewer=self.viewer,
            protected=self.protected,
            covered=self.covered,
        )

    def origin(self, thing: str) -> Origin:
        return origin(
            self.database,
            thing,
            viewer=self.viewer,
            protected=self.protected,
            covered=self.covered,
        )


class _Times:
    """The times of things that several exhibits have."""

    def __init__(self, asking: _Asking, most: Limits) -> None:
        self._asking = asking
        self._most = most
        self.undrawn: Counter[str] = Counter()

    def drawn(self, seen: _Seen) -> Iterator[Drawn]:
        """Those of the rarest, until there are enough."""
        material = (each for each in seen.links if each.kind in MATERIAL)
        told = (each for each in seen.links if each.kind is LinkKind.IDENTIFIER)
        left = self._most.drawn
        for count in seen.counts():
            if count.kind not in MADE_BY and count.left_out:
                self.undrawn[_TOO_MANY] += count.left_out
        for link in chain(material, told):
            if link.grade is not Grade.STRONG:
                self.undrawn["the link is weak"] += 1
            elif not left:
                self.undrawn[_TOO_MANY] += 1
            elif sum(each.count for each in link.occurrences) > self._most.sightings:
                self.undrawn[f"more than {self._most.sightings:,} sightings and events"] += 1
            elif (drawn := self._of(link)) is not None:
                left -= 1
                yield drawn

    def _of(self, link: Link) -> Drawn | None:
        try:
            found = self._asking.timeline(link.key)
        except ValueError:
            self.undrawn["its name stands for several things"] += 1
            return None
        count = len(found.marks)
        left_out = max(len(found.lanes) - self._most.lanes, 0)
        one_by_one = count <= self._most.marks and not left_out
        return Drawn(
            link=link.key,
            lanes=found.lanes[: self._most.lanes],
            lanes_left_out=left_out,
            spans=found.spans,
            orders=() if left_out else found.orders,
            marks=tuple(found.marks) if one_by_one else (),
            times=count,
            handling=found.handling,
        )


class _Lineages:
    """The copies of things that several exhibits have."""

    def __init__(self, asking: _Asking, most: Limits) -> None:
        self._asking = asking
        self._most = most
        self.left_out: Counter[str] = Counter()

    def of(self, seen: _Seen) -> Iterator[Lineage]:
        """Those of the rarest that have several copies, until there are enough."""
        left = self._most.lineages
        for count in seen.counts():
            if count.kind in MATERIAL and count.left_out:
                self.left_out[_TOO_MANY] += count.left_out
        for at, link in enumerate(each for each in seen.links if each.kind in MATERIAL):
            # Of what has one copy alone nothing is drawn, but it was looked for.
            if not left or at >= _LOOKS * self._most.lineages:
                self.left_out[_TOO_MANY] += 1
            elif sum(each.count for each in link.occurrences) > self._most.sightings:
                self.left_out[f"more than {self._most.sightings:,} sightings and events"] += 1
            elif (found := self._lineage(link)) is not None:
                left -= 1
                yield found

    def _lineage(self, link: Link) -> Lineage | None:
        try:
            found = self._asking.origin(link.key)
        except ValueError:
            self.left_out["its name stands for several things, or for no copies"] += 1
            return None
        if len(found.copies) < 2:  # noqa: PLR2004 (what is compared)
            self.left_out["no two different copies are on record"] += 1
            return None
        candidates = found.candidates[: self._most.copies]
        kept = {each.copy for each in candidates}
        return Lineage(
            link=link.key,
            copies=tuple(each for each in found.copies if each.number in kept),
            told=found.told,
            candidates=candidates,
            descents=tuple(each for each in found.descents if each.child in kept),
            siblings=tuple(each for each in found.siblings if each in kept),
            compared=len(found.copies),
            left_out=found.left_out,
            elsewhere=found.elsewhere,
            handling=found.handling,
        )


def _reason(why_not: str) -> str:
    """A reason without the numbers of one thing."""
    head, _, rest = why_not.partition(": ")
    if head.startswith("in "):
        return f"in {rest} exhibits"
    return head if head.startswith("a constant") else why_not
