"""Sightings and events as rows of one table, for formats that hold a flat list."""

from collections.abc import Iterator
from typing import Any, Final

from hashmatch.exports.facts import Facts, SeenFile, ToldEvent

COLUMNS: Final = {
    **dict.fromkeys(("record",), "text"),
    **dict.fromkeys(("row",), "number"),
    **dict.fromkeys(("case", "exhibit", "role", "account", "event"), "text"),
    **dict.fromkeys(("list", "entry", "scheme", "category", "match", "algorithm"), "text"),
    **dict.fromkeys(("distance", "threshold"), "number"),
    **dict.fromkeys(("path", "name", "service"), "text"),
    **dict.fromkeys(("size",), "number"),
    **dict.fromkeys(("md5", "sha1", "sha256", "hash"), "text"),
    **dict.fromkeys(("recorded",), "text"),
    **dict.fromkeys(("handling",), "text"),
    **dict.fromkeys(("retroactive",), "text"),
}
"""Names of columns, and whether they hold text or whole numbers."""


def rows(facts: Facts) -> Iterator[tuple[dict[str, Any], SeenFile | ToldEvent]]:
    """A row for each sighting, then one for each event, with what it is of."""
    for seen in facts.sightings():
        yield _of_sighting(seen), seen
    for told in facts.events():
        yield _of_event(told), told


def _of_sighting(seen: SeenFile) -> dict[str, Any]:
    item, match = seen.sighting.item, seen.sighting.match
    return {
        "record": "sighting",
        "row": seen.sighting.id,
        "case": seen.exhibit.case,
        "exhibit": seen.exhibit.label,
        "role": "holder",
        "list": match.list_name,
        "entry": match.entry_id,
        "scheme": match.scheme,
        "category": match.category,
        "match": match.kind.value,
        "algorithm": match.algorithm,
        "distance": match.distance,
        "threshold": match.threshold,
        "path": item.locator,
        "name": item.original_name,
        "size": item.size,
        "md5": item.digests.md5,
        "sha1": item.digests.sha1,
        "sha256": item.digests.sha256,
        "hash": item.hash,
        "recorded": seen.sighting.at,
        "retroactive": seen.later,
        "handling": "; ".join(seen.handling),
    }


def _of_event(told: ToldEvent) -> dict[str, Any]:
    event = told.event
    listed, entry = next(iter(event.entries), ("", ""))
    return {
        "record": "event",
        "row": told.row,
        "case": told.exhibit.case,
        "exhibit": told.exhibit.label,
        "role": event.role.value,
        "account": told.account,
        "event": event.kind.value,
        "list": listed,
        "entry": entry,
        "path": event.where,
        "name": event.name,
        "service": event.service,
        "md5": event.digests.md5,
        "sha1": event.digests.sha1,
        "sha256": event.digests.sha256,
        "hash": next((str(each) for each in event.hashes), ""),
        "handling": "; ".join(told.handling),
    }
