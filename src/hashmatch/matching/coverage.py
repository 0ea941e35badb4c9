"""Counting what of a hash list can match, by the rules that decide every match."""

from collections import Counter
from collections.abc import Container
from typing import TYPE_CHECKING

import numpy as np

from hashmatch import registry
from hashmatch.coverage import HashCoverage, ListCoverage, Unsearched
from hashmatch.index.reading import KnownList, LiveSegment
from hashmatch.matching.rules import NONE, Rule, rule_of
from hashmatch.matching.video_rules import video_rules
from hashmatch.matching.views import ALGORITHM as FRAMES
from hashmatch.model import Tier, bits_of
from hashmatch.model.patch import ALGORITHM as PATCH
from hashmatch.model.patch import VOTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.profiles import Profile


def coverage_of(
    known: KnownList, *, profile: "Profile", tiers: Container[Tier] = ()
) -> ListCoverage:
    """What of a list can match.

    Args:
        known: the list, with its policy.
        profile: with the hashers' own thresholds, as `hashmatch.matching.thresholds` completes it.
        tiers: by which known pictures are looked for.
    """
    tables = [part.segment.table for part in known.parts]
    digests = sum(known.count(name) for name in {name for each in tables for name in each.digests})
    names = sorted({name for each in tables for name in each.algorithms})
    hashes = (
        _of_patches(known, is_asked=Tier.PATCHES in tiers)
        if name == PATCH
        else _of_algorithm(known, name, profile)
        for name in names
    )
    return ListCoverage(
        name=known.name,
        entries=len(known),
        digests=digests,
        hashes=tuple(each for each in hashes if each.searched or each.unsearched),
        quarantined=sum(source.quarantined for source in known.sources),
    )


def _of_algorithm(known: KnownList, name: str, profile: "Profile") -> HashCoverage:
    count = known.count(name)
    if bits_of(name) is None:
        return HashCoverage(name, 0, None, {Unsearched.OPAQUE: count} if count else {})
    counts: Counter[Unsearched] = Counter()
    rules: set[Rule] = set()
    for part in known.parts:
        if part.count(name):
            unsearched, applied = _of_part(part, known, name, profile)
            counts += unsearched
            rules |= applied
    matching = [rule.threshold for rule in rules if rule.threshold > NONE]
    wider = [rule.probable for rule in rules if rule.probable > rule.threshold]
    searched = count - counts.total()
    if not registry.has("hashers", name):
        searched, counts = 0, Counter({Unsearched.NOT_COMPUTED: count} if count else {})
    return HashCoverage(
        name,
        searched,
        max(matching, default=None),
        dict(counts),
        least=min(matching, default=None),
        probable=max(wider, default=None),
        frames=_farthest_frames(known, rules, name, profile),
    )


def _of_patches(known: KnownList, *, is_asked: bool) -> HashCoverage:
    count = known.count(PATCH)
    if is_asked:
        return HashCoverage(PATCH, count, VOTE)
    return HashCoverage(PATCH, 0, None, {Unsearched.ANOTHER_TIER: count} if count else {})


def _farthest_frames(
    known: KnownList, rules: set[Rule], name: str, profile: "Profile"
) -> int | None:
    """The largest distance of frames that match in order; None where no video is known."""
    if name != FRAMES or not any(part.segment.has_times(name) for part in known.parts):
        return None
    within = [video_rules(profile.video, rule.threshold).steps.pair for rule in rules]
    return max(within, default=None)


def _of_part(
    part: LiveSegment, known: KnownList, name: str, profile: "Profile"
) -> "tuple[Counter[Unsearched], set[Rule]]":
    """How many hashes of one part of a list cannot match, per reason; the rules of the others."""
    segment = part.segment
    rows = segment.table.rows(name)
    live = part.stands(rows)
    rules = [
        rule_of(known.policy, each, name, profile=profile) for each in segment.table.meta["classes"]
    ]
    allowed = [max(rule.threshold, rule.probable) > NONE for rule in rules]
    classes = segment.classes(rows) if len({_reach(rule) for rule in rules}) > 1 else None
    has_threshold: NDArray[np.bool_] = np.full(len(rows), all(allowed))
    if classes is not None:
        has_threshold = np.array(allowed)[classes]
    policies = (known.policy, *known.policy.categories.values())
    named = any(name in each.thresholds for each in policies)
    good = segment.qualities(name) >= _least(part, name, len(rows), profile, named=named)
    found = {
        Unsearched.NO_THRESHOLD: int((live & ~has_threshold).sum()),
        Unsearched.LOW_QUALITY: int((live & has_threshold & ~good).sum()),
    }
    searched = live & has_threshold & good
    applied: set[Rule] = set()
    if classes is not None:
        applied = {rules[number] for number in np.unique(classes[searched])}
    elif searched.any():
        applied = {rules[0]}
    return Counter({why: count for why, count in found.items() if count}), applied


def _reach(rule: Rule) -> tuple[int, int]:
    return rule.threshold, rule.probable


def _least(
    part: LiveSegment, name: str, count: int, profile: "Profile", *, named: bool
) -> "NDArray[np.uint8]":
    """The minimum quality of each hash: frames of videos may have less than pictures.

    Args:
        part: the hashes.
        name: of their algorithm.
        count: how many there are.
        profile: the minimum qualities; what is only probable needs more.
        named: whether a policy has a threshold of its own.
    """
    leads_only = name not in profile.thresholds and not named
    quality = profile.probable_quality if leads_only else profile.quality_of(name)
    least = np.full(count, quality, np.uint8)
    if name == FRAMES and part.segment.has_times(name):
        frames = ~np.isnan(part.segment.times(name, np.arange(count)))
        least[frames] = min(profile.video.minimum_quality, profile.quality_of(name))
    return least
