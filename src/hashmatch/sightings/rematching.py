"""Items on record that are matched again, and what that adds to the record."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from hashmatch.model import Band, Digests, Item, Json, Match, MediaHashes
from hashmatch.model.digests import DIGESTS
from hashmatch.model.orientation import Orientation
from hashmatch.sightings import audit, environment, reading
from hashmatch.sightings.actions import Action
from hashmatch.sightings.batch import Batch, RunIds
from hashmatch.sightings.encoding import canonical, from_text, to_text
from hashmatch.sightings.migrating import tool_version
from hashmatch.sightings.rematch_records import Matched
from hashmatch.sightings.rematched import list_facts
from hashmatch.sightings.rows import OF_REMATCH, RETROACTIVE, Kind, Unit, seal
from hashmatch.sightings.rows import write as record_units
from hashmatch.sightings.scan_config import RunConfig
from hashmatch.sightings.store import Store

_PAGE: Final = 8192
"""Items that are read at a time."""

_OF_NO_RUN: Final = RunIds(0, 0, 0, 0)

_REPLACED: Final = """
    EXISTS (SELECT 1 FROM scans AS later WHERE later.source_id = scans.source_id
        AND later.id > scans.id AND later.done AND json_extract(later.binding, '$.replaces'))
"""

_ERASED: Final = """
    EXISTS (SELECT 1 FROM erased JOIN erasures ON erasures.id = erasure_id, json_each(things)
        WHERE erased.scan_id = scans.id AND erased.kind = 'sightings'
        AND (json_each.value = 'entry' OR json_each.value LIKE 'sighting:%'))
"""

_MATCHED: Final = """
    (SELECT rematched_scans.facts FROM rematched_scans JOIN rematches ON rematches.id = rematch_id
        WHERE scan_id = scans.id AND tool = ? AND profile = ? AND lists = ?
        AND json_extract(rematches.facts, '$.tiers') = ?
        AND items = (SELECT count(*) FROM items WHERE scan_id = scans.id)
        ORDER BY rematched_scans.id DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class ScanOnRecord:
    """A scan whose items can be matched again.

    Attributes:
        id: its number.
        case: its case.
        exhibit: its label.
        items: on record.
        options: with which its files were hashed.
        done: whether it came to its end.
        replaced: whether a later scan replaces it, as the operator said.
        erased: whether sightings of items that are still on record were erased by order of a
            court: to match these would record them again.
        before: what a rematch with the same lists, profile and version said at its end there, if
            nothing was recorded since; None where there was none.
    """

    id: int
    case: str
    exhibit: str
    items: int
    options: Mapping[str, Any]
    done: bool
    replaced: bool
    erased: bool
    before: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ItemOnRecord:
    """An item as far as it is matched again.

    Attributes:
        id: its number.
        run: that recorded it.
        size: in bytes.
        status: what became of it.
        picture: number of its hashes; None where it has none.
        digests: of its bytes, as `DIGESTS` names them; None where they were not read.
    """

    id: int
    run: int
    size: int | None
    status: str
    picture: int | None
    digests: Sequence[bytes | None]

    @property
    def named_digests(self) -> Iterable[tuple[str, bytes | None]]:
        """Its digests with their names; none of an empty file, which is like all others."""
        return zip(DIGESTS, self.digests, strict=True) if self.size != 0 else ()

    def item(self, media: MediaHashes | None) -> Item:
        """What is matched, with its hashes."""
        named = zip(DIGESTS, self.digests, strict=True)
        digests = Digests(**{name: None if each is None else each.hex() for name, each in named})
        return Item("", self.size, digests=digests, media=media)


@dataclass(frozen=True, slots=True, eq=False)
class PlainHashes:
    """Hashes of pictures on record that are neither videos nor cut into parts, by algorithm.

    Attributes:
        pictures: the number of the picture of each.
        codes: their bits, one after the other.
        upright: whether each is of the upright picture.
    """

    pictures: list[int]
    codes: bytes
    upright: list[bool]


class Rematch:
    """One start of a rematch; `Database.rematch` makes it. Not for several threads.

    Attributes:
        id: in the database.
    """

    def __init__(self, store: Store, configuration: RunConfig, facts: Mapping[str, Json]) -> None:
        """Put nothing on record yet: the first that is recorded begins it.

        Args:
            store: the database.
            configuration: as of a scan: lists, profile, libraries and command.
            facts: the tiers, and the files of indexes.
        """
        self._store = store
        self._row = {
            "tool": tool_version(),
            "libraries": canonical(configuration.libraries),
            "command": to_text(configuration.command),
            "host": to_text(environment.host()),
            "profile": canonical(asdict(configuration.profile)),
            "lists": canonical([list_facts(known) for known in configuration.lists]),
            "facts": canonical({**environment.at_start(), **facts}),
        }
        self._tiers = canonical(facts["tiers"])
        self.id = 0

    def begin(self) -> None:
        """Put the start on record.

        Raises:
            DatabaseError: it cannot be written.
        """
        with self._store.transaction():
            at = audit.now()
            number = int(self._store.one("SELECT coalesce(max(id), 0) FROM rematches")) + 1
            self._insert(number, at, "rematches", {"id": number, "at": at, **self._row}, {})
        self.id = number

    def scans(self, *, case: str = "", exhibit: str = "") -> list[ScanOnRecord]:
        """The scans on record, the oldest first.

        Args:
            case: of this case alone.
            exhibit: of exhibits of this label alone.
        """
        rows = self._store.execute(
            "SELECT scans.id, cases.name, sources.label, done, options, "  # noqa: S608 (our words)
            "(SELECT count(*) FROM items WHERE scan_id = scans.id), "
            f"{_REPLACED}, {_ERASED}, {_MATCHED} FROM scans "
            "JOIN sources ON sources.id = source_id JOIN cases ON cases.id = case_id "
            "JOIN hashings ON hashings.id = hashing_id ORDER BY scans.id",
            [*(self._row[name] for name in ("tool", "profile", "lists")), self._tiers],
        )
        found = [
            ScanOnRecord(
                number,
                from_text(name),
                from_text(label),
                items,
                json.loads(options)["options"],
                bool(done),
                bool(replaced),
                bool(erased),
                None if before is None else json.loads(before),
            )
            for number, name, label, done, options, items, replaced, erased, before in rows
        ]
        return [each for each in found if case in ("", each.case) and exhibit in ("", each.exhibit)]

    def pages(self, scan: int) -> Iterator[list[ItemOnRecord]]:
        """The items of a scan, a page at a time, in the order in which they were recorded."""
        last = 0
        while rows := self._store.execute(
            f"SELECT items.id, run_id, items.size, status, picture_id, {', '.join(DIGESTS)} "  # noqa: S608 (our names)
            "FROM items LEFT JOIN contents ON contents.id = content_id "
            "WHERE scan_id = ? AND items.id > ? ORDER BY items.id LIMIT ?",
            (scan, last, _PAGE),
        ):
            last = rows[-1][0]
            yield [
                ItemOnRecord(number, run, size, status, picture, digests)
                for number, run, size, status, picture, *digests in rows
            ]

    def media(self, picture: int) -> MediaHashes:
        """All hashes of a picture or video on record."""
        return reading.media_of(self._store, picture)

    def hashes(self, pictures: Iterable[int]) -> tuple[dict[str, PlainHashes], set[int]]:
        """The hashes of many pictures at once.

        Returns:
            Hashes of plain pictures by algorithm, and which of the pictures are others: videos,
            and those whose parts are on record.
        """
        wanted = json.dumps(sorted(pictures))
        others = {
            number
            for table in ("videos", "region_sets")
            for (number,) in self._store.execute(
                f"SELECT picture_id FROM {table} "  # noqa: S608 (our names)
                "WHERE picture_id IN (SELECT value FROM json_each(?))",
                (wanted,),
            )
        }
        rows = self._store.execute(
            "SELECT algorithm, picture_id, hash, orientation FROM json_each(?) AS wanted "
            "CROSS JOIN readings ON picture_id = wanted.value ORDER BY algorithm",
            (wanted,),
        )
        found: dict[str, PlainHashes] = {}
        for algorithm, several in groupby(rows, itemgetter(0)):
            _, numbers, codes, turned = zip(*several, strict=True)
            upright = [each == Orientation.UPRIGHT for each in turned]
            found[algorithm] = PlainHashes([*numbers], b"".join(codes), upright)
        return found, others

    def locator(self, item: int) -> str:
        """Where an item lies."""
        return from_text(self._store.one("SELECT locator FROM items WHERE id = ?", (item,)))

    def record(
        self, found: Sequence[tuple[ItemOnRecord, Sequence[Match]]], *, write: bool = True
    ) -> tuple[list[tuple[Match, ...]], Matched]:
        """Put matches on record that are not yet, all in one transaction or none.

        A match is on record where the item has a sighting of the same entry of a list of the same
        name.

        Args:
            found: items with their matches.
            write: whether anything is recorded; otherwise it is only told what would be.

        Returns:
            The matches of each item that are new, and what became of the others.

        Raises:
            DatabaseError: it cannot be written.
        """
        if not write:
            return self._new_of(found)
        with self._store.transaction():
            # Within it: another process may have recorded something just now.
            new, seen = self._new_of(found)
            units: dict[Kind, list[Unit]] = {kind: [] for kind in OF_REMATCH}
            batch = Batch(self._store, _OF_NO_RUN, audit.now(), units=units)
            for (item, _), matches in zip(found, new, strict=True):
                for match in matches:
                    batch.put(RETROACTIVE, (batch.sight(item.id, item.run, match), self.id))
            told: dict[str, Any] = {}
            for kind in OF_REMATCH:
                if made := units[kind]:
                    record_units(self._store, kind, made)
                    told[kind.table] = {"first": batch.first(kind), **seal(made)}
            if told:
                details = {"rematch": self.id, "rows": {}, "units": told}
                audit.append(self._store, Action.REMATCH, details, at=batch.at)
        return new, seen

    def _new_of(
        self, found: Sequence[tuple[ItemOnRecord, Sequence[Match]]]
    ) -> tuple[list[tuple[Match, ...]], Matched]:
        new, repeated, surer = [], 0, 0
        for item, matches in found:
            before = self._bands(item.id)
            fresh = []
            for match in matches:
                bands = before.get((to_text(match.list_name), to_text(match.entry_id)))
                if bands is None:
                    fresh.append(match)
                else:
                    repeated += 1
                    surer += match.band is Band.MATCH and Band.MATCH not in bands
            new.append(tuple(fresh))
        return new, Matched(repeated=repeated, surer=surer)

    def finish(
        self, scan: ScanOnRecord, *, sightings: int, matched: Matched, lacking: Sequence[str]
    ) -> None:
        """Put on record that all items of a scan were matched.

        Raises:
            DatabaseError: it cannot be written.
        """
        with self._store.transaction():
            at = audit.now()
            number = int(self._store.one("SELECT coalesce(max(id), 0) FROM rematched_scans")) + 1
            row = {
                "id": number,
                "rematch_id": self.id,
                "scan_id": scan.id,
                "at": at,
                "items": scan.items,
                "sightings": sightings,
                "facts": canonical({**asdict(matched), "lacking": list(lacking)}),
            }
            self._insert(self.id, at, "rematched_scans", row, {})

    def _insert(
        self, number: int, at: str, table: str, row: Mapping[str, Any], units: Mapping[str, Any]
    ) -> None:
        marks = ",".join("?" * len(row))
        sql = f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})"  # noqa: S608 (our names)
        self._store.execute(sql, tuple(row.values()))
        details = {"rematch": number, "rows": {table: [row]}, "units": units}
        audit.append(self._store, Action.REMATCH, details, at=at)

    def _bands(self, item: int) -> dict[tuple[str, str], set[str]]:
        """The bands of the sightings of an item, by list and entry."""
        found: dict[tuple[str, str], set[str]] = {}
        for name, entry, band in self._store.execute(
            "SELECT list, entry, band FROM sightings WHERE item_id = ?", (item,)
        ):
            found.setdefault((name, entry), set()).add(band)
        return found
