"""Times of single copies, each with its kind and as an interval: none is merged with another."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
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
IN: Final = "in-"
"""How the kinds of all times begin that no file system and no event tells."""
IN_FILE: Final = "in-file-"
"""How the kinds of times begin that a file tells of itself: anyone can have written them."""
_TOLD: Final = ("captured", "digitized", "modified", "created", "gps-time")
_UTC: Final = frozenset({"created", "gps-time"})
"""Headers of videos and satellites count in UTC."""
_THOSE: Final = "(SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy(PlainValue):
    """One of the rows that prove an occurrence, with its times.

    Attributes:
        case: the lab's own number.
        exhibit: of the case.
        table: of the row: `items`, `sightings` or `events`.
        row: its number.
        times: as the file system, the source of the event, the name of the file and the file
            itself tell them. The time in a name (`in-name`) is that of the program that named this
            copy; those in the file (`in-file-captured` and the like) were written with its bytes.
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
            item_of = dict(zip(rows, rows, strict=True))
            if table == "sightings":
                item_of = dict(
                    store.execute(
                        f"SELECT id, item_id FROM sightings WHERE id IN {_THOSE}",  # noqa: S608 (our words)
                        (json.dumps(rows),),
                    )
                )
            if table == "events":
                told = of_events(store, rows)
            elif table in {"items", "sightings"}:
                told = of_items(store, dict.fromkeys(item_of.values(), zones.get(each.place, "")))
            else:
                continue
            for row in rows:
                if times := told.get(item_of[row]):
                    yield Copy(
                        case=each.case,
                        exhibit=each.exhibit,
                        table=table,
                        row=row,
                        times=tuple(times),
                    )


def of_items(store: "Store", zones: Mapping[int, str]) -> dict[int, list[Moment]]:
    """Times of files: of the file system, the one in the name, and those that the file tells.

    Those of the file system without a zone are in that of the device. It is not that of the name or
    of the file, which may come from another one.

    Args:
        store: the database.
        zones: of the device, by the number of the item.
    """
    those = (json.dumps([*zones]),)
    found: dict[int, list[Moment]] = {item: [] for item in zones}
    for item, kind, at in store.execute(
        f"SELECT item_id, kind, at FROM times WHERE item_id IN {_THOSE} ORDER BY item_id, kind",  # noqa: S608 (our words)
        those,
    ):
        found[item].append(of_words(from_text(at), from_text(kind), zones[item]))
    for item, locator, original in store.execute(
        "SELECT items.id, locator, original_names.name FROM items "  # noqa: S608 (our words)
        f"LEFT JOIN original_names ON item_id = items.id WHERE items.id IN {_THOSE}",
        those,
    ):
        named = (time_in_name(from_text(each)) for each in (original, locator) if each)
        found[item] += dict.fromkeys(each for each in named if each is not None)
    for item, times in _in_files(store, those).items():
        found[item] += times
    return found


def _in_files(store: "Store", those: tuple[str]) -> dict[int, list[Moment]]:
    """What files tell of themselves; a time without an offset may be of any zone."""
    told: dict[tuple[int, int], dict[str, str]] = {}
    for item, metadata, name, value in store.execute(
        "SELECT items.id, metadata_id, name, value FROM items "  # noqa: S608 (our words)
        "JOIN metadata ON metadata.content_id = items.content_id "
        "JOIN metadata_fields ON metadata_id = metadata.id "
        f"WHERE items.id IN {_THOSE} ORDER BY items.id, metadata_id",
        those,
    ):
        told.setdefault((item, metadata), {})[name] = from_text(value)
    found: dict[int, list[Moment]] = {}
    for (item, _), fields in told.items():
        for name in _TOLD:
            if words := fields.get(name, "").strip():
                zone = "UTC" if name in _UTC else fields.get(f"{name}-offset", "")
                found.setdefault(item, []).append(of_words(words, f"{IN_FILE}{name}", zone))
    return {item: [*dict.fromkeys(times)] for item, times in found.items()}


def of_words(words: str, kind: str, zone: str) -> Moment:
    """The time that words state; those that state none are of any time.

    A zone that is none is as if it were not told.
    """
    for each in dict.fromkeys((zone, "")):
        with suppress(ValueError):
            return Moment.of(words, kind=kind, zone=each)
    return Moment(earliest=_FIRST, latest=_LAST, kind=kind, stated=words)


def is_clear(moment: Moment) -> bool:
    """Whether the words of a time state one."""
    return (moment.earliest, moment.latest) != (_FIRST, _LAST)


def of_events(store: "Store", rows: Sequence[int]) -> dict[int, list[Moment]]:
    """Times of events: what their source tells, and the one in the name of their file."""
    found: dict[int, list[Moment]] = {}
    for row, kind, earliest, latest, stated, zone, name in store.execute(
        "SELECT id, time_kind, earliest, latest, stated, zone, name FROM events "  # noqa: S608 (our words)
        f"WHERE id IN {_THOSE}",
        (json.dumps([*rows]),),
    ):
        times = found[row] = []
        if earliest:
            times.append(
                Moment(
                    earliest=datetime.fromisoformat(earliest),
                    latest=datetime.fromisoformat(latest),
                    kind=from_text(kind),
                    stated=from_text(stated),
                    zone=from_text(zone),
                )
            )
        if (named := time_in_name(from_text(name))) is not None:
            times.append(named)
    return found
