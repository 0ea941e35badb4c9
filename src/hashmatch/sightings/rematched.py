"""Tables of retroactive matching: what was matched again later, with what, and what that found.

A sighting that a rematch recorded belongs to an item that a scan recorded before, and to the run
of that scan; `retroactive` says which rematch found it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hashmatch.coverage import ListCoverage
from hashmatch.model import Json
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.list_records import ListRecord
from hashmatch.sightings.rematch_records import RematchedScan, RematchRecord
from hashmatch.sightings.store import Store
from hashmatch.sightings.triggers import forbids

_TABLES: Final = (
    # One start of a rematch: the lists, their policies and coverage in `lists`; the system, the
    # files of indexes and the tiers in `facts`.
    """
    CREATE TABLE rematches (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        tool TEXT NOT NULL,
        libraries TEXT NOT NULL,
        command TEXT NOT NULL,
        host TEXT NOT NULL,
        profile TEXT NOT NULL,
        lists TEXT NOT NULL,
        facts TEXT NOT NULL
    ) STRICT
    """,
    # A scan of which all items on record were matched; what could not be is counted in `facts`.
    """
    CREATE TABLE rematched_scans (
        id INTEGER PRIMARY KEY,
        rematch_id INTEGER NOT NULL REFERENCES rematches,
        scan_id INTEGER NOT NULL REFERENCES scans,
        at TEXT NOT NULL,
        items INTEGER NOT NULL CHECK (items >= 0),
        sightings INTEGER NOT NULL CHECK (sightings >= 0),
        facts TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE retroactive (
        id INTEGER PRIMARY KEY,
        sighting_id INTEGER NOT NULL UNIQUE REFERENCES sightings,
        rematch_id INTEGER NOT NULL REFERENCES rematches
    ) STRICT
    """,
)

FIXED: Final = ("rematches", "rematched_scans", "retroactive")

REMATCHED: Final = (
    *_TABLES,
    "CREATE INDEX rematched_scans_by_scan ON rematched_scans (scan_id)",
    *(forbids(table, event) for table in FIXED for event in ("UPDATE", "DELETE")),
)
"""What makes the tables."""

REMATCH: Final = "(SELECT rematch_id FROM retroactive WHERE sighting_id = sightings.id)"
"""The column that says which rematch recorded a sighting; NULL of what a scan recorded."""


_FOUND: Final = """
    SELECT item_id FROM retroactive JOIN sightings AS later ON later.id = sighting_id WHERE
"""


def raised(items: str = "items") -> str:
    """Whether items have a reportable match, of their scan or of a rematch, as a condition.

    Args:
        items: what their table is called in the statement.
    """
    found = f"{_FOUND} NOT (later.known_good OR later.suppressed)"
    return f"({items}.raised > 0 OR {items}.id IN ({found}))"


def harmless(items: str = "items") -> str:
    """Whether a list says that items are harmless, likewise."""
    return f"({items}.known_good OR {items}.id IN ({_FOUND} later.known_good))"


def add_to(store: Store, scans: str, counts: Counter[str]) -> None:
    """Count what rematches found of these scans: items say what their scan found alone.

    Args:
        store: the database.
        scans: their numbers, with commas between.
        counts: of matches and items, which are changed.
    """
    sql = f"""
        SELECT raised, items.known_good, sum(NOT (sightings.known_good OR suppressed)),
            max(sightings.known_good)
        FROM retroactive JOIN sightings ON sightings.id = sighting_id
        JOIN items ON items.id = item_id
        WHERE scan_id IN ({scans}) GROUP BY items.id
    """  # noqa: S608 (numbers)
    for raised, known_good, matches, also_good in store.execute(sql):
        counts["matches"] += matches
        if matches and not raised:
            counts["matched"] += 1
            counts["known_good"] -= known_good
        elif also_good and not raised and not known_good:
            counts["known_good"] += 1


_COLUMNS: Final = ("id", "at", "tool", "libraries", "command", "host", "profile", "lists", "facts")


def list_facts(known: ListRecord) -> dict[str, Json]:
    """What is on record of a list, as a rematch has it."""
    return {
        "name": known.name,
        "sha256": list(known.sha256),
        "version": known.version,
        "entries": known.entries,
        "known_good": known.known_good,
        "policy": dict(known.policy),
        "known_good_entries": known.known_good_entries,
        "coverage": known.coverage.to_dict() if known.coverage else None,
        "handling": known.handling,
    }


def _list_of(facts: Mapping[str, Any]) -> ListRecord:
    covered = facts["coverage"]
    found = ListCoverage.from_json(facts["name"], covered) if covered else None
    return ListRecord(**{**facts, "sha256": tuple(facts["sha256"]), "coverage": found})


def of_case(store: Store, case: int) -> Iterator[RematchRecord]:
    """The rematches that matched items of a case, with the scans of that case alone."""
    scans: dict[int, list[RematchedScan]] = {}
    for number, scan, source, at, items, sightings, facts in store.execute(
        "SELECT rematch_id, scan_id, source_id, rematched_scans.at, items, sightings, facts "
        "FROM rematched_scans JOIN scans ON scans.id = scan_id "
        "JOIN sources ON sources.id = source_id WHERE case_id = ? ORDER BY rematched_scans.id",
        (case,),
    ):
        one = RematchedScan(
            scan=scan, source=source, at=at, items=items, sightings=sightings, **json.loads(facts)
        )
        scans.setdefault(number, []).append(one)
    # One that was stopped before it came to the end of a scan has recorded sightings all the same.
    begun = {
        number
        for (number,) in store.execute(
            "SELECT DISTINCT rematch_id FROM retroactive JOIN sightings ON sightings.id = "
            "sighting_id JOIN items ON items.id = item_id JOIN scans ON scans.id = items.scan_id "
            "JOIN sources ON sources.id = source_id WHERE case_id = ?",
            (case,),
        )
    }
    for number in sorted(begun | scans.keys()):
        yield _record(store, number, tuple(scans.get(number, ())))


def _record(store: Store, number: int, scans: tuple[RematchedScan, ...]) -> RematchRecord:
    (row,) = store.execute(
        f"SELECT {', '.join(_COLUMNS)} FROM rematches WHERE id = ?",  # noqa: S608 (our names)
        (number,),
    )
    values = dict(zip(_COLUMNS, row, strict=True))
    return RematchRecord(
        **{
            **values,
            "libraries": json.loads(values["libraries"]),
            "command": from_text(values["command"]),
            "host": from_text(values["host"]),
            "profile": json.loads(values["profile"]),
            "lists": tuple(map(_list_of, json.loads(values["lists"]))),
            "facts": json.loads(values["facts"]),
        },
        scans=scans,
    )
