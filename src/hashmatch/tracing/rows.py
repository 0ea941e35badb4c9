"""What is asked for, and each row that proves where it was seen."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.model.event import Role
from hashmatch.model.hash import Hash
from hashmatch.model.identifier import Identifier, IdentifierKind
from hashmatch.search.flat import FlatIndex
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.importing import ENTRY
from hashmatch.tracing import events, gathering
from hashmatch.tracing.places import Places
from hashmatch.tracing.values import Access

if TYPE_CHECKING:
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.judging import Audience

COUNTERPART: Final = "counterpart"
"""Stands for the role of the other side of an event, which the event does not tell."""

_HOLDER: Final = Role.HOLDER.value
_DIGESTS: Final = {32: "md5", 40: "sha1", 64: "sha256"}
_AT_ONCE: Final = 100_000
_DIGITS: Final = 18
"""The digits of a number that SQLite has for certain."""
_MOST: Final = 80
"""Characters of what was asked for that a message repeats."""


class Proof(NamedTuple):
    """A row that proves that something was seen.

    Attributes:
        source: number of the exhibit.
        role: the part of the one who had it there.
        table: of the row: `sightings`, `items`, `events` or `statements`.
        row: its number.
        item: the file, by its number; 0 where it is of none.
        entry: of a hash list, by list and entry, where several are asked for at once.
    """

    source: int
    role: str
    table: str
    row: int
    item: int = 0
    entry: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked for.

    Attributes:
        asked: in the form in which it was understood: `sha256:…`, `entry:vic/123`.
        value: a digest with its algorithm, a hash, an identifier, an entry by list and id, the
            number of a cluster, or that of an exhibit.
    """

    asked: str
    value: "Digest | Hash | Identifier | Listed | Cluster | Exhibit"

    @property
    def lists(self) -> tuple[str, ...]:
        """The hash list of an entry."""
        return (self.value.list_name,) if isinstance(self.value, Listed) else ()


class Digest(NamedTuple):
    """A digest."""

    algorithm: str
    value: bytes


class Listed(NamedTuple):
    """An entry of a hash list."""

    list_name: str
    entry: str


class Cluster(NamedTuple):
    """A cluster."""

    number: int


class Exhibit(NamedTuple):
    """An exhibit."""

    number: int


def understood(store: "Store", places: Places, audience: "Audience", words: str) -> Thing:
    """The thing that somebody means.

    Args:
        store: the database.
        places: cases and exhibits.
        audience: who asks; what lies in cases alone of which they learn nothing is not on record
            for them.
        words: a digest (MD5, SHA-1 or SHA-256 in hex), a hash (`pdq:…`), an entry of a list
            (`entry:LIST/ID`, or its id alone), a cluster (`cluster:N`), an exhibit
            (`exhibit:CASE/LABEL`), or an identifier (`account:service/id`, `imei:…`, `email:…`,
            `ip:…`).

    Raises:
        ValueError: it is none of these.
    """
    thing = words.strip()
    kind, colon, rest = thing.partition(":")
    digest = rest if colon and kind in _DIGESTS.values() else thing
    if re.fullmatch(r"[0-9a-fA-F]+", digest) and len(digest) in _DIGESTS:
        algorithm = _DIGESTS[len(digest)]
        value = digest.casefold()
        return Thing(f"{algorithm}:{value}", Digest(algorithm, bytes.fromhex(value)))
    if colon and kind == "pdq":
        return Thing(thing, Hash.parse(thing))
    if colon and kind in {each.value for each in IdentifierKind}:
        service, slash, value = rest.partition("/")
        one = Identifier.of(kind, value if slash else rest, service if slash else "")
        return Thing(str(one), one)
    if colon and kind == "cluster":
        return Thing(thing, _cluster(store, places, audience, rest))
    if colon and kind == "exhibit":
        return Thing(thing, _exhibit(places, audience, rest))
    listed = _listed(store, places, audience, rest if kind == "entry" and colon else thing)
    return Thing(f"entry:{listed.list_name}/{listed.entry}", listed)


def _cluster(store: "Store", places: Places, audience: "Audience", words: str) -> Cluster:
    if words.isascii() and words.isdecimal() and len(words) <= _DIGITS:
        one = Cluster(int(words))
        if any(
            audience.access(each.source) is not Access.HIDDEN
            for each in proofs(store, places, Thing("", one))
        ):
            return one
    msg = f"there is no cluster {words[:_MOST]!a} on record"
    raise ValueError(msg)


def _exhibit(places: Places, audience: "Audience", words: str) -> Exhibit:
    """Case and label may both hold a slash, so that those on record decide.

    What a pointer calls its exhibits is not told either.
    """
    for number, each in places.exhibits.items():
        is_open = audience.access(number) is Access.OPEN
        if f"{each.case}/{each.label}" == words and is_open:
            return Exhibit(number)
    msg = f"there is no exhibit {words[:_MOST]!a} on record: use exhibit:CASE/LABEL"
    raise ValueError(msg)


def _listed(store: "Store", places: Places, audience: "Audience", words: str) -> Listed:
    """An entry by list and id, or by its id alone where one list has it."""
    name, _, entry = words.rpartition("/")
    rows = store.execute(
        "SELECT list, entry FROM sightings WHERE entry = ?1 OR (list = ?2 AND entry = ?3) "
        "UNION SELECT service, value FROM event_values "
        "WHERE kind = ?4 AND (value = ?1 OR (service = ?2 AND value = ?3))",
        (to_text(words), to_text(name), to_text(entry), ENTRY),
    )
    if audience.hides_cases:
        rows = [row for row in rows if _is_shown(store, places, audience, row)]
    if not rows:
        msg = (
            f"{words[:_MOST]!a} is no digest, hash or identifier, and no entry of this id was "
            "seen: use entry:LIST/ID, sha256:…, pdq:…, account:SERVICE/ID, imei:…"
        )
        raise ValueError(msg)
    if len(rows) > 1:
        named = ", ".join(f"entry:{from_text(a)}/{from_text(b)}" for a, b in rows[:5])
        msg = f"several lists have an entry {words[:_MOST]!a}: ask for one of {named}"
        raise ValueError(msg)
    ((of_list, of_entry),) = rows
    return Listed(from_text(of_list), from_text(of_entry))


def _is_shown(store: "Store", places: Places, audience: "Audience", row: tuple[str, str]) -> bool:
    """Whether an entry, as stored, was seen where somebody may know of it."""
    runs = store.execute("SELECT DISTINCT run_id FROM sightings WHERE list = ? AND entry = ?", row)
    units = store.execute(
        "SELECT DISTINCT import_id FROM event_values JOIN events ON events.id = event_id "
        "WHERE event_values.service = ? AND value = ? AND event_values.kind = ?",
        (*row, ENTRY),
    )
    sources = {places.source_of_run[run] for (run,) in runs}
    sources |= {places.source_of_import[unit] for (unit,) in units}
    return any(audience.access(each) is not Access.HIDDEN for each in sources)


def proofs(store: "Store", places: Places, thing: Thing, threshold: int = 0) -> Iterator[Proof]:
    """Each row that proves where a thing was seen, whoever may know of it.

    Args:
        store: the database.
        places: cases and exhibits.
        thing: what is asked for.
        threshold: bits within which a hash is near.
    """
    match thing.value:
        case Digest(algorithm, value):
            yield from _of_digest(store, places, algorithm, value)
        case Hash() as known:
            yield from _of_hash(store, places, known, threshold)
            yield from _told(places, events.near(store, known, threshold))
        case Listed() as key:
            yield from _of_entry(store, places, key)
            yield from of_events(store, places, key)
        case Cluster(number):
            yield from _of_cluster(store, places, number)
            yield from _told(places, events.clusters(store).get(number, {}))
        case Exhibit(number):
            yield from _of_exhibit(store, number)
        case one:
            yield from _of_identifier(store, places, one)


def of_events(store: "Store", places: Places, key: Listed) -> Iterator[Proof]:
    """The events that name an entry of a list."""
    yield from _told(places, events.entries(store).get(key, {}))


def _told(places: Places, told: events.Events) -> Iterator[Proof]:
    for event, (role, unit) in sorted(told.items()):
        yield Proof(places.source_of_import[unit], role, "events", event)


def _of_digest(store: "Store", places: Places, digest: str, value: bytes) -> Iterator[Proof]:
    rows = store.rows(
        "SELECT items.scan_id, items.id FROM contents "  # noqa: S608 (our words)
        "JOIN items ON items.content_id = contents.id "
        f"WHERE contents.{digest} = ? ORDER BY items.id",
        (value,),
    )
    yield from _items(places, rows)
    rows = store.rows(
        f"SELECT id, role, import_id FROM events WHERE {digest} = ? ORDER BY id",  # noqa: S608 (our words)
        (value,),
    )
    for event, role, unit in rows:
        yield Proof(places.source_of_import[unit], role, "events", event)


def _items(places: Places, rows: Iterable[tuple[int, int]]) -> Iterator[Proof]:
    """Items, by scan and number, of the scans that count."""
    source_of = {scan: source for source, scan in places.current.items()}
    for scan, item in rows:
        if scan in source_of:
            yield Proof(source_of[scan], _HOLDER, "items", item, item)


def _of_hash(store: "Store", places: Places, known: Hash, threshold: int) -> Iterator[Proof]:
    """Items with a hash near to one: every one on record is compared."""
    query = np.frombuffer(known.value, np.uint8)[None]
    near: list[int] = []
    for numbers, codes in _readings(store, known.algorithm, len(known.value)):
        found = FlatIndex(codes).search(query, threshold)
        near += [numbers[row] for row in found.rows.tolist()]
    for picture in dict.fromkeys(near):
        rows = store.execute(
            "SELECT scan_id, id FROM items WHERE picture_id = ? AND content_id = "
            "(SELECT content_id FROM pictures WHERE id = ?)",
            (picture, picture),
        )
        yield from _items(places, rows)


def _readings(
    store: "Store", algorithm: str, width: int
) -> Iterator[tuple[list[int], "np.ndarray[tuple[int, int], np.dtype[np.uint8]]"]]:
    """Numbers of pictures and their codes, many at once."""
    numbers: list[int] = []
    codes: list[bytes] = []

    def both() -> tuple[list[int], "np.ndarray[tuple[int, int], np.dtype[np.uint8]]"]:
        return numbers, np.frombuffer(b"".join(codes), np.uint8).reshape(-1, width)

    rows = store.rows(
        "SELECT picture_id, hash FROM readings WHERE algorithm = ? UNION ALL "
        "SELECT picture_id, hash FROM frames JOIN videos ON videos.id = video_id "
        "WHERE algorithm = ?",
        (algorithm, algorithm),
    )
    for number, code in rows:
        numbers.append(number)
        codes.append(code)
        if len(numbers) == _AT_ONCE:
            yield both()
            numbers, codes = [], []
    if numbers:
        yield both()


def _of_entry(store: "Store", places: Places, key: Listed) -> Iterator[Proof]:
    name, entry = map(to_text, key)
    gone = gathering.uncounted(store, "sightings.entry = ? AND sightings.list = ?", (entry, name))
    rows = store.rows(
        "SELECT id, item_id, run_id FROM sightings WHERE entry = ? AND list = ? "
        "AND NOT (known_good OR suppressed)",
        (entry, name),
    )
    for row, item, run in rows:
        if row not in gone:
            yield Proof(places.source_of_run[run], _HOLDER, "sightings", row, item)


def _of_cluster(store: "Store", places: Places, number: int) -> Iterator[Proof]:
    rows = store.rows(
        "SELECT items.scan_id, items.id FROM cluster_members "
        "CROSS JOIN pictures ON pictures.id = cluster_members.picture_id "
        "CROSS JOIN items ON items.content_id = pictures.content_id "
        "WHERE cluster_members.reason = '' AND cluster_id = ? AND items.picture_id = pictures.id",
        (number,),
    )
    yield from _items(places, rows)


def _of_exhibit(store: "Store", number: int) -> Iterator[Proof]:
    scans = store.execute("SELECT id FROM scans WHERE source_id = ?", (number,))
    several = json.dumps([scan for (scan,) in scans])
    those = "items.scan_id IN (SELECT value FROM json_each(?))"
    gone = gathering.uncounted(store, those, (several,))
    rows = store.rows(
        "SELECT sightings.id, item_id, list, entry FROM items "  # noqa: S608 (our words)
        "CROSS JOIN sightings ON item_id = items.id "
        f"WHERE {those} AND NOT (sightings.known_good OR suppressed)",
        (several,),
    )
    for row, item, *key in rows:
        if row not in gone:
            name, entry = map(from_text, key)
            yield Proof(number, _HOLDER, "sightings", row, item, (name, entry))
    rows = store.rows(
        "SELECT events.id, role FROM imports JOIN events ON import_id = imports.id "
        "WHERE source_id = ? ORDER BY events.id",
        (number,),
    )
    for event, role in rows:
        yield Proof(number, role, "events", event)


def _of_identifier(store: "Store", places: Places, one: Identifier) -> Iterator[Proof]:
    for exhibit in places.exhibits.values():
        if one in exhibit.identifiers:
            for row in exhibit.statements:
                yield Proof(exhibit.id, _HOLDER, "statements", row)
    rows = store.rows(
        "SELECT event_id, part, role, import_id FROM event_values "
        "JOIN events ON events.id = event_id WHERE value = ? AND event_values.kind = ? "
        "AND event_values.service = ? AND part IN ('subject', 'counterpart') ORDER BY event_id",
        (to_text(one.value), one.kind.value, to_text(one.service)),
    )
    for event, part, role, unit in rows:
        seen_as = role if part == "subject" else COUNTERPART
        yield Proof(places.source_of_import[unit], seen_as, "events", event)
