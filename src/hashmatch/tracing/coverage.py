"""What was searched: beside every "seen nowhere else" stands how far anybody looked."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.erasures import in_words, of_exhibit
from hashmatch.sightings.places import count_inside
from hashmatch.sightings.scan_config import FLAT_CARDS_MARKED
from hashmatch.tracing.places import Places
from hashmatch.tracing.values import Access, CoveredSource
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.store import Store


def coverage(database: "Database", viewer: str = "") -> Iterator[CoveredSource]:
    """What was searched of every exhibit, in the order in which they were recorded.

    Args:
        database: the record.
        viewer: the case that asks; exhibits of cases that it may not see are left out.
    """
    store = database.store
    places = Places.of(database)
    events: dict[int, int] = dict(
        store.execute("SELECT source_id, sum(events) FROM imports GROUP BY source_id")
    )
    # Both are answered from an index alone.
    items: dict[int | None, int] = dict(
        store.execute("SELECT scan_id, count(*) FROM items GROUP BY scan_id")
    )
    unreadable: dict[int | None, int] = dict(
        store.execute(
            "SELECT scan_id, count(*) FROM items WHERE status = 'unreadable' GROUP BY scan_id"
        )
    )
    clustered, unmarked = _clustered(store)
    waiting = _waiting(store)
    for number, exhibit in places.exhibits.items():
        access = places.access.get(exhibit.case, Access.OPEN)
        if access is not Access.OPEN and exhibit.case != viewer:
            continue
        scan = places.current.get(number)
        unread = unreadable.get(scan, 0)
        scans, done = _scans(store, number)
        lists, profile = _searched(store, scan)
        yield CoveredSource(
            case=exhibit.case,
            exhibit=exhibit.label,
            scans=scans,
            done=done,
            items=items.get(scan, 0),
            unread=unread,
            lists=lists,
            profile=profile,
            clustered=clustered.get(scan, 0),
            events=events.get(number, 0),
            gaps=(
                *_gaps(store, scan, done=bool(done), unread=unread, waiting=waiting.get(scan, 0)),
                *_unmarked(unmarked.get(scan, 0)),
                *map(in_words, of_exhibit(store, number)),
            ),
            handling=places.marks.of_place(exhibit.case, exhibit.label),
        )


def _scans(store: "Store", source: int) -> tuple[int, int]:
    ((scans, done),) = store.execute(
        "SELECT count(*), coalesce(sum(done), 0) FROM scans WHERE source_id = ?", (source,)
    )
    return scans, done


def _searched(store: "Store", scan: int | None) -> tuple[dict[str, int], str]:
    """The lists and the profile of a scan."""
    lists: dict[str, int] = {}
    profile = ""
    for name, entries, of_run in store.execute(
        "SELECT name, entries, profile FROM run_lists JOIN runs ON runs.id = run_id "
        "WHERE scan_id = ? ORDER BY run_lists.id",
        (scan,),
    ):
        lists[from_text(name)] = entries
        profile = str(json.loads(of_run).get("name", ""))
    return lists, profile


def _clustered(store: "Store") -> tuple[dict[int | None, int], dict[int | None, int]]:
    """Items by scan whose pictures were compared with those of other exhibits.

    Also how many of these were hashed by a version that marked no flat cards.
    """
    rows = store.execute(
        # From the clusters on: where there are none, no item is looked at.
        "SELECT scan_id, count(*), sum(hashing_id IN (SELECT id FROM hashings "
        "WHERE json_extract(options, ?) IS NULL)) FROM cluster_members "
        "CROSS JOIN pictures ON pictures.id = cluster_members.picture_id "
        "CROSS JOIN items ON items.content_id = pictures.content_id "
        "WHERE cluster_members.reason = '' AND items.picture_id = pictures.id GROUP BY scan_id",
        (f'$.decoders."{FLAT_CARDS_MARKED}"',),
    )
    clustered: dict[int | None, int] = {}
    unmarked: dict[int | None, int] = {}
    for scan, count, without in rows:
        clustered[scan], unmarked[scan] = count, without
    return clustered, unmarked


def _unmarked(count: int) -> Iterator[str]:
    if count:
        yield (
            f"{number_of(count, 'picture or video', 'pictures and videos')} hashed by a version "
            "that marked no flat cards: what links them may be a logo or a page of text"
        )


def _waiting(store: "Store") -> dict[int | None, int]:
    """Items by scan whose pictures came on record behind those that were clustered."""
    compared = store.one("SELECT coalesce(max(picture_id), 0) FROM cluster_members")
    return dict(
        store.execute(
            # From the pictures on: where all were compared, no item is looked at.
            "SELECT scan_id, count(*) FROM pictures "
            "CROSS JOIN items ON items.content_id = pictures.content_id "
            "WHERE pictures.id > ? AND items.picture_id = pictures.id GROUP BY scan_id",
            (compared,),
        )
    )


def _how_far(store: "Store", scan: int) -> str:
    """How many files of how many were read, where they were counted before."""
    expected = store.one("SELECT max(expected) FROM runs WHERE scan_id = ?", (scan,))
    if expected is None:
        return ""
    items = store.one("SELECT count(*) FROM items WHERE scan_id = ?", (scan,))
    return f": {items - count_inside(store, scan):,} of {number_of(expected, 'file')} were read"


def _gaps(
    store: "Store", scan: int | None, *, done: bool, unread: int, waiting: int
) -> Iterator[str]:
    """What was not searched, in words."""
    if scan is None:
        yield "no scan"
        return
    if not done:
        yield f"no scan came to its end{_how_far(store, scan)}"
    if unread:
        yield f"{unread:,} items that gave no hash"
    lost = store.one("SELECT count(*) FROM unread_ranges WHERE scan_id = ?", (scan,))
    if lost:
        yield f"{lost:,} ranges of the medium that could not be read"
    volumes = store.one(
        "SELECT count(*) FROM (SELECT status, max(id) FROM volumes WHERE scan_id = ? "
        "GROUP BY locator) WHERE status <> 'read'",
        (scan,),
    )
    if volumes:
        yield f"{volumes:,} volumes that were not read, or only in part"
    if waiting:
        yield f"{waiting:,} pictures or videos that were not compared with those of other exhibits"
