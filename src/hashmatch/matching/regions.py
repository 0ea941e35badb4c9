"""Matching of parts of pictures, and of what they may be cut from, with known pictures.

Each tier is only looked up for what matched nothing before. How near its codes must be follows from
how many are known and how many were tried (`hashmatch.matching.radius`).
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hashmatch.index.near import Near
from hashmatch.index.reading import KnownList, LiveSegment
from hashmatch.matching.best import BestMatches
from hashmatch.matching.radius import Radius, radius_of
from hashmatch.matching.rules import match_of, rule_for
from hashmatch.matching.subjects import Subject, media_of
from hashmatch.model import Band, KnownHash, Match, MatchKind, MediaHashes, Tier
from hashmatch.model.framing import plan
from hashmatch.model.orientation import Orientation
from hashmatch.model.region import CODE, TURNS, Region
from hashmatch.profiles import Profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALGORITHM: Final = "pdq"
"""The only algorithm by which parts of pictures are looked for."""
_TURNS: Final = tuple(Orientation)
_TOGETHER: Final = 1 << 14
"""Codes that are looked up at a time."""


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
            for near in _near(part, asked, farthest):
                for number, row, match in _met(each, part, asked, near, radii, profile=profile):
                    best[number].offer((at, place, row), match)


def _near(part: LiveSegment, asked: _Asked, farthest: int) -> Iterator[Near]:
    """What lies near to some of the codes, then to others: pairs take memory, and may be many."""
    for begin in range(0, len(asked.codes), _TOGETHER):
        near = part.segment.near(ALGORITHM, asked.codes[begin : begin + _TOGETHER], farthest)
        yield replace(near, queries=near.queries + begin)


def _met(
    known: KnownList,
    part: LiveSegment,
    asked: _Asked,
    near: Near,
    radii: dict[int, Radius],
    *,
    profile: Profile,
) -> Iterator[tuple[int, int, Match]]:
    """The match of each subject with each entry that it meets, with its subject and its row.

    Thousands of codes of a picture may be near to one entry: only the match that stands is made.
    """
    which = np.searchsorted(asked.starts, near.queries, side="right") - 1
    lower = np.minimum(np.array([each.quality for each in asked.regions])[which], near.qualities)
    counts = part.stands(near.rows) & (lower >= profile.quality_of(ALGORITHM))
    near, which = near.some(counts), which[counts]
    subjects = np.array(asked.subjects)[which]
    told = []
    for those in _pairs(subjects, near.rows):
        number, row = int(subjects[those[0]]), int(near.rows[those[0]])
        rule = rule_for(known, part, row, ALGORITHM, profile=profile)
        radius = radii[number].within(rule.threshold, is_own=rule.own)
        whole = asked.media[which[those[0]]].fraction >= profile.minimum_fraction
        if (best := _best(near, those, radius, whole=whole, profile=profile)) is not None:
            told.append((best, number, rule))
    for best, number, rule in sorted(told, key=itemgetter(0)):
        at, row = best.at, int(near.rows[best.at])
        match = match_of(known, part, row, rule, kind=MatchKind.PERCEPTUAL, algorithm=ALGORITHM)
        match = replace(
            match,
            distance=int(near.distances[at]),
            threshold=best.threshold,
            band=best.band,
            tried=asked.tried[number],
        )
        known_hash = part.segment.table.known_hash(ALGORITHM, int(near.numbers[at]))
        yield number, row, _of_region(match, known_hash, asked, int(which[at]), near.queries[at])


class _Best(NamedTuple):
    """The pair of a subject and an entry that stands.

    Attributes:
        first: the first of their pairs that counts, by which matches are told in their order.
        at: which pair it is.
        band: that it falls in.
        threshold: of the band.
    """

    first: int
    at: int
    band: Band
    threshold: int


def _pairs(subjects: "NDArray[Any]", rows: "NDArray[Any]") -> list["NDArray[np.intp]"]:
    """The places of all pairs of the same subject and row, ascending."""
    order = np.lexsort((rows, subjects))
    changes = (np.diff(subjects[order]) != 0) | (np.diff(rows[order]) != 0)
    return np.split(order, np.flatnonzero(changes) + 1) if len(order) else []


def _best(
    near: Near, those: "NDArray[np.intp]", radius: Radius, *, whole: bool, profile: Profile
) -> _Best | None:
    """The surest of these pairs, and of those as sure the nearest; the first of several."""
    of_cards = radius.within(profile.flat_cards.get(ALGORITHM, radius.match), is_own=False)
    first, best, order = -1, None, (True, sys.maxsize)
    columns = near.distances[those].tolist(), near.flat_cards[those].tolist()
    for at, distance, is_card in zip(those.tolist(), *columns, strict=True):
        banded = (of_cards if is_card else radius).band_of(distance, whole=whole)
        if banded is None:
            continue
        first = at if first < 0 else first
        own = (banded[0] is not Band.MATCH, distance)
        if best is None or own < order:
            best, order = _Best(first, at, *banded), own
    return best


def _of_region(match: Match, known: KnownHash, asked: _Asked, which: int, code: int) -> Match:
    """The match with what is told of the region, and of what was supposed where it was met."""
    region, media = asked.regions[which], asked.media[which]
    match = replace(
        match,
        quality=region.quality,
        frame=region.frame,
        mode=media.mode,
        fraction=media.fraction,
        part=known.part,
        entry_quality=known.quality,
        entry_hash=str(known.hash),
        tier=region.tier,
        outline=region.outline,
    )
    return _of_hypothesis(match, region, int(code - asked.starts[which]))


def _of_hypothesis(match: Match, region: Region, number: int) -> Match:
    """The match with what was supposed where it was met."""
    if region.plan == TURNS:
        return replace(match, orientation=_TURNS[number])
    return replace(match, hypothesis=str(plan(region.plan)[number]))
