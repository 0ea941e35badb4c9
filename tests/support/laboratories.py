"""Databases of several laboratories, made up, and what a database says without its numbers."""

import hashlib
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from hashmatch.model import ScanResult
from hashmatch.sightings.database import Database
from hashmatch.sightings.merge_values import Merge
from hashmatch.sightings.merging import merge
from hashmatch.sightings.merging_one import Options
from hashmatch.sightings.scan_config import RunConfig, SourceSpec
from tests.support.casework import METADATA, in_part
from tests.support.sighting_values import CONFIGURATION, batches, digests, match, result

CONFIGURATIONS = (
    CONFIGURATION,
    replace(CONFIGURATION, options={"algorithms": ["pdq"], "mode": "exact"}),
)

NOT_SAID = frozenset({"id", "at", "started", "ended"})
"""Columns that tell numbers of rows and times of recording."""
PROVENANCE = frozenset({"audit", "origins", "merges", "merged_rows", "origin_audit"})


def told(numbers: Iterable[int]) -> list[ScanResult]:
    """Items with places, parts, metadata and entries, by their numbers."""
    found = []
    for number in numbers:
        one = in_part(result(number))
        if number % 3 == 0 and one.item.media is not None:
            # Lists say the same of an entry in every laboratory.
            entry = number % 12
            matches = (match(entry, entry_digests=digests(entry), entry_hash="pdq:" + "5a" * 32),)
            one = replace(one, matches=matches)
        if number % 4 == 0:
            one = replace(one, item=replace(one.item, metadata=METADATA))
        found.append(one)
    return found


def scan(
    path: Path,
    *,
    case: str,
    exhibit: str,
    numbers: Iterable[int],
    configuration: RunConfig = CONFIGURATION,
) -> Path:
    """Record a scan to its end."""
    source = SourceSpec(exhibit, "folder", f"/evidence/{exhibit}", {"volume": exhibit})
    with (
        Database.open(path) as database,
        database.run(case=case, source=source, configuration=configuration) as run,
    ):
        for batch in batches(told(numbers)):
            run.record(batch)
        run.finish()
    return path


def verified(path: Path, **asked: object) -> tuple[object, ...]:
    with Database.open(path, read_only=True) as database:
        return database.verify(**asked).problems  # type: ignore[arg-type]  # as there


def joined(into: Path, *paths: Path, options: Options | None = None) -> Merge:
    return merge(paths, into, by="A. Meier", why="joint investigation", options=options)


def laboratories(folder: Path) -> list[Path]:
    """Four databases: equal numbers of cases, an exhibit in two, copies of one that both grew."""
    north = scan(folder / "north", case="1", exhibit="card", numbers=range(60))
    south = scan(folder / "south", case="1", exhibit="card", numbers=range(30, 80))
    scan(south, case="1", exhibit="disk", numbers=range(50), configuration=CONFIGURATIONS[1])
    east = scan(folder / "east", case="2", exhibit="phone", numbers=range(20, 40))
    west = Path(shutil.copy(east, folder / "west"))
    scan(east, case="3", exhibit="phone", numbers=range(10, 25))
    scan(west, case="1", exhibit="tablet", numbers=range(70, 95))
    return [north, south, east, west]


def said(path: Path, *, without: frozenset[str] = frozenset()) -> dict[str, Counter[str]]:
    """The rows of each table, with the rows that they refer to in place of their numbers.

    A row is the digest of its columns; of a number of another row, of that row.
    """
    found: dict[str, Counter[str]] = {}
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            if name not in PROVENANCE | without
        ]
        refers = {
            table: {
                column: parent
                for _, _, parent, column, *_ in connection.execute(
                    f"PRAGMA foreign_key_list({table})"
                )
            }
            for table in tables
        }
        rows = {table: _rows(connection, table) for table in tables}
        known: dict[tuple[str, int], str] = {}

        def of(table: str, row: dict[str, Any]) -> str:
            words = {}
            for column, value in row.items():
                if column in NOT_SAID:
                    continue
                parent = refers[table].get(column)
                if parent is None or value is None or parent == table:
                    words[column] = value.hex() if isinstance(value, bytes) else value
                elif parent in rows:
                    key = (parent, value)
                    if key not in known:
                        known[key] = of(parent, rows[parent][value])
                    words[column] = known[key]
            return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()

        for table in tables:
            found[table] = Counter(of(table, row) for row in rows[table].values())
    return found


def _rows(connection: sqlite3.Connection, table: str) -> dict[int, dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 (our names)
    names = [name for name, *_ in cursor.description]
    rows = [dict(zip(names, values, strict=True)) for values in cursor]
    return {row.get("id", number): row for number, row in enumerate(rows, 1)}
