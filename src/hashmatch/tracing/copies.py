"""The copies of one picture or video on record, with what tells them apart.

Only what the case that asks may see is read: of other exhibits neither facts nor numbers.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from hashmatch.model.event import Role
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.tracing.encoders import encoder_of
from hashmatch.tracing.gathering import Seen, Where
from hashmatch.tracing.lineage import Copy
from hashmatch.tracing.times import copies as times_of
from hashmatch.tracing.values import Access

if TYPE_CHECKING:
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.judging import Audience
    from hashmatch.tracing.places import Places
    from hashmatch.tracing.values import Occurrence

MOST: Final = 100
"""Copies that are compared, each with each."""
_HOLDER: Final = Role.HOLDER.value
_WRITTEN: Final = (
    *("quantisation", "quality", "quality-misfit", "coding", "sampling", "huffman", "segments"),
    *("coded-bytes", "thumbnail", "exif-size", "software", "brand", "brands", "handler"),
)
_TOLD: Final = frozenset({*_WRITTEN, "make", "model", "captured", "modified", "created"})
"""What is asked of what a file says of itself: no place, no person, no serial number."""
_PART_OF: Final = {"regions": "screenshot", "framing": "crop", "patches": "crop"}
_NAMES: Final = (
    (re.compile(r"(?:IMG|VID)-\d{8}-WA\d|WhatsApp |signal-|photo_|FB_IMG_|mmexport"), "messenger"),
    (re.compile(r"Screenshot|Screen_Recording|Screenrecorder|SVID"), "screenshot"),
    (re.compile(r"(?:IMG|VID|DSC|PXL|MVIMG|DSCN|DSCF|P\d)_?\d{4}"), "camera"),
)


@dataclass(slots=True)
class _Bytes:
    """Certain bytes on record: once in each case that has them."""

    pictures: list[int] = field(default_factory=list)
    contents: list[int] = field(default_factory=list)
    where: Where = field(default_factory=dict)
    names: list[str] = field(default_factory=list)


class Look(NamedTuple):
    """Where copies are looked for, and for whom."""

    store: "Store"
    places: "Places"
    audience: "Audience"


@dataclass(frozen=True, slots=True)
class Found:
    """Copies that may be compared.

    Attributes:
        copies: in the order in which they came on record.
        pictures: the row of the picture or video of each.
        left_out: how many there are beyond the most that are compared.
        elsewhere: cases that have copies and show no more than that.
    """

    copies: tuple[Copy, ...]
    pictures: tuple[int, ...]
    left_out: int
    elsewhere: "tuple[Occurrence, ...]"


def gather(look: Look, pictures: Mapping[int, str]) -> Found:
    """The copies among pictures and videos on record.

    Args:
        look: where they are looked for.
        pictures: rows of them, with how much of the known picture each shows.
    """
    found, elsewhere = _by_bytes(look, pictures)
    kept = [*found.items()]
    if len(kept) > MOST:
        sizes = _sizes(look.store, [each.pictures[0] for each in found.values()])
        largest = sorted(kept, key=lambda each: -sizes[each[1].pictures[0]])[:MOST]
        kept = sorted(largest, key=lambda each: each[1].pictures[0])
    copies = [
        _copy(look, (number, sha256), each, pictures)
        for number, (sha256, each) in enumerate(kept, 1)
    ]
    return Found(
        tuple(copies),
        tuple(each.pictures[0] for _, each in kept),
        len(found) - len(kept),
        tuple(each for each in look.audience.occurrences(elsewhere) if not each.exhibit),
    )


def _by_bytes(look: Look, pictures: Iterable[int]) -> tuple[dict[bytes, _Bytes], Where]:
    """What lies on exhibits that are shown, by SHA-256; and where else something lies."""
    source_of = {scan: source for source, scan in look.places.current.items()}
    rows = look.store.rows(
        "SELECT pictures.id, contents.id, contents.sha256, items.id, items.scan_id, locator, "
        "original_names.name FROM pictures "
        "CROSS JOIN contents ON contents.id = pictures.content_id "
        "CROSS JOIN items ON items.content_id = contents.id AND items.picture_id = pictures.id "
        "LEFT JOIN original_names ON original_names.item_id = items.id "
        "WHERE pictures.id IN (SELECT value FROM json_each(?)) "
        "AND contents.sha256 IS NOT NULL ORDER BY pictures.id, items.id",
        (json.dumps([*pictures]),),
    )
    found: dict[bytes, _Bytes] = {}
    elsewhere: Where = {}
    for picture, content, sha256, item, scan, locator, original in rows:
        if scan not in source_of:
            continue
        place = (source_of[scan], _HOLDER)
        if look.audience.access(source_of[scan]) is not Access.OPEN:
            elsewhere.setdefault(place, Seen()).add(1, "items", item)
            continue
        each = found.setdefault(sha256, _Bytes())
        each.where.setdefault(place, Seen()).add(1, "items", item)
        for numbers, number in ((each.pictures, picture), (each.contents, content)):
            if number not in numbers:
                numbers.append(number)
        each.names += [from_text(name) for name in (original, locator) if name]
    return found, elsewhere


def _sizes(store: "Store", pictures: list[int]) -> dict[int, int]:
    return dict(
        store.execute(
            "SELECT id, width * height FROM pictures WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(pictures),),
        )
    )


def _copy(look: Look, named: tuple[int, bytes], found: _Bytes, parts: Mapping[int, str]) -> Copy:
    """The value of a copy: its facts, and those of its places that are shown."""
    number, sha256 = named
    store, places, audience = look
    ((width, height, kind, size, duration, codec),) = store.execute(
        "SELECT width, height, format, contents.size, duration, codec FROM pictures "
        "JOIN contents ON contents.id = content_id "
        "LEFT JOIN videos ON videos.picture_id = pictures.id WHERE pictures.id = ?",
        (found.pictures[0],),
    )
    told = _told(store, found.contents)
    occurrences = audience.occurrences(_with_events(store, places, sha256, found.where))
    times = (time for each in times_of(store, places, occurrences) for time in each.times)
    part = {parts.get(each, "") for each in found.pictures}
    return Copy(
        number=number,
        sha256=sha256.hex(),
        size=size or 0,
        width=width,
        height=height,
        format=from_text(kind),
        duration=duration,
        codec=from_text(codec or ""),
        written={name: told[name] for name in _WRITTEN if name in told},
        encoder=_encoder(told),
        camera="make" in told or "model" in told,
        captured=told.get("captured", "") or told.get("created", ""),
        changed=_is_changed(told),
        named_by=_named_by(found.names),
        part="" if "" in part else min(part),
        times=tuple(dict.fromkeys(times)),
        occurrences=occurrences,
    )


def _told(store: "Store", contents: list[int]) -> dict[str, str]:
    """What a file says of itself, as it came on record first; values of a form of their own."""
    rows = store.execute(
        "SELECT name, value FROM metadata_fields JOIN metadata ON metadata.id = metadata_id "
        "WHERE content_id IN (SELECT value FROM json_each(?)) ORDER BY metadata_id DESC",
        (json.dumps(contents),),
    )
    return {name: from_text(value) for name, value in rows if name in _TOLD}


def _with_events(store: "Store", places: "Places", sha256: bytes, where: Where) -> Where:
    """Its places, with those of events that name these bytes."""
    found = dict(where)
    rows = store.execute(
        "SELECT id, role, import_id FROM events WHERE sha256 = ? ORDER BY id", (sha256,)
    )
    for event, role, unit in rows:
        place = (places.source_of_import[unit], role)
        found.setdefault(place, Seen()).add(1, "events", event)
    return found


def _encoder(told: Mapping[str, str]) -> str:
    digest = told.get("quantisation", "")
    if not digest:
        return ""
    known = encoder_of(digest)
    return f"own tables {digest}" if known is None else str(known)


def _is_changed(told: Mapping[str, str]) -> bool:
    """Whether the file says of itself that it was changed later than it was taken."""
    taken, changed = told.get("captured", "")[:19], told.get("modified", "")[:19]
    return bool(taken and changed and changed > taken)


def _named_by(names: Iterable[str]) -> str:
    """What the name of a copy looks like; of several names the one that says most."""
    found = {_kind_of(re.split(r"[/\\!:]", name)[-1]) for name in names}
    return next((each for each in ("messenger", "screenshot", "camera") if each in found), "")


def _kind_of(name: str) -> str:
    return next((kind for form, kind in _NAMES if form.match(name)), "")


def of_cluster(store: "Store", number: int) -> list[int]:
    """The pictures and videos of a cluster."""
    rows = store.execute(
        "SELECT picture_id FROM cluster_members WHERE cluster_id = ? AND reason = ''", (number,)
    )
    return [picture for (picture,) in rows]


def of_entry(store: "Store", key: tuple[str, str]) -> dict[int, str]:
    """Pictures and videos that an entry met, with how much of it they show."""
    rows = store.execute(
        "SELECT items.picture_id, matched_parts.tier FROM sightings "
        "JOIN items ON items.id = sightings.item_id "
        "LEFT JOIN matched_parts ON matched_parts.sighting_id = sightings.id "
        "WHERE sightings.entry = ? AND sightings.list = ? AND NOT (sightings.known_good "
        "OR suppressed) AND items.picture_id IS NOT NULL",
        (to_text(key[1]), to_text(key[0])),
    )
    found: dict[int, str] = {}
    for picture, tier in rows:
        part = _PART_OF.get(tier or "", "")
        found[picture] = part if found.get(picture, part) else ""
    return found


def of_digest(look: Look, digest: tuple[str, bytes]) -> dict[int, str]:
    """Pictures and videos in the clusters of certain bytes, and met by the entries that met them.

    The bytes themselves where they are in no cluster. What lies in cases alone of which nothing is
    shown leads to nothing.

    Args:
        look: where they are looked for.
        digest: its algorithm and value.
    """
    store, places, audience = look
    algorithm, value = digest
    source_of = {scan: source for source, scan in places.current.items()}
    rows = store.execute(
        "SELECT items.picture_id, items.scan_id FROM contents "  # noqa: S608 (our words)
        "JOIN items ON items.content_id = contents.id "
        f"WHERE contents.{algorithm} = ? AND items.picture_id IS NOT NULL",
        (value,),
    )
    found = {
        picture: ""
        for picture, scan in rows
        if scan in source_of and audience.access(source_of[scan]) is not Access.HIDDEN
    }
    listed = json.dumps([*found])
    for (number,) in store.execute(
        "SELECT DISTINCT cluster_id FROM cluster_members WHERE reason = '' "
        "AND picture_id IN (SELECT value FROM json_each(?))",
        (listed,),
    ):
        found |= dict.fromkeys(of_cluster(store, number), "")
    for name, entry in store.execute(
        "SELECT DISTINCT list, entry FROM items JOIN sightings ON item_id = items.id "
        "WHERE picture_id IN (SELECT value FROM json_each(?)) "
        "AND NOT (sightings.known_good OR suppressed)",
        (listed,),
    ):
        found = {**of_entry(store, (from_text(name), from_text(entry))), **found}
    return found
