"""That a person looked at what was seen: who, when and why, as rows that are only appended."""

from collections.abc import Sequence
from typing import Final

from hashmatch.errors import UnknownNameError
from hashmatch.sightings import audit
from hashmatch.sightings.actions import Action
from hashmatch.sightings.encoding import to_text
from hashmatch.sightings.erasures import last_number
from hashmatch.sightings.records import Viewing
from hashmatch.sightings.store import Store

_LARGEST: Final = (1 << 63) - 1
"""Number of a row."""
_MOST: Final = 2000
"""Characters of a name or a reason: each is in every report."""


def record(store: Store, sightings: Sequence[int], *, by: str, why: str) -> Viewing:
    """Put on record that somebody viewed the files of these sightings: all of them, or none.

    Raises:
        UnknownNameError: one of them is not on record.
        ValueError: no sighting, name or reason, or one that is too long.
        DatabaseError: it was opened for reading only, or cannot be written.
    """
    told = {"by": by.strip(), "why": why.strip()}
    if not sightings:
        msg = "no sighting was named"
        raise ValueError(msg)
    for what, words in told.items():
        if not words:
            msg = f"{what} is missing"
            raise ValueError(msg)
        if len(words) > _MOST:
            msg = f"{what} is longer than {_MOST:,} characters"
            raise ValueError(msg)
    with store.transaction():
        for number in sightings:
            check(store, number)
        at = audit.now()
        first = last_number(store, "viewings") + 1
        rows = [
            {
                "id": first + place,
                "sighting_id": number,
                "at": at,
                "viewer": to_text(told["by"]),
                "reason": to_text(told["why"]),
            }
            for place, number in enumerate(dict.fromkeys(sightings))
        ]
        store.insert(
            "INSERT INTO viewings (id, sighting_id, at, viewer, reason) VALUES (?, ?, ?, ?, ?)",
            [tuple(row.values()) for row in rows],
        )
        audit.append(store, Action.VIEWED, {"rows": {"viewings": rows}}, at=at)
    return Viewing(at, told["by"], told["why"])


def check(store: Store, number: int) -> None:
    """See that a sighting is on record.

    Raises:
        UnknownNameError: it is not.
    """
    last = int(store.one("SELECT coalesce(max(id), 0) FROM sightings"))
    if 1 <= number <= _LARGEST and store.one("SELECT 1 FROM sightings WHERE id = ?", (number,)):
        return
    if (
        erased := store.one(
            "SELECT erasure_id FROM erased WHERE kind = 'sightings' AND number = ?", (number,)
        )
        if 1 <= number <= _LARGEST
        else None
    ):
        msg = f"sighting {number} was erased by order of a court: erasure {erased}"
        raise UnknownNameError(msg)
    there = f"its sightings are numbered 1 to {last:,}" if last else "it holds no sighting yet"
    msg = f"no sighting {number} is on record in {store.path}: {there}"
    raise UnknownNameError(msg)
