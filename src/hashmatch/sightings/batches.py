"""The rows of batches against what the chain says of them, and against each other."""

import hashlib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hashmatch.errors import DatabaseError
from hashmatch.model import ItemStatus
from hashmatch.sightings import places
from hashmatch.sightings.actions import MARKED_SINCE
from hashmatch.sightings.agreement import same_hashing
from hashmatch.sightings.ledger import Ledger
from hashmatch.sightings.rows import (
    CHECK,
    EVERY,
    KINDS,
    OF_CLUSTERS,
    OF_IMPORT,
    OF_MEDIUM,
    PICTURES,
    PLACES,
    SIGHTED,
    SIGHTINGS,
    Kind,
    Unit,
    read,
)
from hashmatch.sightings.store import Store
from hashmatch.sightings.verdict import Problem

_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1
"""The ids that a row can have; those on record begin at 1."""

_STATUSES: Final = tuple(ItemStatus)

_MIXED: Final = {
    "is in a run of another scan": (
        "items",
        "JOIN runs ON runs.id = items.run_id WHERE runs.scan_id <> items.scan_id",
    ),
    "is of a content of another case": (
        "items",
        (
            "JOIN contents ON contents.id = items.content_id "
            "JOIN scans ON scans.id = items.scan_id "
            "JOIN sources ON sources.id = scans.source_id "
            "WHERE contents.case_id <> sources.case_id"
        ),
    ),
    "has the hashes of another content, or of other options": (
        "items",
        (
            "JOIN pictures ON pictures.id = items.picture_id "
            "JOIN scans ON scans.id = items.scan_id "
            "WHERE pictures.content_id IS NOT items.content_id "
            "OR (pictures.hashing_id <> scans.hashing_id AND "
            # Libraries may have been upgraded before the scan was resumed.
            "(SELECT json_remove(options, '$.decoders') FROM hashings "
            "WHERE id = pictures.hashing_id) IS NOT "
            "(SELECT json_remove(options, '$.decoders') FROM hashings "
            "WHERE id = scans.hashing_id))"
        ),
    ),
    "is in another scan than its item": (
        "places",
        "JOIN items ON items.id = places.item_id WHERE items.scan_id <> places.scan_id",
    ),
    "is in another run than its item": (
        "sightings",
        "JOIN items ON items.id = sightings.item_id WHERE items.run_id <> sightings.run_id",
    ),
    "is of another size than its content": (
        "items",
        "JOIN contents ON contents.id = items.content_id WHERE items.size IS NOT contents.size",
    ),
    "says what is in `viewings` alone: that a person viewed the file": (
        "sightings",
        "WHERE viewed_by_human",
    ),
}
"""Rows that belong to several others which do not belong together."""

_MIXED_ENTRIES: Final = {
    "is of another entry than its sighting": (
        "sighted",
        (
            "JOIN sightings ON sightings.id = sighting_id "
            "JOIN entries ON entries.id = sighted.entry_id "
            "WHERE (entries.list, entries.source, entries.entry, entries.number) IS NOT "
            "(sightings.list, sightings.source, sightings.entry, sightings.number)"
        ),
    ),
}
"""The same, of the tables that version 3 added."""

_NUMBERED: Final = ("readings", "frames", "segments", "event_values", "metadata_fields")
"""Tables whose rows have a position in the row that they belong to: from 0, without a gap."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What the rows of a batch must agree with."""

    at: str
    run: int
    scan: int
    case: int
    hash_configs: frozenset[int]


@dataclass(slots=True)
class _Seen:
    """What a batch holds, as far as others of it refer to it."""

    rows: dict[str, dict[int, dict[str, Any]]] = field(
        default_factory=lambda: {kind.table: {} for kind in EVERY}
    )

    def ids(self, table: str) -> set[int]:
        return set(self.rows[table])

    def named(self, table: str, column: str) -> set[Any]:
        return {row[column] for row in self.rows[table].values()}


class Batches:
    """All batches of the chain, in their order.

    Attributes:
        items: how many each scan has, at this place of the chain.
        imported: the imports that the audit row checked last records; mostly none.
    """

    def __init__(self, store: Store, ledger: Ledger) -> None:
        """Begin before the first batch."""
        self._store = store
        self._ledger = ledger
        self._next = dict.fromkeys(EVERY, 1)
        self.items: Counter[int] = Counter()
        self.imported: list[dict[str, Any]] = []
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
        place = _Place(at, run, scan, case, configs)
        units, seen = details["units"], _Seen()
        problems = [*self._all_units(seq, KINDS, units, seen)]
        yield from problems
        self.items[scan] += units["items"]["count"]
        if problems:
            # What is altered or missing agrees with nothing: that would say it once more.
            return
        counted = Counter(each["status"] for each in seen.rows["items"].values())
        if any(details[status] != counted[status] for status in _STATUSES):
            yield Problem("counts other items than it recorded", "audit", seq, seq)
        for table, number, what in _strangers(seen, place):
            yield Problem(what, table, number, seq)
        if self._ledger.version >= MARKED_SINCE:
            for table, number, what in _miscounted(seen):
                yield Problem(what, table, number, seq)
        if self._ledger.version >= PLACES.since:
            for table, number, what in _misplaced(seen):
                yield Problem(what, table, number, seq)

    def check_medium(
        self, seq: int, details: Mapping[str, Any], *, run: int, scan: int
    ) -> Iterator[Problem]:
        """Problems of what was recorded of a medium as a whole."""
        units, seen = details["units"], _Seen()
        if not units:
            yield Problem("its details cannot be understood", "audit", seq, seq)
        yield from self._all_units(seq, OF_MEDIUM, units, seen)
        for table, rows in seen.rows.items():
            for number, row in rows.items():
                if (row["run_id"], row["scan_id"]) != (run, scan):
                    yield Problem(_ALIEN, table, number, seq)

    def check_import(self, seq: int, details: Mapping[str, Any], *, at: str) -> Iterator[Problem]:
        """Problems of what was recorded of a report, a return or a log.

        A long one is told by several audit rows; the last one tells of the import itself.
        """
        units, seen = details["units"], _Seen()
        problems = [*self._all_units(seq, OF_IMPORT, units, seen)]
        yield from problems
        number = details["import"]
        told = self._ledger.rows
        self.imported = [*seen.rows["imports"].values()]
        for table, column in (("events", "import_id"), ("quarantined_rows", "import_id")):
            self._of_import[table] += len(seen.rows[table])
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

    def check_clusters(self, seq: int, details: Mapping[str, Any]) -> Iterator[Problem]:
        """Problems of pictures that were clustered."""
        units, seen = details["units"], _Seen()
        yield from self._all_units(seq, OF_CLUSTERS, units, seen)
        for number, row in seen.rows["cluster_members"].items():
            if row["threshold"] != details["threshold"] or row["distance"] > row["threshold"]:
                yield Problem(
                    "is further from its medoid than it may be", "cluster_members", number
                )
            if not 1 <= row["picture_id"] < self._next[PICTURES]:
                what = "is of a picture that was not on record yet"
                yield Problem(what, "cluster_members", number, seq)

    def _all_units(
        self, seq: int, kinds: Iterable[Kind], units: Mapping[str, Any], seen: _Seen
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
        for what, (table, rest) in (_MIXED | (_MIXED_ENTRIES if SIGHTED in kinds else {})).items():
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
        self, seq: int, kind: Kind, told: Mapping[str, Any], seen: _Seen
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
        digests: dict[int, bytes] = {}
        try:
            for unit in read(self._store, kind, first, last):
                number = unit.row[0]
                digests[number] = _digest(unit)
                seen.rows[kind.table][number] = dict(zip(kind.columns, unit.row, strict=True))
        except DatabaseError:
            what = f"of the rows {first} to {last} not all can be read"
            yield Problem(what, kind.table, None, seq)
            return
        whole, named = hashlib.sha256(), False
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
        sql = f"SELECT id FROM {kind.table} WHERE id BETWEEN ? AND ? ORDER BY id"  # noqa: S608 (our words)
        for (number,) in self._store.rows(sql, (first, last)):
            yield Problem("is in no audit row: it was inserted", kind.table, number)


def _digest(unit: Unit) -> bytes:
    """What proves a unit; nothing where it holds what no row of ours can hold."""
    try:
        return unit.digest
    except (TypeError, ValueError):
        return b""


_Found = Iterator[tuple[str, int, str]]

_ALIEN: Final = "belongs to another run than the batch that recorded it"


def _strangers(seen: _Seen, place: _Place) -> _Found:
    """Rows of a batch that belong to another run, scan, case, or to nothing in it."""
    owners: dict[str, dict[str, Container[object]]] = {
        "contents": {"case_id": {place.case}},
        "pictures": {"hashing_id": place.hash_configs},
        "items": {"scan_id": {place.scan}, "run_id": {place.run}},
        "sightings": {"run_id": {place.run}, "at": {place.at}},
        "places": {"scan_id": {place.scan}},
    }
    for table, expected in owners.items():
        for number, row in seen.rows[table].items():
            if any(row[name] not in values for name, values in expected.items()):
                yield table, number, _ALIEN
    lonely = "belongs to nothing that the same batch recorded"
    users = {
        "contents": seen.named("items", "content_id"),
        "pictures": seen.named("items", "picture_id"),
        "entries": seen.named("sighted", "entry_id"),
    }
    for table, used in users.items():
        for number in seen.ids(table) - used:
            yield table, number, lonely
    parents = {
        "videos": ("picture_id", "pictures"),
        "sightings": ("item_id", "items"),
        "sighted": ("sighting_id", "sightings"),
        "places": ("item_id", "items"),
        "original_names": ("item_id", "items"),
        "metadata": ("content_id", "contents"),
    }
    for table, (column, parent) in parents.items():
        for number, row in seen.rows[table].items():
            if row[column] not in seen.rows[parent]:
                yield table, number, lonely


def _miscounted(seen: _Seen) -> _Found:
    """Items with other matches than they say."""
    raised: Counter[Any] = Counter()
    known_good: set[Any] = set()
    for row in seen.rows["sightings"].values():
        raised[row["item_id"]] += not (row["known_good"] or row["suppressed"])
        if row["known_good"]:
            known_good.add(row["item_id"])
    for number, row in seen.rows["items"].items():
        if (row["raised"], row["known_good"]) != (raised[number], int(number in known_good)):
            yield "items", number, "has another number of matches than were recorded"


def _misplaced(seen: _Seen) -> _Found:
    """Items whose place is not where their locator says, or that have none and need one."""
    items = seen.rows["items"]
    placed = {row["item_id"] for row in seen.rows["places"].values()}
    for number, row in seen.rows["places"].items():
        locator = items[row["item_id"]]["locator"] if row["item_id"] in items else ""
        if fault := places.fault_of(locator, row["parent"], row["steps"]):
            yield "places", number, fault
    for number, row in items.items():
        if number not in placed and places.needs_place(row["locator"]):
            yield "items", number, "is no plain file, and has no place on record"
