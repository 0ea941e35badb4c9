"""Which threshold and minimum quality hold for an algorithm: of a profile, else of its hasher."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Protocol

from hashmatch import registry
from hashmatch.model.hash import bits_of
from hashmatch.profiles import Profile

_PARTS: Final = "pdq"
"""The algorithm by which parts of pictures are looked for."""


class Defaults(Protocol):
    """What a hasher says of its own hashes, see `hashmatch.hashers.base`.

    Attributes:
        minimum_quality: hashes below it are not matched, 0–100.
    """

    minimum_quality: int

    @property
    def threshold(self) -> int | None:
        """The largest distance that matches, in bits; None where it has no default."""
        ...


def hasher_of(algorithm: str) -> Defaults | None:
    """The hasher of this algorithm; None where hashes of it cannot be computed here."""
    if not registry.has("hashers", algorithm):
        return None
    hasher: Defaults = registry.load("hashers", algorithm)
    return hasher


def completed(profile: Profile, algorithms: Iterable[str]) -> Profile:
    """The profile with the hashers' own defaults for those of these algorithms it does not name.

    Args:
        profile: what it names stands.
        algorithms: of all hashes that are known.
    """
    thresholds, qualities = dict(profile.thresholds), dict(profile.qualities)
    for name in sorted(set(algorithms) - thresholds.keys()):
        hasher = hasher_of(name) if bits_of(name) is not None else None
        if hasher is None or (default := hasher.threshold) is None:
            continue
        thresholds[name] = default
        if hasher.minimum_quality != profile.minimum_quality:
            qualities.setdefault(name, hasher.minimum_quality)
    if thresholds == profile.thresholds:
        return profile
    return replace(profile, thresholds=thresholds, qualities=qualities)


def overridden(
    profile: Profile,
    thresholds: Mapping[str, int] | None = None,
    *,
    minimum_quality: int | None = None,
) -> Profile:
    """The profile with an operator's own numbers in place of its own.

    An algorithm whose threshold is replaced is never reported as probable: its wider threshold was
    chosen for the narrower one that the profile has.

    Args:
        profile: all else stays as it says.
        thresholds: the largest distance that matches, in bits, per algorithm.
        minimum_quality: of all algorithms, 0–100.

    Raises:
        AlgorithmMismatchError: a threshold for opaque hashes.
        ThresholdError: a threshold or quality out of its range.
    """
    if not thresholds and minimum_quality is None:
        return profile
    own = thresholds or {}
    every = completed(profile, registry.names("hashers"))
    kept = {name: bits for name, bits in profile.probable.items() if name not in own}
    changed = replace(
        every,
        name="custom",
        thresholds={**every.thresholds, **own},
        probable=kept,
        farthest=own.get(_PARTS, every.farthest),
    )
    if minimum_quality is None:
        return changed
    return replace(changed, minimum_quality=minimum_quality, qualities={})
