"""A record, and somebody who can write its file, knows SQL, the tables and the source code.

python -m tests.support.forgeries    prints how many forgeries of each kind a verification finds
"""

# ruff: noqa: S608 (statements are made of our own names)

import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

from hashmatch.errors import ResumeError
from hashmatch.model import RunStatus, ScanResult
from hashmatch.sightings import audit, rows
from hashmatch.sightings.database import Database
from hashmatch.sightings.encoding import canonical
from hashmatch.sightings.merging import merge
from hashmatch.sightings.store import Store
from tests.support.casework import METADATA, add_casework, in_part, other_laboratory
from tests.support.sighting_values import (
    CONFIGURATION,
    SOURCE,
    TIMES,
    UNREAD,
    VOLUME,
    batches,
    digests,
    member,
    results,
)

OWNERS: Final = {
    "readings": ("pictures", "picture_id"),
    "frames": ("videos", "video_id"),
    "times": ("items", "item_id"),
    "segments": ("sightings", "sighting_id"),
    "event_values": ("events", "event_id"),
    "metadata_fields": ("metadata", "metadata_id"),
    "regions": ("region_sets", "region_set_id"),
    "origin_audit": ("origins", "origin_id"),
}
"""Tables of rows that belong to those of another, and the column that says to which."""

_NUMBERED: Final = ("readings", "frames", "segments", "event_values", "metadata_fields", "regions")
KEYS: Final = {"times": "kind", "origin_audit": "seq", **dict.fromkeys(_NUMBERED, "position")}

UNITS: Final = {kind.table: kind for kind in rows.EVERY}


def told(found: ScanResult) -> ScanResult:
    """A result whose matches say what their entries are."""
    return replace(
        found,
        item=replace(found.item, metadata=METADATA),
        matches=tuple(
            replace(each, entry_hash="pdq:5a", entry_digests=digests(5), details={"series": "x"})
            for each in found.matches
        ),
    )


def recorded(path: Path) -> Path:
    """A record with rows in every table: runs that were killed, refused, resumed, done, failed."""
    found = [*map(in_part, map(told, results(30)))]
    merge([*map(other_laboratory, map(path.with_name, "bc"))], path, by="A. Meier")
    with Database.open(path) as database:
        killed = database.run(case="1", source=SOURCE, configuration=CONFIGURATION)
        run = killed.__enter__()  # and never left
        run.expect(len(found))
        portions = [*batches(found, 10)]
        run.record(portions[0], times={each.item.locator: TIMES for each in portions[0]})
        path.with_name(f"{path.name}-source-1.lock").unlink()
        with (
            suppress(ResumeError),
            database.run(case="1", source=SOURCE, configuration=CONFIGURATION),
        ):
            pass
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            run.expect(len(found))
            run.note_environment("sandbox", {"landlock": 5})
            run.record_medium([VOLUME, UNREAD])
            for portion in (*portions[1:], [member(40), member(41)]):
                run.record(portion, times={each.item.locator: TIMES for each in portion})
            run.finish()
        other = replace(SOURCE, label="exhibit 8", path="/evidence/8")
        configuration = replace(CONFIGURATION, hash_version="2")
        with database.run(case="2", source=other, configuration=configuration) as run:
            run.record(portions[0])
            run.finish(RunStatus.FAILED)
        database.record_viewed([3, 7], by="A. Meier", why="identification")
        add_casework(database)
        database.note("export", {"file": "report.html"})
    _KEPT.append(killed)
    return path


_KEPT: list[object] = []
"""Runs that were killed: nobody ends them."""


def at_once(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    """Execute them in one transaction: triggers are many, and each would wait for the disk."""
    connection.execute("BEGIN")
    for each in statements:
        connection.execute(each)
    connection.execute("COMMIT")


class Forger:
    """The file in the forger's hands; the triggers are away until it is given back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(path)
        self.reopen()
        self.triggers = self.all("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        at_once(self.connection, [f"DROP TRIGGER {name}" for name, _ in self.triggers])

    def reopen(self) -> None:
        """Let SQLite read the tables anew."""
        self.connection.close()
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self("PRAGMA synchronous = OFF")
        self("PRAGMA ignore_check_constraints = ON")

    def __del__(self) -> None:
        """From Python 3.13 on, a connection that nobody closed is a warning."""
        self.connection.close()

    def __call__(self, sql: str, *values: Any) -> Self:
        self.connection.execute(sql, values)
        return self

    def all(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self.all(f"PRAGMA table_info({table})")]

    def close(self) -> Path:
        """Give the file back."""
        at_once(self.connection, [sql for _, sql in self.triggers])
        self.connection.close()
        return self.path

    # What the chain says

    def append(self, action: str, details: dict[str, Any], at: str = "") -> None:
        """A row behind the last, in the right form, by the person of the last."""
        ((seq, last, actor, host, previous),) = self.all(
            "SELECT seq, at, actor, host, sha256 FROM audit ORDER BY seq DESC LIMIT 1"
        )
        row = (seq + 1, at or last, actor, host, action, canonical(details), previous)
        self("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", *row, audit.sealed(row))

    def retell(self, seq: int, details: dict[str, Any]) -> None:
        """Other details in a row of the chain, and all rows behind it sealed again."""
        self("UPDATE audit SET details = ? WHERE seq = ?", canonical(details), seq)
        self.seal_from(seq)

    def seal_from(self, seq: int) -> None:
        previous = self.all("SELECT sha256 FROM audit WHERE seq = ?", seq - 1)
        carried = previous[0][0] if previous else audit.START
        for row in self.all("SELECT * FROM audit WHERE seq >= ? ORDER BY seq", seq):
            sealed = audit.sealed((*row[:6], carried))
            self("UPDATE audit SET previous = ?, sha256 = ? WHERE seq = ?", carried, sealed, row[0])
            carried = sealed

    def chain(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        for seq, action, details in self.all("SELECT seq, action, details FROM audit ORDER BY seq"):
            yield seq, action, json.loads(details)

    def units(self, table: str, first: int, last: int) -> dict[str, Any]:
        """What an audit row says of the units with these ids, as they are now."""
        store = Store(self.path, writable=False)
        try:
            return rows.seal(rows.read(store, UNITS[table], first, last))
        finally:
            store.close()


@dataclass(frozen=True)
class Change:
    """One alteration of one table.

    Attributes:
        table: the table.
        what: a column that gets another value, or `insert`, `delete` or `duplicate`.
    """

    table: str
    what: str

    def make(self, forger: Forger) -> None:
        """Alter the table, and nothing else."""
        which = f"rowid = (SELECT max(rowid) FROM {self.table})"
        if key := KEYS.get(self.table):
            owner = OWNERS[self.table][1]
            last = f"SELECT {owner}, {key} FROM {self.table} ORDER BY 1 DESC, 2 DESC LIMIT 1"
            which = f"({owner}, {key}) = ({last})"
        columns = forger.columns(self.table)
        row = f"SELECT {', '.join(columns)} FROM {self.table} WHERE {which}"
        if self.what == "delete":
            forger(f"DELETE FROM {self.table} WHERE {which}")
        elif self.what in {"insert", "duplicate"}:
            (values,) = forger.all(row)
            changed = dict(zip(columns, values, strict=True))
            new = KEYS.get(self.table, "id")
            changed[new] = changed[new] + 1 if isinstance(changed[new], int) else "x"
            if self.what == "insert" or self.table in _UNIQUE:
                name = _TEXTS.get(self.table)
                changed |= {name: f"{changed[name]}x"} if name else {}
            if self.table in ("sighted", "matched_parts", "retroactive"):
                ((changed["sighting_id"],),) = forger.all("SELECT max(id) + 1 FROM sightings")
            if self.table == "original_names":
                # An item that was recorded without one.
                ((changed["item_id"],),) = forger.all("SELECT min(id) FROM items")
            if self.table == "places":
                ((changed["item_id"],),) = forger.all("SELECT max(id) + 1 FROM items")
            if self.table in ("videos", "region_sets"):
                ((changed["picture_id"],),) = forger.all("SELECT max(id) + 1 FROM pictures")
            changed |= _OTHERS.get(self.table, {})
            marks = ",".join("?" * len(changed))
            forger(f"INSERT INTO {self.table} VALUES ({marks})", *changed.values())
        else:
            column = self.what
            forger(
                f"UPDATE {self.table} SET {column} = CASE typeof({column}) "
                f"WHEN 'integer' THEN {column} + 1 WHEN 'real' THEN {column} / 2 + 1 "
                f"WHEN 'blob' THEN zeroblob(length({column})) WHEN 'null' THEN 1 "
                f"ELSE {column} || 'x' END WHERE {which}"
            )

    def owner(self, forger: Forger) -> tuple[str, int]:
        """The unit that the alteration is in, or the row of a small table."""
        table, column = OWNERS.get(self.table, (self.table, "id"))
        ((number,),) = forger.all(
            f"SELECT coalesce(max({self.table}.{column}), 1) FROM {self.table} "
            f"JOIN {table} ON {table}.id = {self.table}.{column}"
            if table != self.table
            else f"SELECT max(id) FROM {table}"
        )
        return table, number


_UNIQUE: Final = {"cases", "sources", "hashings", "items"}
# An event that is on record; bytes that are not.
_OTHERS: Final[dict[str, dict[str, Any]]] = {
    "erased": {"number": 7},
    "contents": {"sha256": bytes(32)},
}
_TEXTS: Final = {
    "cases": "name",
    "sources": "label",
    "hashings": "options",
    "items": "locator",
    "run_lists": "name",
    "sightings": "entry",
    "entries": "entry",
}


def plainly(forger: Forger, change: Change) -> None:
    """The table alone is altered."""
    change.make(forger)


def told_behind(forger: Forger, change: Change) -> None:
    """A row behind the chain tells what is in the table now, in the right form."""
    change.make(forger)
    table, number = change.owner(forger)
    if table in UNITS:
        told = {"first": number, **forger.units(table, number, number)}
        medium = [kind.table for kind in rows.OF_MEDIUM]
        counts = {"hashed": 0, "unreadable": 0, "skipped": 0}
        ((run,),) = forger.all("SELECT max(id) FROM runs")
        if table in medium:
            forger.append("medium", {"run": run, "units": {table: told}})
        else:
            forger.append("batch", {"run": run, **counts, "units": {table: told}})
        return
    columns = forger.columns(table)
    (row,) = forger.all(f"SELECT * FROM {table} WHERE id = ?", number)
    told = dict(zip(columns, row, strict=True))
    ((run,),) = forger.all("SELECT max(id) FROM runs")
    again = {"rows": {table: [told]}}
    if table in {"runs", "scans"}:
        forger.append("end", {"run": run, "items": 10, **again})
    elif table == "environments":
        forger.append("environment", {"run": run, **again})
    else:
        words = {"case": "1", "source": SOURCE.label, "message": "", "command": ""}
        forger.append("refusal", {**words, **again})


def told_anew(forger: Forger, change: Change) -> None:
    """The audit row that recorded it tells the alteration, and the chain is sealed from there."""
    before = change.owner(forger)
    change.make(forger)
    table, number = before
    seq, details = _told_by(forger, table, number)
    if table in UNITS:
        told = details["units"][table]
        last = told["first"] + told["count"] - 1
        if change.table == table and change.what in {"insert", "duplicate"}:
            last += 1
        details["units"][table] = {
            "first": told["first"],
            **forger.units(table, told["first"], last),
        }
    else:
        columns = forger.columns(table)
        found = forger.all(f"SELECT * FROM {table} WHERE id >= ?", number)
        kept = [each for each in details["rows"][table] if each["id"] != number]
        now = [dict(zip(columns, row, strict=True)) for row in found]
        details["rows"][table] = [*kept, *now]
    forger.retell(seq, details)


def _told_by(forger: Forger, table: str, number: int) -> tuple[int, dict[str, Any]]:
    """The audit row that tells of a row last."""
    for seq, _, details in reversed([*forger.chain()]):
        if any(each["id"] == number for each in details.get("rows", {}).get(table, ())):
            return seq, details
        unit = details.get("units", {}).get(table)
        if unit and unit["first"] <= number < unit["first"] + unit["count"]:
            return seq, details
    raise LookupError(table, number)


WAYS: Final[dict[str, Callable[[Forger, Change], None]]] = {
    "the table alone": plainly,
    "told again in a row behind the chain": told_behind,
    "told anew in its row, the chain sealed from there": told_anew,
}


def changes(path: Path) -> list[Change]:
    """Every column of every table, and every way to add and take a row."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit' "
                "ORDER BY name"
            )
        ]
        return [
            Change(table, what)
            for table in tables
            for what in (
                *(row[1] for row in connection.execute(f"PRAGMA table_info({table})")),
                *("insert", "delete", "duplicate"),
            )
        ]


def forged(original: Path, folder: Path, change: Change, way: str) -> Path:
    """A copy of the record with one alteration, made in one way."""
    path = folder / f"{change.table} {change.what}"
    shutil.copy(original, path)
    forger = Forger(path)
    WAYS[way](forger, change)
    return forger.close()


def main() -> None:
    """Print a table of what is found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        original = recorded(folder / "db")
        with Database.open(original, read_only=True) as database:
            head = database.verify().head
        every = changes(original)
        sys.stdout.write(f"{'':52}{'made':>6}{'found':>7}{'found with --head':>19}\n")
        for way in WAYS:
            found, with_head, missed = 0, 0, []
            for change in every:
                path = forged(original, folder, change, way)
                with Database.open(path, read_only=True) as database:
                    passed = database.verify().passed
                    found += not passed
                    with_head += not (passed and database.verify(head=head).passed)
                    missed += [f"{change.table}.{change.what}"] if passed else []
                path.unlink()
            sys.stdout.write(f"{way:52}{len(every):>6}{found:>7}{with_head:>19}\n")
            if "--missed" in sys.argv:
                sys.stdout.write(f"    not found: {', '.join(missed)}\n")


if __name__ == "__main__":
    main()
