"""What a scan or an import has in common with what was there before: what others should know."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings.encoding import from_text
from hashmatch.tracing import gathering, judging
from hashmatch.tracing.places import Places
from hashmatch.tracing.values import LinkKind, Occurrence

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.tracing.gathering import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class News(PlainValue):
    """Something that came on record, and had been seen in another exhibit before.

    Attributes:
        kind: what it is.
        key: which one.
        now: where it came on record.
        before: where it had been seen.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "news"})

    kind: LinkKind
    key: str
    now: tuple[Occurrence, ...]
    before: tuple[Occurrence, ...]
    handling: tuple[str, ...] = ()


def news(
    database: "Database", since: int, *, until: int | None = None, viewer: str = ""
) -> list[News]:
    """Entries seen in runs behind this one that earlier runs had seen in other exhibits.

    Args:
        database: the record.
        since: number of a run; later ones are new.
        until: number of the last one that is new; by default all later ones are.
        viewer: the case that asks.
    """
    found = []
    with database.snapshot():
        places = Places.of(database)
        audience = judging.Audience(places, viewer)
        spoken = judging.Spoken.of(database)
        last = max(places.source_of_run, default=0) if until is None else until
        new = {run for run in places.source_of_run if since < run <= last}
        for (name, entry), now, before in _both(database, places, new):
            key = f"entry:{name}/{entry}"
            if key in spoken.excluded:
                continue
            told = [*map(audience.occurrences, (now, before))]
            if all(told):
                handling = audience.handling((*told[0], *told[1]), key)
                found.append(
                    News(
                        kind=LinkKind.ENTRY,
                        key=key,
                        now=told[0],
                        before=told[1],
                        handling=handling,
                    )
                )
    return found


def _both(
    database: "Database", places: Places, new: set[int]
) -> "list[tuple[tuple[str, str], Where, Where]]":
    """Entries with their places in new runs, and those in earlier ones, of other exhibits."""
    store = database.store
    found = []
    entries: list[tuple[str, str]] = store.execute(
        "SELECT DISTINCT sightings.list, sightings.entry FROM items "
        "JOIN sightings ON sightings.item_id = items.id "
        "WHERE items.scan_id IN (SELECT scan_id FROM runs WHERE id BETWEEN ? AND ?) "
        "AND sightings.run_id BETWEEN ? AND ? AND NOT (sightings.known_good OR suppressed)",
        2 * (min(new, default=0), max(new, default=0)),
    )
    for name, entry in entries:
        now: Where = {}
        before: Where = {}
        rows = store.execute(
            "SELECT run_id, count(*), min(id) FROM sightings WHERE entry = ? AND list = ? "
            "AND NOT (known_good OR suppressed) GROUP BY run_id",
            (entry, name),
        )
        fresh = {places.source_of_run[run] for run, _, _ in rows if run in new}
        for run, count, first in rows:
            source = places.source_of_run[run]
            side = now if run in new else before
            if run in new or (source not in fresh and run < min(new)):
                seen = side.setdefault((source, "holder"), gathering.Seen())
                seen.add(count, "sightings", first)
        if now and before:
            found.append(((from_text(name), from_text(entry)), now, before))
    return found


def seen_before(found: list[News]) -> str:
    """One line for the end of a scan: how many of its entries others had; empty if none."""
    if not found:
        return ""
    cases = sorted({each.case for one in found for each in one.before})
    shown = ", ".join(cases[:5]) + (f" and {len(cases) - 5} others" if len(cases) > 5 else "")  # noqa: PLR2004
    what = "1 known file was" if len(found) == 1 else f"{len(found):,} known files were"
    return f"{what} seen before, in {'case' if len(cases) == 1 else 'cases'} {shown}"
