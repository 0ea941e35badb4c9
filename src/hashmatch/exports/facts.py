"""What may leave the record: sightings, events and links, as far as access rules allow.

Of a case that is hidden nothing is here, of one that is a pointer its number and whom to ask, and
of victims and reporters nothing unless they are asked for. No export sees more than this.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from hashmatch.model.handling import strictest
from hashmatch.reports.text import later
from hashmatch.sightings import importing
from hashmatch.tracing import times
from hashmatch.tracing.judging import PROTECTED, Audience
from hashmatch.tracing.links import Links, Question, links
from hashmatch.tracing.places import Places
from hashmatch.tracing.values import Access

if TYPE_CHECKING:
    from hashmatch.model.event import Event
    from hashmatch.model.moment import Moment
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.exhibits import ExhibitRecord
    from hashmatch.sightings.records import SightingRecord

_AT_ONCE: Final = 500
_EXACT: Final = timedelta(seconds=1)
_WITHHELD: Final = "cases of which others learn no more than whom to ask"


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A sighting.

    Attributes:
        exhibit: where it was seen.
        sighting: as it is on record.
        times: of the file, each with its kind.
        handling: how far it may be passed on.
    """

    exhibit: "ExhibitRecord"
    sighting: "SightingRecord"
    times: "tuple[Moment, ...]"
    handling: tuple[str, ...]

    @property
    def later(self) -> str:
        """That it was found later, without the evidence; empty of what a scan found."""
        return "; ".join(later(self.sighting.rematch))


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event.

    Attributes:
        exhibit: that it belongs to.
        row: its number.
        event: as it is on record.
        times: of it, each with its kind.
        handling: how far it may be passed on.
    """

    exhibit: "ExhibitRecord"
    row: int
    event: "Event"
    times: "tuple[Moment, ...]"
    handling: tuple[str, ...]

    @property
    def account(self) -> str:
        """The account of its person; empty if none is told."""
        found = (each for each in self.event.identifiers if each.kind == "account")
        return next((f"{each.service}/{each.value}" for each in found), "")


class Facts:
    """What is exported.

    Attributes:
        tool: version of hashmatch.
        at: when, UTC, ISO 8601.
        case: the case that asks; empty for all.
        record: SHA-256 of the first row of the audit chain: what names this record.
        head: SHA-256 of the last row.
        exhibits: of which sightings and events are exported, by the numbers of their rows.
    """

    def __init__(
        self,
        database: "Database",
        *,
        case: str = "",
        protected: bool = False,
        every: bool = False,
        tool: str = "",
        at: str = "",
    ) -> None:
        """Look at cases and exhibits.

        Args:
            database: the record, of one moment.
            case: the case that asks: its own sightings and events, and links that it is part of.
            protected: whether victims and reporters are exported too.
            every: also what makes no link by default.
            tool: version of hashmatch.
            at: when.
        """
        self.database = database
        self.tool = tool
        self.at = at
        self.case = case
        self._protected = protected
        self._every = every
        self._places = Places.of(database)
        self._audience = Audience(self._places, case, protected=protected)
        chain = database.head()
        self.record, self.head = chain.chain, chain.sha256
        self.exhibits: Mapping[int, ExhibitRecord] = {
            number: exhibit
            for number, exhibit in self._places.exhibits.items()
            if self._audience.access(number) is Access.OPEN and case in ("", exhibit.case)
        }
        self.withheld: Counter[str] = Counter()
        if not case:
            pointed = sum(each is Access.POINTER for each in self._places.access.values())
            self.withheld.update({_WITHHELD: pointed} if pointed else {})

    @cached_property
    def links(self) -> Links:
        """What several places have in common, as `trace links` shows it."""
        asked = Question(case=self.case, every=self._every, protected=self._protected)
        return links(self.database, asked)

    @cached_property
    def handling_of_links(self) -> tuple[str, ...]:
        """The strictest mark of what links show, and all marks in own words."""
        return strictest(mark for link in self.links for mark in link.handling)

    @cached_property
    def handling(self) -> tuple[str, ...]:
        """The strictest mark of sightings and events that are exported, and marks in own words."""
        marks = {mark for each in self.exhibits for mark in self._audience.marks_of(each)}
        return strictest(marks | {self._places.marks.lists.get(name, "") for name in self._lists()})

    def _lists(self) -> set[str]:
        """The lists that cases which are exported were matched with."""
        return {known.name for case in self.cases for known in self.database.case(case).lists} | {
            name for each in self.events(with_times=False) for name, _ in each.event.entries
        }

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases of which sightings and events are exported."""
        return tuple(dict.fromkeys(each.case for each in self.exhibits.values()))

    def marks_of_case(self, case: str) -> tuple[str, ...]:
        """How far what is told of a case may be passed on."""
        return self._places.marks.of_place(case)

    def sightings(self) -> Iterator[SeenFile]:
        """Sightings that count, case by case, in the order in which they were recorded."""
        lists = self._places.marks.lists
        for case in self.cases:
            found = self.database.sightings(case, reportable_only=True)
            while several := [*islice(found, _AT_ONCE)]:
                zones = {each.item.id: self.exhibits[each.item.source].zone for each in several}
                told = times.of_items(self.database.store, zones)
                for each in several:
                    marks = {*self._audience.marks_of(each.item.source)}
                    marks.add(lists.get(each.match.list_name, ""))
                    exhibit = self.exhibits[each.item.source]
                    yield SeenFile(exhibit, each, tuple(told[each.item.id]), strictest(marks))

    def events(self, *, with_times: bool = True) -> Iterator[ToldEvent]:
        """Events of imports, without those of victims and reporters unless they are asked for."""
        store, lists = self.database.store, self._places.marks.lists
        for unit, source in self._places.source_of_import.items():
            if source not in self.exhibits:
                continue
            marks = {*self._audience.marks_of(source)}
            found = importing.events(store, "import_id = ?", (unit,))
            while several := [*islice(found, _AT_ONCE)]:
                told = times.of_events(store, [row for row, _ in several]) if with_times else {}
                for row, event in several:
                    if event.role.value in PROTECTED and not self._protected:
                        continue
                    of_lists = {lists.get(name, "") for name, _ in event.entries}
                    yield ToldEvent(
                        self.exhibits[source],
                        row,
                        event,
                        tuple(told.get(row, ())),
                        strictest(marks | of_lists),
                    )


def is_exact(moment: "Moment") -> bool:
    """Whether a time is told to the second, in a zone that is known."""
    return moment.latest - moment.earliest < _EXACT
