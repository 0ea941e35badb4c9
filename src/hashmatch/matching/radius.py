"""How near a part of a picture must be, for how many hashes are known and how many codes are tried.

A profile states how many false matches are to be expected per million items, at most. The chance of
one grows with every hash that is known and every code that is tried, and falls with each bit: the
radius is the largest at which their product stays within what was stated.
"""

import math
from typing import Final, NamedTuple

from hashmatch.false_matches import FITTED, Tail
from hashmatch.model import Band, Tier
from hashmatch.model.framing import SLIGHT, plan
from hashmatch.profiles import Profile

_ALGORITHM: Final = "pdq"

FRAMED: Final = Tail(31, math.log10(1.2e-15), 0.18)
"""Per code that is tried and known hash, by `benchmarks/wrong_pairs.py`: a line through the wrong
pairs that altered pictures have within 64 to 76 bits, with the slope of larger distances. Nobody
can measure how few there are at smaller ones."""

_SLIGHT: Final = sum(len(plan(each)) for each in SLIGHT)


class Radius(NamedTuple):
    """The largest distances at which a part of a picture matches, in bits; −1 for none.

    Attributes:
        match: within it, a match.
        probable: within it, and farther, probable.
    """

    match: int
    probable: int

    def within(self, threshold: int, *, is_own: bool) -> "Radius":
        """The radius where an entry has a threshold of its own.

        Args:
            threshold: of the entry.
            is_own: whether an operator set it: then nothing farther is probable.
        """
        match = min(self.match, threshold)
        return Radius(match, min(self.probable, threshold) if is_own else self.probable)

    def band_of(self, distance: int, *, whole: bool) -> tuple[Band, int] | None:
        """Which band a distance falls in, with its radius; None if in none.

        Args:
            distance: in bits.
            whole: whether the picture could be decoded; a part of one is at most probable.
        """
        if distance <= self.match and whole:
            return Band.MATCH, self.match
        return (Band.PROBABLE, self.probable) if distance <= self.probable else None


def radius_of(profile: Profile, tier: Tier, *, known: int, tried: int) -> Radius:
    """How near the codes of a tier must be.

    Args:
        profile: what counts, and how many false matches may be expected.
        tier: beyond the whole picture.
        known: hashes that are known.
        tried: codes of the item.
    """
    threshold = profile.thresholds.get(_ALGORITHM, -1)
    farthest = max(profile.farthest, threshold)
    allowed = farthest
    if profile.false_matches is not None and known:
        lines = _lines(tier, known=known, tried=tried)
        while allowed >= 0 and _per_million(lines, allowed) > profile.false_matches:
            allowed -= 1
    return Radius(min(threshold, allowed), allowed)


def false_matches_of(tier: Tier, *, known: int, tried: int, bits: int) -> float:
    """False matches that are to be expected per million items within a distance.

    Args:
        tier: beyond the whole picture.
        known: hashes that are known.
        tried: codes of each item.
        bits: the distance; below 0 nothing matches.
    """
    if bits < 0:
        return 0.0
    return _per_million(_lines(tier, known=known, tried=tried), bits)


def _lines(tier: Tier, *, known: int, tried: int) -> tuple[tuple[Tail, int], ...]:
    """The lines of a tier, each with the comparisons that it stands for."""
    if tier is Tier.REGIONS:
        # That of regions is per item: all turns of them were looked up where it was measured.
        return (FITTED, known), (FRAMED, known * _SLIGHT)
    return ((FRAMED, known * tried),)


def _per_million(lines: tuple[tuple[Tail, int], ...], bits: int) -> float:
    """False matches that are to be expected per million items."""
    return sum(line.per_million(count, bits) for line, count in lines)
