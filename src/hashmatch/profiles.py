"""Named thresholds and minimum qualities, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hashmatch.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Profile:
    """What counts as a match.

    Attributes:
        name: what users call it.
        thresholds: largest distance that still matches, in bits, inclusive, per algorithm;
            an algorithm not named here is not matched.
        probable: a wider threshold per algorithm, reported apart as probable; none where empty.
        minimum_quality: hashes below it are kept and reported, but not matched; 0–100.
        probable_quality: the minimum quality, on both sides, of what is only probable; 0–100.
        minimum_fraction: pictures of which a smaller share could be decoded are hashed and
            reported, but not matched; 0–1.
        source: where the numbers come from.
    """

    name: str
    thresholds: Mapping[str, int] = field(default_factory=dict)
    probable: Mapping[str, int] = field(default_factory=dict)
    minimum_quality: int = 50
    probable_quality: int = 90
    minimum_fraction: float = 0.95
    source: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How an operator treats one hash list, or one category on it.

    Attributes:
        known_good: its entries are harmless: they label an item, and never raise a match. None
            leaves it to what the publisher says of each entry.
        thresholds: largest distances that replace the profile's, per algorithm.
        categories: of a list: policies by category, as `VIC_US/2`, or `2` in any scheme.
    """

    known_good: bool | None = None
    thresholds: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, "Policy"] = field(default_factory=dict)

    def of(self, scheme: str, category: str) -> "Policy":
        """The policy for a category: its own words first, then those for the list."""
        own = self.categories.get(f"{scheme}/{category}") or self.categories.get(category)
        if own is None:
            return self
        known_good = self.known_good if own.known_good is None else own.known_good
        return Policy(known_good, {**self.thresholds, **own.thresholds})


DEFAULT = Profile(
    name="default",
    thresholds={"pdq": 31},
    source="Meta, 'The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm' "
    "(2019): match at 31 or less, discard quality 49 or less",
)

STRICT = Profile(
    name="strict",
    thresholds={"pdq": 22},
    source="the largest even distance with at most one expected false match per million items "
    "against 10 million hashes, see hashmatch.false_matches",
)

WIDE = replace(
    DEFAULT,
    name="wide",
    probable={"pdq": 46},
    source=f"{DEFAULT.source}; probable up to 46 with quality 90 on both sides: of 519 million "
    "pairs of different pictures none was nearer than 48",
)

_PROFILES = {profile.name: profile for profile in (STRICT, DEFAULT, WIDE)}


def get_profile(name: str) -> Profile:
    """The profile of this name.

    Raises:
        UnknownNameError: there is none; the message names those there are.
    """
    try:
        return _PROFILES[name]
    except KeyError:
        msg = f"no profile {name!r}; there is: {', '.join(_PROFILES)}"
        raise UnknownNameError(msg) from None
