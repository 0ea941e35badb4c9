"""Timelines: each time at which a thing was seen, with its kind, by exhibit and in order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Final

from hashmatch.model.handling import strictest
from hashmatch.model.moment import Moment
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.tracing import events, times
from hashmatch.tracing.coverage import coverage
from hashmatch.tracing.judging import Audience
from hashmatch.tracing.lanes import Lane, SeenThere, Span, Times, spans
from hashmatch.tracing.marks import Dated, Marks
from hashmatch.tracing.ordering import Place, SourceOrder, ordered
from hashmatch.tracing.places import Places
from hashmatch.tracing.rows import Proof, proofs, understood
from hashmatch.tracing.updating import THRESHOLD
from hashmatch.tracing.values import Access, CoveredSource

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.store import Store

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(PlainValue):
    """When something was seen, and where.

    Attributes:
        asked: what, in the form in which it was understood: `sha256:…`, `entry:vic/123`.
        lanes: by exhibit; none means no more than `coverage` says.
        spans: by kind of time, over all exhibits.
        orders: of the exhibits, by kind of time, of kinds that two or more of them have.
        marks: each time; not in the JSON of this value, as there may be many.
        coverage: what was searched.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "timeline"}, omitted=("marks",))

    asked: str
    lanes: tuple[Lane, ...]
    spans: tuple[Span, ...]
    orders: tuple[SourceOrder, ...]
    marks: Marks
    coverage: tuple[CoveredSource, ...]
    handling: tuple[str, ...] = ()


def timeline(
    database: "Database",
    thing: str,
    *,
    viewer: str = "",
    protected: bool = False,
    threshold: int = THRESHOLD,
    covered: Sequence[CoveredSource] | None = None,
) -> Timeline:
    """When and where a thing was seen: files and events, each time with its kind.

    Args:
        database: the record.
        thing: what `who` takes: a digest, a hash (`pdq:…`), an entry of a list (`entry:LIST/ID`), a
            cluster (`cluster:N`), an identifier (`account:service/id`, `imei:…`); or an exhibit
            (`exhibit:CASE/LABEL`) with all that was seen there.
        viewer: the case that asks.
        protected: whether victims and reporters are shown too.
        threshold: bits within which a hash is near.
        covered: what `coverage` gives, where it was asked for already.

    Raises:
        ValueError: it is none of these.
    """
    store = database.store
    with database.snapshot():
        places = Places.of(database)
        audience = Audience(places, viewer, protected=protected)
        known = understood(store, places, audience, thing)
        drawn = _Drawing(store, places, audience)
        drawn.take(proofs(store, places, known, threshold))
        lists = {*known.lists, *(each.entry[0] for each in drawn.found if each.entry)}
        lanes = drawn.lanes()
        marks = {mark for lane in lanes for mark in lane.handling}
        marks |= {places.marks.lists.get(name, "") for name in lists}
        return Timeline(
            asked=known.asked,
            lanes=lanes,
            spans=drawn.spans(),
            orders=tuple(_orders(lanes)),
            marks=drawn.marks(),
            coverage=tuple(coverage(database, viewer) if covered is None else covered),
            handling=strictest(marks),
        )


class _Drawing:
    """A timeline in the making."""

    def __init__(self, store: "Store", places: Places, audience: Audience) -> None:
        self._store = store
        self._places = places
        self._audience = audience
        self._seen: dict[int, SeenThere] = {}
        self._all: dict[str, Times] = {}
        self._pointers: dict[str, int] = {}
        self._dated: list[Dated] = []
        self._told: dict[int, tuple[str, str]] = {}
        self._lanes: dict[int, Lane] = {}
        self.found: list[Proof] = []

    def take(self, proofs: Iterable[Proof]) -> None:
        """Read the times of these rows, as far as they are shown."""
        shown = self._shown(proofs)
        while several := [*islice(shown, _AT_ONCE)]:
            rows = [each.row for each in several if each.table == "events"]
            told = times.of_events(self._store, rows) if rows else {}
            self._told |= events.told_of(self._store, rows)
            zones = {
                each.item: self._places.exhibits[each.source].zone for each in several if each.item
            }
            of_items = times.of_items(self._store, zones)
            for proof in several:
                is_event = proof.table == "events"
                found = told[proof.row] if is_event else of_items.get(proof.item, [])
                self._add(proof, found)

    def _shown(self, proofs: Iterable[Proof]) -> Iterator[Proof]:
        for each in proofs:
            access = self._audience.access(each.source, each.role)
            if access is Access.OPEN:
                yield each
            elif access is Access.POINTER:
                case = self._places.exhibits[each.source].case
                self._pointers[case] = min(self._pointers.get(case, each.source), each.source)

    def _add(self, proof: Proof, told: Sequence[Moment]) -> None:
        number = len(self.found)
        self.found.append(proof)
        self._seen.setdefault(proof.source, SeenThere()).add(proof, told)
        for time in told:
            self._all.setdefault(time.kind, Times()).add(time)
        self._dated += [Dated(time, number) for time in told] or [Dated(None, number)]

    def lanes(self) -> tuple[Lane, ...]:
        """Exhibits, in the order in which they were recorded; of a pointer its case alone."""
        runs = _scanned(self._store, self._places, [*self._seen])
        for source, seen in self._seen.items():
            exhibit = self._places.exhibits[source]
            self._lanes[source] = Lane(
                case=exhibit.case,
                exhibit=exhibit.label,
                roles=tuple(sorted(seen.roles)),
                counts=dict(sorted(seen.counts.items())),
                files=len(seen.files),
                spans=spans(seen.times),
                undated=seen.undated,
                undated_rows={name: tuple(rows) for name, rows in seen.undated_rows.items()},
                zone=exhibit.zone,
                acquired=_acquired(exhibit.acquired, exhibit.zone),
                scanned=runs.get(source),
                handling=self._audience.marks_of(source),
            )
        pointed = {
            source: Lane(
                case=case,
                exhibit="",
                contact=self._places.contacts.get(case, ""),
                handling=self._places.marks.of_place(case),
            )
            for case, source in self._pointers.items()
        }
        return tuple(lane for _, lane in sorted((self._lanes | pointed).items()))

    def spans(self) -> tuple[Span, ...]:
        """First and last times over all exhibits that are shown."""
        return spans(self._all)

    def marks(self) -> Marks:
        """All times in their order."""

        def key(each: Dated) -> tuple[int, datetime | None, datetime | None, str, Proof]:
            time, proof = each.time, self.found[each.proof]
            if time is None:
                return 2, None, None, "", proof
            return int(not times.is_clear(time)), time.earliest, time.latest, time.kind, proof

        return Marks(sorted(self._dated, key=key), self.found, self._lanes, self._told)


def _acquired(words: str, zone: str) -> Moment | None:
    return Moment.of(words, kind="acquired", zone=zone) if words else None


def _scanned(store: "Store", places: Places, sources: Sequence[int]) -> dict[int, Moment]:
    """The time from start to end of the scan that counts of each exhibit."""
    found = {}
    for source in sources:
        rows = store.execute(
            "SELECT started, ended FROM runs WHERE scan_id = ?", (places.current.get(source),)
        )
        told = [
            Moment.of(words, kind="scanned", zone="UTC") for row in rows for words in row if words
        ]
        if told:
            found[source] = Moment(
                earliest=min(each.earliest for each in told),
                latest=max(each.latest for each in told),
                kind="scanned",
            )
    return found


def _orders(lanes: Sequence[Lane]) -> Iterator[SourceOrder]:
    """The order of exhibits by each kind of time that two or more of them have."""
    shown = [each for each in lanes if each.exhibit]
    firsts: dict[str, dict[Place, Moment]] = {}
    for lane in shown:
        for span in lane.spans:
            if span.first is not None:
                firsts.setdefault(span.kind, {})[lane.place] = span.first
    for kind, of_places in sorted(firsts.items()):
        if len(of_places) > 1:
            without = tuple(each.place for each in shown if each.place not in of_places)
            yield ordered(kind, of_places, without)
