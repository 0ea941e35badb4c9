"""Matching of patches: of known pictures that a laboratory holds, with those of other pictures.

Patches with near codes are votes for a known picture. What counts is how many of them lie in both
pictures in the same way (`hashmatch.matching.similarity`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.index.near import Near
from hashmatch.index.reading import KnownList, LiveSegment
from hashmatch.matching.best import BestMatches
from hashmatch.matching.rules import match_of, rule_for
from hashmatch.matching.similarity import PROBABLE, STRONG, Keyed, Placement, similarity
from hashmatch.matching.subjects import Subject, media_of
from hashmatch.model import Band, Match, MatchKind, MediaHashes, Similarity, Tier
from hashmatch.model.orientation import Orientation
from hashmatch.model.patch import ALGORITHM, MIRRORED, PLACE, STEPS, VOTE
from hashmatch.model.region import CODE, Outline, Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.profiles import Profile

_LEAD: Final = 56
"""The mean distance, in bits, of fewer patches than a match has: three corners of a frame lie like
those of any other frame, and agree within 66 to 68 bits."""

_SPREAD: Final = 0.15
"""The share of what is shown of the known picture that the patches of a match lie around. Those of
a logo that two pictures have in common lie closer together (`benchmarks/patches.py`)."""

_GRID: Final = 32
"""Rows and columns of points at which the overlap of two pictures is looked at."""


class _Asked(NamedTuple):
    """The patches of one page, or of its mirror, that are looked up."""

    subject: int
    media: MediaHashes
    region: Region
    tried: int


@dataclass(frozen=True, slots=True)
class _Codes:
    """Patches that are looked up together, and where those of each page begin."""

    asked: list[_Asked]
    starts: "NDArray[np.int64]"
    codes: "NDArray[np.uint8]"
    places: "NDArray[np.int64]"


def has_patches(lists: Sequence[KnownList]) -> bool:
    """Whether any list has patches of its pictures."""
    return any(ALGORITHM in part.segment.algorithms for each in lists for part in each.parts)


def search_patches(
    lists: Sequence[KnownList],
    subjects: Sequence[Subject],
    best: Sequence[BestMatches],
    *,
    profile: "Profile",
) -> None:
    """Offer the matches of patches, for what matches nothing yet.

    Args:
        lists: what is known.
        subjects: what is looked for.
        best: takes the matches of each subject.
        profile: of how much a picture must have been decoded.
    """
    if not has_patches(lists):
        return
    asked = list(_asked(subjects, best, profile))
    if not asked:
        return
    counts = np.array([each.region.count for each in asked])
    codes = np.frombuffer(b"".join(each.region.codes for each in asked), np.uint8)
    places = np.frombuffer(b"".join(each.region.places for each in asked), ">u2")
    together = _Codes(
        asked,
        np.cumsum(counts) - counts,
        codes.reshape(-1, CODE),
        places.reshape(-1, PLACE // 2).astype(np.int64),
    )
    for at, known in enumerate(lists):
        for place, part in enumerate(known.parts):
            if ALGORITHM in part.segment.algorithms:
                for number, row, match in _met(known, part, together, profile):
                    best[number].offer((at, place, row), match)


def _asked(
    subjects: Sequence[Subject], best: Sequence[BestMatches], profile: "Profile"
) -> Iterator[_Asked]:
    for number, subject in enumerate(subjects):
        media = media_of(subject)
        if media is None or best[number].is_settled or media.fraction < profile.probable_fraction:
            continue
        regions = [each for each in media.regions if each.tier is Tier.PATCHES and each.count]
        tried = sum(each.count for each in regions)
        for region in regions:
            yield _Asked(number, media, region, tried)


def _met(
    known: KnownList, part: LiveSegment, together: _Codes, profile: "Profile"
) -> Iterator[tuple[int, int, Match]]:
    """The matches of one part of a list, each with its subject and row."""
    near = part.segment.near(ALGORITHM, together.codes, VOTE)
    near = near.some(part.stands(near.rows))
    which = np.searchsorted(together.starts, near.queries, side="right") - 1
    order = np.lexsort((near.rows, which))
    near, which = near.some(order), which[order]
    changes = (np.diff(which) != 0) | (np.diff(near.rows) != 0)
    for those in np.split(np.arange(len(which)), np.flatnonzero(changes) + 1):
        if len(those) < PROBABLE:
            continue
        votes = near.some(those)
        asked = together.asked[int(which[those[0]])]
        found = _agreed(part, votes, together)
        if found is None or _is_too_far(votes, found):
            continue
        match = _match(known, part, votes, found, asked=asked, profile=profile)
        yield asked.subject, int(votes.rows[0]), match


def _agreed(part: LiveSegment, votes: Near, together: _Codes) -> Placement | None:
    return similarity(
        Keyed(votes.numbers, part.segment.places(votes.numbers)),
        Keyed(votes.queries, together.places[votes.queries]),
        votes.distances,
    )


def _is_too_far(votes: Near, found: Placement) -> bool:
    """Whether patches are too few for how far their codes are."""
    return len(found.pairs) < STRONG and votes.distances[found.pairs].mean() > _LEAD


def _match(
    known: KnownList,
    part: LiveSegment,
    votes: Near,
    found: Placement,
    *,
    asked: _Asked,
    profile: "Profile",
) -> Match:
    row, inliers = int(votes.rows[0]), len(found.pairs)
    rule = rule_for(known, part, row, ALGORITHM, profile=profile)
    media, region = asked.media, asked.region
    agreed = votes.some(found.pairs)
    nearest = int(agreed.numbers[int(np.argmin(agreed.distances))])
    known_hash = part.segment.table.known_hash(ALGORITHM, nearest)
    places = part.segment.places(agreed.numbers)
    outline, overlap = _lies(found, places[0, 4:].tolist(), region)
    whole = media.fraction >= profile.minimum_fraction
    spread = np.prod(np.ptp(places[:, :2] / STEPS, axis=0)) >= _SPREAD * overlap
    sure = inliers >= STRONG and whole and spread and not agreed.flat_cards.any()
    match = match_of(known, part, row, rule, kind=MatchKind.PERCEPTUAL, algorithm=ALGORITHM)
    return replace(
        match,
        distance=round(float(agreed.distances.mean())),
        threshold=VOTE,
        band=Band.MATCH if sure else Band.PROBABLE,
        orientation=Orientation.MIRRORED if region.plan == MIRRORED else Orientation.UPRIGHT,
        quality=region.quality,
        frame=region.frame,
        mode=media.mode,
        part=known_hash.part,
        fraction=media.fraction,
        tier=Tier.PATCHES,
        outline=outline,
        tried=asked.tried,
        similarity=Similarity(
            inliers,
            round(abs(found.factor), 4),
            round(float(np.degrees(np.angle(found.factor))), 1),
            round(overlap, 4),
        ),
        entry_hash=str(known_hash.hash),
    )


def _lies(found: Placement, size: list[int], region: Region) -> tuple[Outline, float]:
    """Where the known picture lies in the item, in its pixels, and how much of it lies within."""
    width, height = size
    corners = np.array([0, width, width + 1j * height, 1j * height])
    put = corners * found.factor + found.shift
    steps = (np.arange(_GRID) + 0.5) / _GRID
    points = (steps[None, :] * width + 1j * steps[:, None] * height) * found.factor + found.shift
    across, down = region.outline[2]
    inside = (points.real >= 0) & (points.real <= across)
    inside &= (points.imag >= 0) & (points.imag <= down)
    if region.plan == MIRRORED:
        # Clockwise from the top left of the known picture in the mirror, as the item shows it.
        put = across - put.real + 1j * put.imag
    outline = tuple((round(at.real, 1), round(at.imag, 1)) for at in put.tolist())
    return outline, float(inside.mean())
