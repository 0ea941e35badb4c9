"""Rows of one batch against each other: what belongs together, and what is counted twice."""

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from hashmatch.sightings import places
from hashmatch.sightings.rows import EVERY

MIXED: Final = {
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
            "WHERE id = scans.hashing_id) AND "
            # A scan that deepens others has their hashes of what is settled: of fewer tiers.
            "(json_extract(scans.binding, '$.deepens') IS NULL OR "
            "(SELECT json_remove(options, '$.decoders', '$.options.tiers') FROM hashings "
            "WHERE id = pictures.hashing_id) IS NOT "
            "(SELECT json_remove(options, '$.decoders', '$.options.tiers') FROM hashings "
            "WHERE id = scans.hashing_id)))"
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

MIXED_ENTRIES: Final = {
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


@dataclass(frozen=True, slots=True)
class Place:
    """What the rows of a batch must agree with."""

    at: str
    run: int
    scan: int
    case: int
    hash_configs: frozenset[int]


@dataclass(slots=True)
class Seen:
    """What a batch holds, as far as others of it refer to it.

    Attributes:
        rows: by table and number.
        erased: numbers of rows that are gone by order of a court, by table.
    """

    erased: dict[str, set[int]] = field(default_factory=dict)
    rows: dict[str, dict[int, dict[str, Any]]] = field(
        default_factory=lambda: {kind.table: {} for kind in EVERY}
    )

    def ids(self, table: str) -> set[int]:
        """The numbers of the rows of a table."""
        return set(self.rows[table])

    def named(self, table: str, column: str) -> set[Any]:
        """What the rows of a table hold in a column."""
        return {row[column] for row in self.rows[table].values()}


Found = Iterator[tuple[str, int, str]]

_LONELY: Final = "belongs to nothing that the same batch recorded"

ALIEN: Final = "belongs to another run than the batch that recorded it"


def strangers(seen: Seen, place: Place) -> Found:
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
                yield table, number, ALIEN
    if seen.erased:
        # What they belonged to, or what belonged to them, is gone.
        return
    users = {
        "contents": seen.named("items", "content_id"),
        "pictures": seen.named("items", "picture_id"),
        "entries": seen.named("sighted", "entry_id"),
    }
    for table, used in users.items():
        for number in seen.ids(table) - used:
            yield table, number, _LONELY
    parents = {
        "videos": ("picture_id", "pictures"),
        "sightings": ("item_id", "items"),
        "sighted": ("sighting_id", "sightings"),
        "places": ("item_id", "items"),
        "original_names": ("item_id", "items"),
        "metadata": ("content_id", "contents"),
        "region_sets": ("picture_id", "pictures"),
        "matched_parts": ("sighting_id", "sightings"),
    }
    for table, (column, parent) in parents.items():
        for number, row in seen.rows[table].items():
            if row[column] not in seen.rows[parent]:
                yield table, number, _LONELY


def rematched_strangers(seen: Seen, rematch: int) -> Found:
    """Rows of a rematch that belong to another one, or to nothing in the same batch."""
    for number, row in seen.rows["retroactive"].items():
        if row["rematch_id"] != rematch:
            yield "retroactive", number, "is of another rematch"
    if seen.erased:
        return
    for number in seen.ids("sightings") ^ seen.named("retroactive", "sighting_id"):
        yield "sightings", number, "is not marked as retroactive, or is marked and not there"
    for number in seen.ids("entries") - seen.named("sighted", "entry_id"):
        yield "entries", number, _LONELY
    for table in ("sighted", "matched_parts"):
        for number, row in seen.rows[table].items():
            if row["sighting_id"] not in seen.rows["sightings"]:
                yield table, number, _LONELY


def miscounted(seen: Seen) -> Found:
    """Items with other matches than they say."""
    if seen.erased:
        return
    raised: Counter[Any] = Counter()
    known_good: set[Any] = set()
    for row in seen.rows["sightings"].values():
        raised[row["item_id"]] += not (row["known_good"] or row["suppressed"])
        if row["known_good"]:
            known_good.add(row["item_id"])
    for number, row in seen.rows["items"].items():
        if (row["raised"], row["known_good"]) != (raised[number], int(number in known_good)):
            yield "items", number, "has another number of matches than were recorded"


def misplaced(seen: Seen) -> Found:
    """Items whose place is not where their locator says, or that have none and need one."""
    if seen.erased:
        return
    items = seen.rows["items"]
    placed = {row["item_id"] for row in seen.rows["places"].values()}
    for number, row in seen.rows["places"].items():
        locator = items[row["item_id"]]["locator"] if row["item_id"] in items else ""
        if fault := places.fault_of(locator, row["parent"], row["steps"]):
            yield "places", number, fault
    for number, row in items.items():
        if number not in placed and places.needs_place(row["locator"]):
            yield "items", number, "is no plain file, and has no place on record"
