"""Chance that nobody can foretell, who does not control this process."""

from collections.abc import Sequence
from math import floor
from secrets import SystemRandom
from typing import Final, TypeVar

V = TypeVar("V")

_RANDOM: Final = SystemRandom()


def drawn(values: Sequence[V], count: int) -> list[V]:
    """So many of these values; all where there are fewer."""
    return _RANDOM.sample(values, min(count, len(values)))


def happens(probability: float) -> bool:
    """Whether something happens that has this probability."""
    return probability > 0 and _RANDOM.random() < probability


def rounded(value: float) -> int:
    """The whole number above or below, so that the mean of many is the value itself."""
    return floor(value) + happens(value - floor(value))


def depth_drawn(least: int) -> float:
    """A number that exceeds any x beyond `least` with the probability `least / x`."""
    return least / (1 - _RANDOM.random())
