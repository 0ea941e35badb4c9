"""What is on record of one case."""

import json
from collections.abc import Iterator

from hashmatch.model import ItemStatus
from hashmatch.sightings import (
    audit,
    erasures,
    medium,
    reading,
    rematched,
    statements,
    superseding,
    viewing,
)
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.handling import Marks
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord, SourceRecord
from hashmatch.sightings.statements import Topic
from hashmatch.sightings.store import Store


def names(store: Store) -> tuple[str, ...]:
    """The names of all cases, in the order in which they were recorded."""
    return tuple(from_text(name) for (name,) in store.execute("SELECT name FROM cases ORDER BY id"))


def shown(store: Store) -> Iterator[str]:
    """The names of the cases that are not hidden: what is told to whoever asks for another one."""
    stated = statements.holding(statements.every(store, Topic.CASE))
    hidden = {each.case for each in stated if (each.field, each.value) == ("access", "hidden")}
    for number, name in store.execute("SELECT id, name FROM cases ORDER BY id"):
        if number not in hidden:
            yield from_text(name)


def paths(store: Store) -> tuple[str, ...]:
    """The paths of the evidence of all cases."""
    return tuple(from_text(path) for (path,) in store.execute("SELECT DISTINCT path FROM scans"))


def record(store: Store, name: str, case: int) -> CaseRecord:
    """A case with its runs, sources and lists."""
    runs = tuple(reading.runs(store, case))
    head, rows = audit.head(store)
    rematches = tuple(rematched.of_case(store, case))
    lists = [known for run in runs for known in run.lists]
    lists += [known for rematch in rematches for known in rematch.lists]
    once = [known for at, known in enumerate(lists) if known not in lists[:at]]
    return CaseRecord(
        name=name,
        runs=runs,
        sources=tuple(_sources(store, case)),
        lists=tuple(once),
        audit_head=head,
        audit_rows=rows,
        earlier=tuple(superseding.earlier(store, case, current_scans(store, case))),
        erasures=tuple(erasures.every(store, case=case)),
        rematches=rematches,
        handling=Marks.of(store).of_case(name, (known.name for known in once)),
    )


def current_scans(store: Store, case: int) -> dict[int, int]:
    """The scan that counts of each source: the newest that is done, or else the newest."""
    rows: list[tuple[int, int]] = store.execute(
        "SELECT source_id, scans.id FROM scans JOIN sources ON sources.id = source_id "
        "WHERE case_id = ? ORDER BY source_id, done, scans.id",
        (case,),
    )
    return dict(rows)


def _sources(store: Store, case: int) -> Iterator[SourceRecord]:
    current = current_scans(store, case)
    elsewhere = superseding.matched_elsewhere(store, case, current)
    for source, scan in current.items():
        ((label, kind, path, identity),) = store.execute(
            "SELECT label, kind, path, identity FROM scans "
            "JOIN sources ON sources.id = source_id WHERE scans.id = ?",
            (scan,),
        )
        seen = reading.summary(store, (scan,))
        yield SourceRecord(
            id=source,
            label=from_text(label),
            kind=from_text(kind),
            path=from_text(path),
            identity=json.loads(identity),
            items=seen.items,
            hashed=seen.hashed,
            unreadable=seen.unreadable,
            skipped=seen.skipped,
            incomplete=seen.incomplete,
            known_good=seen.known_good,
            matched=seen.matched,
            bytes=seen.bytes,
            videos=reading.videos(store, scan),
            containers=seen.containers,
            faults=seen.faults,
            matched_earlier=elsewhere.get(source, 0),
            members=seen.members,
            volumes=tuple(medium.volumes(store, scan)),
            unread_ranges=tuple(medium.unread_ranges(store, scan)),
        )


def items(
    store: Store, case: int, *, status: ItemStatus | None, in_part: bool
) -> Iterator[ItemRecord]:
    """The items of a case."""
    where = " AND items.status = ?" if status else ""
    where += " AND items.reason <> ''" if in_part else ""
    for scan in current_scans(store, case).values():
        rows = store.rows(
            f"SELECT {reading.ITEM} FROM items {reading.ITEM_TABLES} "  # noqa: S608 (our words)
            f"WHERE items.scan_id = ?{where} ORDER BY items.id",
            (scan, status) if status else (scan,),
        )
        yield from map(reading.item_record, rows)


def sighting(store: Store, number: int) -> SightingRecord:
    """One sighting.

    Raises:
        UnknownNameError: there is none of this number.
    """
    viewing.check(store, number)
    (row,) = store.execute(
        f"SELECT {reading.ITEM}, {reading.SIGHTING} FROM sightings "  # noqa: S608 (our words)
        f"JOIN items ON items.id = sightings.item_id {reading.ITEM_TABLES} "
        f"{reading.SIGHTING_TABLES} WHERE sightings.id = ?",
        (number,),
    )
    return reading.sighting_record(store, row)


def place_of(store: Store, sighting: int) -> tuple[str, str]:
    """The case and the exhibit of a sighting.

    Raises:
        UnknownNameError: there is none of this number.
    """
    viewing.check(store, sighting)
    ((case, label),) = store.execute(
        "SELECT cases.name, sources.label FROM sightings "
        "JOIN items ON items.id = sightings.item_id JOIN scans ON scans.id = items.scan_id "
        "JOIN sources ON sources.id = scans.source_id JOIN cases ON cases.id = sources.case_id "
        "WHERE sightings.id = ?",
        (sighting,),
    )
    return from_text(case), from_text(label)


def sightings(
    store: Store, case: int, *, reportable_only: bool, every_scan: bool
) -> Iterator[SightingRecord]:
    """The sightings of a case."""
    scans = superseding.Superseding.of(store, case)
    # Mostly there is one scan of each source, and nothing to ask of every sighting.
    asked = not every_scan and any(len(each) > 1 for each in scans.scans.values())
    where = f" AND NOT ({superseding.SUPERSEDED} OR {superseding.REPEATED})" if asked else ""
    if reportable_only:
        where += " AND NOT (sightings.known_good OR sightings.suppressed)"
    # CROSS keeps SQLite from walking along all items, and from sorting what is in order already.
    rows = store.rows(
        f"{scans.tables if asked else ''} SELECT {reading.ITEM}, {reading.SIGHTING} "  # noqa: S608 (our words)
        f"FROM sightings CROSS JOIN items ON items.id = sightings.item_id {reading.ITEM_TABLES} "
        f"{reading.SIGHTING_TABLES} "
        f"JOIN sources ON sources.id = scans.source_id WHERE sources.case_id = ?{where} "
        "ORDER BY sightings.id",
        (*(scans.values if asked else ()), case),
    )
    return (reading.sighting_record(store, row) for row in rows)
