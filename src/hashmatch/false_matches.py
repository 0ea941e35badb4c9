"""How many false matches to expect: of a threshold, for the number of hashes that are known.

The chance that the PDQ hashes of two different pictures are within t bits falls by a steady factor
per bit. The figures below are thresholds that keep at most one false match per million items, from
519 million pairs of different photographs (13,464 photos, every orientation looked up), extended
beyond what was seen: once along the fitted line, once along one that falls more slowly.
Flat cards, logos and screenshots of one template are not photographs: they collide far more often.
"""

import math
from dataclasses import dataclass

from hashmatch.model.plain import PlainValue

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Tail(PlainValue):
    """A straight line: the decimal logarithm of the chance that two pictures are within t bits.

    Attributes:
        threshold: a distance in bits.
        log10: of the chance at that distance, per item and known hash.
        slope: by how much the logarithm rises per bit.
    """

    threshold: float
    log10: float
    slope: float

    @classmethod
    def through(cls, wide: tuple[int, int], narrow: tuple[int, int]) -> "Tail":
        """The line on which two thresholds give one false match per million items.

        Args:
            wide: a threshold, and the number of hashes it suits.
            narrow: a smaller threshold, and the larger number of hashes it suits.
        """
        first = -math.log10(wide[1] * _MILLION)
        second = -math.log10(narrow[1] * _MILLION)
        return cls(wide[0], first, (first - second) / (wide[0] - narrow[0]))

    def chance(self, threshold: int) -> float:
        """Per item and known hash, the chance of a false match within `threshold` bits."""
        return float(min(1.0, 10 ** (self.log10 + self.slope * (threshold - self.threshold))))

    def per_million(self, hashes: int, threshold: int) -> float:
        """Expected false matches per million items against this many hashes."""
        return _MILLION * hashes * self.chance(threshold)


FITTED = Tail.through((45, 10_000), (23, 10_000_000))
"""Quality 50 or more, regions looked up too."""

FITTED_DETAILED = Tail.through((62, 10_000), (47, 10_000_000))
"""Quality 90 or more on both sides: what only counts as probable."""

PESSIMISTIC = Tail.through((43, 10_000), (13, 10_000_000))
"""The flattest line that the same pairs allow, at quality 90 or more."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected false matches per million items.

    Attributes:
        threshold: in bits.
        hashes: how many are known.
        fitted: along the fitted line.
        pessimistic: along the line that falls more slowly.
        calibrated: along the line measured on the operator's own pictures; None if not measured.
    """

    threshold: int
    hashes: int
    fitted: float
    pessimistic: float
    calibrated: float | None = None


def expected(
    hashes: int, threshold: int, *, detailed: bool = False, calibrated: Tail | None = None
) -> Expected:
    """Expected false matches of PDQ hashes per million items.

    Args:
        hashes: how many are known.
        threshold: the largest distance that matches, in bits.
        detailed: whether only pictures of quality 90 or more count, on both sides.
        calibrated: the line measured on the operator's own pictures.
    """
    own = calibrated.per_million(hashes, threshold) if calibrated else None
    fitted = (FITTED_DETAILED if detailed else FITTED).per_million(hashes, threshold)
    return Expected(threshold, hashes, fitted, PESSIMISTIC.per_million(hashes, threshold), own)
