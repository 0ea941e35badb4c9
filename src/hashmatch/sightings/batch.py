"""Results of a scan, made into the rows of one batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count, islice, repeat
from typing import Final

from hashmatch.errors import ContradictionError, Reason
from hashmatch.model import (
    Alignment,
    Alpha,
    Digests,
    Item,
    ItemStatus,
    Match,
    MediaHashes,
    Place,
    Reading,
    ScanResult,
)
from hashmatch.model.packed import BESIDE, blocks_of
from hashmatch.sightings import places, regions
from hashmatch.sightings.columns import ALIGNMENT, MATCH, stored
from hashmatch.sightings.encoding import canonical, canonical_details, real, to_text
from hashmatch.sightings.erasures import last_number
from hashmatch.sightings.reading import media_of
from hashmatch.sightings.rows import (
    CONTENTS,
    ENTRIES,
    ITEMS,
    KINDS,
    MATCHED_PARTS,
    METADATA,
    ORIGINAL_NAMES,
    PICTURES,
    PLACES,
    REGION_SETS,
    SIGHTED,
    SIGHTINGS,
    VIDEOS,
    Kind,
    Unit,
)
from hashmatch.sightings.store import Row, Store

_KEPT: Final = 1024
"""Values that are remembered as they are stored."""
_TOGETHER: Final = 500
"""Contents that are looked up by one statement."""
METADATA_READER: Final = "1"
"""Version of the names under which what files say of themselves is kept."""


@dataclass(frozen=True, slots=True)
class RunIds:
    """The ids of the case, scan, run and hash configuration that a batch belongs to.

    Attributes:
        shallower: hash configurations with fewer tiers that the scan deepens, the deepest first.
    """

    case: int
    scan: int
    run: int
    hash_config: int
    shallower: tuple[int, ...] = ()


@dataclass(slots=True)
class Batch:
    """Rows in the making, within the transaction that will record them.

    Attributes:
        settled: contents whose hashes an earlier scan computed, with the number of these.
    """

    store: Store
    ids: RunIds
    at: str
    settled: Mapping[int, int] = field(default_factory=dict)
    units: dict[Kind, list[Unit]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    last: dict[Kind, int] = field(default_factory=dict)
    _contents: dict[str, tuple[int, Row]] = field(default_factory=dict)
    _pictures: dict[int, list[tuple[int, MediaHashes]]] = field(default_factory=dict)
    _entries: dict[Row, int] = field(default_factory=dict)
    _described: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for kind in self.units:
            self.last[kind] = last_number(self.store, kind.table)

    def look_up(self, items: Iterable[Item]) -> None:
        """Find which contents of these items are on record, many at a time: before they are added.

        Args:
            items: that will be added.
        """
        asked = [value for item in items if (value := item.digests.sha256) is not None]
        self._contents |= contents_of(self.store, self.ids.case, asked)

    def first(self, kind: Kind) -> int:
        """The id of the first unit of this kind, if there is one."""
        return self.last[kind] - len(self.units[kind]) + 1

    def next(self, kind: Kind) -> int:
        """The id that the next unit of this kind is given."""
        return self.last[kind] + 1

    def put(self, kind: Kind, row: Row, children: tuple[Row, ...] = ()) -> int:
        """Take a unit up, and return its id: `next`, with which its children begin."""
        number = self.last[kind] = self.last[kind] + 1
        self.units[kind].append(Unit((number, *row), children))
        return number

    def add(self, result: ScanResult, times: Mapping[str, str]) -> str:
        """Take up a result, whose item was looked up before, and return its status.

        Raises:
            ValueError: the item neither has hashes nor says why.
        """
        item, ids = result.item, self.ids
        status, reason, detail = _outcome(item)
        content = self._content(item)
        picture = None
        if content is not None and item.media is not None:
            picture = self._picture(content, item.media)
        place = item.place or Place.of_file(item.locator, weight=item.size or 0)
        locator = item.locator if place is None else str(place.locator)
        number = self.next(ITEMS)
        self.put(
            ITEMS,
            (
                *(ids.scan, ids.run, to_text(locator), item.size, content, picture),
                *(status, reason, to_text(detail)),
                int(any(match.known_good for match in result.matches)),
                sum(match.reportable for match in result.matches),
            ),
            tuple(sorted([(number, to_text(kind), to_text(at)) for kind, at in times.items()])),
        )
        if place is not None:
            self.put(PLACES, (number, ids.scan, *places.stored(place)))
        if item.metadata and content is not None and content >= self.first(CONTENTS):
            self._describe(content, [*map(_told, item.metadata)])
        if item.original_name:
            self.put(ORIGINAL_NAMES, (number, to_text(item.original_name)))
        for match in result.matches:
            self.sight(number, ids.run, match)
        return status

    def sight(self, item: int, run: int, match: Match) -> int:
        """Take up a match of an item that a run recorded, and return the number of its sighting."""
        row, seen = (item, run, self.at, *_sighting(match)), self.next(SIGHTINGS)
        self.put(SIGHTINGS, row, tuple(map(_segment, repeat(seen), count(), match.segments)))
        if match.entry_hash or match.details or match.entry_digests != Digests():
            self.put(SIGHTED, (seen, self._entry(match), to_text(match.entry_hash)))
        if (part := regions.part_of(match)) is not None:
            self.put(MATCHED_PARTS, (seen, *part))
        return seen

    def _describe(self, content: int, told: Sequence[Row]) -> None:
        """What a content says of itself, once, with the item that it came on record with."""
        if content not in self._described:
            self._described.add(content)
            number = self.next(METADATA)
            rows = tuple([(number, position, *each) for position, each in enumerate(told)])
            self.put(METADATA, (content, METADATA_READER), rows)

    def _entry(self, match: Match) -> int:
        """The id of what the list says of an entry, which may be on record already."""
        digests = match.entry_digests
        row = (
            *(
                to_text(match.list_name),
                to_text(match.list_sha256),
                to_text(match.entry_id),
                match.number,
            ),
            *(_bytes(digests.sha256), _bytes(digests.sha1), _bytes(digests.md5)),
            canonical_details(match.details),
        )
        if row not in self._entries:
            columns = ENTRIES.columns[1:]
            where = " AND ".join(f"{name} IS ?" for name in columns)
            found = self.store.one(f"SELECT id FROM entries WHERE {where}", row)  # noqa: S608 (our names)
            self._entries[row] = self.put(ENTRIES, row) if found is None else found
        return self._entries[row]

    def _content(self, item: Item) -> int | None:
        """The id of the bytes of an item, which may be on record already."""
        digests = item.digests
        row = (_bytes(digests.sha256), _bytes(digests.sha1), _bytes(digests.md5), item.size)
        if digests.sha256 is None:
            # Nothing tells whether these are the bytes of another item.
            known = digests != Digests() or item.media is not None
            return self.put(CONTENTS, (self.ids.case, *row)) if known else None
        found = self._contents.get(digests.sha256)
        if found is None:
            found = self.put(CONTENTS, (self.ids.case, *row)), row
            self._pictures[found[0]] = []
            self._contents[digests.sha256] = found
        if found[1] != row:
            msg = (
                f"{item.locator!r} has the SHA-256 of another content of this case, but not its "
                "size or other digests: nothing of the batch was recorded"
            )
            raise ContradictionError(msg)
        return found[0]

    def _picture(self, content: int, media: MediaHashes) -> int:
        """The id of these very hashes of a content, which may be on record already."""
        settled = self.settled.get(content)
        if settled is not None and media_of(self.store, settled) == media:
            return settled
        if content not in self._pictures:
            self._pictures[content] = pictures_of(self.store, content, self.ids.hash_config)
        kept = regions.kept(media)
        if kept != media.regions:
            media = replace(media, regions=kept)
        for number, recorded in self._pictures[content]:
            if recorded == media:
                return number
        number = self.next(PICTURES)
        self.put(
            PICTURES,
            (
                *(content, self.ids.hash_config, media.mode, media.width, media.height),
                *(media.format, media.decoder, media.frames, _flags(media.flags)),
                *(real(media.fraction), media.reason.value if media.reason else ""),
            ),
            () if media.is_video else _readings(number, media.readings),
        )
        if (video := media.video) is not None:
            facts = (video.sampling, real(video.duration), video.codec, video.damaged)
            frames = map(_frame, repeat(self.next(VIDEOS)), count(), media.readings)
            self.put(VIDEOS, (number, *facts), tuple(frames))
        if kept:
            held = map(regions.row_of, repeat(self.next(REGION_SETS)), count(), kept)
            self.put(REGION_SETS, (number,), tuple(held))
        self._pictures[content].append((number, media))
        return number


def contents_of(store: Store, case: int, asked: Iterable[str]) -> dict[str, tuple[int, Row]]:
    """The contents of a case that are on record, by their SHA-256: their ids, and other columns."""
    columns = "SELECT id, sha256, sha1, md5, size FROM contents"
    found: dict[str, tuple[int, Row]] = {}
    once = iter(dict.fromkeys(asked))
    while some := [*islice(once, _TOGETHER)]:
        where = f"case_id = ? AND sha256 IN ({','.join('?' * len(some))})"
        rows = store.execute(f"{columns} WHERE {where}", (case, *map(bytes.fromhex, some)))
        found.update((row[1].hex(), (row[0], row[1:])) for row in rows)
    return found


def pictures_of(store: Store, content: int, hash_config: int) -> list[tuple[int, MediaHashes]]:
    """What decoding a content gave, oldest first: one result, unless decoders disagree."""
    numbers = store.execute(
        "SELECT id FROM pictures WHERE content_id = ? AND hashing_id = ? ORDER BY id",
        (content, hash_config),
    )
    return [(number, media_of(store, number)) for (number,) in numbers]


def _outcome(item: Item) -> tuple[ItemStatus, str, str]:
    """Status, reason and detail of an item."""
    if item.media is not None and item.fault is not None:
        return ItemStatus.HASHED, Reason.INTERNAL_ERROR.value, item.fault
    if item.media is not None:
        return (
            ItemStatus.HASHED,
            item.media.reason.value if item.media.reason else "",
            item.container,
        )
    if item.unreadable is None:
        msg = f"{item.locator!r} has no hashes and does not say why"
        raise ValueError(msg)
    reason = item.unreadable.reason
    status = ItemStatus.SKIPPED if reason.skipped else ItemStatus.UNREADABLE
    return status, reason.value, item.unreadable.detail


@lru_cache(_KEPT)
def _flags(flags: tuple[str, ...]) -> str:
    return canonical(flags)


@lru_cache(_KEPT)
def _told(pair: tuple[str, str]) -> Row:
    """A name and value of metadata as text; most are those of many other files."""
    name, value = pair
    return to_text(name), to_text(value)


def _bytes(digits: str | None) -> bytes | None:
    return None if digits is None else bytes.fromhex(digits)


def _readings(picture: int, readings: Sequence[Reading]) -> tuple[Row, ...]:
    """The rows of the readings of a picture."""
    rows: list[Row] = []
    for algorithm, frame, width, data in blocks_of(readings):
        size = width + BESIDE
        qualities, turned, dropped = (data[width + each :: size] for each in range(BESIDE))
        hashes = [data[at : at + width] for at in range(0, len(data), size)]
        fixed = repeat(picture), count(len(rows)), repeat(algorithm)
        rows += zip(*fixed, turned, dropped, repeat(frame), qualities, hashes, strict=False)
    return tuple(rows)


def _frame(video: int, position: int, reading: Reading) -> Row:
    return (
        *(video, position, real(reading.time), to_text(reading.part), reading.hash.algorithm),
        *(int(reading.orientation), int(reading.alpha is Alpha.DROPPED), reading.frame),
        *(reading.quality, reading.hash.value),
    )


def _segment(sighting: int, position: int, segment: Alignment) -> Row:
    return (sighting, position, *stored(ALIGNMENT, segment))


def _sighting(match: Match) -> Row:
    return (*stored(MATCH, match), 0)
