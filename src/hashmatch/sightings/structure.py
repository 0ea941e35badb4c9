"""Whether the file is sound, and its tables, indexes, views and triggers are those of hashmatch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from hashmatch.sightings import migrating, schema
from hashmatch.sightings.store import Connection, Store
from hashmatch.sightings.verdict import MOST, Problem

_STATISTICS: Final = {
    ("table", "sqlite_stat1"): "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
    ("table", "sqlite_stat4"): "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
}
"""What SQLite's ANALYZE adds: it decides how fast a search is, not what it finds."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What differs from a new database of the same version.

    Attributes:
        problems: in words.
        readable: whether rows can be read: every table is the one that belongs here, and nothing
            that calculates its rows stands in the place of one.
    """

    problems: tuple[Problem, ...]
    readable: bool


def integrity(store: Store) -> Iterator[Problem]:
    """What SQLite itself finds wrong: pages, types, constraints."""
    for (text,) in store.rows(f"PRAGMA integrity_check({MOST})"):
        if text != "ok":
            yield Problem(f"the file is damaged: {text}")


def references(store: Store) -> Iterator[Problem]:
    """Rows that belong to others which are not there."""
    for table, row, parent, _ in store.rows("PRAGMA foreign_key_check"):
        yield Problem(f"belongs to a row of {parent} that is not there", table, row)


def compared(store: Store) -> Structure:
    """Tables, indexes, views and triggers against those of a new database of the same version."""
    expected = _expected(schema.MIGRATIONS[: migrating.version_of(store)])
    actual = _objects(store)
    problems, readable = [], True
    for key in sorted(expected.keys() | actual.keys(), key=repr):
        kind, name = key
        if key not in actual:
            problems.append(Problem(f"the {kind} {name} is missing"))
            readable &= kind != "table"
        elif key not in expected:
            if actual[key] == _STATISTICS.get(key, ()):
                continue
            problems.append(Problem(f"the {kind} {name} does not belong here"))
            readable &= kind != "view" and "VIRTUAL" not in str(actual[key]).upper()
        elif expected[key] != actual[key]:
            problems.append(Problem(f"the {kind} {name} was altered"))
            readable &= kind not in {"table", "view"}
    return Structure(tuple(problems), readable)


@cache
def _expected(migrations: tuple[tuple[str, ...], ...]) -> dict[tuple[Any, Any], Any]:
    """The objects of a new database: a process that looks at many makes it once."""
    with migrating.made(migrations) as fresh:
        return _objects(fresh)


def _objects(store: Store | Connection) -> dict[tuple[Any, Any], Any]:
    """The text of each object by kind and name; whatever SQLite makes by itself has none."""
    rows: Iterable[tuple[Any, Any, Any]] = store.execute(
        "SELECT type, name, sql FROM sqlite_master"
    )
    return {(kind, name): sql for kind, name, sql in rows}
