"""How many false matches are to be expected: of whole pictures, and of each tier beyond them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hashmatch.false_matches import Expected, Tail, expected
from hashmatch.index.index import Index
from hashmatch.index.reading import KnownList
from hashmatch.matching.radius import false_matches_of, radius_of
from hashmatch.matching.regions import known_hashes
from hashmatch.matching.similarity import PROBABLE, STRONG
from hashmatch.model import Band, Tier
from hashmatch.model.framing import AREAS, COVERS, OF_WHOLE, SLIGHT, hypotheses
from hashmatch.model.patch import ALGORITHM as PATCH
from hashmatch.model.patch import MOST, VOTE
from hashmatch.model.plain import PlainValue
from hashmatch.model.region import TURNS
from hashmatch.profiles import Profile

_PARTS: Final = (1, 96)
"""Parts of a plain photo, and of a page with as many as are looked for upright."""

MEASURED: Final = 2_028 * 1_112
"""Pairs of a picture and a known one with patches of which none was a false match
(`benchmarks/patches.py`)."""
_AT_MOST: Final = -math.log(0.05) / MEASURED
"""The chance per pair that is not exceeded with 95 %, where none of so many was seen."""


def expectations(index: Index, profile: Profile) -> dict[str, Expected]:
    """Expected false matches of PDQ per million items, for each band that the profile has."""
    hashes = sum(known.count("pdq") for known in index.lists)
    tail = tail_of(index)
    found: dict[str, Expected] = {}
    for band, thresholds in ((Band.MATCH, profile.thresholds), (Band.PROBABLE, profile.probable)):
        if "pdq" in thresholds:
            detailed = band is Band.PROBABLE
            found[band] = expected(hashes, thresholds["pdq"], detailed=detailed, calibrated=tail)
    return found


def tail_of(index: Index) -> Tail | None:
    """The line that was measured for an index; None if none was."""
    line = index.calibration.get("tail")
    if not isinstance(line, dict):
        return None
    return Tail(float(line["threshold"]), float(line["log10"]), float(line["slope"]))


@dataclass(frozen=True, slots=True, repr=False)
class TierExpected(PlainValue):
    """How near parts of a picture must be, and how many false matches come of it.

    Attributes:
        tier: beyond the whole picture.
        parts: how many parts the picture has.
        tried: codes of it that are looked up.
        match: the largest distance of a match, in bits; −1 for none.
        probable: the largest distance of what is probable.
        matches: false matches to be expected per million such items, within `match`.
        leads: the same within `probable`.
    """

    tier: Tier
    parts: int
    tried: int
    match: int
    probable: int
    matches: float
    leads: float


def expected_of_tiers(lists: Sequence[KnownList], profile: Profile) -> tuple[TierExpected, ...]:
    """What is to be expected of a plain photo and of a page full of pictures, for each tier.

    Nothing where no hash is known by which parts are looked for.
    """
    known = known_hashes(lists)
    if not known:
        return ()
    return tuple(
        _expected(tier, parts, known=known, profile=profile)
        for tier in (Tier.REGIONS, Tier.FRAMING)
        for parts in _PARTS
    )


@dataclass(frozen=True, slots=True, repr=False)
class PatchesExpected(PlainValue):
    """How many patches must agree, and how many false matches may come of it.

    Attributes:
        pictures: known ones that have patches.
        tried: codes of a picture that are looked up at most, those of its mirror included.
        bits: the largest distance of a vote.
        match: patches that must agree in place, scale and angle for a match.
        probable: the same for what is probable.
        at_most: false matches per million items, probable ones included, that are not exceeded
            with 95 %: no line is known that would say how many fewer there are.
    """

    pictures: int
    tried: int
    bits: int
    match: int
    probable: int
    at_most: float


def expected_of_patches(lists: Sequence[KnownList]) -> PatchesExpected | None:
    """What is to be expected of patches; None where no known picture has any."""
    pictures = sum(
        part.segment.owners(PATCH)
        for each in lists
        for part in each.parts
        if PATCH in part.segment.algorithms
    )
    if not pictures:
        return None
    at_most = 1e6 * min(1.0, pictures * _AT_MOST)
    return PatchesExpected(pictures, 2 * MOST, VOTE, STRONG, PROBABLE, at_most)


def _expected(tier: Tier, parts: int, *, known: int, profile: Profile) -> TierExpected:
    of_plan = hypotheses()
    if tier is Tier.REGIONS:
        tried = sum(of_plan[each] for each in SLIGHT) + parts * of_plan[TURNS]
    else:
        tried = sum(of_plan[each] for each in (*OF_WHOLE, AREAS)) + parts * of_plan[COVERS]
    radius = radius_of(profile, tier, known=known, tried=tried)
    chances = (
        false_matches_of(tier, known=known, tried=tried, bits=bits)
        for bits in (radius.match, radius.probable)
    )
    return TierExpected(tier, parts, tried, radius.match, radius.probable, *chances)
