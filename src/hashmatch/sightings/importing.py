"""Reports, returns and logs put on record: a unit wholly or not at all, and once."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final

from hashmatch.errors import ErasedError
from hashmatch.model.digests import Digests
from hashmatch.model.event import Event, EventKind, ImportedUnit, QuarantinedRow, Role
from hashmatch.model.hash import Hash
from hashmatch.model.identifier import Identifier, IdentifierKind
from hashmatch.model.moment import Moment
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings import audit, statements
from hashmatch.sightings.actions import Action
from hashmatch.sightings.encoding import canonical, from_text, to_text
from hashmatch.sightings.erasures import last_number
from hashmatch.sightings.imported_again import ErasedImports, in_words
from hashmatch.sightings.rows import EVENTS, IMPORTS, QUARANTINED_ROWS, Kind, Unit, seal, write
from hashmatch.sightings.store import Row, Store

ENTRY: Final = "entry"
"""The kind of a value that names an entry of a hash list; its list is the service."""

_AT_ONCE: Final = 1000
"""Rows that one audit row proves."""
_MOST_NOTES: Final = 200

_COMPARED: Final = (
    "kind",
    "role",
    "service",
    "name",
    "sha256",
    "sha1",
    "md5",
    "earliest",
    "latest",
)
"""Columns in which another form of the same event may differ, and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord(PlainValue):
    """An import on record.

    Attributes:
        id: of its row.
        case: the lab's own number.
        exhibit: what the events belong to.
        unit: what was imported.
        at: when, UTC, ISO 8601.
        events: how many were recorded.
        repeated: how many were on record already, from another form of the same report.
        quarantined: rows that were not understood.
        notes: what the reader found, and where forms of one report differ.
        known: whether the same bytes were imported before, so that nothing was recorded now.
    """

    json_shape: ClassVar = Shape(first={"record": "import"}, spread={"unit": ImportedUnit})

    id: int
    case: str
    exhibit: str
    unit: ImportedUnit
    at: str
    events: int
    repeated: int
    quarantined: int
    notes: tuple[str, ...]
    known: bool = False


@dataclass(slots=True)
class _Import:
    """An import in the making, within the transaction that will record it."""

    store: Store
    number: int
    case: int
    told: dict[str, object]
    at: str
    waiting: dict[Kind, list[Unit]] = field(default_factory=dict)
    last: dict[Kind, int] = field(default_factory=dict)
    _erased: ErasedImports = field(init=False)
    counts: dict[Kind, int] = field(default_factory=lambda: {EVENTS: 0, QUARANTINED_ROWS: 0})
    keys: dict[str, int] = field(default_factory=dict)
    repeated: int = 0
    notes: list[str] = field(default_factory=list)
    erasure: int | None = None

    def __post_init__(self) -> None:
        self._erased = ErasedImports.of(self.store)
        for kind in (EVENTS, QUARANTINED_ROWS):
            self.last[kind] = last_number(self.store, kind.table)

    def take(self, told: Event | QuarantinedRow) -> None:
        """Take an event up, unless another form of it is on record."""
        if isinstance(told, QuarantinedRow):
            self._add(QUARANTINED_ROWS, (to_text(told.where), to_text(told.reason)))
            return
        row = stored(told)
        if (before := self._before(told)) is not None:
            self.repeated += 1
            self._note_differences(told, row, before)
            return
        values = tuple(values_of(told))
        number = self._add(EVENTS, row, values)
        self.keys.update(dict.fromkeys(told.keys, number))

    def _before(self, event: Event) -> int | None:
        """The number of the same event on record of this case."""
        for key in event.keys:
            if key in self.keys:
                return self.keys[key]
            found = self.store.one(
                "SELECT event_id FROM event_values JOIN events ON events.id = event_id "
                "JOIN imports ON imports.id = import_id "
                "WHERE value = ? AND event_values.kind = 'key' AND case_id = ?",
                (to_text(key), self.case),
            )
            if found is not None:
                return int(found)
        return None

    def _note_differences(self, event: Event, row: Row, before: int) -> None:
        self._write()
        ((*old,),) = self.store.execute(
            f"SELECT {','.join(_COMPARED)} FROM events WHERE id = ?",  # noqa: S608 (our names)
            (before,),
        )
        new = dict(zip(EVENTS.columns[2:], row, strict=True))
        other = [
            name
            for name, value in zip(_COMPARED, old, strict=True)
            if new[name] != value and new[name] not in (None, "")
        ]
        if other and len(self.notes) < _MOST_NOTES:
            said = ", ".join(other)
            self.notes.append(f"{event.where}: differs from event {before} on record in {said}")

    def _add(self, kind: Kind, row: Row, children: Sequence[Row] = ()) -> int:
        number = self.last[kind] = self.last[kind] + 1
        placed = tuple((position, *each) for position, each in enumerate(children))
        if not self.counts[kind] and self.erasure is None:
            self.erasure = self._erased.erasure_of(kind, row, placed)
        self.counts[kind] += 1
        owned = tuple((number, *each) for each in placed)
        self.waiting.setdefault(kind, []).append(Unit((number, self.number, *row), owned))
        if len(self.waiting[kind]) >= _AT_ONCE:
            self._write()
        return number

    def _write(self, *further: tuple[Kind, Unit]) -> None:
        """Record what waits, and prove it."""
        for kind, unit in further:
            self.waiting.setdefault(kind, []).append(unit)
        if not self.waiting:
            return
        units = {}
        for kind, made in self.waiting.items():
            write(self.store, kind, made)
            units[kind.table] = {"first": made[0].row[0], **seal(made)}
        details = {"import": self.number, "rows": self.told, "units": units}
        audit.append(self.store, Action.IMPORT, details, at=self.at)
        self.told, self.waiting = {}, {}

    def end(self, source: int, unit: ImportedUnit, notes: Iterable[str]) -> Row:
        """Record the import itself, behind its events."""
        said = [*notes, *self.notes]
        row = (
            *(self.number, self.case, source, self.at, to_text(unit.name), to_text(unit.format)),
            *(bytes.fromhex(unit.sha256), to_text(unit.service), to_text(unit.report)),
            *(self.counts[EVENTS], self.repeated, self.counts[QUARANTINED_ROWS], canonical(said)),
        )
        self._write((IMPORTS, Unit(row)))
        return row


def record(
    store: Store,
    unit: ImportedUnit,
    records: Iterable[Event | QuarantinedRow],
    notes: Iterable[str] = (),
    *,
    case: str,
    exhibit: str,
    despite_erasure: bool = False,
) -> ImportRecord:
    """Put a unit on record: all of it, or nothing.

    Args:
        store: the database.
        unit: what it is.
        records: its events and the rows that were not understood, in the order of the source.
        notes: what the reader found; read once all records were.
        case: the lab's own number; it is recorded if it is new.
        exhibit: what the events belong to; it is recorded if it is new.
        despite_erasure: whether a unit is recorded that was erased by order of a court; the import
            notes it.

    Returns:
        the import; where these bytes are on record of the case already, the one before, and nothing
        is recorded.

    Raises:
        ValueError: the case or the exhibit has no name.
        ErasedError: it was on record, of whichever case, and was erased by order of a court.
        DatabaseError: it was opened for reading only, or cannot be written.
    """
    if not (case.strip() and exhibit.strip()):
        msg = "an import belongs to a case and to an exhibit: a name is missing"
        raise ValueError(msg)
    with store.transaction():
        before = store.one(
            "SELECT imports.id FROM imports JOIN cases ON cases.id = case_id "
            "WHERE sha256 = ? AND cases.name = ? AND format = ?",
            (bytes.fromhex(unit.sha256), to_text(case), to_text(unit.format)),
        )
        if before is not None:
            return next(every(store, number=int(before), known=True))
        told, of_case, source = statements.place(store, case, exhibit)
        number = last_number(store, "imports") + 1
        importing = _Import(store, number, of_case, told, audit.now())
        for each in records:
            importing.take(each)
            if importing.erasure is not None and not despite_erasure:
                msg = (
                    f"{unit.name[:80]!a} was {in_words(store, importing.erasure)}: nothing was "
                    "recorded. If it may be on record again, --despite-erasure puts it there"
                )
                raise ErasedError(msg)
        if importing.erasure is not None:
            again = f"recorded again, though {in_words(store, importing.erasure)}"
            importing.notes.insert(0, again)
        importing.end(source or 0, unit, notes)
        return next(every(store, number=number))


def every(
    store: Store, *, case: str = "", number: int = 0, known: bool = False
) -> Iterator[ImportRecord]:
    """The imports on record, of one case or of all; or the one of a number."""
    rows = store.rows(
        "SELECT imports.id, cases.name, label, at, imports.name, format, sha256, service, report, "
        "events, repeated, quarantined, notes FROM imports "
        "JOIN cases ON cases.id = imports.case_id JOIN sources ON sources.id = source_id "
        "WHERE (? = '' OR cases.name = ?) AND (? = 0 OR imports.id = ?) ORDER BY imports.id",
        (case and to_text(case), to_text(case), number, number),
    )
    for found, of_case, label, at, name, form, sha256, service, report, *counts, notes in rows:
        yield ImportRecord(
            id=found,
            case=from_text(of_case),
            exhibit=from_text(label),
            unit=ImportedUnit(
                name=from_text(name),
                format=from_text(form),
                sha256=sha256.hex(),
                service=from_text(service),
                report=from_text(report),
            ),
            at=at,
            events=counts[0],
            repeated=counts[1],
            quarantined=counts[2],
            notes=tuple(json.loads(notes)),
            known=known,
        )


def stored(event: Event) -> Row:
    """The columns of an event behind its id and that of its import."""
    digests, moment = event.digests, event.moment
    times = ("", "", "", "", "")
    if moment is not None:
        times = (
            *(to_text(moment.kind), _instant(moment.earliest), _instant(moment.latest)),
            *(to_text(moment.stated), to_text(moment.zone)),
        )
    return (
        *(to_text(event.where), event.kind.value, event.role.value, to_text(event.service)),
        *(to_text(event.name), *map(_bytes, (digests.sha256, digests.sha1, digests.md5))),
        *(*times, event.port, None if event.proxy is None else int(event.proxy)),
        *(to_text(event.thread), to_text(event.message), canonical(dict(event.fields))),
    )


def values_of(event: Event) -> Iterator[Row]:
    """The rows that belong to an event, behind its id and their position."""
    parts = (("subject", event.identifiers), ("counterpart", event.counterparts))
    for part, identifiers in parts:
        for each in identifiers:
            yield part, each.kind.value, to_text(each.value), to_text(each.service)
    yield from (("key", "key", to_text(key), "") for key in event.keys)
    yield from (("key", ENTRY, to_text(each), to_text(name)) for name, each in event.entries)
    yield from (("hash", each.algorithm, each.value.hex(), "") for each in event.hashes)


_READ: Final = (
    "SELECT events.id, place, events.kind, role, events.service, name, sha256, sha1, md5, "
    "time_kind, earliest, latest, stated, zone, port, proxy, thread, message, fields FROM events "
)


def events(
    store: Store, where: str = "", values: Sequence[Any] = ()
) -> Iterator[tuple[int, Event]]:
    """Events on record with their numbers, in the order in which they were recorded.

    Args:
        store: the database.
        where: a condition on `events`.
        values: its parameters.
    """
    rows = store.rows(f"{_READ}{'WHERE ' if where else ''}{where} ORDER BY events.id", values)
    for number, *columns in rows:
        yield number, _loaded(store, number, columns)


def events_of(store: Store, case: str = "") -> Iterator[tuple[int, Event]]:
    """The events of a case, or of all cases."""
    if not case:
        return events(store)
    where = (
        "import_id IN (SELECT imports.id FROM imports JOIN cases ON cases.id = case_id "
        "WHERE cases.name = ?)"
    )
    return events(store, where, (to_text(case),))


def _loaded(store: Store, number: int, columns: Sequence[Any]) -> Event:
    where, kind, role, service, name, *rest = columns
    sha256, sha1, md5, time_kind, earliest, latest, stated, zone, port, proxy, *texts = rest
    parts: dict[str, list[Any]] = defaultdict(list)
    for part, of_kind, value, of_service in store.execute(
        "SELECT part, kind, value, service FROM event_values WHERE event_id = ? ORDER BY position",
        (number,),
    ):
        if of_kind == ENTRY:
            parts[ENTRY].append((from_text(of_service), from_text(value)))
        elif part == "key":
            parts[part].append(from_text(value))
        elif part == "hash":
            parts[part].append(Hash(of_kind, bytes.fromhex(value)))
        else:
            kept = Identifier(IdentifierKind(of_kind), from_text(value), from_text(of_service))
            parts[part].append(kept)
    moment = None
    if earliest:
        moment = Moment(
            earliest=datetime.fromisoformat(earliest),
            latest=datetime.fromisoformat(latest),
            kind=from_text(time_kind),
            stated=from_text(stated),
            zone=from_text(zone),
        )
    digests = {"sha256": sha256, "sha1": sha1, "md5": md5}
    return Event(
        kind=EventKind(kind),
        role=Role(role),
        where=from_text(where),
        identifiers=tuple(parts["subject"]),
        counterparts=tuple(parts["counterpart"]),
        service=from_text(service),
        name=from_text(name),
        digests=Digests(**{key: value.hex() for key, value in digests.items() if value}),
        hashes=tuple(parts["hash"]),
        moment=moment,
        port=port,
        proxy=None if proxy is None else bool(proxy),
        thread=from_text(texts[0]),
        message=from_text(texts[1]),
        keys=tuple(parts["key"]),
        fields=json.loads(texts[2]),
        entries=tuple(parts[ENTRY]),
    )


def _instant(at: datetime) -> str:
    """ISO 8601 with microseconds, UTC: the order of such texts is that of time."""
    return at.isoformat(timespec="microseconds")


def _bytes(digits: str | None) -> bytes | None:
    return None if digits is None else bytes.fromhex(digits)
