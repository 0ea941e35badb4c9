"""One thing asked for: where it was seen, by whom, and what was searched for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from hashmatch.model.hash import Hash
from hashmatch.model.identifier import Identifier, IdentifierKind
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.search.flat import FlatIndex
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.importing import ENTRY
from hashmatch.tracing import events, gathering
from hashmatch.tracing.coverage import coverage
from hashmatch.tracing.gathering import Seen
from hashmatch.tracing.judging import Audience
from hashmatch.tracing.places import Places
from hashmatch.tracing.times import Copy, copies
from hashmatch.tracing.updating import THRESHOLD
from hashmatch.tracing.values import CoveredSource, Occurrence

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.gathering import Where

_DIGESTS: Final = {32: "md5", 40: "sha1", 64: "sha256"}
_AT_ONCE: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(PlainValue):
    """Where something was seen.

    Attributes:
        asked: what, in the form in which it was understood: `sha256:…`, `entry:vic/123`.
        occurrences: where; none means no more than `coverage` says.
        coverage: what was searched.
        copies: times of the rows that prove it.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "answer"})

    asked: str
    occurrences: tuple[Occurrence, ...]
    coverage: tuple[CoveredSource, ...]
    copies: tuple[Copy, ...] = ()
    handling: tuple[str, ...] = ()


def who(
    database: "Database",
    thing: str,
    *,
    viewer: str = "",
    protected: bool = False,
    threshold: int = THRESHOLD,
) -> Answer:
    """Where a thing was seen, and in which role somebody had it there.

    Args:
        database: the record.
        thing: a digest (MD5, SHA-1 or SHA-256 in hex), a hash (`pdq:…`), an entry of a list
            (`entry:LIST/ID`, or its id alone), or an identifier (`account:service/id`,
            `imei:…`, `email:…`, `ip:…`).
        viewer: the case that asks.
        protected: whether victims and reporters are shown too.
        threshold: bits within which a hash is near.

    Raises:
        ValueError: it is none of these.
    """
    with database.snapshot():
        places = Places.of(database)
        asked, where = _found(database.store, places, thing.strip(), threshold)
        audience = Audience(places, viewer, protected=protected)
        found = audience.occurrences(where)
        return Answer(
            asked=asked,
            occurrences=found,
            coverage=tuple(coverage(database, viewer)),
            copies=tuple(copies(database.store, places, found)),
            handling=audience.handling(found, asked),
        )


def _found(store: "Store", places: Places, thing: str, threshold: int) -> tuple[str, "Where"]:
    words = thing.casefold()
    if re.fullmatch(r"[0-9a-f]+", words) and len(words) in _DIGESTS:
        digest = _DIGESTS[len(words)]
        return f"{digest}:{words}", _by_digest(store, places, digest, bytes.fromhex(words))
    kind, colon, rest = thing.partition(":")
    if colon and kind in {"md5", "sha1", "sha256"} and re.fullmatch(r"[0-9a-fA-F]+", rest):
        return _found(store, places, rest, threshold)
    if colon and kind == "pdq":
        return thing, _by_hash(store, places, Hash.parse(thing), threshold)
    if colon and kind in {each.value for each in IdentifierKind}:
        service, slash, value = rest.partition("/")
        one = Identifier.of(kind, value if slash else rest, service if slash else "")
        return str(one), _by_identifier(store, places, one)
    return _by_entry(store, places, rest if kind == "entry" and colon else thing)


def _by_digest(store: "Store", places: Places, digest: str, value: bytes) -> "Where":
    where: Where = {}
    source_of = {scan: source for source, scan in places.current.items()}
    rows = store.rows(
        "SELECT items.scan_id, items.id FROM contents "  # noqa: S608 (our words)
        "JOIN items ON items.content_id = contents.id "
        f"WHERE contents.{digest} = ? ORDER BY items.id",
        (value,),
    )
    for scan, item in rows:
        if scan in source_of:
            where.setdefault((source_of[scan], "holder"), Seen()).add(1, "items", item)
    rows = store.rows(
        f"SELECT id, role, import_id FROM events WHERE {digest} = ? ORDER BY id",  # noqa: S608 (our words)
        (value,),
    )
    for event, role, unit in rows:
        seen = where.setdefault((places.source_of_import[unit], role), Seen())
        seen.add(1, "events", event, events.account_of(store, event))
    return where


def _by_hash(store: "Store", places: Places, known: Hash, threshold: int) -> "Where":
    """Items and events with a hash near to one: every one on record is compared."""
    source_of = {scan: source for source, scan in places.current.items()}
    query = np.frombuffer(known.value, np.uint8)[None]
    near: list[int] = []
    for numbers, codes in _readings(store, known.algorithm, len(known.value)):
        found = FlatIndex(codes).search(query, threshold)
        near += [numbers[row] for row in found.rows.tolist()]
    where: Where = {}
    for picture in dict.fromkeys(near):
        rows = store.execute(
            "SELECT id, scan_id FROM items WHERE picture_id = ? AND content_id = "
            "(SELECT content_id FROM pictures WHERE id = ?)",
            (picture, picture),
        )
        for item, scan in rows:
            if scan in source_of:
                where.setdefault((source_of[scan], "holder"), Seen()).add(1, "items", item)
    return gathering.joined(where, events.near(store, places, known, threshold))


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


def _by_identifier(store: "Store", places: Places, one: Identifier) -> "Where":
    where: Where = {}
    for exhibit in places.exhibits.values():
        if one in exhibit.identifiers:
            seen = where.setdefault((exhibit.id, "holder"), Seen())
            for row in exhibit.statements:
                seen.add(1, "statements", row)
    rows = store.rows(
        "SELECT event_id, part, role, import_id FROM event_values "
        "JOIN events ON events.id = event_id WHERE value = ? AND event_values.kind = ? "
        "AND event_values.service = ? AND part IN ('subject', 'counterpart') ORDER BY event_id",
        (to_text(one.value), one.kind.value, to_text(one.service)),
    )
    for event, part, role, unit in rows:
        place = (places.source_of_import[unit], role if part == "subject" else "counterpart")
        where.setdefault(place, Seen()).add(1, "events", event)
    return where


def _by_entry(store: "Store", places: Places, words: str) -> tuple[str, "Where"]:
    """An entry by list and id, or by its id alone where one list has it."""
    name, _, entry = words.rpartition("/")
    rows = store.execute(
        "SELECT list, entry FROM sightings WHERE entry = ?1 OR (list = ?2 AND entry = ?3) "
        "UNION SELECT service, value FROM event_values "
        "WHERE kind = ?4 AND (value = ?1 OR (service = ?2 AND value = ?3))",
        (to_text(words), to_text(name), to_text(entry), ENTRY),
    )
    if not rows:
        msg = (
            f"{words[:80]!a} is no digest, hash or identifier, and no entry of this id was "
            "seen: use entry:LIST/ID, sha256:…, pdq:…, account:SERVICE/ID, imei:…"
        )
        raise ValueError(msg)
    if len(rows) > 1:
        named = ", ".join(f"entry:{from_text(a)}/{from_text(b)}" for a, b in rows[:5])
        msg = f"several lists have an entry {words[:80]!a}: ask for one of {named}"
        raise ValueError(msg)
    ((of_list, of_entry),) = rows
    asked = (from_text(of_list), from_text(of_entry))
    where = gathering.entry(store, places, asked)
    told = events.seen(store, places, events.entries(store).get(asked, {}))
    return f"entry:{asked[0]}/{asked[1]}", gathering.joined(where, told)
