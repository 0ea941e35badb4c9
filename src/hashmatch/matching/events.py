"""Events of reports, returns and logs against what is known, by digest and by hash."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from hashmatch.matching.searchable import Searchable
from hashmatch.model.event import Event, QuarantinedRow

if TYPE_CHECKING:
    from hashmatch.matching.matcher import Matcher
    from hashmatch.model import Digests, Hash, Match

_AT_ONCE: Final = 1024


class EventMatching:
    """Adds to the events of units the entries of hash lists that they match.

    Attributes:
        matched: events that match an entry that somebody should know of.
        unsearched: events that name an item in a way in which no list can match, by the reason.
        units: of which all records were read.
    """

    def __init__(self, matcher: "Matcher") -> None:
        """Match with what is known.

        Args:
            matcher: the lists; its profile says what is near.
        """
        self._matcher = matcher
        self._searchable = Searchable(matcher)
        self._notes: list[str] = []
        self.matched = 0
        self.units = 0
        self.unsearched: Counter[str] = Counter()

    def of(self, records: Iterable[Event | QuarantinedRow]) -> Iterator[Event | QuarantinedRow]:
        """The same records, events with the entries that they match."""
        before, unsearched = self.matched, Counter(self.unsearched)
        waiting = iter(records)
        while batch := [*islice(waiting, _AT_ONCE)]:
            yield from self._matched(batch)
        self.units += 1
        lists = ", ".join(
            f"{known.name} ({', '.join(each.sha256 for each in known.sources)})"
            for known in self._matcher.lists
        )
        self._notes.insert(
            0,
            f"{self.matched - before:,} events match entries of {lists}, "
            f"profile {self._matcher.profile.name}",
        )
        for why, count in (self.unsearched - unsearched).items():
            self._notes.append(f"{count:,} events could not be matched: {why}")

    def notes(self) -> Iterator[str]:
        """What was found in the unit whose records were read last: once, and then no more."""
        found, self._notes = self._notes, []
        yield from found

    def _matched(self, batch: list[Event | QuarantinedRow]) -> Iterator[Event | QuarantinedRow]:
        subjects: list[Digests | Hash] = []
        for each in batch:
            if isinstance(each, Event):
                subjects += [each.digests, *each.hashes]
        found = iter(self._matcher.match_many(subjects))
        for each in batch:
            if isinstance(each, Event):
                several = [match for _ in (each.digests, *each.hashes) for match in next(found)]
                yield self._told(each, several)
            else:
                yield each

    def _told(self, event: Event, found: list["Match"]) -> Event:
        """The event with the entries that count, and what is to be said of them."""
        if not found and (why := self._searchable.why_not(event.digests, event.hashes)):
            self.unsearched[why] += 1
        nearest: dict[tuple[str, str], Match] = {}
        for match in found:
            key = match.list_name, match.entry_id
            if match.reportable and match.distance <= nearest.get(key, match).distance:
                nearest[key] = match
        if not nearest:
            return event
        self.matched += 1
        for (name, entry), match in nearest.items():
            near = f"{match.algorithm} {match.distance} of {match.threshold}"
            self._notes.append(f"{event.where}: {name}/{entry}, {near}, {match.band.value}")
        return replace(event, entries=tuple(nearest))
