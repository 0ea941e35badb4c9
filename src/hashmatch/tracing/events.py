"""What events name by digest or by hash: entries of lists, and clusters of pictures on record."""

import json
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np

from hashmatch.search.flat import FlatIndex
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.importing import ENTRY
from hashmatch.tracing.gathering import Seen, Where
from hashmatch.tracing.updating import SHOWN, SHOWN_STILL, THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from hashmatch.model.hash import Hash
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.places import Places

_BYTES: Final = 32
_AT_ONCE: Final = 100_000
_WIDEST: Final = 64
"""Bits beyond which no list is searched."""

_REPORTABLE: Final = (
    "EXISTS (SELECT 1 FROM sightings AS seen WHERE seen.entry = entries.entry "
    "AND seen.list = entries.list AND NOT (seen.known_good OR seen.suppressed))"
)
"""Whether somebody had an entry: what a list calls harmless links nothing."""

Key = TypeVar("Key")


class Told(NamedTuple):
    """An event.

    Attributes:
        role: of its person.
        unit: number of its import.
    """

    role: str
    unit: int


Events = dict[int, Told]
"""Events by their numbers."""


def entries(store: "Store", *, since: int = 0) -> dict[tuple[str, str], Events]:
    """Entries that events name, by list and entry.

    Those that they matched when they were imported; and those that were seen on an exhibit, by the
    digests and hashes of the list.

    Args:
        store: the database.
        since: number of an import; those of later ones count.
    """
    found: dict[tuple[str, str], Events] = {}
    rows = store.rows(
        "SELECT event_values.service, value, event_id, role, import_id FROM event_values "
        "JOIN events ON events.id = event_id "
        "WHERE part = 'key' AND event_values.kind = ? AND import_id > ?",
        (ENTRY, since),
    )
    for name, entry, event, role, unit in rows:
        found.setdefault((name, entry), {})[event] = Told(role, unit)
    if store.one("SELECT max(id) FROM events") is not None:
        # From the entries on, of which no digest has an index: those of events have.
        rows = store.rows(
            "SELECT DISTINCT entries.list, entries.entry, events.id, events.role, import_id "  # noqa: S608 (our words)
            "FROM entries CROSS JOIN events "
            "ON events.sha256 = entries.sha256 OR events.md5 = entries.md5 "
            f"WHERE import_id > ? AND {_REPORTABLE}",
            (since,),
        )
        for name, entry, event, role, unit in rows:
            found.setdefault((name, entry), {})[event] = Told(role, unit)
    if hashes := _Hashes.of(store, since):
        rows = store.rows(
            "SELECT entries.list, entries.entry, max(threshold), sighted.hash FROM sighted "  # noqa: S608 (our words)
            "JOIN entries ON entries.id = entry_id JOIN sightings ON sightings.id = sighting_id "
            f"WHERE sighted.hash LIKE 'pdq:%' AND {_REPORTABLE} "
            "GROUP BY entry_id, sighted.hash"
        )
        known = ((row, bytes.fromhex(row[3].partition(":")[2])) for row in rows)
        for (name, entry, threshold, _), at, distance in hashes.near(known, _WIDEST):
            if distance <= threshold:
                found.setdefault((name, entry), {}).update([hashes.events[at]])
    return {tuple(map(from_text, key)): told for key, told in found.items()}  # type: ignore[misc]


def clusters(store: "Store", *, since: int = 0) -> dict[int, Events]:
    """Clusters by their numbers, of which an event names a member, or a picture near to the medoid.

    Args:
        store: the database.
        since: number of an import; those of later ones count.
    """
    found: dict[int, Events] = {}
    for digest in ("sha256", "md5"):
        rows = store.rows(
            "SELECT DISTINCT cluster_id, events.id, events.role, import_id FROM events "  # noqa: S608 (our words)
            f"JOIN contents ON contents.{digest} = events.{digest} "
            "JOIN pictures ON pictures.content_id = contents.id "
            "JOIN cluster_members ON picture_id = pictures.id "
            f"WHERE events.{digest} IS NOT NULL AND cluster_members.reason = '' AND import_id > ?",
            (since,),
        )
        for number, event, role, unit in rows:
            found.setdefault(number, {})[event] = Told(role, unit)
    if hashes := _Hashes.of(store, since):
        # All orientations of the medoids, as an event tells one of its picture.
        rows = store.rows(
            "SELECT cluster_members.id, readings.hash FROM cluster_members "  # noqa: S608 (our words)
            f"JOIN readings ON readings.picture_id = cluster_members.picture_id {SHOWN} "
            "WHERE cluster_id = cluster_members.id AND reason = '' AND readings.algorithm = 'pdq' "
            "AND readings.alpha_dropped = 0 UNION ALL "
            # Of a motion photo and the like the picture stands among the frames, without a time.
            "SELECT cluster_members.id, hash FROM cluster_members "
            "JOIN videos ON videos.picture_id = cluster_members.picture_id "
            "JOIN frames ON frames.video_id = videos.id "
            "WHERE cluster_id = cluster_members.id AND reason = '' AND algorithm = 'pdq' "
            f"AND time IS NULL AND part = '' AND {SHOWN_STILL} AND alpha_dropped = 0 "
            "AND NOT EXISTS (SELECT 1 FROM frames AS moving WHERE moving.video_id = videos.id "
            "AND moving.part = '' AND moving.time IS NOT NULL)"
        )
        best: dict[int, tuple[int, int]] = {}
        for number, at, distance in hashes.near(rows, THRESHOLD):
            best[at] = min(best.get(at, (distance, number)), (distance, number))
        for at, (_, number) in best.items():
            found.setdefault(number, {}).update([hashes.events[at]])
    return found


def near(store: "Store", known: "Hash", threshold: int) -> Events:
    """Events that tell of a hash near to this one."""
    hashes = _Hashes.of(store, 0)
    if not hashes or (known.algorithm, len(known.value)) != ("pdq", _BYTES):
        return {}
    told = {at for _, at, _ in hashes.near([(0, known.value)], threshold)}
    return dict(hashes.events[at] for at in told)


def seen(store: "Store", places: "Places", told: Events) -> Where:
    """Where events are, by exhibit and role."""
    where: Where = {}
    for event, (role, unit) in sorted(told.items()):
        place = (places.source_of_import[unit], role)
        where.setdefault(place, Seen()).add(1, "events", event, account_of(store, event))
    return where


def account_of(store: "Store", event: int) -> str:
    """The account of the one whom the role of an event belongs to; empty if none is told."""
    found = store.execute(
        "SELECT service, value FROM event_values "
        "WHERE event_id = ? AND part = 'subject' AND kind = 'account' ORDER BY position LIMIT 1",
        (event,),
    )
    return "/".join(from_text(each) for each in found[0] if each) if found else ""


def told_of(store: "Store", rows: "Sequence[int]") -> dict[int, tuple[str, str]]:
    """What happened in events, by their numbers, and the account as `account_of` tells it."""
    kinds = store.execute(
        "SELECT id, kind FROM events WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps([*rows]),),
    )
    return {row: (kind, account_of(store, row)) for row, kind in kinds}


@dataclass(slots=True)
class _Hashes:
    """The hashes of events; `codes` has a row for each of `events`."""

    codes: "NDArray[np.uint8]"
    events: list[tuple[int, Told]] = field(default_factory=list)

    @classmethod
    def of(cls, store: "Store", since: int) -> "_Hashes | None":
        """Those of imports behind one; None if there are none."""
        rows = store.execute(
            "SELECT event_id, role, import_id, value FROM event_values "
            "JOIN events ON events.id = event_id "
            "WHERE part = 'hash' AND event_values.kind = 'pdq' AND import_id > ?",
            (since,),
        )
        told = [(row, code) for row in rows if len(code := bytes.fromhex(row[3])) == _BYTES]
        if not told:
            return None
        codes = np.frombuffer(b"".join(code for _, code in told), np.uint8)
        events = [(event, Told(role, unit)) for (event, role, unit, _), _ in told]
        return cls(codes.reshape(-1, _BYTES), events)

    def near(
        self, known: "Iterable[tuple[Key, bytes]]", threshold: int
    ) -> "Iterator[tuple[Key, int, int]]":
        """Each pair of a known code and an event: key, which event, and the distance in bits."""
        index = FlatIndex(self.codes)
        codes = iter(known)
        while several := [*islice(codes, _AT_ONCE)]:
            queries = np.frombuffer(b"".join(code for _, code in several), np.uint8)
            pairs = index.search(queries.reshape(-1, _BYTES), threshold)
            for query, row, distance in zip(
                pairs.queries.tolist(), pairs.rows.tolist(), pairs.distances.tolist(), strict=True
            ):
                yield several[query][0], row, distance


def waiting(store: "Store") -> int:
    """Pictures and videos on record that are in no cluster yet, with which none is compared."""
    return int(
        store.one(
            "SELECT count(*) FROM pictures "
            "WHERE id > (SELECT coalesce(max(picture_id), 0) FROM cluster_members)"
        )
    )
