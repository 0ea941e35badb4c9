"""The chains of other databases, each walked as far as it was merged, and what follows from them.

A merge adds rows that another chain proves. Here that chain is walked with the rows as they were
there, and what it tells of cases, scans and the like is told on with the numbers of this database,
so that whatever is recorded behind the merge is held to it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Generic, Protocol, TypeVar

from hashmatch.model import RunStatus
from hashmatch.sightings.batches import Batches
from hashmatch.sightings.ledger import COLUMNS, Ledger
from hashmatch.sightings.rows import EVERY
from hashmatch.sightings.store import Store
from hashmatch.sightings.telling import CAME, WITHOUT, Merged
from hashmatch.sightings.verdict import Problem

OWN: Final = ("origins", "merges")
"""Small tables that only this database's own chain tells of."""
RENAMED: Final = {"cases": "name", "sources": "label"}
"""Columns in which a row may be called otherwise here than there."""

_UNITS: Final = {kind.table for kind in EVERY}
_SMALL: Final = tuple(table for table in COLUMNS if table not in OWN)


class Walk(Protocol):
    """A walk along a chain: see `replaying.Replay`."""

    ledger: Ledger

    def walk(self, until: int | None = None) -> Iterator[Problem]:
        """Problems of the chain up to a row."""
        ...

    def counts(self) -> Mapping[str, int]:
        """The number of the last row of each table, as far as it was walked."""
        ...

    @property
    def end(self) -> tuple[int, str]:
        """Number and SHA-256 of the last row that was walked."""
        ...


W = TypeVar("W", bound=Walk)


class Origins(Generic[W]):
    """What was merged, as far as the chain of this database has come."""

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        batches: Batches,
        walk_of: Callable[[Merged], W],
    ) -> None:
        """Nothing is merged yet."""
        self._store = store
        self._ledger = ledger
        self._batches = batches
        self._walk_of = walk_of
        self.walks: dict[int, tuple[Merged, W]] = {}

    def check(self, seq: int, details: Mapping[str, Any], *, at: str) -> Iterator[Problem]:
        """Problems of a merge, and of the chain that it brings.

        A long one is told by several audit rows; the last one tells of the merge itself.
        """
        yield from self._batches.check_merge(seq, details)
        told = details["rows"]
        if set(told) - set(OWN) or not (told or details["units"]):
            yield _wrong(seq, "records rows that it cannot")
        if not told:
            return
        for table in OWN:
            for row in told.get(table, ()):
                yield from self._ledger.add(seq, table, row)
        (merge,) = told["merges"]
        origin = self._ledger.rows["origins"][merge["origin_id"]]
        if (merge["id"], merge["at"]) != (details["merge"], at):
            yield _wrong(seq, "records another merge, or one of another time")
        if not merge["author"]:
            yield _wrong(seq, "does not tell who merged something")
        if any(row["id"] != merge["origin_id"] for row in told.get("origins", ())):
            yield _wrong(seq, "records an origin that it does not use")
        if merge["origin_id"] not in self.walks:
            made = Merged(self._store, merge["origin_id"])
            self.walks[merge["origin_id"]] = made, self._walk_of(made)
        yield from self._walked(merge, origin)
        yield from self._allotted(seq)
        yield from self._told_on(seq, merge["origin_id"], details["renamed"])

    def _walked(self, merge: Mapping[str, Any], origin: Mapping[str, Any]) -> Iterator[Problem]:
        """Problems of the chain of an origin up to where it was merged."""
        number = merge["origin_id"]
        made, walk = self.walks[number]
        for problem in walk.walk(merge["rows"]):
            yield self._here(made, problem)
        if walk.end != (merge["rows"], merge["head"]):
            what = f"of origin {number} is not the chain that was merged"
            yield Problem(what, "origin_audit", merge["rows"])
        first = self._store.one(
            "SELECT sha256 FROM origin_audit WHERE origin_id = ? AND seq = 1", (number,)
        )
        if first != origin["chain"]:
            yield Problem(f"is not the first of origin {number}", "origin_audit", 1)
        counts = walk.counts()
        for table in (*_SMALL, *_UNITS):
            expected = counts.get(table, 0)
            if made.numbering.tables[table].last < expected:
                what = f"has not the numbers of all {expected:,} rows of {table} of origin {number}"
                yield Problem(what, "merged_rows")

    @staticmethod
    def _here(made: Merged, problem: Problem) -> Problem:
        """A problem of an origin, with the number that its row has here."""
        what = f"{problem.what} (origin {made.origin})"
        if problem.table == "audit":
            return Problem(what, "origin_audit", problem.row)
        row = problem.row
        if row is not None:
            row = made.numbering.here(problem.table, row) or row
        return replace(problem, what=what, row=row, seq=None)

    def _allotted(self, seq: int) -> Iterator[Problem]:
        """Whether rows got the numbers that come next, or are those that were here before."""
        spans, self._batches.spans = self._batches.spans, []
        counts = self._batches.counts()
        for row in spans:
            table, number, count = row["kind"], row["number"], row["count"]
            known = {**counts, **{each: max(self._ledger.rows[each], default=0) for each in _SMALL}}
            if table not in known:
                yield Problem("is of no table that is merged", "merged_rows", row["id"], seq)
            elif row["added"] == WITHOUT:
                continue
            elif row["added"] != CAME:
                if number + count - 1 > known[table]:
                    what = "says that rows were here before, and they were not"
                    yield Problem(what, "merged_rows", row["id"], seq)
            elif table in _UNITS:
                if not self._batches.allot(table, number, count):
                    what = "gives rows other numbers than the next"
                    yield Problem(what, "merged_rows", row["id"], seq)
                counts = self._batches.counts()

    def _told_on(
        self, seq: int, origin: int, renamed: Mapping[str, Mapping[str, str]]
    ) -> Iterator[Problem]:
        """The rows of small tables, with the numbers that they have here."""
        made, walk = self.walks[origin]
        if set(renamed) - set(RENAMED):
            yield _wrong(seq, "calls rows otherwise that have no name")
        for table in _SMALL:
            numbers = made.numbering.tables[table]
            for number, row in walk.ledger.rows[table].items():
                here = numbers.here(number)
                if here is None:
                    continue  # said already: not all rows have numbers
                if here in self._ledger.rows[table]:
                    self._grown(seq, table, here, row)
                    continue
                columns = tuple(COLUMNS[table])
                values = made.numbering.moved(table, columns, tuple(map(row.get, columns)))
                told = dict(zip(columns, values, strict=True))
                if (name := renamed.get(table, {}).get(str(number))) is not None:
                    told[RENAMED[table]] = name
                yield from self._ledger.add(seq, table, told)
                if row.get("expected") is not None:
                    self._ledger.change(seq, table, here, expected=row["expected"])
            gone = {numbers.here(each) for each in walk.ledger.erased.get(table, ())}
            self._ledger.erased.setdefault(table, set()).update(
                each for each in gone if each is not None
            )

    def _grown(self, seq: int, table: str, number: int, row: Mapping[str, Any]) -> None:
        """A run or a scan went on there: how it ended counts, unless it ended here before."""
        changes = grown(table, self._ledger.rows[table][number], row)
        if changes:
            self._ledger.change(seq, table, number, **changes)

    def untold(self) -> Iterator[Problem]:
        """Rows of chains of other databases, and numbers, that no merge tells of."""
        for origin, (made, walk) in self.walks.items():
            counts = walk.counts()
            for table, numbers in made.numbering.tables.items():
                if numbers.last > counts.get(table, 0):
                    what = f"has numbers of rows of {table} that origin {origin} never had"
                    yield Problem(what, "merged_rows")
        for origin, last in self._store.execute(
            "SELECT origin_id, max(seq) FROM origin_audit GROUP BY origin_id"
        ):
            walked = self.walks[origin][1].end[0] if origin in self.walks else 0
            if last > walked:
                what = f"of origin {origin} is in no merge: it was inserted"
                yield Problem(what, "origin_audit", last)


def grown(table: str, here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """What changes in a run or a scan on record, as it went on in the database that it is from."""
    changes: dict[str, Any] = {}
    if table == "scans" and there["done"] and not here["done"]:
        changes["done"] = 1
    if table == "runs":
        if here["status"] == RunStatus.RUNNING and there["status"] != RunStatus.RUNNING:
            changes |= {"status": there["status"], "ended": there["ended"]}
        if here.get("expected") is None and there.get("expected") is not None:
            changes["expected"] = there["expected"]
    return changes


def _wrong(seq: int, what: str) -> Problem:
    return Problem(f"audit row {seq} {what}", "audit", seq, seq)
