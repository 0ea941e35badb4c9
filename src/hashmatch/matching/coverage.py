"""Counting what of a hash list can match, by the rules that decide every match."""

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from hashmatch import registry
from hashmatch.coverage import HashCoverage, ListCoverage, Unsearched
from hashmatch.known.index import KnownList, Standing
from hashmatch.matching.ruling import NONE, widest
from hashmatch.matching.views import ALGORITHM as FRAMES
from hashmatch.model import bits_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.profiles import Profile


def coverage_of(known: KnownList, *, profile: "Profile") -> ListCoverage:
    """What of a list can match.

    Args:
        known: the list, with its policy.
        profile: with the hashers' own thresholds, as `hashmatch.matching.thresholds` completes it.
    """
    tables = [part.segment.table for part in known.parts]
    digests = sum(known.count(name) for name in {name for each in tables for name in each.digests})
    names = sorted({name for each in tables for name in each.algorithms})
    hashes = (_of_algorithm(known, name, profile) for name in names)
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
    farthest = widest(known.policy, name, profile=profile)
    if name not in registry.names("hashers"):
        threshold = farthest if farthest >= 0 else None
        return HashCoverage(name, 0, threshold, {Unsearched.NOT_COMPUTED: count} if count else {})
    counts: Counter[Unsearched] = Counter()
    for part in known.parts:
        if part.count(name):
            counts += _unsearched(part, known, name, profile)
    searched = count - counts.total()
    return HashCoverage(name, searched, farthest if searched else None, dict(counts))


def _unsearched(
    part: Standing, known: KnownList, name: str, profile: "Profile"
) -> "Counter[Unsearched]":
    """How many hashes of one part of a list cannot match, per reason."""
    segment = part.segment
    rows = segment.table.rows(name)
    live = part.stands(rows)
    allowed = [
        max(
            known.policy.of(scheme, category).thresholds.get(
                name, profile.thresholds.get(name, NONE)
            ),
            profile.probable.get(name, NONE),
        )
        >= 0
        for scheme, category, _ in segment.table.meta["classes"]
    ]
    has_threshold: NDArray[np.bool_] = np.full(len(rows), all(allowed))
    if any(allowed) and not all(allowed):
        has_threshold = np.array(allowed)[segment.classes(rows)]
    policies = (known.policy, *known.policy.categories.values())
    named = any(name in each.thresholds for each in policies)
    good = segment.qualities(name) >= _least(part, name, len(rows), profile, named=named)
    found = {
        Unsearched.NO_THRESHOLD: int((live & ~has_threshold).sum()),
        Unsearched.LOW_QUALITY: int((live & has_threshold & ~good).sum()),
    }
    return Counter({why: count for why, count in found.items() if count})


def _least(
    part: Standing, name: str, count: int, profile: "Profile", *, named: bool
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
