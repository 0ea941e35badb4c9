"""Proof that the record is as it was recorded, or the first place where it is not.

What is checked: the file itself, tables and triggers, every row of the audit chain, and every row
of every table against what the chain says of it. What cannot be seen from within: a chain that
somebody wrote anew as a whole, or cut at its end together with all that it recorded. Against
that, compare with the head in a report that was handed out.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from hashmatch.errors import DamagedDatabaseError
from hashmatch.sightings import audit, migrating
from hashmatch.sightings.rows import CHECK, KINDS, Kind, read
from hashmatch.sightings.store import Connection, Row, Store

MOST: Final = 100
"""Problems after which the search ends."""

_REPLAYED: Final = ("cases", "sources", "hashings", "scans", "runs", "run_lists")
"""Tables whose rows the chain holds in full."""

_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1
"""The ids that a row can have; those on record begin at 1."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on record that is not as it was recorded.

    Attributes:
        what: in words.
        table: where it is; `audit` for the chain itself, empty for the file.
        row: id in the table, where it is one row.
        seq: the audit row that tells, where there is one.
    """

    what: str
    table: str = ""
    row: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found.

    Attributes:
        rows: of the audit chain.
        head: SHA-256 of the last of them.
        problems: in the order of the chain, at most `MOST`; empty if all is well.
    """

    rows: int
    head: str
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        """Whether all is as it was recorded."""
        return not self.problems


def verify(store: Store, *, head: str = "") -> Verdict:
    """Check everything; see the module.

    Args:
        store: the database.
        head: an older head of the chain that must still be part of it; not asked if empty.
    """
    found: list[Problem] = []
    last, rows = audit.START, 0
    try:
        with store.snapshot():
            found.extend(islice(_problems(store, head), MOST))
            last, rows = audit.head(store)
    except DamagedDatabaseError as error:
        found.append(Problem(str(error)))
    return Verdict(rows, last, tuple(found))


def _problems(store: Store, head: str) -> Iterator[Problem]:
    yield from _file(store)
    yield from _Chain(store).problems()
    yield from _schema(store)
    for table, row, parent, _ in store.rows("PRAGMA foreign_key_check"):
        yield Problem(f"belongs to a row of {parent} that is not there", table, row)
    if head and not store.one("SELECT 1 FROM audit WHERE sha256 = ?", (head.lower(),)):
        yield Problem("the head that was asked for is not part of the chain", "audit")


def _file(store: Store) -> Iterator[Problem]:
    for (text,) in store.rows(f"PRAGMA integrity_check({MOST})"):
        if text != "ok":
            yield Problem(f"the file is damaged: {text}")


def _schema(store: Store) -> Iterator[Problem]:
    """Tables, indexes and triggers against those of a new database of the same version."""
    with migrating.made(migrating.version_of(store)) as fresh:
        expected, actual = _objects(fresh), _objects(store)
    for name in sorted(expected.keys() | actual.keys()):
        if name not in actual:
            yield Problem(f"the {name} is missing")
        elif name not in expected:
            yield Problem(f"the {name} does not belong here")
        elif expected[name] != actual[name]:
            yield Problem(f"the {name} was altered")


def _objects(store: Store | Connection) -> dict[str, str]:
    rows: Iterable[tuple[str, str]] = store.execute(
        "SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' "
        "ESCAPE '!'"
    )
    return dict(rows)


class _Chain:
    """A walk along the audit chain, with what it says that the tables hold."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._next = dict.fromkeys(KINDS, 1)
        self._rows: dict[str, dict[int, dict[str, Any]]] = {table: {} for table in _REPLAYED}
        self._told: dict[tuple[str, int], int] = {}

    def problems(self) -> Iterator[Problem]:
        number, previous = 0, audit.START
        for row in self._store.rows("SELECT * FROM audit ORDER BY seq"):
            yield from self._link(row, number, previous)
            number, previous = row[0], row[-1]
            try:
                yield from self._details(number, json.loads(row[5]))
            except (AttributeError, KeyError, TypeError, ValueError):
                yield Problem("its details cannot be understood", "audit", number, number)
        for kind in KINDS:
            yield from self._untold(kind, self._next[kind], _GREATEST)
        for table in _REPLAYED:
            yield from self._compare(table)

    def _link(self, row: Row, number: int, previous: str) -> Iterator[Problem]:
        """Problems of one audit row and its place behind the one before."""
        seq, *_, carried, sha256 = row
        if seq != number + 1:
            lost = f"{number + 1}" if seq == number + 2 else f"{number + 1} to {seq - 1}"
            yield Problem(f"audit row {lost} was removed", "audit", number + 1, number + 1)
        if audit.sealed(row[:-1]) != sha256:
            yield Problem(f"audit row {seq} was altered", "audit", seq, seq)
        if carried != previous:
            follows = self._store.one("SELECT seq FROM audit WHERE sha256 = ?", (carried,))
            what = "does not follow the row before it: one was altered, removed or inserted"
            if follows is not None:
                what = f"is out of order: it was recorded behind row {follows}"
            yield Problem(f"audit row {seq} {what}", "audit", seq, seq)

    def _details(self, seq: int, details: dict[str, Any]) -> Iterator[Problem]:
        """Problems of what one audit row recorded."""
        for table, rows in details.get("rows", {}).items():
            for row in rows:
                self._rows[table].setdefault(row["id"], {}).update(row)
                self._told[table, row["id"]] = seq
        units = details.get("units", {})
        for kind in KINDS:
            if kind.table in units:
                yield from self._units(seq, kind, units[kind.table])

    def _units(self, seq: int, kind: Kind, told: dict[str, Any]) -> Iterator[Problem]:
        first, count = told["first"], told["count"]
        yield from self._untold(kind, self._next[kind], first - 1)
        self._next[kind] = first + count
        last = first + count - 1
        digests = {unit.row[0]: unit.digest for unit in read(self._store, kind, first, last)}
        checks, whole, named = bytes.fromhex(told["checks"]), hashlib.sha256(), False
        for at, number in enumerate(range(first, first + count)):
            digest = digests.get(number)
            if digest is None:
                named = True
                yield Problem("was removed", kind.table, number, seq)
                continue
            whole.update(digest)
            if digest[:CHECK] != checks[at * CHECK : (at + 1) * CHECK]:
                named = True
                yield Problem("was altered", kind.table, number, seq)
        if not named and whole.hexdigest() != told["sha256"]:
            what = f"one of the rows {first} to {last} was altered"
            yield Problem(what, kind.table, None, seq)

    def _untold(self, kind: Kind, first: int, last: int) -> Iterator[Problem]:
        """Rows that no audit row tells of."""
        if first == 1:
            first = _LEAST
        sql = f"SELECT id FROM {kind.table} WHERE id BETWEEN ? AND ? ORDER BY id"  # noqa: S608 (our words)
        for (number,) in self._store.rows(sql, (first, last)):
            yield Problem("is in no audit row: it was inserted", kind.table, number)

    def _compare(self, table: str) -> Iterator[Problem]:
        """The rows of a table against what the chain says of them."""
        # What a later version added stands at its default in rows that were told before.
        defaults = {
            name: default if default is None else self._store.one(f"SELECT {default}")
            for _, name, _, _, default, _ in self._store.execute(f"PRAGMA main.table_info({table})")
        }
        columns = list(defaults)
        told = self._rows[table]
        rows = self._store.execute(f"SELECT {','.join(columns)} FROM {table} ORDER BY id")  # noqa: S608 (our words)
        actual = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
        for number in sorted(told.keys() | actual.keys()):
            seq = self._told.get((table, number))
            if number not in actual:
                yield Problem("was removed", table, number, seq)
            elif number not in told:
                yield Problem("is in no audit row: it was inserted", table, number)
            else:
                expected = defaults | told[number]
                differing = [name for name in columns if actual[number][name] != expected[name]]
                if differing:
                    yield Problem(f"was altered: {', '.join(differing)}", table, number, seq)
