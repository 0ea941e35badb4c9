"""The rows of batches against what the chain says of them, and against each other."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hashmatch.errors import DatabaseError
from hashmatch.model import ItemStatus
from hashmatch.sightings.actions import MARKED_SINCE
from hashmatch.sightings.agreement import same_hashing
from hashmatch.sightings.belonging import (
    ALIEN,
    MIXED,
    MIXED_ENTRIES,
    Place,
    Seen,
    miscounted,
    misplaced,
    rematched_strangers,
    strangers,
)
from hashmatch.sightings.encoding import digest
from hashmatch.sightings.ledger import COLUMNS, Ledger
from hashmatch.sightings.rows import (
    CHECK,
    ERASABLE,
    ERASED,
    EVERY,
    ITEMS,
    KINDS,
    MERGED_ROWS,
    OF_CLUSTERS,
    OF_ERASURE,
    OF_IMPORT,
    OF_MEDIUM,
    OF_MERGE,
    OF_REMATCH,
    PICTURES,
    PLACES,
    SIGHTED,
    SIGHTINGS,
    Kind,
    Unit,
)
from hashmatch.sightings.telling import Told
from hashmatch.sightings.verdict import Problem

_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1
"""The ids that a row can have; those on record begin at 1."""

_STATUSES: Final = tuple(ItemStatus)

_OTHER_ROW: Final = "was removed, and its tombstone is that of another row"

_NUMBERED: Final = ("readings", "frames", "segments", "event_values", "metadata_fields", "regions")
"""Tables whose rows have a position in the row that they belong to: from 0, without a gap."""


class Batches:
    """All batches of the chain, in their order.

    Attributes:
        items: how many each scan has, at this place of the chain.
        imported: the imports that the audit row checked last records; mostly none.
        import_erased: whether that audit row recorded one that is gone by order of a court.
        spans: of a merge: the numbers that rows got, as far as they were told.
        rematched: sightings that the audit row checked last records of items on record.
    """

    def __init__(self, told: Told, ledger: Ledger) -> None:
        """Begin before the first batch."""
        self._told = told
        self._store = told.store
        self._ledger = ledger
        self._next = dict.fromkeys(EVERY, 1)
        self.items: Counter[int] = Counter()
        self.imported: list[dict[str, Any]] = []
        self.import_erased = False
        self.spans: list[dict[str, Any]] = []
        self.rematched = 0
        self._of_import: Counter[str] = Counter()

    @property
    def sightings(self) -> int:
        """How many there are in all, at this place of the chain: the number of the last one."""
        return self._next[SIGHTINGS] - 1

    def check(
        self,
        seq: int,
        details: Mapping[str, Any],
        *,
        at: str,
        run: int,
        scan: int,
    ) -> Iterator[Problem]:
        """Problems of one batch."""
        told = self._ledger.rows
        case = told["sources"][told["scans"][scan]["source_id"]]["case_id"]
        configs = same_hashing(told["hashings"], told["scans"][scan]["hashing_id"])
        place = Place(at, run, scan, case, configs)
        units, seen = details["units"], Seen()
        problems = [*self._all_units(seq, KINDS, units, seen)]
        yield from problems
        self.items[scan] += units["items"]["count"]
        if problems:
            # What is altered or missing agrees with nothing: that would say it once more.
            return
        counted = Counter(each["status"] for each in seen.rows["items"].values())
        gone = len(seen.erased.get("items", ()))
        lacking = [details[status] - counted[status] for status in _STATUSES]
        if min(lacking) < 0 or sum(lacking) != gone:
            yield Problem("counts other items than it recorded", "audit", seq, seq)
        for table, number, what in strangers(seen, place):
            yield Problem(what, table, number, seq)
        if self._ledger.version >= MARKED_SINCE:
            for table, number, what in miscounted(seen):
                yield Problem(what, table, number, seq)
        if self._ledger.version >= PLACES.since:
            for table, number, what in misplaced(seen):
                yield Problem(what, table, number, seq)

    def check_medium(
        self, seq: int, details: Mapping[str, Any], *, run: int, scan: int
    ) -> Iterator[Problem]:
        """Problems of what was recorded of a medium as a whole."""
        units, seen = details["units"], Seen()
        if not units:
            yield Problem("its details cannot be understood", "audit", seq, seq)
        yield from self._all_units(seq, OF_MEDIUM, units, seen)
        for table, rows in seen.rows.items():
            for number, row in rows.items():
                if (row["run_id"], row["scan_id"]) != (run, scan):
                    yield Problem(ALIEN, table, number, seq)

    def check_import(self, seq: int, details: Mapping[str, Any], *, at: str) -> Iterator[Problem]:
        """Problems of what was recorded of a report, a return or a log.

        A long one is told by several audit rows; the last one tells of the import itself.
        """
        units, seen = details["units"], Seen()
        problems = [*self._all_units(seq, OF_IMPORT, units, seen)]
        yield from problems
        number = details["import"]
        told = self._ledger.rows
        self.imported = [*seen.rows["imports"].values()]
        self.import_erased = bool(seen.erased.get("imports"))
        for table, column in (("events", "import_id"), ("quarantined_rows", "import_id")):
            self._of_import[table] += len(seen.rows[table]) + len(seen.erased.get(table, ()))
            for row_number, row in seen.rows[table].items():
                if row[column] != number:
                    yield Problem("belongs to another import", table, row_number, seq)
        for row_number, row in seen.rows["imports"].items():
            counted = (self._of_import.pop("events", 0), self._of_import.pop("quarantined_rows", 0))
            of_case = told["sources"].get(row["source_id"], {}).get("case_id")
            if (row_number, row["at"], row["case_id"]) != (number, at, of_case):
                yield Problem("is of another case or time than it says", "imports", row_number, seq)
            if (row["events"], row["quarantined"]) != counted and not problems:
                what = "has another number of events than were recorded"
                yield Problem(what, "imports", row_number, seq)

        if self.import_erased:
            self._of_import.clear()

    def check_clusters(self, seq: int, details: Mapping[str, Any]) -> Iterator[Problem]:
        """Problems of pictures that were clustered."""
        units, seen = details["units"], Seen()
        yield from self._all_units(seq, OF_CLUSTERS, units, seen)
        for number, row in seen.rows["cluster_members"].items():
            if row["threshold"] != details["threshold"] or row["distance"] > row["threshold"]:
                yield Problem(
                    "is further from its medoid than it may be", "cluster_members", number
                )
            if not 1 <= row["picture_id"] < self._next[PICTURES]:
                what = "is of a picture that was not on record yet"
                yield Problem(what, "cluster_members", number, seq)

    def check_erasure(self, seq: int, details: Mapping[str, Any]) -> Iterator[Problem]:
        """Problems of tombstones: each is of a row that was on record, and is no longer."""
        units, seen = details["units"], Seen()
        if not units:
            yield Problem("erases nothing", "audit", seq, seq)
        yield from self._all_units(seq, OF_ERASURE, units, seen)
        last = {kind.table: self._next[kind] - 1 for kind in ERASABLE}
        viewings = self._ledger.rows["viewings"]
        for number, row in seen.rows["erased"].items():
            kind, of = row["kind"], row["number"]
            if row["erasure_id"] != details["erasure"]:
                yield Problem("is of another erasure", "erased", number, seq)
            if kind == "viewings" and row["origin_id"]:
                # Its chain proves it; what it held there is checked with that.
                self._ledger.erased.setdefault(kind, set()).add(of)
            elif kind == "viewings" and of in viewings:
                if digest([viewings[of][name] for name in COLUMNS[kind]]) != row["sha256"]:
                    yield Problem(_OTHER_ROW, "erased", number, seq)
                self._ledger.erased.setdefault(kind, set()).add(of)
            elif not 1 <= of <= last.get(kind, 0):
                yield Problem("is of a row that was not on record", "erased", number, seq)

    def check_rematch(self, seq: int, details: Mapping[str, Any], *, at: str) -> Iterator[Problem]:
        """Problems of sightings of items that were on record; `rematched` says how many."""
        units, seen = details["units"], Seen()
        self.rematched = units.get(SIGHTINGS.table, {}).get("count", 0)
        yield from self._all_units(seq, OF_REMATCH, units, seen)
        for number, row in seen.rows[SIGHTINGS.table].items():
            if row["at"] != at or not 1 <= row["item_id"] < self._next[ITEMS]:
                what = "is of another time, or of an item that was not on record yet"
                yield Problem(what, SIGHTINGS.table, number, seq)
        for table, number, what in rematched_strangers(seen, details["rematch"]):
            yield Problem(what, table, number, seq)

    def check_merge(self, seq: int, details: Mapping[str, Any]) -> Iterator[Problem]:
        """Problems of the numbers that rows of another database got; see `merged_rows`."""
        units, seen = details["units"], Seen()
        yield from self._all_units(seq, OF_MERGE, units, seen)
        for number, row in seen.rows[MERGED_ROWS.table].items():
            if row["merge_id"] != details["merge"]:
                yield Problem("is of another merge", MERGED_ROWS.table, number, seq)
            self.spans.append(row)

    def allot(self, table: str, number: int, count: int) -> bool:
        """Take up rows that another chain tells of; whether they have the next numbers."""
        kind = next(each for each in EVERY if each.table == table)
        is_next = number == self._next[kind]
        self._next[kind] = max(self._next[kind], number + count)
        return is_next

    def counts(self) -> dict[str, int]:
        """The number of the last row of each table, at this place of the chain."""
        return {kind.table: number - 1 for kind, number in self._next.items()}

    def _all_units(
        self, seq: int, kinds: Iterable[Kind], units: Mapping[str, Any], seen: Seen
    ) -> Iterator[Problem]:
        """Problems of all units that an audit row tells, which are of these kinds."""
        known = [kind for kind in kinds if kind.since <= self._ledger.version]
        if not set(units) <= {each.table for each in known}:
            yield Problem("names rows that it cannot have recorded", "audit", seq, seq)
        for kind in known:
            if kind.table in units:
                yield from self._units(seq, kind, units[kind.table], seen)

    def untold(self) -> Iterator[Problem]:
        """Rows before the first batch and behind the last."""
        for kind in self._kinds():
            yield from self._untold(kind, _LEAST, 0)
            yield from self._untold(kind, self._next[kind], _GREATEST)

    def mixed(self) -> Iterator[Problem]:
        """Rows that refer to others which do not belong together."""
        kinds = self._kinds()
        for what, (table, rest) in (MIXED | (MIXED_ENTRIES if SIGHTED in kinds else {})).items():
            for (number,) in self._store.rows(f"SELECT {table}.id FROM {table} {rest}"):  # noqa: S608 (our words)
                yield Problem(what, table, number)
        for kind in kinds:
            if kind.children in _NUMBERED:
                owner = kind.child_columns[0]
                rows = self._store.rows(
                    f"SELECT {owner} FROM {kind.children} GROUP BY {owner} "  # noqa: S608 (our names)
                    "HAVING (min(position), max(position)) <> (0, count(*) - 1)"
                )
                for (number,) in rows:
                    what = f"has {kind.children} that are not numbered from 0 without a gap"
                    yield Problem(what, kind.table, number)

    def _kinds(self) -> list[Kind]:
        return [kind for kind in EVERY if kind.since <= self._ledger.version]

    def _units(
        self, seq: int, kind: Kind, told: Mapping[str, Any], seen: Seen
    ) -> Iterator[Problem]:
        first, count = told["first"], told["count"]
        checks = bytes.fromhex(told["checks"])
        if set(told) != {"first", "count", "sha256", "checks"} or len(checks) != count * CHECK:
            yield Problem("its details cannot be understood", "audit", seq, seq)
            return
        if first != (expected := self._next[kind]) or count < 1:
            what = f"records {kind.table} {first} to {first + count - 1} out of order"
            yield Problem(what, "audit", seq, seq)
            if first < expected:
                return
            yield from self._untold(kind, expected, first - 1)
        self._next[kind] = first + count
        last = first + count - 1
        if not self._told.carries(kind):
            return
        digests: dict[int, bytes] = {}
        try:
            for unit in self._told.units(kind, first, last):
                number = unit.row[0]
                digests[number] = _digest(unit)
                seen.rows[kind.table][number] = dict(zip(kind.columns, unit.row, strict=True))
        except DatabaseError:
            what = f"of the rows {first} to {last} not all can be read"
            yield Problem(what, kind.table, None, seq)
            return
        erased, left = self._erased(kind, first, last), self._told.left(kind, first, last)
        if erased or left:
            seen.erased[kind.table] = {*erased, *left}
        yield from self._against(seq, kind, told, digests, gone=(erased, left))

    def _against(
        self,
        seq: int,
        kind: Kind,
        told: Mapping[str, Any],
        digests: Mapping[int, bytes],
        *,
        gone: tuple[Mapping[int, bytes], set[int]],
    ) -> Iterator[Problem]:
        """Problems of the digests of units against those that an audit row tells."""
        erased, left = gone
        first, count, checks = told["first"], told["count"], bytes.fromhex(told["checks"])
        # What another database has too is here, although this chain says that it was erased.
        shared = self._told.shares(kind)
        there = {each: found for each, found in erased.items() if not shared or each not in digests}
        whole, named = hashlib.sha256(), bool(left)
        for at, number in enumerate(range(first, first + count)):
            if number in left:
                continue  # it was proved where it is from: here is another that says the same
            whole.update(digests.get(number) or erased.get(number, b""))
            what = _fault(number, digests, there, checks[at * CHECK : (at + 1) * CHECK])
            if what:
                named = True
                yield Problem(what, kind.table, number, seq)
        if not named and whole.hexdigest() != told["sha256"]:
            what = f"one of the rows {first} to {first + count - 1} was altered"
            yield Problem(what, kind.table, None, seq)

    def _erased(self, kind: Kind, first: int, last: int) -> dict[int, bytes]:
        """Digests of rows that are gone by order of a court: tombstones have them."""
        if self._ledger.version < ERASED.since and not self._told.origin:
            return {}
        return self._told.erased(kind, first, last)

    def _untold(self, kind: Kind, first: int, last: int) -> Iterator[Problem]:
        """Rows that no audit row tells of."""
        sql = f"SELECT id FROM {kind.table} WHERE id BETWEEN ? AND ? ORDER BY id"  # noqa: S608 (our words)
        for (number,) in self._store.rows(sql, (first, last)):
            yield Problem("is in no audit row: it was inserted", kind.table, number)


def _fault(
    number: int, digests: Mapping[int, bytes], erased: Mapping[int, bytes], check: bytes
) -> str:
    """What is wrong with a row, in words; empty if it is as it was recorded, or erased by order.

    Args:
        number: of the row.
        digests: of rows that are there.
        erased: of rows that tombstones stand for.
        check: the first bytes of its digest, as the chain has them.
    """
    if number in digests:
        if number in erased:
            return "is on record, although it was erased"
        return "" if digests[number][:CHECK] == check else "was altered"
    if number not in erased:
        return "was removed"
    return "" if erased[number][:CHECK] == check else _OTHER_ROW


def _digest(unit: Unit) -> bytes:
    """What proves a unit; nothing where it holds what no row of ours can hold."""
    try:
        return unit.digest
    except (TypeError, ValueError):
        return b""
