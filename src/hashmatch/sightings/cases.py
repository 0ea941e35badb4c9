"""What is on record of one case."""

import json
from collections.abc import Iterator

from hashmatch.sightings import audit, reading
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord, SourceRecord
from hashmatch.sightings.store import Store


def names(store: Store) -> tuple[str, ...]:
    """The names of all cases, in the order in which they came."""
    return tuple(from_text(name) for (name,) in store.execute("SELECT name FROM cases ORDER BY id"))


def record(store: Store, name: str, case: int) -> CaseRecord:
    """A case with its runs, sources and lists."""
    runs = tuple(reading.runs(store, case))
    head, rows = audit.head(store)
    lists = [known for run in runs for known in run.lists]
    once = [known for at, known in enumerate(lists) if known not in lists[:at]]
    return CaseRecord(
        name=name,
        runs=runs,
        sources=tuple(_sources(store, case)),
        lists=tuple(once),
        audit_head=head,
        audit_rows=rows,
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
    for source, scan in current_scans(store, case).items():
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
        )


def items(store: Store, case: int, *, status: str | None) -> Iterator[ItemRecord]:
    """The items of a case."""
    where = " AND items.status = ?" if status else ""
    for scan in current_scans(store, case).values():
        rows = store.rows(
            f"SELECT {reading.ITEM} FROM items {reading.ITEM_TABLES} "  # noqa: S608 (our words)
            f"WHERE items.scan_id = ?{where} ORDER BY items.id",
            (scan, status) if status else (scan,),
        )
        yield from map(reading.item_record, rows)


def sightings(
    store: Store, case: int, *, raised_only: bool, every_scan: bool
) -> Iterator[SightingRecord]:
    """The sightings of a case."""
    where = "" if every_scan else f" AND NOT {_SUPERSEDED}"
    if raised_only:
        where += " AND NOT (sightings.known_good OR sightings.suppressed)"
    # CROSS keeps SQLite from walking along all items, and from sorting what is in order already.
    rows = store.rows(
        f"SELECT {reading.ITEM}, {reading.SIGHTING} "  # noqa: S608 (our words)
        f"FROM sightings CROSS JOIN items ON items.id = sightings.item_id {reading.ITEM_TABLES} "
        f"{reading.SIGHTING_TABLES} "
        f"JOIN sources ON sources.id = scans.source_id WHERE sources.case_id = ?{where} "
        "ORDER BY sightings.id",
        (case,),
    )
    return (reading.sighting_record(store, row) for row in rows)


_SUPERSEDED = """
    EXISTS (
        SELECT 1 FROM scans AS later
        JOIN runs ON runs.scan_id = later.id
        JOIN run_lists ON run_lists.run_id = runs.id
        WHERE later.source_id = scans.source_id AND later.id > scans.id AND later.done
            AND run_lists.name = sightings.list
    )
"""
