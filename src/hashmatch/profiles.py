"""Named thresholds and minimum qualities, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hashmatch.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Profile:
    """What counts as a match.

    Attributes:
        name: what users call it.
        thresholds: largest distance that still matches, in bits, inclusive, per algorithm;
            an algorithm not named here is not matched.
        minimum_quality: hashes below it are kept and reported, but not matched; 0–100.
        minimum_fraction: pictures of which a smaller share could be decoded are hashed and
            reported, but not matched; 0–1.
        source: where the numbers come from.
    """

    name: str
    thresholds: Mapping[str, int] = field(default_factory=dict)
    minimum_quality: int = 50
    minimum_fraction: float = 0.95
    source: str = ""


DEFAULT = Profile(
    name="default",
    thresholds={"pdq": 31},
    minimum_quality=50,
    source="Meta, 'The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm' "
    "(2019): match at 31 or less, discard quality 49 or less",
)

_PROFILES = {profile.name: profile for profile in (DEFAULT,)}


def get_profile(name: str) -> Profile:
    """The profile of this name.

    Raises:
        UnknownNameError: there is none; the message names those there are.
    """
    try:
        return _PROFILES[name]
    except KeyError:
        msg = f"no profile {name!r}; there is: {', '.join(sorted(_PROFILES))}"
        raise UnknownNameError(msg) from None
