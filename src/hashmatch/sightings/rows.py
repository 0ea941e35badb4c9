"""The rows that a batch records, and the digests that prove them later.

A *unit* is a row with the rows that belong to it: a picture with its readings, a video with its
frames, an item with its times, a sighting with its segments. The place of an item is a unit of its
own: the columns of items stay those that older versions digested. The digest of a unit is the
SHA-256 of the canonical JSON of the row's columns, as stored and in the order below, with the list
of its children behind. The audit row of a batch holds, for each kind of unit, the first id and
their number (ids have no gaps), the SHA-256 of all digests in a row, and the first four bytes of
each: enough to name the row that was altered.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple

from hashmatch.sightings import columns
from hashmatch.sightings.encoding import digest, digests
from hashmatch.sightings.store import Row, Store


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of unit; all there are stand below.

    Attributes:
        table: of its rows.
        columns: in the order of the digest; the first is the id.
        children: table of the rows that belong to it; empty if there is none.
        child_columns: in the order of the digest, behind the id of the row they belong to.
        since: version of the tables that it came with.
    """

    table: str
    columns: tuple[str, ...]
    children: str = ""
    child_columns: tuple[str, ...] = ()
    since: int = 1

    @property
    def insert(self) -> str:
        """The statement that records rows."""
        return _insert(self.table, self.columns)

    @property
    def insert_children(self) -> str:
        """The statement that records the rows that belong to them."""
        return _insert(self.children, self.child_columns)


def _insert(table: str, columns: tuple[str, ...]) -> str:
    marks = ",".join("?" * len(columns))
    return f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})"  # noqa: S608 (our names)


CONTENTS: Final = Kind("contents", ("id", "case_id", "sha256", "sha1", "md5", "size"))
PICTURES: Final = Kind(
    "pictures",
    (
        *("id", "content_id", "hashing_id", "mode", "width", "height", "format", "decoder"),
        *("frames", "flags", "fraction", "reason"),
    ),
    "readings",
    (
        *("picture_id", "position", "algorithm", "orientation", "alpha_dropped", "frame"),
        *("quality", "hash"),
    ),
)
VIDEOS: Final = Kind(
    "videos",
    ("id", "picture_id", "sampling", "duration", "codec", "damaged"),
    "frames",
    (
        *("video_id", "position", "time", "part", "algorithm", "orientation", "alpha_dropped"),
        *("frame", "quality", "hash"),
    ),
    since=2,
)
ITEMS: Final = Kind(
    "items",
    (
        *("id", "scan_id", "run_id", "locator", "size", "content_id", "picture_id", "status"),
        *("reason", "detail", "known_good", "raised"),
    ),
    "times",
    ("item_id", "kind", "at"),
)
SIGHTINGS: Final = Kind(
    "sightings",
    (
        *("id", "item_id", "run_id", "at"),
        *columns.names(columns.MATCH),
        "viewed_by_human",
    ),
    "segments",
    (
        *("sighting_id", "position"),
        *columns.names(columns.ALIGNMENT),
    ),
)
ENTRIES: Final = Kind(
    "entries",
    ("id", "list", "source", "entry", "number", "sha256", "sha1", "md5", "details"),
    since=3,
)
SIGHTED: Final = Kind("sighted", ("id", "sighting_id", "entry_id", "hash"), since=3)
PLACES: Final = Kind(
    "places",
    (
        *("id", "item_id", "scan_id", "parent", "steps", "state", "confidence", "runs", "weight"),
        "inside",
    ),
    since=7,
)
VOLUMES: Final = Kind(
    "volumes",
    ("id", "scan_id", "run_id", "locator", "kind", "offset", "length", "status", "reason"),
    since=7,
)
UNREAD_RANGES: Final = Kind(
    "unread_ranges",
    ("id", "scan_id", "run_id", "locator", "offset", "length", "reason"),
    since=7,
)
ORIGINAL_NAMES: Final = Kind("original_names", ("id", "item_id", "name"), since=8)
METADATA: Final = Kind(
    *("metadata", ("id", "content_id", "reader")),
    *("metadata_fields", ("metadata_id", "position", "name", "value")),
    since=9,
)
REGION_SETS: Final = Kind(
    *("region_sets", ("id", "picture_id")),
    "regions",
    ("region_set_id", "position", "tier", "frame", "quality", "outline", "plan", "codes"),
    since=9,
)
MATCHED_PARTS: Final = Kind(
    "matched_parts",
    ("id", "sighting_id", "tier", "outline", "hypothesis", "tried", "similarity"),
    since=9,
)
RETROACTIVE: Final = Kind("retroactive", ("id", "sighting_id", "rematch_id"), since=10)
KINDS: Final = (
    *(CONTENTS, PICTURES, VIDEOS, ITEMS, SIGHTINGS, ENTRIES, SIGHTED, PLACES),
    *(ORIGINAL_NAMES, METADATA, REGION_SETS, MATCHED_PARTS),
)
"""What a batch records, in the order in which it can be recorded."""

OF_REMATCH: Final = (SIGHTINGS, ENTRIES, SIGHTED, MATCHED_PARTS, RETROACTIVE)
"""What is recorded where items on record are matched again."""

OF_MEDIUM: Final = (VOLUMES, UNREAD_RANGES)
"""What is recorded of a medium as a whole."""

IMPORTS: Final = Kind(
    "imports",
    (
        *("id", "case_id", "source_id", "at", "name", "format", "sha256", "service", "report"),
        *("events", "repeated", "quarantined", "notes"),
    ),
    since=9,
)
EVENTS: Final = Kind(
    "events",
    (
        *("id", "import_id", "place", "kind", "role", "service", "name", "sha256", "sha1", "md5"),
        *("time_kind", "earliest", "latest", "stated", "zone", "port", "proxy"),
        *("thread", "message", "fields"),
    ),
    "event_values",
    ("event_id", "position", "part", "kind", "value", "service"),
    since=9,
)
QUARANTINED_ROWS: Final = Kind("quarantined_rows", ("id", "import_id", "place", "reason"), since=9)
OF_IMPORT: Final = (IMPORTS, EVENTS, QUARANTINED_ROWS)
"""What is recorded of a report, a return or a log."""

CLUSTER_MEMBERS: Final = Kind(
    "cluster_members",
    ("id", "cluster_id", "picture_id", "distance", "orientation", "threshold", "reason"),
    since=9,
)
OF_CLUSTERS: Final = (CLUSTER_MEMBERS,)
"""What is recorded of pictures that are near to each other."""

ERASED: Final = Kind(
    "erased",
    ("id", "erasure_id", "kind", "number", "source_id", "scan_id", "origin_id", "sha256"),
    since=9,
)
OF_ERASURE: Final = (ERASED,)
"""What is recorded where rows are erased by order of a court."""

ERASABLE: Final = (*KINDS, RETROACTIVE, *OF_MEDIUM, *OF_IMPORT, *OF_CLUSTERS)
"""What can be erased so: all but the tombstones."""

MERGED_ROWS: Final = Kind(
    "merged_rows",
    ("id", "merge_id", "kind", "first", "number", "count", "added"),
    since=9,
)
OF_MERGE: Final = (MERGED_ROWS,)
"""What is recorded of rows that came from another database."""

EVERY: Final = (*ERASABLE, *OF_ERASURE, *OF_MERGE)
"""All kinds of units."""

_TOGETHER: Final = 4096
"""Rows whose digests are computed together: a video has tens of thousands."""
CHECK: Final = 4
"""Bytes of a unit's digest that are kept on their own."""


class Unit(NamedTuple):
    """A row and those that belong to it."""

    row: Row
    children: tuple[Row, ...] = ()

    @property
    def digest(self) -> bytes:
        """What proves it."""
        return digest(self)


def seal(units: Iterable[Unit]) -> dict[str, Any]:
    """What the audit row says of the units of one kind."""
    digests = [*_digests(units)]
    return {
        "count": len(digests),
        "sha256": hashlib.sha256(b"".join(digests)).hexdigest(),
        "checks": b"".join([each[:CHECK] for each in digests]).hex(),
    }


def _digests(units: Iterable[Unit]) -> Iterator[bytes]:
    together: list[Unit] = []
    count = 0
    for unit in units:
        together.append(unit)
        count += 1 + len(unit.children)
        if count >= _TOGETHER:
            yield from digests(together)
            together, count = [], 0
    yield from digests(together)


def write(store: Store, kind: Kind, units: list[Unit]) -> None:
    """Record units, within a transaction."""
    store.insert(kind.insert, [unit.row for unit in units])
    if kind.children:
        store.insert(kind.insert_children, [child for unit in units for child in unit.children])


def read(store: Store, kind: Kind, first: int, last: int) -> Iterator[Unit]:
    """The units with these ids, ascending, as they are on record."""
    columns = ",".join(kind.columns)
    sql = f"SELECT {columns} FROM {kind.table} WHERE id BETWEEN ? AND ? ORDER BY id"  # noqa: S608 (our names)
    rows = store.rows(sql, (first, last))
    if not kind.children:
        yield from map(Unit, rows)
        return
    owner, *keys = kind.child_columns
    listed = ",".join(kind.child_columns)
    children = store.rows(
        f"SELECT {listed} FROM {kind.children} WHERE {owner} BETWEEN ? AND ? "  # noqa: S608 (our names)
        f"ORDER BY {owner}, {keys[0]}",
        (first, last),
    )
    # Side by side, a unit at a time: a video has tens of thousands of frames.
    groups = groupby(children, lambda child: child[0])
    number, group = next(groups, _NO_GROUP)
    for row in rows:
        while number is not None and number < row[0]:
            number, group = next(groups, _NO_GROUP)
        yield Unit(row, tuple(group) if number == row[0] else ())


_NO_GROUP: tuple[int | None, Iterator[Row]] = (None, iter(()))
