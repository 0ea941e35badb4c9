"""What an order of a court takes: the rows of what it names, and all that is made of them."""

from collections.abc import Iterator, Sequence
from typing import Final, Self

from hashmatch.errors import UnknownNameError
from hashmatch.sightings import places
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.store import Store
from hashmatch.wording import number_of

ERASING: Final = "temp.erasing"
"""The rows that go: table, number, and where they belong, as far as they do."""

OWNERS: Final = {
    "readings": "picture_id",
    "frames": "video_id",
    "times": "item_id",
    "segments": "sighting_id",
    "metadata_fields": "metadata_id",
    "regions": "region_set_id",
    "event_values": "event_id",
}
"""The column that says to which row those of a table belong."""

_SOURCE: Final = "scans.source_id, scans.id"
_OF_ITEMS: Final = "JOIN items ON items.id = item_id JOIN scans ON scans.id = items.scan_id"
_CHOSEN: Final = "(SELECT number FROM temp.erasing WHERE kind = '{}')"
_SHOWN: Final = 20
"""Rows elsewhere that are named; all are counted."""


class Selection:
    """The rows that an order takes, in a table of this connection, within a transaction.

    Attributes:
        told: what was named, as the record says it: no more than numbers of what is gone.
    """

    def __init__(self, store: Store, things: Sequence[str]) -> None:
        """Select nothing yet."""
        self._store = store
        self._things = things
        self.told: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        """Select.

        Raises:
            ValueError: a thing is none that can be erased.
            UnknownNameError: it is not on record.
        """
        store = self._store
        store.execute(
            f"CREATE TEMP TABLE {ERASING.partition('.')[2]} (kind TEXT, number INTEGER, "
            "source_id INTEGER, scan_id INTEGER, PRIMARY KEY (kind, number)) WITHOUT ROWID"
        )
        if not self._things:
            msg = "nothing was named"
            raise ValueError(msg)
        self.told = tuple(dict.fromkeys(map(self._take, self._things)))
        self._follow()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        # A transaction that fails takes the table with it.
        if kind is None:
            self._store.execute(f"DROP TABLE {ERASING}")

    def counts(self) -> dict[str, int]:
        """How many rows of each table."""
        return dict(
            self._store.execute(f"SELECT kind, count(*) FROM {ERASING} GROUP BY kind ORDER BY kind")  # noqa: S608 (our names)
        )

    def sources(self) -> list[int]:
        """The exhibits that rows belong to."""
        sql = f"SELECT DISTINCT source_id FROM {ERASING} WHERE source_id IS NOT NULL"  # noqa: S608 (our names)
        return [source for (source,) in self._store.execute(sql)]

    def _add(self, table: str, columns: str, rest: str, values: Sequence[object] = ()) -> None:
        """Rows of a table, by a query for their number, exhibit and scan."""
        self._store.execute(
            f"INSERT OR IGNORE INTO {ERASING} SELECT '{table}', {columns} FROM {rest}",  # noqa: S608 (our words)
            values,
        )

    def _take(self, thing: str) -> str:
        """The rows that a thing names, and what the record calls it.

        Raises:
            ValueError: it is none that can be erased.
            UnknownNameError: it is not on record.
        """
        kind, _, name = thing.partition(":")
        numbered = {
            "item": self._item,
            "sighting": self._sighting,
            "import": self._import,
            "event": self._event,
        }
        if kind in numbered and name.isascii() and name.isdecimal():
            numbered[kind](int(name))
            return thing
        if kind == "entry" and "/" in name:
            self._entry(name)
            return "entry"
        if kind == "exhibit" and "/" in name:
            self._of_source(self._numbers_of(name, "exhibit", _EXHIBITS))
            return thing
        if kind == "case" and name:
            sql = "SELECT name, id FROM cases"
            case = self._numbers_of(name, "case", sql)
            sql = "SELECT id FROM sources WHERE case_id = ?"
            for (source,) in self._store.execute(sql, (case,)):
                self._of_source(source)
            self._add("contents", "id, NULL, NULL", "contents WHERE case_id = ?", (case,))
            return thing
        msg = (
            f"{thing[:60]!a} cannot be erased: name item:12, sighting:7, entry:LIST/ID, "
            "exhibit:CASE/LABEL, case:N, import:3 or event:4"
        )
        raise ValueError(msg)

    def _numbers_of(self, name: str, what: str, sql: str) -> int:
        for *parts, number in self._store.execute(sql):
            if "/".join(map(from_text, parts)) == name:
                return int(number)
        msg = f"no {what} {name!r} is on record in {self._store.path}"
        raise UnknownNameError(msg)

    def _found(self, table: str, number: int) -> None:
        """See that a row is on record.

        Raises:
            UnknownNameError: it is not.
        """
        if not self._store.one(f"SELECT 1 FROM {table} WHERE id = ?", (number,)):  # noqa: S608 (our names)
            what = table.removesuffix("s")
            gone = "SELECT 1 FROM erased WHERE kind = ? AND number = ?"
            erased = " any more" if self._store.one(gone, (table, number)) else ""
            msg = f"{what} {number} is not on record{erased} in {self._store.path}"
            raise UnknownNameError(msg)

    def _item(self, number: int) -> None:
        """An item with what lies in it, in every scan that read it there with these bytes."""
        self._found("items", number)
        rows = self._store.execute(
            "SELECT other.id, other.scan_id, other.locator, placed.id FROM items "
            "JOIN scans ON scans.id = items.scan_id "
            "JOIN scans AS again ON again.source_id = scans.source_id "
            "JOIN items AS other ON other.scan_id = again.id AND other.locator = items.locator "
            "AND other.content_id IS items.content_id "
            "LEFT JOIN places AS placed ON placed.item_id = other.id WHERE items.id = ?",
            (number,),
        )
        waiting = [*rows]
        while waiting:
            item, scan, locator, placed = waiting.pop()
            self._add(
                "items", f"items.id, {_SOURCE}", f"items {_JOIN_SCANS} WHERE items.id = ?", (item,)
            )
            path = locator if placed else to_text(str(places.located(from_text(locator))))
            waiting += self._store.execute(
                "SELECT items.id, items.scan_id, locator, places.id FROM places "
                "JOIN items ON items.id = item_id WHERE places.scan_id = ? AND parent = ? "
                "AND inside",
                (scan, path),
            )

    def _sighting(self, number: int) -> None:
        self._found("sightings", number)
        self._add(
            *("sightings", f"sightings.id, {_SOURCE}"),
            f"sightings {_OF_ITEMS} WHERE sightings.id = ?",
            (number,),
        )

    def _entry(self, name: str) -> None:
        """All sightings of an entry."""
        sql = "SELECT DISTINCT list, entry, 1 FROM sightings"
        for of_list, entry, _ in self._store.execute(sql):
            if f"{from_text(of_list)}/{from_text(entry)}" == name:
                self._add(
                    *("sightings", f"sightings.id, {_SOURCE}"),
                    f"sightings {_OF_ITEMS} WHERE list = ? AND entry = ?",
                    (of_list, entry),
                )
                return
        msg = f"no sighting of an entry {name!r} is on record in {self._store.path}"
        raise UnknownNameError(msg)

    def _import(self, number: int) -> None:
        self._found("imports", number)
        self._add("imports", "id, source_id, NULL", "imports WHERE id = ?", (number,))

    def _event(self, number: int) -> None:
        self._found("events", number)
        rest = "events JOIN imports ON imports.id = import_id WHERE events.id = ?"
        self._add("events", "events.id, source_id, NULL", rest, (number,))

    def _of_source(self, source: int) -> None:
        """All that was read of an exhibit, or imported."""
        for table in ("items", "volumes", "unread_ranges"):
            rest = f"{table} JOIN scans ON scans.id = {table}.scan_id WHERE source_id = ?"
            self._add(table, f"{table}.id, {_SOURCE}", rest, (source,))
        self._add("imports", "id, source_id, NULL", "imports WHERE source_id = ?", (source,))

    def _follow(self) -> None:
        """What is made of the rows, belongs to them, or is of no use without them."""
        items = f"WHERE item_id IN {_CHOSEN.format('items')}"
        for table in ("sightings", "places", "original_names"):
            self._add(table, f"{table}.id, {_SOURCE}", f"{table} {_OF_ITEMS} {items}")
        for table in ("sighted", "viewings", "matched_parts", "retroactive"):
            rest = (
                f"{table} JOIN temp.erasing ON erasing.kind = 'sightings' AND number = sighting_id"
            )
            self._add(table, f"{table}.id, erasing.source_id, erasing.scan_id", rest)
        self._unused("entries", "sighted", "entry_id", "sighted")
        self._unused("contents", "items", "content_id", "items")
        chosen = f"WHERE content_id IN {_CHOSEN.format('contents')}"
        for table in ("pictures", "metadata"):
            self._add(table, "id, NULL, NULL", f"{table} {chosen}")
        pictures = f"WHERE picture_id IN {_CHOSEN.format('pictures')}"
        for table in ("videos", "region_sets"):
            self._add(table, "id, NULL, NULL", f"{table} {pictures}")
        # A cluster without its medoid is none: its other members are clustered anew.
        members = f"cluster_members {pictures}"
        self._add("cluster_members", "id, NULL, NULL", members)
        gone = _CHOSEN.format("cluster_members")
        self._add(
            "cluster_members", "id, NULL, NULL", f"cluster_members WHERE cluster_id IN {gone}"
        )
        for table in ("events", "quarantined_rows"):
            rest = f"{table} JOIN temp.erasing ON erasing.kind = 'imports' AND number = import_id"
            self._add(table, f"{table}.id, erasing.source_id, NULL", rest)

    def _unused(self, table: str, users: str, column: str, kind: str) -> None:
        """Rows that none is left to use, of those that rows which go use."""
        chosen = _CHOSEN.format(kind)
        self._add(
            *(table, f"{column}, NULL, NULL"),
            f"{users} WHERE id IN {chosen} AND {column} IS NOT NULL AND NOT EXISTS ("  # noqa: S608 (our words)
            f"SELECT 1 FROM {users} AS other WHERE other.{column} = {users}.{column} "
            f"AND other.id NOT IN {chosen})",
        )


_JOIN_SCANS: Final = "JOIN scans ON scans.id = items.scan_id"
_EXHIBITS: Final = "SELECT name, label, sources.id FROM sources JOIN cases ON cases.id = case_id"


_CONTENTS: Final = (
    "SELECT sha256, md5 FROM contents WHERE id IN (SELECT content_id FROM items WHERE id IN "
    "(SELECT number FROM temp.erasing WHERE kind = 'items'))"
)
"""The bytes of items that go."""


def elsewhere(store: Store) -> Iterator[str]:
    """What is of the same bytes as what goes, or names it, and stays: in words."""
    contents = f"({_CONTENTS}) AS gone"
    kept = (
        f"SELECT items.id FROM {contents} JOIN contents ON contents.sha256 = gone.sha256 "  # noqa: S608 (our words)
        f"JOIN items ON items.content_id = contents.id "
        f"WHERE items.id NOT IN {_CHOSEN.format('items')} ORDER BY 1"
    )
    yield from _named(store, kept, "item", "of the same bytes")
    for table, what in (("events", "event"), ("entries", "list entry")):
        same = (
            f"SELECT {table}.id FROM {contents} JOIN {table} ON {table}.sha256 = gone.sha256 "  # noqa: S608 (likewise)
            f"OR {table}.md5 = gone.md5 WHERE {table}.id NOT IN {_CHOSEN.format(table)} "
            "GROUP BY 1 ORDER BY 1"
        )
        yield from _named(store, same, what, "with a digest of the same bytes")
    named = (
        "SELECT DISTINCT event_id FROM event_values WHERE kind = 'entry' AND (service, value) IN "  # noqa: S608 (likewise)
        f"(SELECT list, entry FROM sightings WHERE id IN {_CHOSEN.format('sightings')}) "
        f"AND event_id NOT IN {_CHOSEN.format('events')} ORDER BY 1"
    )
    yield from _named(store, named, "event", "of an entry that was seen there")
    statements = (
        f"SELECT statements.id FROM {contents} "  # noqa: S608 (likewise)
        "JOIN statements ON subject = 'sha256:' || lower(hex(gone.sha256)) GROUP BY 1 ORDER BY 1"
    )
    yield from _named(store, statements, "statement", "about a link that names its SHA-256")
    near = (
        "SELECT id FROM cluster_members WHERE id NOT IN "  # noqa: S608 (likewise)
        f"{_CHOSEN.format('cluster_members')} AND cluster_id IN (SELECT cluster_id FROM "
        f"cluster_members WHERE id IN {_CHOSEN.format('cluster_members')})"
    )
    if count := store.one(f"SELECT count(*) FROM ({near})"):  # noqa: S608 (likewise)
        yield f"{number_of(count, 'near-duplicate')} in the same cluster"


def _named(store: Store, sql: str, what: str, why: str) -> Iterator[str]:
    found = [str(number) for (number,) in store.execute(sql)]
    if found:
        more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
        yield f"{what} {', '.join(found[:_SHOWN])}{more}: {why}"
