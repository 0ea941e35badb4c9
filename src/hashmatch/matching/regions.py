"""Matching of parts of pictures, and of what they may be cut from, with known pictures.

Each tier is only looked up for what matched nothing before. How near its codes must be follows from
how many are known and how many were tried (`hashmatch.matching.radius`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.index.reading import KnownList, LiveSegment
from hashmatch.matching.best import BestMatches
from hashmatch.matching.radius import Radius, radius_of
from hashmatch.matching.rules import match_of, rule_for
from hashmatch.matching.subjects import Subject, media_of
from hashmatch.model import Match, MatchKind, MediaHashes, Tier
from hashmatch.model.framing import plan
from hashmatch.model.orientation import Orientation
from hashmatch.model.region import CODE, TURNS, Region
from hashmatch.profiles import Profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALGORITHM: Final = "pdq"
"""The only algorithm by which parts of pictures are looked for."""
_TURNS: Final = tuple(Orientation)


class _Asked(NamedTuple):
    """The regions of one tier that are looked up, and where the codes of each begin."""

    subjects: list[int]
    media: list[MediaHashes]
    regions: list[Region]
    starts: "NDArray[np.int64]"
    codes: "NDArray[np.uint8]"
    tried: dict[int, int]


def search_regions(
    lists: Sequence[KnownList],
    subjects: Sequence[Subject],
    best: Sequence[BestMatches],
    *,
    profile: Profile,
) -> None:
    """Offer the matches of regions, tier by tier, for what matches nothing yet.

    Args:
        lists: what is known.
        subjects: what is looked for.
        best: takes the matches of each subject.
        profile: what counts.
    """
    if ALGORITHM not in profile.thresholds:
        return
    known = known_hashes(lists)
    for tier in (Tier.REGIONS, Tier.FRAMING):
        asked = _asked(tier, subjects, best, profile)
        if asked is not None:
            _search(lists, tier, asked, best, profile=profile, known=known)


def known_hashes(lists: Sequence[KnownList]) -> int:
    """How many hashes parts of pictures are compared with."""
    return sum(
        len(part.segment.qualities(ALGORITHM))
        for each in lists
        for part in each.parts
        if ALGORITHM in part.segment.algorithms
    )


def _asked(
    tier: Tier, subjects: Sequence[Subject], best: Sequence[BestMatches], profile: Profile
) -> _Asked | None:
    """What of a tier is looked up; None where nothing is."""
    owners, media, regions = [], [], []
    least = profile.quality_of(ALGORITHM)
    for number, subject in enumerate(subjects):
        of = media_of(subject)
        if of is None or not of.regions or best[number].is_settled:
            continue
        if of.fraction < profile.probable_fraction:
            continue
        for region in of.regions:
            if region.tier is tier and region.quality >= least:
                owners.append(number)
                media.append(of)
                regions.append(region)
    if not regions:
        return None
    counts = np.array([region.count for region in regions])
    codes = np.frombuffer(b"".join(region.codes for region in regions), np.uint8)
    tried: dict[int, int] = {}
    for number, count in zip(owners, counts.tolist(), strict=True):
        tried[number] = tried.get(number, 0) + count
    return _Asked(
        owners, media, regions, np.cumsum(counts) - counts, codes.reshape(-1, CODE), tried
    )


def _search(
    lists: Sequence[KnownList],
    tier: Tier,
    asked: _Asked,
    best: Sequence[BestMatches],
    *,
    profile: Profile,
    known: int,
) -> None:
    radii = {
        number: radius_of(profile, tier, known=known, tried=count)
        for number, count in asked.tried.items()
    }
    farthest = max(radius.probable for radius in radii.values())
    if farthest < 0:
        return
    for at, each in enumerate(lists):
        for place, part in enumerate(each.parts):
            if ALGORITHM not in part.segment.algorithms:
                continue
            for number, row, match in _met(each, part, asked, radii, farthest, profile=profile):
                best[number].offer((at, place, row), match)


def _met(
    known: KnownList,
    part: LiveSegment,
    asked: _Asked,
    radii: dict[int, Radius],
    farthest: int,
    *,
    profile: Profile,
) -> Iterator[tuple[int, int, Match]]:
    """What of the neighbours counts, with its subject and its row."""
    near = part.segment.near(ALGORITHM, asked.codes, farthest)
    stands = part.stands(near.rows)
    for at in stands.nonzero()[0].tolist():
        row, distance = int(near.rows[at]), int(near.distances[at])
        which = int(np.searchsorted(asked.starts, near.queries[at], side="right")) - 1
        region, number = asked.regions[which], asked.subjects[which]
        if min(region.quality, int(near.qualities[at])) < profile.quality_of(ALGORITHM):
            continue
        rule = rule_for(known, part, row, ALGORITHM, profile=profile)
        radius = radii[number].within(rule.threshold, is_own=rule.own)
        if near.flat_cards[at]:
            radius = radius.within(profile.flat_cards.get(ALGORITHM, rule.threshold), is_own=False)
        media = asked.media[which]
        banded = radius.band_of(distance, whole=media.fraction >= profile.minimum_fraction)
        if banded is None:
            continue
        band, threshold = banded
        known_hash = part.segment.table.known_hash(ALGORITHM, int(near.numbers[at]))
        match = match_of(known, part, row, rule, kind=MatchKind.PERCEPTUAL, algorithm=ALGORITHM)
        match = replace(
            match,
            distance=distance,
            threshold=threshold,
            band=band,
            quality=region.quality,
            frame=region.frame,
            mode=media.mode,
            fraction=media.fraction,
            part=known_hash.part,
            entry_quality=known_hash.quality,
            entry_hash=str(known_hash.hash),
            tier=region.tier,
            outline=region.outline,
            tried=asked.tried[number],
        )
        yield (
            number,
            row,
            _of_hypothesis(match, region, int(near.queries[at] - asked.starts[which])),
        )


def _of_hypothesis(match: Match, region: Region, number: int) -> Match:
    """The match with what was supposed where it was met."""
    if region.plan == TURNS:
        return replace(match, orientation=_TURNS[number])
    return replace(match, hypothesis=str(plan(region.plan)[number]))
