"""Tamperings beside those of `forgeries`: of whole tables, with values that other rows have, in a
run that is running, and of the chain itself, sealed again from where it was altered.

python -m tests.support.tamperings    prints how many of each kind a verification finds
"""

# ruff: noqa: S608 (statements are made of our own names)

import copy
import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from hashmatch.sightings.actions import FORMS
from hashmatch.sightings.database import Database
from tests.support import forgeries
from tests.support.forgeries import KEYS, OWNERS, UNITS, Change, Forger
from tests.support.sighting_values import CONFIGURATION, SOURCE, results

_KEPT: Final[list[object]] = []
"""Runs that nobody ends."""
_NOT_KEPT: Final = "the head that was asked for is not part of the chain"


class NothingAlteredError(Exception):
    """What was to be altered has no other value, or no other row."""


@dataclass(frozen=True)
class Tampering:
    """What somebody does to the file.

    Attributes:
        what: in words; the same for no two of a record.
        act: does it. It raises `sqlite3.IntegrityError` where a table cannot hold that.
    """

    what: str
    act: Callable[[Forger], object]


def recorded(path: Path) -> Path:
    """The record of `forgeries`, whose last run is running: its rows can go on."""
    forgeries.recorded(path)
    with Database.open(path) as database:
        other = replace(SOURCE, label="exhibit 8", path="/evidence/8")
        configuration = replace(CONFIGURATION, hash_version="2", command="hashmatch scan --rescan")
        run = database.run(case="2", source=other, configuration=configuration, rescan=True)
        run.__enter__().record([*map(forgeries.told, results(12))])
        path.with_name(f"{path.name}-source-2.lock").unlink()
        _KEPT.append(run)
    return path


def found(original: Path, folder: Path, tampering: Tampering, head: str) -> tuple[bool, bool]:
    """Whether a verification finds it by itself, and with a head that was kept.

    Raises:
        NothingAlteredError: the record is what it was, as where a table has one row.
        sqlite3.IntegrityError: the tables cannot hold it.
    """
    path = Path(shutil.copy(original, folder / "tampered"))
    with suppress(FileNotFoundError):
        path.with_name("tampered-wal").unlink()
    forger = Forger(path)
    tampering.act(forger)
    if _dump(forger) == _rows_of(original):
        raise NothingAlteredError(tampering.what)
    forger.close()
    with Database.open(path, read_only=True) as database:
        problems = [each.what for each in database.verify(head=head).problems]
    return any(what != _NOT_KEPT for what in problems), bool(problems)


@cache
def _rows_of(original: Path) -> list[object]:
    """What is in its tables; it is asked for once for all that is done to copies of it."""
    with tempfile.TemporaryDirectory() as folder:
        return _dump(Forger(Path(shutil.copy(original, folder))))


def _dump(forger: Forger) -> list[object]:
    tables = forger.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [forger.all(f"SELECT * FROM {name}") for (name,) in tables]


# Tables alone


def _key(table: str) -> list[str]:
    return [OWNERS[table][1], KEYS[table]] if table in KEYS else ["id"]


def _columns(path: Path) -> dict[str, list[str]]:
    forger = Forger(Path(shutil.copy(path, path.with_name("columns"))))
    names = forger.all(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit' ORDER BY name"
    )
    return {name: forger.columns(name) for (name,) in names}


def _borrow(table: str, column: str) -> Callable[[Forger], object]:
    """The first row that can has the value that another row of the table has."""
    keys = _key(table)

    def act(forger: Forger) -> None:
        rows = forger.all(f"SELECT {', '.join(keys)}, {column} FROM {table} ORDER BY {column}")
        other = next((row[-1] for row in rows if row[-1] != rows[0][-1]), None)
        if other is None:
            raise NothingAlteredError(column)
        where = " AND ".join(f"{key} = ?" for key in keys)
        forger(f"UPDATE {table} SET {column} = ? WHERE {where}", other, *rows[0][:-1])

    return act


def _exchange(table: str, columns: list[str]) -> Callable[[Forger], object]:
    """The first two rows exchange all but their keys."""
    keys, rest = _key(table), [each for each in columns if each not in _key(table)]

    def act(forger: Forger) -> None:
        named, where = ", ".join([*keys, *rest]), " AND ".join(f"{key} = ?" for key in keys)
        first, *others = forger.all(f"SELECT {named} FROM {table} ORDER BY {', '.join(keys)}")
        cut = len(keys)
        second = next((row for row in others if row[cut:] != first[cut:]), first)
        if second is first:
            raise NothingAlteredError(table)
        for row in (first, second):
            forger(f"DELETE FROM {table} WHERE {where}", *row[:cut])
        marks = ", ".join("?" * len(first))
        for key, values in ((first, second), (second, first)):
            forger(f"INSERT INTO {table} ({named}) VALUES ({marks})", *key[:cut], *values[cut:])

    return act


def _move(table: str) -> Callable[[Forger], object]:
    """What belongs to one row belongs to the next."""
    owner = OWNERS[table][1]

    def act(forger: Forger) -> None:
        ((first, last),) = forger.all(f"SELECT min({owner}), max({owner}) FROM {table}")
        forger(f"DELETE FROM {table} WHERE {owner} = ?", last)
        forger(f"UPDATE {table} SET {owner} = ? WHERE {owner} = ?", last, first)

    return act


def _empty(table: str) -> Callable[[Forger], object]:
    return lambda forger: forger(f"DELETE FROM {table}")


def of_tables(path: Path) -> Iterator[Tampering]:
    """Tables are altered, and the chain is left alone."""
    for table, columns in _columns(path).items():
        for column in columns:
            yield Tampering(f"{table}.{column} of another row", _borrow(table, column))
        yield Tampering(f"{table}: two rows exchanged", _exchange(table, columns))
        yield Tampering(f"{table}: emptied", _empty(table))
        if table in OWNERS:
            yield Tampering(f"{table}: moved", _move(table))


# Told once more by a run that is running


def _tell_in_batch(forger: Forger, table: str, number: int, run: int) -> None:
    """The running run records the row again, with an item of its own as every batch has."""
    ((item, scan),) = forger.all(
        "SELECT (SELECT max(id) + 1 FROM items), scan_id FROM runs WHERE id = ?", run
    )
    counts = {"hashed": 0, "unreadable": 0, "skipped": 1}
    forger(
        "INSERT INTO items VALUES (?, ?, ?, 'planted', 1, NULL, NULL, 'skipped', 'not-a-picture', "
        "'', 0, 0)",
        *(item, scan, run),
    )
    units = {"items": {"first": item, **forger.units("items", item, item)}}
    if table == "items":
        first = min(number, item)
        units = {"items": {"first": first, **forger.units("items", first, item)}}
    else:
        units[table] = {"first": number, **forger.units(table, number, number)}
    forger.append("batch", {"run": run, **counts, "units": units})


def _again(change: Change) -> Callable[[Forger], object]:
    def act(forger: Forger) -> None:
        table, number = change.owner(forger)
        if change.what in {"insert", "duplicate"} and table == change.table:
            number += 1
        change.make(forger)
        ((run,),) = forger.all("SELECT max(id) FROM runs")
        if table in UNITS:
            _tell_in_batch(forger, table, number, run)
            return
        told = [
            dict(zip(forger.columns(table), row, strict=True))
            for row in forger.all(f"SELECT * FROM {table} WHERE id = ?", number)
        ]
        if table in {"environments", "viewings"}:
            more = {"run": run} if table == "environments" else {}
            action = "environment" if table == "environments" else "viewed"
            forger.append(action, {**more, "rows": {table: told}})
            return
        ((seq, text),) = forger.all(
            "SELECT seq, details FROM audit WHERE action = 'start' ORDER BY seq DESC LIMIT 1"
        )
        details = json.loads(text)
        details["rows"].setdefault(table, [])
        details["rows"][table] = [*told, *details["rows"][table]]
        forger.retell(seq, details)

    return act


def told_again(path: Path) -> Iterator[Tampering]:
    """A row is altered, and the run that is running tells it as it is now."""
    for change in forgeries.changes(path):
        yield Tampering(f"{change.table}: {change.what}, told again", _again(change))


# The chain itself, sealed again


def _leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in pairs:
            yield from _leaves(each, (*at, key))
    else:
        yield at


def _other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        digits = value[:-1] + ("0" if value[-1:] != "0" else "1")
        return digits if value[-1:].isalnum() else value + "x"
    return ["x"] if isinstance(value, list) else {"x": "x"}


def _alter_leaf(
    seq: int, details: dict[str, Any], at: tuple[Any, ...]
) -> Callable[[Forger], object]:
    def act(forger: Forger) -> None:
        new = copy.deepcopy(details)
        place = new
        for key in at[:-1]:
            place = place[key]
        if at:
            place[at[-1]] = _other(place[at[-1]])
        forger.retell(seq, new)

    return act


def _set(seq: int, column: str, value: str) -> Callable[[Forger], object]:
    def act(forger: Forger) -> None:
        forger(f"UPDATE audit SET {column} = ? WHERE seq = ?", value, seq)
        forger.seal_from(seq)

    return act


def _take_out(seq: int) -> Callable[[Forger], object]:
    def act(forger: Forger) -> None:
        forger("DELETE FROM audit WHERE seq = ?", seq)
        forger("UPDATE audit SET seq = -seq WHERE seq > ?", seq)
        forger("UPDATE audit SET seq = -seq - 1 WHERE seq < 0")
        forger.seal_from(seq)

    return act


def _put_twice(seq: int) -> Callable[[Forger], object]:
    def act(forger: Forger) -> None:
        forger("UPDATE audit SET seq = -seq WHERE seq > ?", seq)
        forger("UPDATE audit SET seq = -seq + 1 WHERE seq < 0")
        forger(
            "INSERT INTO audit SELECT seq + 1, at, actor, host, action, details, previous, sha256 "
            "FROM audit WHERE seq = ?",
            seq,
        )
        forger.seal_from(seq)

    return act


def _put_before(seq: int) -> Callable[[Forger], object]:
    """A row changes places with the one before it; the times stay where they are."""

    def act(forger: Forger) -> None:
        rows = forger.all(
            "SELECT actor, host, action, details FROM audit WHERE seq IN (?, ?) ORDER BY seq",
            *(seq - 1, seq),
        )
        for number, values in zip((seq, seq - 1), rows, strict=True):
            forger(
                "UPDATE audit SET (actor, host, action, details) = (?, ?, ?, ?) WHERE seq = ?",
                *(*values, number),
            )
        forger.seal_from(seq - 1)

    return act


def _chain(path: Path) -> list[tuple[int, str, dict[str, Any]]]:
    return list(Forger(Path(shutil.copy(path, path.with_name("chain")))).chain())


def of_details(path: Path) -> Iterator[Tampering]:
    """Every value in the details of every row of the chain, one by one."""
    for seq, action, details in _chain(path):
        for at in _leaves(details):
            name = ".".join(map(str, at))
            yield Tampering(f"{action} ({seq}): {name}", _alter_leaf(seq, details, at))


def of_rows(path: Path) -> Iterator[Tampering]:
    """Whole rows of the chain: called another action, of others, earlier, gone, twice, moved."""
    chain = _chain(path)
    for seq, action, _ in chain:
        for other in FORMS:
            if other != action:
                yield Tampering(f"{action} ({seq}) called {other}", _set(seq, "action", other))
        yield Tampering(f"{action} ({seq}) called of no kind", _set(seq, "action", "approval"))
        yield Tampering(f"{action} ({seq}) by another", _set(seq, "actor", "examiner (uid 1)"))
        yield Tampering(f"{action} ({seq}) elsewhere", _set(seq, "host", "elsewhere"))
        early, late = (f"{year}-01-01T00:00:00.000+00:00" for year in (2020, 2099))
        yield Tampering(f"{action} ({seq}) of 2020", _set(seq, "at", early))
        yield Tampering(f"{action} ({seq}) of 2099", _set(seq, "at", late))
        yield Tampering(f"{action} ({seq}) taken out", _take_out(seq))
        yield Tampering(f"{action} ({seq}) put twice", _put_twice(seq))
        if seq > 1:
            yield Tampering(f"{action} ({seq}) before its row", _put_before(seq))


KINDS: Final[dict[str, Callable[[Path], Iterator[Tampering]]]] = {
    "tables alone": of_tables,
    "told again by a run that is running": told_again,
    "details of the chain": of_details,
    "rows of the chain": of_rows,
}


def main() -> None:
    """Print a table of what is found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        original = recorded(folder / "db")
        with Database.open(original, read_only=True) as database:
            verdict = database.verify()
        if verdict.problems:
            sys.exit(f"the record itself does not pass: {verdict.problems}")
        sys.stdout.write(f"{'':40}{'made':>6}{'found':>7}{'found with --head':>19}\n")
        for kind, of in KINDS.items():
            made, alone, with_head, missed = 0, 0, 0, []
            for tampering in of(original):
                try:
                    seen, seen_with_head = found(original, folder, tampering, verdict.head)
                except (sqlite3.IntegrityError, NothingAlteredError):
                    continue
                made, alone, with_head = made + 1, alone + seen, with_head + seen_with_head
                missed += [] if seen else [tampering.what]
            sys.stdout.write(f"{kind:40}{made:>6}{alone:>7}{with_head:>19}\n")
            for each in missed:
                sys.stdout.write(f"    not found: {each}\n")


if __name__ == "__main__":
    main()
