"""Rows of results counted as a scan counts its items."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from hashmatch.containers import name_in, named_first
from hashmatch.errors import Reason
from hashmatch.model import ScanSummary
from hashmatch.visible import printable

_NAMED: Final = 20
"""Rows of a part that are named because they were not read."""


class Counts:
    """What rows say, counted as they come.

    Attributes:
        unread: the first rows that were not read: URI, reason, detail.
        lacking: pictures that have no hash of an algorithm that is needed.
    """

    def __init__(self, needed: Iterable[str] = ()) -> None:
        """Nothing yet.

        Args:
            needed: algorithms that every picture should have a hash of.
        """
        self._needed = frozenset(needed)
        self.lacking: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._maps: dict[str, Counter[str]] = {
            name: Counter() for name in ("reasons", "in_part", "containers", "faults")
        }
        self.unread: list[tuple[str, str, str]] = []

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count rows."""
        for row in rows:
            self._add(row)

    def _add(self, row: Mapping[str, Any]) -> None:
        counts, status, reason = self._counts, row["status"], row["reason"]
        matches = row["matches"] or ()
        reportable = sum(match["reportable"] for match in matches)
        counts["items"] += 1
        counts["bytes"] += row["size"] or 0
        counts["matches"] += reportable
        counts["matched"] += bool(reportable)
        counts["known_good"] += not reportable and any(each["known_good"] for each in matches)
        counts[status] += 1
        detail = row["detail"] or ""
        container = named_first(detail)
        if status == "hashed":
            counts["videos"] += row["kind"] == "video"
            counts["incomplete"] += reason is not None
            self._maps["in_part"].update([reason] if reason else ())
            container = name_in(tuple(row["flags"] or ()))
            if self._needed and row["kind"] == "picture":
                had = {each["algorithm"] for each in row["hashes"] or ()}
                self.lacking.update(self._needed - had)
        else:
            self._maps["reasons"][reason] += 1
        if reason == Reason.INTERNAL_ERROR:
            self._maps["faults"][detail] += 1
        if container and reason != Reason.OPENED:
            self._maps["containers"][container] += 1
        if status == "unreadable" and len(self.unread) < _NAMED:
            self.unread.append((printable(row["uri"] or ""), reason, printable(detail)))

    @property
    def summary(self) -> ScanSummary:
        """The counts so far."""
        maps = {name: dict(sorted(counted.items())) for name, counted in self._maps.items()}
        return summary_of({**self._counts, **maps})


def summary_of(told: Mapping[str, Any]) -> ScanSummary:
    """A summary from what JSON has of it."""
    names = ScanSummary.__dataclass_fields__
    return ScanSummary(**{name: value for name, value in told.items() if name in names})
