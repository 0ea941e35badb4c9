"""A threshold that an operator sets is that of frames of videos too."""

from typing import TypeAlias

import numpy as np
import pytest

from hashmatch.coverage import searched_in_words
from hashmatch.hashlists.reading import HashList
from hashmatch.index.reading import KnownList
from hashmatch.matching.coverage import coverage_of
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.thresholds import overridden
from hashmatch.matching.video_rules import video_rules
from hashmatch.model import Band, Match
from hashmatch.model.alignment import Grade
from hashmatch.profiles import DEFAULT, STRICT, WIDE, Policy, Profile
from tests.support.films import entry_of, noisy, video

Codes: TypeAlias = "np.typing.NDArray[np.uint8]"

COUNT = 12
CODES = np.random.default_rng(7).integers(0, 256, (COUNT, 32), np.uint8)
"""Frames that are all different, one a second: each is near to its own copy alone."""

THRESHOLDS = (0, 5, 10, 16, 22, 31)


def listed(name: str = "films", category: str = "") -> HashList:
    entry = entry_of("film", CODES, np.arange(float(COUNT)), category=category, scheme="S")
    return HashList.of(name, [entry])


def matched(copy: Codes, profile: Profile = DEFAULT, policy: Policy | None = None) -> list[Match]:
    known = KnownList.of(listed(category="1"), policy=policy or Policy())
    return list(Matcher([known], profile=profile).match(video(copy)))


def expected(copy: Codes, threshold: int) -> Band | None:
    """What brute force says: all frames are told apart, and each is compared with its own copy.

    The default profile's 40 and 64 bits, for 31 of pictures, in proportion.
    """
    distances = np.bitwise_count(copy ^ CODES).sum(axis=1)
    within = distances[distances <= 64 * threshold // 31]
    if not len(within) or within.min() > 40 * threshold // 31:
        return None
    is_strong = len(within) >= 3 and within.mean() <= 40 * threshold / 31
    return Band.MATCH if is_strong or within.min() <= threshold else Band.PROBABLE


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_frames_are_within_the_threshold_in_proportion(threshold: int) -> None:
    seen = set()
    for bits in (0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39, 44):
        copy = noisy(CODES, bits)
        band = expected(copy, threshold)
        seen.add(band)
        own = overridden(DEFAULT, {"pdq": threshold})
        policy = Policy(thresholds={"pdq": threshold})
        category = Policy(categories={"S/1": policy})
        ways = ((own, None), (DEFAULT, policy), (DEFAULT, category))
        for profile, said in ways:
            found = matched(copy, profile, said)
            assert [each.band for each in found] == ([band] if band else []), (bits, said)
            for each in found:
                assert each.threshold == 64 * threshold // 31
                assert all(one.distance <= each.threshold for one in each.segments)
    assert None in seen
    assert Band.MATCH in seen


def test_the_nearest_pair_of_frames_is_named() -> None:
    copy = np.concatenate((noisy(CODES[:7], 20), noisy(CODES[7:8], 3), noisy(CODES[8:], 12)))
    (match,) = matched(copy)
    assert match.frame == 7
    assert match.entry_hash == f"pdq:{CODES[7].tobytes().hex()}"


def test_a_category_is_narrower_than_its_list() -> None:
    copy = noisy(CODES, 20)
    narrow = Policy(thresholds={"pdq": 10})
    assert matched(copy, policy=Policy(categories={"1": narrow})) == []
    assert matched(copy, policy=Policy(thresholds={"pdq": 10}, categories={"1": Policy()})) == []
    wide = Policy(thresholds={"pdq": 10}, categories={"1": Policy(thresholds={"pdq": 31})})
    (match,) = matched(copy, policy=wide)
    assert match.band is Band.MATCH


def test_the_profiles_own_threshold_changes_nothing() -> None:
    for profile in (STRICT, DEFAULT, WIDE):
        assert video_rules(profile.video, profile.thresholds["pdq"]) is profile.video


def test_a_wider_threshold_lets_single_frames_count_that_far() -> None:
    copy = np.concatenate((noisy(CODES[:1], 44), noisy(CODES[1:], 100)))
    assert matched(copy) == []
    (match,) = matched(copy, overridden(DEFAULT, {"pdq": 45}))
    assert (match.band, match.segments[0].grade) == (Band.MATCH, Grade.STILL)
    (match,) = matched(copy, policy=Policy(thresholds={"pdq": 45}))
    assert match.band is Band.MATCH
    # In order of time, frames are as near as they were: 45 on average are no strong segment.
    assert matched(noisy(CODES, 47), overridden(DEFAULT, {"pdq": 45})) == []


@pytest.mark.parametrize(("threshold", "words"), [(31, "64 bits"), (10, "20 bits")])
def test_coverage_says_how_far_frames_match(threshold: int, words: str) -> None:
    known = KnownList.of(listed(), policy=Policy(thresholds={"pdq": threshold}))
    (said,) = searched_in_words(coverage_of(known, profile=DEFAULT))
    assert said.endswith(
        f"up to {threshold} bits; frames in the order of a known video up to {words}"
    )
