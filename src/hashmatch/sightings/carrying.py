"""Rows of one database carried into another: each with a new number, and none that is there."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hashmatch.errors import DatabaseError
from hashmatch.sightings.erasures import last_number
from hashmatch.sightings.ledger import COLUMNS
from hashmatch.sightings.origins import OWN, RENAMED, grown
from hashmatch.sightings.replaying import Replay
from hashmatch.sightings.rows import (
    ERASED,
    KINDS,
    OF_IMPORT,
    OF_MEDIUM,
    RETROACTIVE,
    Kind,
    Unit,
    write,
)
from hashmatch.sightings.same_rows import SameRows
from hashmatch.sightings.store import Row, Store
from hashmatch.sightings.telling import CAME, LEFT, SAME, WITHOUT, Numbering, Numbers, Told, places

_AT_ONCE: Final = 2000
_BEFORE_UNITS: Final = (
    *("cases", "sources", "hashings", "scans", "runs", "run_lists", "environments"),
    *("rematches", "rematched_scans"),
)
_BEHIND: Final = tuple(each for each in COLUMNS if each not in (*_BEFORE_UNITS, *OWN))
_NOWHERE: Final = 0

Named = Callable[[str, int, str], "int | str"]
"""Names a case or an exhibit that is new: gives the number of the row that it is here already, or
its name here; given its table, the number of its case here, and its name there."""


@dataclass(slots=True)
class Placed:
    """Numbers of the rows of one table here, as they are given.

    Attributes:
        prior: of rows that came before.
        before: the last of these.
        start: the last number that was given here before.
        numbers: of the rows behind them; 0 of one that is not carried.
        ways: whether each came, was here, is left out or not carried.
    """

    prior: Numbers
    before: int
    start: int
    next: int = field(init=False)
    numbers: "array[int]" = field(default_factory=lambda: array("q"))
    ways: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.next = self.start

    def here(self, number: int) -> int:
        """The number of a row here."""
        if number <= self.before:
            return self.prior.here(number) or _NOWHERE
        return self.numbers[number - self.before - 1]

    def give(self) -> int:
        """The next number."""
        self.next += 1
        self.put(self.next, CAME)
        return self.next

    def put(self, number: int, way: int) -> None:
        """Say where the next row is."""
        self.numbers.append(number)
        self.ways.append(way)

    def spans(self) -> Iterator[tuple[int, int, int, int]]:
        """The first number there and here, how many follow, and how they came."""
        at = 0
        while at < len(self.numbers):
            number, way, count = self.numbers[at], self.ways[at], 1
            step = int(way != WITHOUT)
            while (
                at + count < len(self.numbers)
                and self.ways[at + count] == way
                and self.numbers[at + count] == number + step * count
            ):
                count += 1
            yield self.before + at + 1, number, count, way
            at += count


class Carrier:
    """What carries the rows of one origin."""

    def __init__(
        self,
        store: Store,
        told: Told,
        replay: Replay,
        *,
        prior: Numbering,
        before: Mapping[str, int],
        named: Named,
        on_rows: Callable[[int], None],
    ) -> None:
        """Carry nothing yet.

        Args:
            store: where to, in a transaction.
            told: the rows of the origin.
            replay: the walk along its chain.
            prior: numbers of rows that were carried before.
            before: the last of these, by table.
            named: what a case or an exhibit is here.
            on_rows: called with the number of rows that were carried.
        """
        self._store = store
        self._told = told
        self._replay = replay
        self._named = named
        self._on_rows = on_rows
        self._counts = replay.counts()
        self.renamed: dict[str, dict[str, str]] = {}
        self.placed = {
            table: Placed(prior.tables[table], before.get(table, 0), _last(store, table))
            for table in self._counts
            if table not in (*OWN, "merged_rows")
        }
        self._same = SameRows(store, told.store, self.placed)
        self.repeated = self._same.repeated

    def carry(self, origin: int) -> None:
        """Carry all of it, for the origin of this number."""
        for table in _BEFORE_UNITS:
            self._small(table)
        for table in LEFT:
            placed = self.placed[table]
            for _ in range(placed.before, self._counts[table]):
                placed.put(_NOWHERE, WITHOUT)
        for kind in (*KINDS, RETROACTIVE, *OF_MEDIUM, *OF_IMPORT):
            self._units(kind, self._moved(kind))
        for table in _BEHIND:
            self._small(table)
        self._check_erased()
        moved = self._moved(ERASED)
        at = ERASED.columns.index("origin_id")
        self._units(ERASED, lambda row: (*(found := moved(row))[:at], origin, *found[at + 1 :]))

    def _small(self, table: str) -> None:
        """The rows of a small table."""
        placed, rows = self.placed[table], self._replay.ledger.rows[table]
        columns = tuple(COLUMNS[table])
        erased = self._replay.ledger.erased.get(table, ())
        for number in range(1, self._counts[table] + 1):
            if number <= placed.before:
                self._grow(table, placed.here(number), rows[number])
                continue
            values = [*map(rows[number].get, columns)]
            row = [*self._filled(table, columns, values)]
            if table in RENAMED:
                at = columns.index(RENAMED[table])
                found = self._named(table, 0 if table == "cases" else row[1], row[at])
                if isinstance(found, int):
                    placed.put(found, SAME)
                    continue
                if found != row[at]:
                    self.renamed.setdefault(table, {})[str(number)] = row[at] = found
            elif known := self._same.hashing(row[1]) if table == "hashings" else 0:
                placed.put(known, SAME)
                continue
            row[0] = placed.give()
            if number not in erased:
                self._insert(table, columns, row, rows[number].get("expected"))

    def _insert(
        self, table: str, columns: Sequence[str], row: Sequence[Any], expected: int | None
    ) -> None:
        names = (*columns, "expected") if expected is not None else columns
        values = (*row, expected) if expected is not None else row
        marks = ",".join("?" * len(values))
        self._store.execute(f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})", values)  # noqa: S608 (our names)

    def _grow(self, table: str, here: int, row: Mapping[str, Any]) -> None:
        """A run or scan that came before, as it is by now."""
        if table not in ("runs", "scans"):
            return
        columns = ("status", "ended", "expected") if table == "runs" else ("done",)
        ((*now,),) = self._store.execute(
            f"SELECT {','.join(columns)} FROM {table} WHERE id = ?",  # noqa: S608 (our names)
            (here,),
        )
        changes = grown(table, dict(zip(columns, now, strict=True)), row)
        if changes:
            told = ",".join(f"{name} = ?" for name in changes)
            self._store.execute(
                f"UPDATE {table} SET {told} WHERE id = ?",  # noqa: S608 (our names)
                (*changes.values(), here),
            )

    def _filled(self, table: str, columns: tuple[str, ...], row: Sequence[Any]) -> Iterator[Any]:
        """The columns of a row, with the numbers of other rows as they are here."""
        refers = dict(places(table, columns)[1:])
        for at, value in enumerate(row):
            parent = refers.get(at)
            yield value if parent is None or value is None else self.placed[parent].here(value)

    def _moved(self, kind: Kind) -> Callable[[Row], Row]:
        """What gives the rows of a kind the numbers of other rows here."""
        refers = [
            (at, None if parent is None else self.placed[parent])
            for at, parent in places(kind.table, kind.columns)[1:]
        ]

        def moved(row: Row) -> Row:
            found = [*row]
            for at, placed in refers:
                if found[at] is not None:
                    of = self.placed[row[at - 1]] if placed is None else placed
                    found[at] = of.here(found[at])
            return tuple(found)

        return moved

    def _units(self, kind: Kind, moved: Callable[[Row], Row]) -> None:
        """The units of a kind; those that were erased get a number, and no row."""
        placed, last = self.placed[kind.table], self._counts[kind.table]
        expected, waiting = placed.before + 1, list[Unit]()
        for unit in self._told.units(kind, expected, last):
            while expected < unit.row[0]:
                placed.give()
                expected += 1
            expected += 1
            if kind is ERASED and unit.row[2] in LEFT:
                placed.put(_NOWHERE, WITHOUT)
                continue
            row = moved(unit.row)
            known, way = self._same.find(kind, unit, row)
            if known:
                placed.put(known, way)
                continue
            number = placed.give()
            children = tuple((number, *child[1:]) for child in unit.children)
            waiting.append(Unit((number, *row[1:]), children))
            if len(waiting) >= _AT_ONCE:
                self._write(kind, waiting)
                waiting = []
        while expected <= last:
            placed.give()
            expected += 1
        self._write(kind, waiting)

    def _write(self, kind: Kind, units: list[Unit]) -> None:
        try:
            write(self._store, kind, units)
        except DatabaseError as error:
            if "items.scan_id, items.locator" not in str(error):
                raise
            msg = (
                f"{self._told.store.path} and a database that was merged before are copies of one, "
                "and the same scan went on in both of them: its items would be on record twice. "
                "Take one of the two out, or scan that exhibit anew (--rescan) in one of them"
            )
            raise DatabaseError(msg) from None
        self._on_rows(len(units))

    def _check_erased(self) -> None:
        """See that what was erased there since it came is gone here too.

        Raises:
            DatabaseError: it is not; a person erases it here, by the same order.
        """
        placed = self.placed[ERASED.table]
        found, last = list[str](), self._counts[ERASED.table]
        named = {"items": "item", "sightings": "sighting", "imports": "import", "events": "event"}
        orders = {""}
        for unit in self._told.units(ERASED, placed.before + 1, last):
            row = dict(zip(ERASED.columns, unit.row, strict=True))
            kind, number = row["kind"], row["number"]
            if kind not in named or number > self.placed[kind].before:
                continue
            here = self.placed[kind].here(number)
            if self._store.one(f"SELECT 1 FROM {kind} WHERE id = ?", (here,)):  # noqa: S608 (our names)
                found.append(f"{named[kind]}:{here}")
                order = self._replay.ledger.rows["erasures"][row["erasure_id"]]["court_order"]
                orders.add(order)
        if found:
            msg = (
                f"{self._told.store.path}: by order of a court ({', '.join(filter(None, orders))}) "
                "rows were erased there since they were merged. Nothing was merged: name that "
                "database before the others, or, where they are merged already, a person erases "
                f"them here first: `hashmatch record erase {' '.join(found[:20])}"
                f"{' …' if len(found) > 20 else ''} --db {self._store.path}` with that order"  # noqa: PLR2004 (what is shown)
            )
            raise DatabaseError(msg)


def _last(store: Store, table: str) -> int:
    if table in COLUMNS:
        return int(store.one(f"SELECT coalesce(max(id), 0) FROM {table}"))  # noqa: S608 (our names)
    return last_number(store, table)
