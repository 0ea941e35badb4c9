"""Results of a scan, counted as they come."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from hashmatch.errors import Reason
from hashmatch.model import Match, ScanResult, ScanSummary


class Tally:
    """Counts the results of a scan as they come."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._in_part: Counter[str] = Counter()
        self._containers: Counter[str] = Counter()
        self._faults: Counter[str] = Counter()

    def add(self, result: ScanResult) -> None:
        """Count one result."""
        item, counts = result.item, self._counts
        counts["items"] += 1
        if item.place is not None and item.place.is_inside:
            counts["members"] += 1
        else:
            counts["bytes"] += item.size or 0
        if result.matches:
            self._add_matches(result.matches)
        if item.media is not None:
            counts["hashed"] += 1
            counts["videos"] += item.media.is_video
            if item.media.reason is not None:
                counts["incomplete"] += 1
                self._in_part[item.media.reason.value] += 1
        elif item.unreadable is not None:
            kind = "skipped" if item.unreadable.reason.skipped else "unreadable"
            counts[kind] += 1
            self._reasons[item.unreadable.reason.value] += 1
        if item.fault is not None:
            self._faults[item.fault] += 1
        opened = item.unreadable is not None and item.unreadable.reason is Reason.OPENED
        if not opened and (container := item.container):
            self._containers[container] += 1

    def _add_matches(self, matches: Sequence[Match]) -> None:
        """Count those of one result."""
        reportable = sum(match.reportable for match in matches)
        self._counts["matches"] += reportable
        self._counts["matched"] += bool(reportable)
        # A file with a match is none that is known to be harmless, whatever else a list says.
        is_known_good = not reportable and any(match.known_good for match in matches)
        self._counts["known_good"] += is_known_good

    @property
    def summary(self) -> ScanSummary:
        """What was counted so far."""
        return ScanSummary(
            **self._counts,
            reasons=dict(sorted(self._reasons.items())),
            in_part=dict(sorted(self._in_part.items())),
            containers=dict(sorted(self._containers.items())),
            faults=dict(sorted(self._faults.items())),
        )


def tally(
    results: Iterable[ScanResult], *, on_result: Callable[[ScanResult], object] | None = None
) -> ScanSummary:
    """The summary of these results, each handed to `on_result` on the way."""
    counted = Tally()
    for result in results:
        counted.add(result)
        if on_result is not None:
            on_result(result)
    return counted.summary
