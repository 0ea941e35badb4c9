"""Times of single copies, each with its kind and as an interval: none is merged with another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

from hashmatch.model.moment import Moment
from hashmatch.model.name_times import time_in_name
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings.encoding import from_text
from hashmatch.tracing.values import Occurrence

if TYPE_CHECKING:
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.places import Places

_FIRST: Final = datetime(1, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_ITEM: Final = {
    "items": "items.id = ?",
    "sightings": "items.id = (SELECT item_id FROM sightings WHERE id = ?)",
}
"""How the item of a row is found, by its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy(PlainValue):
    """One of the rows that prove an occurrence, with its times.

    Attributes:
        case: the lab's own number.
        exhibit: of the case.
        table: of the row: `items`, `sightings` or `events`.
        row: its number.
        times: as the file system, the source of the event and the name of the file tell them. The
            time in a name (`in-name`) is that of the program that named this copy.
    """

    json_shape: ClassVar = Shape(first={"record": "copy"})

    case: str
    exhibit: str
    table: str
    row: int
    times: tuple[Moment, ...]


def copies(store: "Store", places: "Places", found: Iterable[Occurrence]) -> Iterator[Copy]:
    """The rows of these occurrences of which a time is told."""
    zones = {(each.case, each.label): each.zone for each in places.exhibits.values()}
    for each in found:
        for table, rows in each.rows.items():
            for row in rows:
                if table in _ITEM:
                    times = [*_of_item(store, table, row, zones.get(each.place, ""))]
                else:
                    times = [*_of_event(store, row)] if table == "events" else []
                if times:
                    yield Copy(
                        case=each.case,
                        exhibit=each.exhibit,
                        table=table,
                        row=row,
                        times=tuple(times),
                    )


def _of_item(store: "Store", table: str, row: int, zone: str) -> Iterator[Moment]:
    """Times of the file, those without a zone in that of the device; and the one in its name.

    The zone of the device is not that of the name, which may come from another one.
    """
    found = store.execute(
        "SELECT items.id, locator, original_names.name FROM items "  # noqa: S608 (our words)
        f"LEFT JOIN original_names ON item_id = items.id WHERE {_ITEM[table]}",
        (row,),
    )
    for item, locator, original in found:
        for kind, at in store.execute(
            "SELECT kind, at FROM times WHERE item_id = ? ORDER BY kind", (item,)
        ):
            yield _stated(from_text(at), from_text(kind), zone)
        named = (time_in_name(from_text(each)) for each in (original, locator) if each)
        yield from dict.fromkeys(each for each in named if each is not None)


def _stated(words: str, kind: str, zone: str) -> Moment:
    """The time that a file system states; words that state none are of any time."""
    try:
        return Moment.of(words, kind=kind, zone=zone)
    except ValueError:
        return Moment(earliest=_FIRST, latest=_LAST, kind=kind, stated=words)


def _of_event(store: "Store", row: int) -> Iterator[Moment]:
    for kind, earliest, latest, stated, zone, name in store.execute(
        "SELECT time_kind, earliest, latest, stated, zone, name FROM events WHERE id = ?", (row,)
    ):
        if earliest:
            yield Moment(
                earliest=datetime.fromisoformat(earliest),
                latest=datetime.fromisoformat(latest),
                kind=from_text(kind),
                stated=from_text(stated),
                zone=from_text(zone),
            )
        if (named := time_in_name(from_text(name))) is not None:
            yield named
