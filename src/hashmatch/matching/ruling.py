"""What policy and profile say together of an entry that was met."""

from dataclasses import dataclass

from hashmatch.known.index import KnownList, Standing
from hashmatch.model import Band, Match, MatchKind
from hashmatch.profiles import Policy, Profile

_UNKNOWN_QUALITY = 255


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for the entries of one category.

    Attributes:
        known_good: they are harmless.
        threshold: the largest distance of a picture that matches.
        probable: the largest distance of one that is probable; −1 for none.
    """

    known_good: bool
    threshold: int
    probable: int


def rule_for(
    known: KnownList, part: Standing, row: int, algorithm: str, *, profile: Profile
) -> Rule:
    """The rule for an entry, and for hashes of one algorithm; of none for its digests."""
    table = part.segment.table
    scheme, category, known_good = table.meta["classes"][table.class_of(row)]
    policy = known.policy.of(scheme, category)
    return Rule(
        known_good if policy.known_good is None else policy.known_good,
        {**profile.thresholds, **policy.thresholds}.get(algorithm, 0),
        profile.probable.get(algorithm, -1),
    )


def band_of(
    rule: Rule, distance: int, quality: int | None, entry_quality: int, *, profile: Profile
) -> tuple[Band, int] | None:
    """Which band a near picture falls in, with its threshold; None if in none."""
    lower = min(entry_quality, _UNKNOWN_QUALITY if quality is None else quality)
    if distance <= rule.threshold and lower >= profile.minimum_quality:
        return Band.MATCH, rule.threshold
    if distance <= rule.probable and lower >= profile.probable_quality:
        return Band.PROBABLE, rule.probable
    return None


def widest(policy: Policy, algorithm: str, *, profile: Profile) -> int:
    """The largest distance that any category of a list may match at."""
    policies = (policy, *policy.categories.values())
    own = [each.thresholds[algorithm] for each in policies if algorithm in each.thresholds]
    return max(profile.thresholds[algorithm], *own, profile.probable.get(algorithm, 0))


def match_of(
    known: KnownList, part: Standing, row: int, rule: Rule, *, kind: MatchKind, algorithm: str
) -> Match:
    """The match with an entry, at distance 0: what holds however they met."""
    entry = part.segment.table.described(row)
    return Match(
        list=known.name,
        entry=entry.id,
        category=entry.category,
        kind=kind,
        algorithm=algorithm,
        distance=0,
        threshold=0,
        number=entry.number,
        source=part.segment.source_of(row),
        scheme=entry.scheme,
        known_good=rule.known_good,
    )
