"""What the chain says of the small tables, told row by row, each value once.

A row that is told for the first time holds all its columns. From then on only the columns that
say how a run or a scan ended may change, each once and in one direction: whatever an audit row
says again of another column is a problem, even where it says the same.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hashmatch.sightings.encoding import canonical
from hashmatch.sightings.store import Store
from hashmatch.sightings.verdict import Problem

COLUMNS: Final[Mapping[str, Mapping[str, int]]] = {
    "cases": {"id": 1, "name": 1},
    "sources": {"id": 1, "case_id": 1, "label": 1},
    "hashings": {"id": 1, "options": 1},
    "scans": {
        **dict.fromkeys(("id", "source_id", "hashing_id", "kind", "path", "identity"), 1),
        **dict.fromkeys(("binding", "fingerprint", "done"), 1),
    },
    "runs": {
        **dict.fromkeys(("id", "scan_id", "started", "ended", "status", "tool", "libraries"), 1),
        **dict.fromkeys(("command", "host", "profile", "resumed"), 1),
    },
    "run_lists": dict.fromkeys(
        ("id", "run_id", "name", "sha256", "version", "entries", "known_good", "policy"), 1
    ),
    "environments": dict.fromkeys(("id", "run_id", "aspect", "facts"), 5),
    "viewings": dict.fromkeys(("id", "sighting_id", "at", "viewer", "reason"), 6),
    "statements": {
        **dict.fromkeys(("id", "at", "author", "topic", "case_id", "source_id", "subject"), 9),
        **dict.fromkeys(("field", "value", "state", "reason"), 9),
    },
    "erasures": dict.fromkeys(("id", "at", "author", "court_order", "reason", "things"), 9),
    "rematches": {
        **dict.fromkeys(("id", "at", "tool", "libraries", "command", "host", "profile"), 10),
        **dict.fromkeys(("lists", "facts"), 10),
    },
    "rematched_scans": dict.fromkeys(
        ("id", "rematch_id", "scan_id", "at", "items", "sightings", "facts"), 10
    ),
    "origins": dict.fromkeys(("id", "chain", "copy_of", "common"), 9),
    "merges": {
        **dict.fromkeys(("id", "origin_id", "at", "author", "reason", "path", "sha256"), 9),
        **dict.fromkeys(("rows", "head"), 9),
    },
}
"""Columns that are told when a row is, each with the version of the tables that it came with."""

_JSON: Final = {
    "hashings": ("options",),
    "scans": ("identity", "binding"),
    "runs": ("libraries", "profile"),
    "run_lists": ("sha256", "policy"),
    "environments": ("facts",),
    "erasures": ("things",),
    "rematches": ("libraries", "profile", "lists", "facts"),
    "rematched_scans": ("facts",),
}
"""Columns that hold JSON."""

Told = dict[str, Any]


def parsed(text: Any) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """The value of canonical JSON.

    Raises:
        ValueError: it is no JSON, or not written in the one way that it is written here: a key
            twice, spaces, numbers that are none.
    """
    if not isinstance(text, str):
        msg = "no text"
        raise ValueError(msg)  # noqa: TRY004 (a value of a database, not an argument of ours)
    try:
        value = json.loads(text)
        if canonical(value) == text:
            return value
    except RecursionError:
        pass
    msg = "not in the form that hashmatch writes"
    raise ValueError(msg)


class Ledger:
    """The rows of the small tables as the chain tells them.

    Attributes:
        rows: of each table, by id, with the columns that were told.
        told: number of the audit row that told of a row last, by table and id.
        erased: numbers of rows of a table that are gone by order of a court.
        version: of the tables, at this place of the chain.
    """

    def __init__(self) -> None:
        """Nothing is told yet."""
        self.rows: dict[str, dict[int, Told]] = {table: {} for table in COLUMNS}
        self.told: dict[tuple[str, int], int] = {}
        self.erased: dict[str, set[int]] = {}
        self.version = 0

    def add(self, seq: int, table: str, row: Told) -> Iterator[Problem]:
        """A row that is told for the first time."""
        known = self.rows[table]
        columns = {name for name, since in COLUMNS[table].items() if since <= self.version}
        number = row["id"]
        if number in known:
            yield Problem("is recorded again, although rows never change", table, number, seq)
            return
        if type(number) is not int or number != max(known, default=0) + 1:
            yield Problem(f"records a row of {table} out of order", "audit", seq, seq)
        if set(row) != columns:
            yield Problem(
                "is not recorded in full, or with columns that its table does not have",
                table,
                number,
                seq,
            )
        for name in _JSON.get(table, ()):
            try:
                parsed(row.get(name))
            except ValueError:
                yield Problem(f"holds no JSON in {name}", table, number, seq)
        known[number] = dict(row)
        self.told[table, number] = seq

    def change(self, seq: int, table: str, number: int, **values: object) -> None:
        """Columns that live take their new values."""
        self.rows[table][number].update(values)
        self.told[table, number] = seq

    def compare(self, store: Store, table: str) -> Iterator[Problem]:
        """The rows of a table against what was told of them."""
        # What a later version added is at its default in rows that were told before.
        defaults = {
            name: default if default is None else store.one(f"SELECT {default}")
            for _, name, _, _, default, _ in store.execute(f"PRAGMA main.table_info({table})")
        }
        columns = list(defaults)
        told = self.rows[table]
        rows = store.rows(f"SELECT {','.join(columns)} FROM {table} ORDER BY id")  # noqa: S608 (our words)
        missing = set(told).difference(self.erased.get(table, ()))
        for values in rows:
            number = values[0]
            if number not in told or number in self.erased.get(table, ()):
                yield Problem("is in no audit row: it was inserted", table, number)
                continue
            missing.discard(number)
            expected = defaults | told[number]
            differing = [
                name
                for name, value in zip(columns, values, strict=True)
                if not _same(value, expected[name])
            ]
            if differing:
                seq = self.told[table, number]
                yield Problem(f"was altered: {', '.join(differing)}", table, number, seq)
        for number in sorted(missing):
            yield Problem("was removed", table, number, self.told[table, number])


def _same(value: object, told: object) -> bool:
    return type(value) is type(told) and value == told
