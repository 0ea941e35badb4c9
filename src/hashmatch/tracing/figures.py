"""The figures of statistics, worked out for one audience."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hashmatch.sightings.encoding import from_text
from hashmatch.tracing import counting, events, naming
from hashmatch.tracing.counting import SPANNING, UNDATED, Codes, Groups, Numbers, Sighted
from hashmatch.tracing.values import Access

if TYPE_CHECKING:
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.judging import Audience
    from hashmatch.tracing.places import Places

Key = tuple[str, ...]
Figures = dict[str, Any]

_NEW: Final = "new"
_KNOWN: Final = "known"
_NOT_STATED: Final = "not stated"
_OF_SOURCES: Final = frozenset({"case", "source", "source-kind"})
_OF_EVENTS: Final = _OF_SOURCES | {"list", "month"}
"""Dimensions that pictures which no list has, and events, can be told by."""


class _Told(NamedTuple):
    """An event that counts."""

    number: int
    source: int
    report: tuple[str, str]
    month: str


@dataclass(slots=True)
class _OfEvents:
    """Events and reports of one group."""

    events: set[int] = field(default_factory=set)
    reports: set[tuple[str, str]] = field(default_factory=set)


class Counting:
    """What somebody may see of a record, ready to be counted by any dimensions."""

    def __init__(
        self, store: "Store", places: "Places", audience: "Audience", *, time: str = ""
    ) -> None:
        """Look at the record.

        Args:
            store: the database.
            places: cases and exhibits.
            audience: who asks.
            time: the kind of time of months.
        """
        self._store = store
        self._places = places
        self._audience = audience
        self._time = time
        access = {number: audience.access(number) for number in places.exhibits}
        self._shown = {number for number, of in access.items() if of is Access.OPEN}
        pointed = {number for number, of in access.items() if of is Access.POINTER}
        seen = Sighted.of(store, places, self._shown | pointed)
        self._pointed = pointed & {*seen.sources(), *places.source_of_import.values()}
        self._seen = seen.of_sources(self._shown) if self._pointed else seen
        self._files = self._seen.files()
        contents = counting.contents(store, self._files)
        self._content = counting.placed(self._files, contents, self._seen.item)
        series, children, (identified, _) = map(self._of_shown, naming.named(store))
        entries = self._seen.entry[identified]
        self._named = {"series": series, "children": children, "identified": (identified, entries)}

    @property
    def pointers(self) -> tuple[str, ...]:
        """Cases that have something of which only that is told."""
        cases = (self._places.exhibits[number].case for number in sorted(self._pointed))
        return tuple(dict.fromkeys(cases))

    def marks(self) -> set[str]:
        """Marks of the exhibits and lists that are in the figures."""
        seen = {self._seen.lists[number] for number in np.unique(self._seen.named).tolist()}
        marks = {self._places.marks.lists.get(name, "") for name in seen}
        return marks | {mark for number in self._shown for mark in self._audience.marks_of(number)}

    def groups(self, by: Sequence[str]) -> list[tuple[Key, Figures]]:
        """Figures by group, in the order of their keys."""
        found: dict[Key, Figures] = dict(self._of_sightings(by)) if len(self._seen.row) else {}
        if not by:
            found.setdefault((), _none())
        told = self._of_events(by) if set(by) <= _OF_EVENTS else None
        unknown = self._unknown(by) if set(by) <= _OF_SOURCES else None
        for key in (*(told or ()), *(unknown or ())):
            found.setdefault(key, _none())
        for key, figures in found.items():
            of_events = None if told is None else told.get(key, _OfEvents())
            figures["events"] = None if of_events is None else len(of_events.events)
            figures["reports"] = None if of_events is None else len(of_events.reports)
            figures["unknown"] = None if unknown is None else unknown.get(key, 0)
        return sorted(found.items(), key=lambda each: _in_order(each[0]))

    def _of_sightings(self, by: Sequence[str]) -> Iterator[tuple[Key, Figures]]:
        dimensions = [self._dimension(name) for name in by]
        groups = Groups.by([numbers for numbers, _ in dimensions], len(self._seen.row))
        known = self._content >= 0
        counted = {
            "sightings": groups.rows(),
            "files": groups.different(self._seen.item),
            "contents": groups.different(self._content, known),
            "undigested": groups.different(self._seen.item, ~known),
            "entries": groups.different(self._seen.entry),
        }
        for name, (at, values) in self._named.items():
            counted[name] = Groups(groups.keys, groups.of[at]).different(values)
        for number, key in enumerate(groups.keys):
            words = (told[code] for code, (_, told) in zip(key, dimensions, strict=True))
            yield tuple(words), {name: numbers[number] for name, numbers in counted.items()}

    def _of_shown(self, named: naming.Named) -> tuple[Numbers, Numbers]:
        """What lists name, with the place of its sighting among those that count."""
        order = np.argsort(self._seen.row)
        rows = self._seen.row[order]
        at = np.searchsorted(rows, named.row)
        there = at < len(rows)
        there[there] = rows[at[there]] == named.row[there]
        return order[at[there]], named.name[there]

    def _dimension(self, name: str) -> tuple[Numbers, Sequence[str] | Mapping[int, str]]:
        """A number for each sighting, and the words for these."""
        seen = self._seen
        codes = Codes()
        match name:
            case "list":
                return seen.named, seen.lists
            case "category":
                return counting.categories(self._store, seen, codes), codes.words
            case "month":
                found = counting.months(self._store, self._places, seen, self._time, codes)
                return found, codes.words
            case "known":
                return self._is_known(), (_NEW, _KNOWN)
        words = {number: codes.of(self._word(name, number)) for number in sorted(self._shown)}
        return counting.looked_up(words, seen.source), codes.words

    def _word(self, name: str, source: int) -> str:
        exhibit = self._places.exhibits[source]
        if name == "case":
            return exhibit.case
        if name == "source":
            return f"{exhibit.case}/{exhibit.label}"
        return exhibit.kind.value if exhibit.kind else _NOT_STATED

    def _is_known(self) -> Numbers:
        """Whether an exhibit that was scanned before has the entry of a sighting too."""
        seen = self._seen
        began: dict[int, int] = {}
        for run, source in sorted(self._places.source_of_run.items()):
            began.setdefault(source, run)
        first_runs = counting.looked_up(began, seen.source)
        starts = np.flatnonzero(np.diff(seen.entry, prepend=-1))
        counts = np.diff(starts, append=len(seen.entry))
        first = np.repeat(np.minimum.reduceat(first_runs, starts), counts)
        return np.asarray(first != first_runs, np.int64)

    def _of_events(self, by: Sequence[str]) -> dict[Key, _OfEvents]:
        found: dict[Key, _OfEvents] = {}
        lists: dict[int, set[str]] = {}
        if "list" in by:
            for (name, _), told in events.entries(self._store).items():
                for number in told:
                    lists.setdefault(number, set()).add(name)
        for each in self._told():
            for key in self._keys(by, each, lists.get(each.number, set())):
                group = found.setdefault(key, _OfEvents())
                group.events.add(each.number)
                group.reports.add(each.report)
        # Reports of which no event is shown count as well, where no event says how.
        if set(by) <= _OF_SOURCES:
            for source, report in self._reports.values():
                key = tuple(self._word(name, source) for name in by)
                found.setdefault(key, _OfEvents()).reports.add(report)
        return found

    def _keys(self, by: Sequence[str], told: _Told, lists: Iterable[str]) -> Iterator[Key]:
        """The groups of an event: one for each list of which it names an entry."""
        for name in lists if "list" in by else ("",):
            yield tuple(
                name
                if each == "list"
                else told.month
                if each == "month"
                else self._word(each, told.source)
                for each in by
            )

    @cached_property
    def _reports(self) -> dict[int, tuple[int, tuple[str, str]]]:
        """The exhibit and what makes it one report, of each import that is shown."""
        rows = self._store.execute("SELECT id, source_id, service, report FROM imports")
        return {
            unit: (source, (from_text(service), from_text(report)) if report else ("", f"#{unit}"))
            for unit, source, service, report in rows
            if source in self._shown
        }

    def _told(self) -> Iterator[_Told]:
        reports = self._reports
        rows = self._store.rows(
            "SELECT id, role, import_id, time_kind, earliest, latest FROM events ORDER BY id"
        )
        for number, role, unit, kind, earliest, latest in rows:
            if unit not in reports:
                continue
            source, report = reports[unit]
            if self._audience.access(source, role) is Access.OPEN:
                month = UNDATED
                if earliest and from_text(kind) == self._time:
                    month = counting.between(*map(datetime.fromisoformat, (earliest, latest)))
                yield _Told(number, source, report, month)

    def _unknown(self, by: Sequence[str]) -> dict[Key, int]:
        """Pictures and videos that no list has, by group."""
        found: dict[Key, int] = {}
        rows: dict[int, int] = dict(
            self._store.execute(
                "SELECT scan_id, count(*) FROM items "
                "WHERE status = 'hashed' AND raised = 0 AND known_good = 0 AND NOT EXISTS "
                "(SELECT 1 FROM sightings WHERE item_id = items.id) GROUP BY scan_id"
            )
        )
        for source, scan in self._places.current.items():
            if source in self._shown and (count := rows.get(scan, 0)):
                key = tuple(self._word(name, source) for name in by)
                found[key] = found.get(key, 0) + count
        return found


def _none() -> Figures:
    names = ("sightings", "files", "contents", "undigested", "entries")
    return dict.fromkeys((*names, "series", "children", "identified"), 0)


def _in_order(key: Key) -> tuple[tuple[bool, str], ...]:
    """Words in their order, those that stand for no month at the end."""
    return tuple((each in {UNDATED, SPANNING}, each) for each in key)
