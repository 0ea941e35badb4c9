"""What the chain says of rematches, held to what one does.

A rematch is begun once, records sightings of items that are on record, each marked as its own, and
says at the end of each scan how many it found there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hashmatch.sightings.batches import Batches
from hashmatch.sightings.ledger import Ledger
from hashmatch.sightings.verdict import Problem

_TABLES = {"rematches", "rematched_scans"}


class Rematches:
    """All rematches of a chain, in their order."""

    def __init__(self, ledger: Ledger, batches: Batches) -> None:
        """None is begun yet."""
        self._ledger = ledger
        self._batches = batches
        self._begun: dict[int, tuple[str, str]] = {}
        self._found: Counter[int] = Counter()

    def check(
        self, seq: int, details: Mapping[str, Any], *, at: str, by: tuple[str, str]
    ) -> Iterator[Problem]:
        """Problems of one audit row.

        Args:
            seq: its number.
            details: of it.
            at: when.
            by: the user and the machine.
        """
        number, told = details["rematch"], details["rows"]
        if set(told) - _TABLES or not (told or details["units"]):
            yield _wrong(seq, "records rows that it cannot")
        for row in told.get("rematches", ()):
            yield from self._ledger.add(seq, "rematches", row)
            if (row["id"], row["at"], row["host"]) != (number, at, by[1]):
                yield _wrong(seq, "records another rematch, or one of another time or machine")
            self._begun[row["id"]] = by
        if self._begun.get(number) != by:
            yield _wrong(seq, "is of a rematch that was never begun, or that another user began")
        yield from self._batches.check_rematch(seq, details, at=at)
        self._found[number] += self._batches.rematched
        for row in told.get("rematched_scans", ()):
            yield from self._ledger.add(seq, "rematched_scans", row)
            if (row["rematch_id"], row["at"]) != (number, at):
                yield _wrong(seq, "tells of another rematch, or of another time")
            if row["scan_id"] not in self._ledger.rows["scans"]:
                yield _wrong(seq, "matches a scan that is not on record")
            if row["sightings"] != self._found.pop(number, 0):
                yield _wrong(seq, "has another number of sightings than were recorded")


def _wrong(seq: int, what: str) -> Problem:
    return Problem(f"audit row {seq} {what}", "audit", seq, seq)
