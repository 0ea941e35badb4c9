"""Whether values on record are such as hashmatch records: types, ranges, JSON, references.

Tables refuse other values while hashmatch writes. Whoever writes the file by other means is
refused nothing, and what reads a row must not have to expect everything. So these checks come
before rows are read; `audit verify` makes them of all tables, and proves more.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from hashmatch.errors import DamagedDatabaseError, DatabaseError
from hashmatch.sightings.store import Store
from hashmatch.sightings.verdict import Problem

SMALL: Final = frozenset(
    {
        *("cases", "sources", "hashings", "scans", "runs", "run_lists", "environments"),
        *("viewings", "statements", "erasures", "origins", "merges"),
        *("rematches", "rematched_scans"),
    }
)
"""Tables of which every scan or person adds a few rows, and which every command reads."""

ALL: Final = SMALL | {
    *("contents", "pictures", "readings", "videos", "frames", "items", "times"),
    *("sightings", "segments", "entries", "sighted", "places", "volumes", "unread_ranges"),
    *("original_names", "metadata", "metadata_fields", "imports", "events", "event_values"),
    *("quarantined_rows", "cluster_members", "erased"),
    *("region_sets", "regions", "matched_parts", "merged_rows", "origin_audit"),
    "retroactive",
}
"""All tables but the audit chain, which is checked row by row."""

_OBJECTS: Final = {
    "hashings": ("options",),
    "scans": ("identity", "binding"),
    "runs": ("libraries", "profile"),
    "run_lists": ("policy",),
    "environments": ("facts",),
    "entries": ("details",),
    "events": ("fields",),
    "rematches": ("libraries", "profile", "facts"),
    "rematched_scans": ("facts",),
}
"""Columns that hold a JSON object."""

_ARRAYS: Final = {
    "run_lists": ("sha256",),
    "pictures": ("flags",),
    "places": ("steps", "runs"),
    "imports": ("notes",),
    "erasures": ("things",),
    "rematches": ("lists",),
    "regions": ("outline",),
    "matched_parts": ("outline", "similarity"),
}
"""Columns that hold a JSON array."""

_COUNTS: Final = {
    "run_lists": ("entries",),
    "pictures": ("width", "height", "frames"),
    "readings": ("position", "frame"),
    "frames": ("position", "frame"),
    "segments": ("position", "frames", "pictures"),
    "event_values": ("position",),
    "metadata_fields": ("position",),
    "regions": ("position",),
    "sightings": ("threshold", "frame"),
}
"""Columns of whole numbers that are never negative, beside those whose table says so."""

_MOMENTS: Final = {
    **dict.fromkeys(
        (
            *("sightings", "viewings", "statements", "imports", "erasures", "merges"),
            *("rematches", "rematched_scans"),
        ),
        ("at",),
    ),
    "runs": ("started",),
}
"""Columns that hold a time of this machine's clock."""

_MOMENT: Final = "'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*'"


def check(store: Store, tables: Collection[str] = SMALL) -> None:
    """See that these tables, and the end of the audit chain, hold what hashmatch records.

    Raises:
        DamagedDatabaseError: something does not; the message names the first.
    """
    try:
        found = next(problems(store, tables), None) or next(_chain(store), None)
    except DamagedDatabaseError:
        raise
    except DatabaseError as error:
        # For example text that is no UTF-8.
        found = Problem(str(error))
    if found is not None:
        raise altered(store, found)


def altered(store: Store, found: Problem) -> DamagedDatabaseError:
    """The error that says what of a database was altered."""
    row = f" row {found.row}:" if found.row is not None else ""
    where = f"{found.table}{row or ':'} " if found.table else ""
    return DamagedDatabaseError(
        f"{store.path} was altered or damaged ({where}{found.what}): nothing in it can be relied "
        "on; `hashmatch audit verify` shows all that is wrong"
    )


def problems(
    store: Store, tables: Collection[str] = ALL, *, checked: bool = False
) -> Iterator[Problem]:
    """Values of these tables that hashmatch never records, table by table.

    Args:
        store: the database.
        tables: their names.
        checked: whether the whole file and the numbers of all rows are checked already.
    """
    there = {name for (name,) in store.execute("SELECT name FROM main.sqlite_master")}
    for table in sorted(there.intersection(tables)):
        if not checked:
            yield from _of_sqlite(store, table)
        columns = {row[1] for row in store.execute(f"PRAGMA main.table_info({table})")}
        if "id" in columns and not checked:
            yield from _numbers(store, table)
        for test, what in _tests(table, columns):
            where = "id" if "id" in columns else "NULL"
            found = store.execute(f"SELECT {where} FROM main.{table} WHERE {test} LIMIT 1")  # noqa: S608 (our names)
            yield from (Problem(what, table, row) for (row,) in found)


def _of_sqlite(store: Store, table: str) -> Iterator[Problem]:
    """Types and conditions that the table itself demands, and rows that it refers to."""
    for (text,) in store.rows(f"PRAGMA main.quick_check({table})"):
        if text != "ok":
            yield Problem(str(text), table)
    for _, row, parent, _ in store.rows(f"PRAGMA main.foreign_key_check({table})"):
        yield Problem(f"belongs to a row of {parent} that is not there", table, row)


def _numbers(store: Store, table: str) -> Iterator[Problem]:
    """Numbers of rows begin with one and have no gap, but where rows were erased."""
    numbers = f"SELECT id FROM main.{table}"  # noqa: S608 (our names)
    there = store.one("SELECT 1 FROM main.sqlite_master WHERE name = 'erased'")
    if there and store.one("SELECT 1 FROM main.erased WHERE kind = ?", (table,)):
        numbers += f" UNION SELECT number FROM main.erased WHERE kind = '{table}'"  # noqa: S608 (likewise)
    ((first, last, count),) = store.execute(f"SELECT min(id), max(id), count(*) FROM ({numbers})")  # noqa: S608 (likewise)
    if count and (first, last) != (1, count):
        yield Problem(f"its {count:,} rows are not numbered from 1 to {count:,}", table)


def _tests(table: str, columns: Collection[str]) -> Iterator[tuple[str, str]]:
    """Conditions that no row may meet, and what is wrong with one that does."""
    kinds: tuple[tuple[Mapping[str, tuple[str, ...]], str, str], ...] = (
        (_OBJECTS, _json("object"), "is no JSON object"),
        (_ARRAYS, _json("array"), "is no JSON array"),
        (_COUNTS, "{0} < 0", "is negative"),
        (_MOMENTS, f"{{0}} NOT GLOB {_MOMENT}", "is no time"),
    )
    for named, test, what in kinds:
        for column in named.get(table, ()):
            if column in columns:
                yield test.format(column), f"{column} {what}"


def _json(kind: str) -> str:
    return f"CASE WHEN json_valid({{0}}) THEN json_type({{0}}) <> '{kind}' ELSE 1 END"


def _chain(store: Store) -> Iterator[Problem]:
    """Whether the first and the last row of the audit chain can be what they are."""
    yield from _of_sqlite(store, "audit")
    ((first, last, count),) = store.execute("SELECT min(seq), max(seq), count(*) FROM audit")
    if count and (first, last) != (1, count):
        yield Problem(f"its {count:,} rows are not numbered from 1 to {count:,}", "audit")
        return
    for seq, at, details in store.execute(
        "SELECT seq, at, details FROM audit WHERE seq IN (1, ?)", (last,)
    ):
        try:
            sound = isinstance(json.loads(details), dict) and isinstance(at, str)
        except (RecursionError, TypeError, ValueError):
            sound = False
        if not sound:
            yield Problem("its details cannot be understood", "audit", seq, seq)
