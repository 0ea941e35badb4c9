"""What is on record of a medium as a whole: its volumes, and bytes that could not be read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from hashmatch.model import Locator, UnreadRange, VolumeFacts, VolumeStatus
from hashmatch.sightings import audit
from hashmatch.sightings.actions import Action
from hashmatch.sightings.batch import RunIds
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.erasures import last_number
from hashmatch.sightings.rows import UNREAD_RANGES, VOLUMES, Kind, Unit, seal, write
from hashmatch.sightings.store import Row, Store

_AT_ONCE: Final = 1000
"""Rows of one kind that one audit row proves: a broken disk has tens of thousands."""

_VOLUME: Final = "locator, kind, offset, length, status, reason"
_RANGE: Final = "locator, offset, length, reason"


def record(
    store: Store, ids: RunIds, found: Iterable[VolumeFacts | UnreadRange], *, at: str
) -> None:
    """Put what is not on record of the scan yet on record, within a transaction.

    Of a volume about which something else became known there is one row more.
    """
    new_volumes: list[Row] = []
    ranges: dict[Row, None] = {}
    latest: dict[str, Row] = {}
    for each in found:
        row = _stored(each)
        if isinstance(each, UnreadRange):
            if not _has_range(store, ids.scan, row):
                ranges[row] = None
            continue
        before = latest.get(row[0]) or _volume(store, ids.scan, row[0])
        if row != before:
            latest[row[0]] = row
            new_volumes.append(row)
    left: dict[Kind, Iterator[Row]] = {VOLUMES: iter(new_volumes), UNREAD_RANGES: iter(ranges)}
    while told := {kind: new for kind, it in left.items() if (new := [*islice(it, _AT_ONCE)])}:
        units = {kind.table: _written(store, kind, ids, new) for kind, new in told.items()}
        audit.append(store, Action.MEDIUM, {"run": ids.run, "units": units}, at=at)


def _written(store: Store, kind: Kind, ids: RunIds, rows: Sequence[Row]) -> dict[str, object]:
    """Record rows of one kind; what the audit row says of them."""
    first = last_number(store, kind.table) + 1
    units = [Unit((first + at, ids.scan, ids.run, *row)) for at, row in enumerate(rows)]
    write(store, kind, units)
    return {"first": first, **seal(units)}


def _stored(found: VolumeFacts | UnreadRange) -> Row:
    where = to_text(str(found.locator))
    if isinstance(found, UnreadRange):
        return (where, found.offset, found.length, to_text(found.reason))
    return (
        *(where, to_text(found.kind), found.offset, found.length, found.status.value),
        to_text(found.reason),
    )


def _volume(store: Store, scan: int, locator: str) -> Row | None:
    """What was recorded last of a volume."""
    rows = store.execute(
        f"SELECT {_VOLUME} FROM volumes WHERE scan_id = ? AND locator = ? "  # noqa: S608 (our names)
        "ORDER BY id DESC LIMIT 1",
        (scan, locator),
    )
    return rows[0] if rows else None


def _has_range(store: Store, scan: int, row: Row) -> bool:
    sql = (
        "SELECT 1 FROM unread_ranges "
        "WHERE scan_id = ? AND locator = ? AND offset = ? AND length = ? AND reason = ?"
    )
    return store.one(sql, (scan, *row)) is not None


def volumes(store: Store, scan: int) -> Iterator[VolumeFacts]:
    """The volumes of a scan in the order in which they were found, as they were known last.

    Raises:
        ValueError: somebody altered them.
    """
    rows = store.execute(
        f"SELECT {_VOLUME} FROM volumes JOIN ("  # noqa: S608 (our names)
        "SELECT max(id) AS newest, min(id) AS oldest FROM volumes WHERE scan_id = ? "
        "GROUP BY locator) ON id = newest ORDER BY oldest",
        (scan,),
    )
    for locator, kind, offset, length, status, reason in rows:
        yield VolumeFacts(
            locator=Locator.parse(from_text(locator)),
            kind=from_text(kind),
            offset=offset,
            length=length,
            status=VolumeStatus(status),
            reason=from_text(reason),
        )


def unread_ranges(store: Store, scan: int) -> Iterator[UnreadRange]:
    """The bytes of a scan that could not be read, by medium or volume and offset.

    Raises:
        ValueError: somebody altered them.
    """
    rows = store.execute(
        f"SELECT {_RANGE} FROM unread_ranges WHERE scan_id = ? ORDER BY locator, offset, id",  # noqa: S608 (our names)
        (scan,),
    )
    for locator, offset, length, reason in rows:
        yield UnreadRange(
            locator=Locator.parse(from_text(locator)),
            offset=offset,
            length=length,
            reason=from_text(reason),
        )
