"""Sightings counted in one pass: what a report says before it lists them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from hashmatch.model import Band, Match, MatchKind
from hashmatch.reports.text import category_of
from hashmatch.sightings.records import SightingRecord


class Standing(StrEnum):
    """What a sighting says of its item. Reports list them in this order, each apart."""

    MATCH = "match"
    PROBABLE = "probable"
    KNOWN_GOOD = "known-good"
    SUPPRESSED = "suppressed"
    COLLISION = "collision"

    @classmethod
    def of(cls, match: Match) -> "Standing":
        """The standing of a match."""
        if match.kind is MatchKind.COLLISION:
            return cls.COLLISION
        if match.known_good:
            return cls.KNOWN_GOOD
        if match.suppressed:
            return cls.SUPPRESSED
        return cls.PROBABLE if match.band is Band.PROBABLE else cls.MATCH


@dataclass(slots=True)
class Distances:
    """Distances of the reportable perceptual matches by one algorithm.

    Attributes:
        counts: how many per standing and distance.
        thresholds: the widest that applied, per standing.
    """

    counts: Counter[tuple[Standing, int]] = field(default_factory=Counter)
    thresholds: dict[Standing, int] = field(default_factory=dict)


@dataclass(slots=True)
class Totals:
    """What the sightings of a case add up to.

    Attributes:
        standings: sightings per standing.
        by_list: per list, category, and then `exact`, `perceptual`, `video` (all of them
            matches) or another standing.
        by_source: per source and standing.
        distances: per algorithm.
        viewed: sightings that somebody marked as viewed.
    """

    standings: Counter[Standing] = field(default_factory=Counter)
    by_list: dict[tuple[str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    by_source: Counter[tuple[int, Standing]] = field(default_factory=Counter)
    distances: dict[str, Distances] = field(default_factory=lambda: defaultdict(Distances))
    viewed: int = 0

    def add(self, sighting: SightingRecord) -> Standing:
        """Count one sighting, and say what its standing is."""
        match = sighting.match
        standing = Standing.of(match)
        self.standings[standing] += 1
        self.by_source[sighting.item.source, standing] += 1
        kind = match.kind.value if standing is Standing.MATCH else standing.value
        self.by_list[match.list_name, category_of(match)][kind] += 1
        self.viewed += sighting.viewed_by_human
        if match.reportable and match.kind is MatchKind.PERCEPTUAL:
            found = self.distances[match.algorithm]
            found.counts[standing, match.distance] += 1
            widest = found.thresholds.get(standing, 0)
            found.thresholds[standing] = max(widest, match.threshold)
        return standing

    @classmethod
    def of(cls, sightings: Iterable[SightingRecord]) -> "Totals":
        """All of them counted."""
        totals = cls()
        for sighting in sightings:
            totals.add(sighting)
        return totals

    @property
    def sightings(self) -> int:
        """How many there are, of every standing."""
        return self.standings.total()
