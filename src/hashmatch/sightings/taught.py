"""What earlier scans teach: which of the files on record matched."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from hashmatch.sightings import statements
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.statements import Topic

if TYPE_CHECKING:
    from hashmatch.sightings.store import Store

_MOST: Final = 200_000
"""Files that are looked at, the newest: reading them takes a second or two."""
_ACCESS: Final = "access"
_OPEN: Final = "open"


def taught(store: "Store", case: int) -> Iterator[tuple[str, int, bool]]:
    """Path, size in bytes and whether it matched, of the newest files on record.

    Files of cases that are pointers or hidden are left out, and what lies in other files.

    Args:
        store: the database.
        case: number of the case that asks; its own files are taken whatever is stated of it.
    """
    stated = statements.holding(statements.every(store, Topic.CASE))
    closed = [
        each.case
        for each in stated
        if each.field == _ACCESS and each.value != _OPEN and each.case not in (None, case)
    ]
    marks = ",".join("?" * len(closed))
    rows = store.execute(
        "SELECT locator, size, EXISTS (SELECT 1 FROM sightings WHERE item_id = items.id "  # noqa: S608 (marks alone)
        "AND NOT known_good AND NOT suppressed) FROM items "
        "JOIN scans ON scans.id = items.scan_id JOIN sources ON sources.id = source_id "
        "LEFT JOIN places ON places.item_id = items.id "
        f"WHERE case_id NOT IN ({marks}) AND places.inside IS NOT 1 "
        "ORDER BY items.id DESC LIMIT ?",
        (*closed, _MOST),
    )
    for locator, size, matched in rows:
        yield from_text(locator), size or 0, bool(matched)
