"""Parts of pictures are matched after whole ones, as near as the size of the lists allows."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.errors import ThresholdError
from hashmatch.false_matches import FITTED
from hashmatch.hashlists.reading import HashList
from hashmatch.index.reading import KnownList
from hashmatch.matching import regions
from hashmatch.matching.radius import FRAMED, radius_of
from hashmatch.matching.rules import match_of
from hashmatch.matching.thresholds import overridden
from hashmatch.model import Band, Entry, Hash, KnownHash, Match, MediaHashes, Region, Tier
from hashmatch.model.framing import hypotheses, plan
from hashmatch.model.region import tiers_of
from hashmatch.profiles import DEFAULT, STRICT
from tests.support.photos import encoded, photo
from tests.support.sighting_values import picture

SEED = 5
OUTLINE = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def code(seed: int, *, flipped: int = 0) -> bytes:
    bits = np.random.default_rng(seed).permutation(np.repeat((0, 1), 128))
    bits[:flipped] ^= 1
    return np.packbits(bits).tobytes()


def media(*regions: Region) -> MediaHashes:
    own = picture(1)
    assert own is not None
    return replace(own, regions=regions)


def region(distance: int, *, tier: Tier = Tier.REGIONS, quality: int = 90) -> Region:
    plan, at = ("turns", 3) if tier is Tier.REGIONS else ("covers", 70)
    count = 8 if tier is Tier.REGIONS else 77
    codes = [code(900 + number) for number in range(count)]
    codes[at] = code(SEED, flipped=distance)
    return Region(tier, OUTLINE, quality, plan, b"".join(codes), 2)


def listed(count: int = 1, *, known_good: bool = False) -> HashList:
    entries = [
        Entry("it", 1, hashes=(KnownHash(Hash("pdq", code(SEED)), 80),), known_good=known_good)
    ]
    entries += [
        Entry(f"x{n}", n + 2, hashes=(KnownHash(Hash("pdq", code(10_000 + n)), 80),))
        for n in range(count - 1)
    ]
    return HashList.of("lab", entries)


def test_a_region_matches_with_all_that_is_told_of_it() -> None:
    with hm.Matcher(listed()) as matcher:
        (found,) = matcher.match(media(region(20)))
    assert (found.entry_id, found.distance, found.threshold) == ("it", 20, 31)
    assert (found.tier, found.outline, found.tried) == (Tier.REGIONS, OUTLINE, 8)
    assert (found.band, found.frame, found.quality) == (Band.MATCH, 2, 90)
    assert (found.orientation.value, found.hypothesis) == (4, "")


def test_a_hypothesis_says_which_part_of_the_known_picture_it_is() -> None:
    with hm.Matcher(listed()) as matcher:
        (found,) = matcher.match(media(region(20, tier=Tier.FRAMING)))
    assert (found.tier, found.tried) == (Tier.FRAMING, 77)
    assert found.hypothesis.endswith("of the known picture")


def test_a_later_tier_is_looked_up_only_for_what_matched_nothing() -> None:
    both = media(region(20), region(2, tier=Tier.FRAMING))
    with hm.Matcher(listed()) as matcher:
        (found,) = matcher.match(both)
        assert (found.tier, found.distance) == (Tier.REGIONS, 20)
        readings = both.readings
        own = replace(readings[0], hash=Hash("pdq", code(SEED, flipped=30)), quality=90)
        (found,) = matcher.match(replace(both, readings=(own, *readings[1:])))
        assert (found.tier, found.distance, found.outline) == (Tier.WHOLE, 30, ())
    # What is only probable settles nothing.
    with hm.Matcher(listed()) as matcher:
        (found,) = matcher.match(media(region(40), region(2, tier=Tier.FRAMING)))
        assert (found.tier, found.distance, found.band) == (Tier.FRAMING, 2, Band.MATCH)
    # What is known to be harmless settles nothing.
    good = HashList.of("good", [Entry("y", 1, hashes=(KnownHash(own.hash, 80),), known_good=True)])
    with hm.Matcher((listed(), good)) as matcher:
        found_too = matcher.match(replace(both, readings=(own, *readings[1:])))
        assert {each.list_name for each in found_too} == {"lab", "good"}


def test_of_thousands_of_near_codes_one_match_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest; of those as near the first. Harmless pictures meet nearly all of their own."""
    made: list[str] = []

    def counted(*given: Any, **named: Any) -> Match:
        made.append("match")
        return match_of(*given, **named)

    monkeypatch.setattr(regions, "match_of", counted)
    monkeypatch.setattr(regions, "_TOGETHER", 100)
    count = hypotheses()["covers"]
    codes = [code(SEED, flipped=4 + 2 * (number % 7)) for number in range(count)]
    several = [
        replace(region(0, tier=Tier.FRAMING), codes=b"".join(codes), frame=frame)
        for frame in range(3)
    ]
    with hm.Matcher(listed(known_good=True)) as matcher:
        (found,) = matcher.match(media(*several))
    assert (found.distance, found.frame, found.tried) == (4, 0, 3 * count)
    assert found.hypothesis == str(plan("covers")[0])
    assert len(made) <= -(-3 * count // 100)


@pytest.mark.parametrize(
    ("distance", "quality", "band"),
    [(31, 90, "match"), (32, 90, "probable"), (46, 50, "probable"), (47, 90, ""), (10, 49, "")],
)
def test_bands_and_qualities(distance: int, quality: int, band: str) -> None:
    with hm.Matcher(listed()) as matcher:
        found = matcher.match(media(region(distance, quality=quality)))
    assert [each.band for each in found] == ([band] if band else [])


def test_the_radius_follows_what_is_known_and_what_is_tried() -> None:
    """The expectation that is stated is kept, and one bit more would break it."""
    for known in (1, 1000, 10**5, 10**6, 10**7):
        for tried in (8, 300, 2000):
            radius = radius_of(DEFAULT, Tier.FRAMING, known=known, tried=tried)
            assert 1e6 * known * tried * FRAMED.chance(radius.probable) <= 1
            if radius.probable < DEFAULT.farthest:
                assert 1e6 * known * tried * FRAMED.chance(radius.probable + 1) > 1
            assert radius.match == min(31, radius.probable)
    wide, narrow = (radius_of(DEFAULT, Tier.REGIONS, known=n, tried=48) for n in (10**4, 10**7))
    assert (wide.probable, narrow.probable) == (44, 22)
    for known, bits in ((10**4, 44), (10**7, 22)):
        both = [1e6 * known * (FITTED.chance(t) + 40 * FRAMED.chance(t)) for t in (bits, bits + 1)]
        assert both[0] <= 1 < both[1]
    fixed = replace(DEFAULT, false_matches=None)
    assert radius_of(fixed, Tier.FRAMING, known=10**7, tried=2000) == (31, 46)
    assert radius_of(STRICT, Tier.REGIONS, known=10, tried=8) == (22, 22)
    own = overridden(DEFAULT, {"pdq": 12})
    assert radius_of(own, Tier.REGIONS, known=10, tried=8) == (12, 12)
    nan = float("nan")
    shares = ({"minimum_fraction": nan}, {"probable_fraction": -0.1}, {"probable_fraction": 2})
    for wrong in ({"false_matches": 0}, {"false_matches": nan}, {"farthest": 300}, *shares):
        with pytest.raises(ThresholdError):
            replace(DEFAULT, **wrong)  # wrong on purpose


def test_a_policy_of_a_list_is_kept() -> None:
    own = KnownList.of(listed(), policy=hm.Policy(thresholds={"pdq": 15}))
    with hm.Matcher(own) as matcher:
        assert matcher.match(media(region(20))) == ()
        assert [each.threshold for each in matcher.match(media(region(14)))] == [15]


def test_files_are_matched_as_hard_as_is_asked() -> None:
    known = photo("coffee")
    known_hash = hm.hash_image(encoded(known, "PNG"))
    entry = Entry("it", 1, hashes=(KnownHash(known_hash.hash, known_hash.quality),))
    page = Image.new("RGB", (known.width + 200, known.height + 500), (20, 20, 20))
    page.paste(known, (90, 300))
    cut = known.crop((0, 0, known.width * 43 // 50, known.height * 43 // 50))
    files = {}
    for name, made in (("whole", known), ("page", page), ("cut", cut)):
        file = io.BytesIO()
        made.save(file, "JPEG", quality=90)
        files[name] = file.getvalue()
    hit = {}
    for tiers in (("whole",), ("whole", "regions"), ("framing", "whole", "regions")):
        with hm.Matcher(HashList.of("lab", [entry]), tiers=tiers) as matcher:
            hit[len(tiers)] = {name for name, file in files.items() if matcher.match(file)}
    assert hit == {1: {"whole"}, 2: {"whole", "page"}, 3: {"whole", "page", "cut"}}


def test_tiers_are_named_and_ordered() -> None:
    assert tiers_of(("framing",)) == (Tier.WHOLE, Tier.FRAMING)
    assert tiers_of(["regions", "whole"]) == (Tier.WHOLE, Tier.REGIONS)
    with pytest.raises(TypeError):
        tiers_of("regions")
    with pytest.raises(ValueError, match="tier is whole, regions, framing or patches"):
        tiers_of(("pieces",))
