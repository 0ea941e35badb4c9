"""An audit chain and the rows that it tells of, with the numbers that they have in it.

The chain of the database itself tells of its own rows. The chain of another database, from which
rows were merged, tells of these with the numbers that they had there: they are read back so, and
what proved them there proves them here.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Final

from hashmatch.sightings import migrating, schema
from hashmatch.sightings.rows import CLUSTER_MEMBERS, ERASED, Kind, Unit, read
from hashmatch.sightings.store import Row, Store

LEFT: Final = frozenset({CLUSTER_MEMBERS.table})
"""Tables that are not carried from one database to another: clusters are computed anew."""

_AUDIT: Final = "seq, at, actor, host, action, details, previous, sha256"
_OWN: Final = 0

CAME, SAME, INSTEAD, WITHOUT = 1, 0, 2, 3
"""What a span of `merged_rows` says: the rows came from there, they were here already and are the
same in each column, others here say the same and they were left out, or they are not carried."""

Span = tuple[int, int, int]
"""The first number there, the first here, and how many follow."""


class Numbers:
    """Rows of one table: their numbers in another database, and here."""

    def __init__(
        self, spans: Sequence[Span] = (), left: Sequence[Span] = (), without: Sequence[Span] = ()
    ) -> None:
        """Hold the spans of numbers, of which none overlap.

        Args:
            spans: of rows that are here.
            left: of rows that others stand for here.
            without: of rows that are not carried.
        """
        self.left = sorted(left)
        self.without = sorted(without)
        self._there = sorted((*spans, *left))
        self._starts = [there for there, _, _ in self._there]
        self._here = sorted((here, there, count) for there, here, count in spans)
        self._starts_here = [here for here, _, _ in self._here]

    @property
    def last(self) -> int:
        """The greatest number there."""
        ends = (each[-1] for each in (self._there, self.without) if each)
        return max((there + count - 1 for there, _, count in ends), default=0)

    def here(self, number: int) -> int | None:
        """The number that a row has here; None of a row that did not come."""
        return _found(self._there, self._starts, number)

    def there(self, number: int) -> int | None:
        """The number that a row had there; None of one that is not from there."""
        return _found(self._here, self._starts_here, number)

    def up_to(self, last: int) -> "Numbers":
        """Those of the rows there up to one."""
        parts = (
            [(there, here, min(count, last - there + 1)) for there, here, count in each]
            for each in (self._there, self.left, self.without)
        )
        every, left, without = ([span for span in part if span[2] > 0] for part in parts)
        return Numbers([span for span in every if span not in left], left, without)

    def spans(self, first: int, last: int) -> Iterator[Span]:
        """The parts of a span of numbers there, ascending."""
        at = max(bisect_right(self._starts, first) - 1, 0)
        for there, here, count in self._there[at:]:
            if there > last:
                return
            low, high = max(there, first), min(there + count - 1, last)
            if low <= high:
                yield low, here + low - there, high - low + 1


def _found(spans: Sequence[Span], starts: Sequence[int], number: int) -> int | None:
    at = bisect_right(starts, number) - 1
    if at < 0:
        return None
    first, other, count = spans[at]
    return other + number - first if number < first + count else None


class Numbering:
    """The numbers of all rows of one origin.

    Attributes:
        tables: of each table.
    """

    def __init__(self, tables: Mapping[str, Numbers]) -> None:
        """Hold them."""
        self.tables: dict[str, Numbers] = defaultdict(Numbers, tables)

    @classmethod
    def of(cls, store: Store, origin: int) -> "Numbering":
        """What is on record of an origin."""
        spans: dict[str, tuple[list[Span], list[Span], list[Span]]] = {}
        for kind, first, number, count, added in store.rows(
            "SELECT kind, first, number, count, added FROM merged_rows "
            "JOIN merges ON merges.id = merge_id WHERE origin_id = ?",
            (origin,),
        ):
            of_kind = spans.setdefault(kind, ([], [], []))
            of_kind[max(added - 1, 0)].append((first, number, count))
        return cls({kind: Numbers(*found) for kind, found in spans.items()})

    def here(self, table: str, number: int) -> int | None:
        """The number of a row here."""
        return self.tables[table].here(number)

    def there(self, table: str, number: int) -> int | None:
        """The number of a row there."""
        return self.tables[table].there(number)

    def moved(self, table: str, columns: Sequence[str], row: Row, *, back: bool = False) -> Row:
        """A row with the numbers that it has on the other side, of itself and of others.

        Args:
            table: of the row.
            columns: of the row.
            row: what they hold.
            back: from here to there.
        """
        found = [*row]
        for at, parent in places(table, tuple(columns)):
            if found[at] is not None:
                # The kind of what was erased stands before its number.
                numbers = self.tables[row[at - 1] if parent is None else parent]
                found[at] = (numbers.there if back else numbers.here)(found[at])
        return tuple(found)


@cache
def places(table: str, columns: tuple[str, ...]) -> tuple[tuple[int, str | None], ...]:
    """The columns that hold numbers of rows, and of which table; None where another column says."""
    refers = references().get(table, {})
    found: list[tuple[int, str | None]] = []
    for at, name in enumerate(columns):
        if name == "id":
            found.append((at, table))
        elif name in refers:
            found.append((at, refers[name]))
        elif table == ERASED.table and name == "number":
            found.append((at, None))
    return tuple(found)


@cache
def references() -> Mapping[str, Mapping[str, str]]:
    """The columns of each table that refer to another one, and to which."""
    with migrating.made(schema.MIGRATIONS) as fresh:
        tables = fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            table: {
                column: parent
                for _, _, parent, column, *_ in fresh.execute(f"PRAGMA foreign_key_list({table})")
            }
            for (table,) in tables
        }


class Told:
    """The chain of the database itself, and its rows.

    Attributes:
        store: the database.
        origin: 0; of another chain the number of its origin.
    """

    origin = _OWN

    def __init__(self, store: Store) -> None:
        """Read nothing yet."""
        self.store = store

    def audit(self, after: int = 0, until: int | None = None) -> Iterator[Row]:
        """Rows of the chain, in their order."""
        last = (1 << 63) - 1 if until is None else until
        sql = f"SELECT {_AUDIT} FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq"  # noqa: S608 (our names)
        # Whoever forges a chain can number its first row below one.
        return self.store.rows(sql, (after or -(1 << 63), last))

    def place_of(self, sha256: str) -> int | None:
        """The number of the audit row with this SHA-256."""
        found: int | None = self.store.one("SELECT seq FROM audit WHERE sha256 = ?", (sha256,))
        return found

    def carries(self, kind: Kind) -> bool:
        """Whether rows of a kind are here."""
        del kind
        return True

    def units(self, kind: Kind, first: int, last: int) -> Iterator[Unit]:
        """The units with these numbers, ascending."""
        return read(self.store, kind, first, last)

    def erased(self, kind: Kind, first: int, last: int) -> dict[int, bytes]:
        """Digests of rows that are gone by order of a court: tombstones have them."""
        if kind.table not in self._with_erased:
            return {}
        return dict(
            self.store.execute(
                "SELECT number, sha256 FROM erased "
                "WHERE kind = ? AND origin_id = ? AND number BETWEEN ? AND ?",
                (kind.table, self.origin, first, last),
            )
        )

    def erasures(self, table: str) -> dict[int, int]:
        """The erasure of each row of a table that is gone, by its number."""
        return dict(
            self.store.execute(
                "SELECT number, erasure_id FROM erased WHERE kind = ? AND origin_id = ?",
                (table, self.origin),
            )
        )

    def left(self, kind: Kind, first: int, last: int) -> set[int]:
        """Numbers of rows that others stand for, and that are not here."""
        del kind, first, last
        return set()

    def shares(self, kind: Kind) -> bool:
        """Whether other chains may tell of the same rows, so that one is here although erased."""
        del kind
        return False

    @cached_property
    def _with_erased(self) -> set[str]:
        """Tables of which rows are gone; mostly none."""
        rows = self.store.execute("SELECT DISTINCT kind FROM erased")
        return {kind for (kind,) in rows}


class Merged(Told):
    """The chain of another database, and what came from there."""

    def __init__(self, store: Store, origin: int) -> None:
        """Read its numbers.

        Args:
            store: the database into which it was merged.
            origin: number of the origin.
        """
        super().__init__(store)
        self.origin = origin
        self.numbering = Numbering.of(store, origin)

    def audit(self, after: int = 0, until: int | None = None) -> Iterator[Row]:
        """Rows of the chain, in their order."""
        last = (1 << 63) - 1 if until is None else until
        sql = (
            f"SELECT {_AUDIT} FROM origin_audit "  # noqa: S608 (our names)
            "WHERE origin_id = ? AND seq > ? AND seq <= ? ORDER BY seq"
        )
        return self.store.rows(sql, (self.origin, after or -(1 << 63), last))

    def place_of(self, sha256: str) -> int | None:
        """The number of the audit row with this SHA-256."""
        found: int | None = self.store.one(
            "SELECT seq FROM origin_audit WHERE sha256 = ? AND origin_id = ?",
            (sha256, self.origin),
        )
        return found

    def carries(self, kind: Kind) -> bool:
        """Whether rows of a kind came."""
        return kind.table not in LEFT

    def erasures(self, table: str) -> dict[int, int]:
        """The erasure here of each row of a table that is gone, by its number there."""
        found = {
            self.numbering.there(table, n): which for n, which in super().erasures(table).items()
        }
        return {number: which for number, which in found.items() if number is not None}

    def left(self, kind: Kind, first: int, last: int) -> set[int]:
        """Numbers of rows that others stand for here, or that were not carried."""
        numbers = self.numbering.tables[kind.table]
        return {
            number
            for there, _, count in (*numbers.left, *numbers.without)
            for number in range(max(there, first), min(there + count - 1, last) + 1)
        }

    def shares(self, kind: Kind) -> bool:
        """Whether rows of a kind may have come from several databases."""
        return kind.table in SHARED

    def units(self, kind: Kind, first: int, last: int) -> Iterator[Unit]:
        """The units with these numbers there, as they were there."""
        left = self.left(kind, first, last)
        for there, here, count in self.numbering.tables[kind.table].spans(first, last):
            if there not in left:
                for unit in read(self.store, kind, here, here + count - 1):
                    yield self.as_there(kind, unit)

    def as_there(self, kind: Kind, unit: Unit) -> Unit:
        """A unit with the numbers that it had there."""
        row = self.numbering.moved(kind.table, kind.columns, unit.row, back=True)
        if kind is ERASED:
            # There the chain was its own.
            at = kind.columns.index("origin_id")
            row = (*row[:at], _OWN, *row[at + 1 :])
        return Unit(row, tuple((row[0], *child[1:]) for child in unit.children))

    def erased(self, kind: Kind, first: int, last: int) -> dict[int, bytes]:
        """Digests of rows that are gone, by their numbers there."""
        found: dict[int, bytes] = {}
        if kind.table in self._with_erased:
            for there, here, count in self.numbering.tables[kind.table].spans(first, last):
                gone = super().erased(kind, here, here + count - 1)
                found |= {number - here + there: sha256 for number, sha256 in gone.items()}
        return found


SHARED: Final = frozenset(
    {
        *("contents", "pictures", "videos", "region_sets", "metadata", "entries"),
        *("imports", "events", "quarantined_rows"),
    }
)
"""Tables of which a row may have come from several databases, as they have one case together."""
