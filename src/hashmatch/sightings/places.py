"""Locations of items in rows: how they are stored, and how a locator leads to an item.

The locator of an item without a row in `places` is the path of a plain file as it is, whatever is
in it: that is all that versions before 7 of the tables recorded. With such a row it is the text
of a `Locator`. Of a plain file the two are the same text, but for paths that look like the text of
another locator: those are escaped, and have a row.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from hashmatch.model import AllocationState, Locator, Place, PlaceConfidence
from hashmatch.model.locator import File
from hashmatch.sightings.encoding import canonical, from_text, to_text
from hashmatch.sightings.store import Row, Store

COLUMNS: Final = ("state", "confidence", "runs", "weight", "inside")
"""The columns of `places` that `loaded` takes, behind the locator of the item."""

ABOVE: Final = """
    SELECT json_object('parent', above.id, 'parent_md5', lower(hex(bytes.md5)),
            'parent_offset', json_extract(ground.runs, '$[0][0]'))
        FROM items AS above
        LEFT JOIN contents AS bytes ON bytes.id = above.content_id
        LEFT JOIN places AS ground ON ground.item_id = above.id
        WHERE above.scan_id = places.scan_id AND above.locator = places.parent
"""
"""What `above` takes: the item that the item of a row of `places` lies in."""

_PAGE: Final = 4096
"""Locators read at once."""


def stored(place: Place) -> Row:
    """What SQLite holds of a place, behind the ids of item and scan."""
    parent = place.parent
    return (
        "" if parent is None else to_text(str(parent)),
        canonical(place.locator.to_list()),
        *(place.state.value, place.confidence.value),
        canonical([list(each) for each in place.runs]),
        *(place.weight, int(place.is_inside)),
    )


def loaded(locator: str, values: Sequence[Any]) -> Place | None:
    """The place of an item; None where it has none.

    Args:
        locator: of the item, as it is on record.
        values: of the columns `COLUMNS`.

    Raises:
        ValueError: somebody altered it.
    """
    state, confidence, runs, weight, inside = values
    if state is None:
        return None
    return Place(
        locator=Locator.parse(locator),
        state=AllocationState(state),
        confidence=PlaceConfidence(confidence),
        runs=tuple((offset, length) for offset, length in json.loads(runs)),
        weight=weight,
        from_source=not inside,
    )


def above(told: str | None) -> dict[str, Any]:
    """Fields of `ItemRecord` that say what an item lies in."""
    found: dict[str, Any] = json.loads(told or "{}")
    return found


def fault_of(locator: str, parent: str, steps: str) -> str:
    """What is wrong with the steps of an item, in words; empty if nothing is.

    Args:
        locator: of the item, as stored.
        parent: of its place, as stored.
        steps: the same.
    """
    try:
        found = Locator.from_list(json.loads(steps))
        above = "" if found.parent is None else to_text(str(found.parent))
        agrees = (to_text(str(found)), canonical(found.to_list())) == (locator, steps)
    except (AttributeError, RecursionError, TypeError, ValueError):
        return "holds no steps of a locator"
    if not agrees or above != parent:
        return "records another place than the locator of its item"
    return ""


def needs_place(locator: str) -> bool:
    """Whether an item with this locator, as stored, cannot be without a place."""
    return Place.of_file(from_text(locator)) is not None


def located(where: Locator | str) -> Locator:
    """The locator; of a plain file, whose path a text is, that of one step."""
    return where if isinstance(where, Locator) else Locator((File(where),))


def number_of(store: Store, scan: int, locator: Locator) -> int | None:
    """The id of the item of a scan that lies there; None where it is not on record."""
    text = str(locator)
    (first, *_) = locator.steps
    path = first.path if isinstance(first, File) and not locator.depth else None
    if text == path:
        # Nothing but this file has such a text: one look into the index of the items.
        sql, asked = "SELECT id FROM items WHERE scan_id = ? AND locator = ?", text
        return _number(store, sql, scan, asked)
    found = _number(store, f"{_WITH} NOT NULL", scan, text)
    if found is None and path is not None:
        found = _number(store, f"{_WITH} NULL", scan, path)
    return found


_WITH: Final = """
    SELECT items.id FROM items LEFT JOIN places ON places.item_id = items.id
    WHERE items.scan_id = ? AND items.locator = ? AND places.id IS
"""


def _number(store: Store, sql: str, scan: int, text: str) -> int | None:
    found = store.one(sql, (scan, to_text(text)))
    return None if found is None else int(found)


def count_inside(store: Store, scan: int) -> int:
    """How many items of a scan lie in others."""
    return int(store.one("SELECT count(*) FROM places WHERE scan_id = ? AND inside", (scan,)))


def from_source(store: Store, scan: int) -> Iterator[tuple[int, str]]:
    """Ids and texts of locators of the items that the source itself gave, in their order.

    Page by page: an open cursor would keep the log from being emptied.
    """
    last = 0
    while page := store.execute(
        "SELECT items.id, locator, places.id FROM items "
        "LEFT JOIN places ON places.item_id = items.id "
        "WHERE items.id > ? AND items.scan_id = ? AND places.inside IS NOT 1 "
        "ORDER BY items.id LIMIT ?",
        (last, scan, _PAGE),
    ):
        for last, locator, place in page:
            text = from_text(locator)
            yield last, text if place is not None else str(located(text))
