"""What policy and profile say together of an entry that was met."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hashmatch.index.reading import KnownList, LiveSegment
from hashmatch.model import QUALITY_UNKNOWN, Band, Match, MatchKind
from hashmatch.profiles import Policy, Profile

NONE = -1
"""A threshold that no distance is within."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for the entries of one category.

    Attributes:
        known_good: they are harmless.
        threshold: the largest distance of a picture that matches; −1 where none is.
        probable: the largest distance of one that is probable; −1 for none.
        own: whether the policy says the threshold.
    """

    known_good: bool
    threshold: int
    probable: int
    own: bool = False


def rule_for(
    known: KnownList, part: LiveSegment, row: int, algorithm: str, *, profile: Profile
) -> Rule:
    """The rule for an entry, and for hashes of one algorithm; of none for its digests."""
    table = part.segment.table
    return rule_of(
        known.policy, table.meta["classes"][table.class_of(row)], algorithm, profile=profile
    )


def rule_of(
    said: Policy, category_class: Sequence[Any], algorithm: str, *, profile: Profile
) -> Rule:
    """The rule for all entries of one class, and for hashes of one algorithm.

    Where the policy sets a threshold nothing farther is probable, as where `--threshold` does: the
    profile's wider threshold was chosen for the profile's own.

    Args:
        said: the policy of the list.
        category_class: scheme, category, and whether the publisher calls them known good.
        algorithm: of the hashes.
        profile: what holds where the policy says nothing.
    """
    scheme, category, known_good = category_class
    policy = said.of(scheme, category)
    own = policy.thresholds.get(algorithm)
    return Rule(
        known_good if policy.known_good is None else policy.known_good,
        profile.thresholds.get(algorithm, NONE) if own is None else own,
        profile.probable.get(algorithm, NONE) if own is None else NONE,
        own is not None,
    )


def band_of(
    rule: Rule,
    distance: int,
    quality: int | None,
    entry_quality: int,
    *,
    algorithm: str,
    profile: Profile,
    whole: bool = True,
    flat_card: bool = False,
) -> tuple[Band, int] | None:
    """Which band a near picture falls in, with its threshold; None if in none.

    What is near to a flat card, and farther than flat cards match at, is probable: their hashes say
    less, and to leave one out would be to find it in no copy.

    Args:
        rule: for the entry.
        distance: differing bits.
        quality: of the item's hash; None where it is not known.
        entry_quality: of the entry's; 255 where it is not known.
        algorithm: of both.
        profile: the minimum qualities.
        whole: whether the item's picture could be decoded; a part of one is at most probable.
        flat_card: whether the entry's hash is of a flat card.
    """
    lower = min(entry_quality, QUALITY_UNKNOWN if quality is None else quality)
    if distance <= rule.threshold and lower >= profile.quality_of(algorithm):
        sure = profile.flat_cards.get(algorithm, rule.threshold) if flat_card else rule.threshold
        if distance <= sure and whole:
            return Band.MATCH, min(sure, rule.threshold)
        return Band.PROBABLE, rule.threshold
    if not whole:
        return None
    if distance <= rule.probable and lower >= profile.probable_quality:
        return Band.PROBABLE, rule.probable
    return None


def widest(policy: Policy, algorithm: str, *, profile: Profile) -> int:
    """The largest distance that any category of a list may match at; −1 where none may."""
    replaced = algorithm in policy.thresholds
    probable = NONE if replaced else profile.probable.get(algorithm, NONE)
    return max(probable, *thresholds_of(policy, algorithm, profile=profile))


def thresholds_of(policy: Policy, algorithm: str, *, profile: Profile) -> frozenset[int]:
    """The thresholds of all categories of a list, and of all else on it; −1 where none is."""
    general = policy.thresholds.get(algorithm, profile.thresholds.get(algorithm, NONE))
    own = (each.thresholds.get(algorithm, general) for each in policy.categories.values())
    return frozenset((general, *own))


def match_of(
    known: KnownList, part: LiveSegment, row: int, rule: Rule, *, kind: MatchKind, algorithm: str
) -> Match:
    """The match with an entry, at distance 0: what holds however they met."""
    entry = part.segment.table.described(row)
    return Match(
        list_name=known.name,
        entry_id=entry.id,
        category=entry.category,
        kind=kind,
        algorithm=algorithm,
        distance=0,
        threshold=0,
        number=entry.number,
        list_sha256=part.segment.source_of(row),
        scheme=entry.scheme,
        known_good=rule.known_good,
    )
