"""Which match of an item and an entry is reported, if several readings of the item match it.

Readings of pages, orientations, parts and frames, pictures in it, views of a film and segments of
time all compete by one rule, `order_of`: equal bytes come first, what is certain before what is
probable, several pictures in the order of time before a single one, and then the nearest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from hashmatch.model import Alignment, Band, Grade, Match, MatchKind, bits_of

Key: TypeAlias = tuple[int, int, int]
"""An entry: which list, which part of it, which row."""

Order: TypeAlias = tuple[bool, bool, bool, bool, float]


def order_of(match: Match, nearest: int | None = None) -> Order:
    """What makes a match come before others; the smallest is the first.

    Of hashes of several algorithms, the nearest is that which differs in the smaller share of its
    bits.

    Args:
        match: of any kind.
        nearest: the distance that counts, in bits, where it is not the match's own: of two videos
            that is a mean, which no distance of a single pair compares with.
    """
    distance = match.distance if nearest is None else nearest
    return (
        match.kind is MatchKind.COLLISION,
        match.kind is not MatchKind.EXACT,
        match.band is not Band.MATCH,
        not _is_in_order(match),
        distance / (bits_of(match.algorithm) or 1),
    )


def _is_in_order(match: Match) -> bool:
    """Whether several pictures of two videos follow each other in the same way."""
    strong = any(segment.grade is Grade.STRONG for segment in match.segments)
    return match.kind is MatchKind.VIDEO and strong


@dataclass(slots=True)
class _Told:
    """The match that stands, and the distance that it competes with."""

    match: Match
    order: Order


class BestMatches:
    """The matches of one item: of each entry the one that is told."""

    def __init__(self) -> None:
        """Begin with none."""
        self._told: dict[Key, _Told] = {}

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._told)

    def add(self, key: Key, match: Match) -> None:
        """Take an entry that shares a digest; of one entry the first counts."""
        self._told.setdefault(key, _Told(match, order_of(match)))

    def offer(self, key: Key, match: Match, *, nearest: int | None = None) -> None:
        """Take a match, if it comes before that of the entry which stands.

        When a film shows what it met is told too where another reading comes before it: that is
        what cannot be told from a page or a picture.

        Args:
            key: of the entry.
            match: with it.
            nearest: as `order_of` takes it.
        """
        order, told = order_of(match, nearest), self._told.get(key)
        if told is None:
            self._told[key] = _Told(match, order)
        elif order < told.order:
            self._told[key] = _Told(_with_times(match, told.match), order)
        else:
            told.match = _with_times(told.match, match)

    def add_segments(self, key: Key, band: Band, segments: tuple[Alignment, ...]) -> None:
        """Tell when the known file shows what matched, where nothing is told of time yet.

        Args:
            key: of an entry that was offered.
            band: of the surest that the segments hold.
            segments: the nearest first.
        """
        told = self._told[key]
        told.match = _with_times(told.match, replace(told.match, band=band, segments=segments))

    @property
    def is_settled(self) -> bool:
        """Whether something matches so that no later tier is asked."""
        return any(told.match.settles for told in self._told.values())

    def items(self) -> Iterator[tuple[Key, Match]]:
        """The entries and their matches."""
        return ((key, told.match) for key, told in self._told.items())


def _with_times(match: Match, other: Match) -> Match:
    """The match with the segments of another that is as sure, if it has none of its own."""
    if match.segments or match.kind is MatchKind.EXACT or match.band is not other.band:
        return match
    return replace(match, segments=other.segments)
