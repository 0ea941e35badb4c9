"""Policies, profiles and known-good entries, as matches follow from them."""

from dataclasses import replace

import pytest

from hashmatch.index.reading import KnownList
from hashmatch.matching.matcher import Matcher
from hashmatch.model import (
    Band,
    Digests,
    Hash,
    Item,
    MatchKind,
    Reading,
    VideoFacts,
)
from hashmatch.profiles import DEFAULT, STRICT, WIDE, Policy
from tests.support.matcher_values import KNOWN, ONE, entry, image, listed, near


@pytest.mark.parametrize(
    ("bits", "quality", "entry_quality", "band"),
    [
        (31, 50, 50, "match"),
        (32, 90, 90, "probable"),
        (46, 90, 90, "probable"),
        (46, 100, None, "probable"),
        (47, 100, 100, None),
        (32, 89, 90, None),
        (32, 90, 89, None),
        (31, 49, 90, None),
    ],
)
def test_the_wide_profile_reports_the_probable_apart(
    bits: int, quality: int, entry_quality: int | None, band: str | None
) -> None:
    matcher = Matcher([listed(entry("e", KNOWN, quality=entry_quality))], profile=WIDE)
    found = matcher.match(image(Reading(near(bits), quality)))
    assert [match.band.value for match in found] == ([band] if band else [])
    assert all(match.threshold == (31 if match.band is Band.MATCH else 46) for match in found)


def test_profiles_nest() -> None:
    for bits in range(50):
        found = [
            len(Matcher([ONE], profile=profile).match(image(Reading(near(bits), 100))))
            for profile in (STRICT, DEFAULT, WIDE)
        ]
        assert found == [bits <= 22, bits <= 31, bits <= 46]


def test_thresholds_of_a_list_and_of_its_categories() -> None:
    entries = [entry(c, near(20), category=c, scheme="S") for c in ("1", "2", "3")]
    policy = Policy(
        thresholds={"pdq": 10},
        categories={"S/2": Policy(thresholds={"pdq": 40}), "3": Policy(thresholds={"pdq": 20})},
    )
    matcher = Matcher([KnownList.of(listed(*entries), policy=policy), ONE])
    found = {m.entry_id: m.threshold for m in matcher.match(image(Reading(KNOWN, 99)))}
    assert found == {"2": 40, "3": 20, "e1": 31}
    nearer = matcher.match(image(Reading(near(10), 99)))
    assert {m.entry_id for m in nearer} == {"1", "2", "3", "e1"}


@pytest.mark.parametrize("moves", [False, True])
@pytest.mark.parametrize(
    "policy",
    [Policy(thresholds={"pdq": 10}), Policy(categories={"S/1": Policy(thresholds={"pdq": 10})})],
)
def test_a_policy_s_threshold_leaves_nothing_probable(policy: Policy, *, moves: bool) -> None:
    known = listed(entry("e", KNOWN, category="1", scheme="S"))
    other = listed(entry("o", KNOWN, category="2", scheme="S"), name="other")
    lists = [KnownList.of(known, policy=policy), KnownList.of(other)]
    for bits, expected in ((10, {"e", "o"}), (11, {"o"}), (31, {"o"}), (46, {"o"}), (47, set())):
        reading = Reading(near(bits), 100, time=0.0 if moves else None)
        seen = image(reading)
        if moves:
            seen = replace(seen, video=VideoFacts())
        found = Matcher(lists, profile=WIDE).match(seen)
        assert {match.entry_id for match in found} == expected
        assert {
            match.entry_id for match in Matcher(lists, profile=WIDE).match(near(bits))
        } == expected
    narrowed, general = Matcher(lists, profile=WIDE).coverage
    assert [each.hashes[0].probable for each in (narrowed, general)] == [None, 46]
    assert [each.hashes[0].threshold for each in (narrowed, general)] == [10, 31]


def test_known_good_bytes_label_and_suppress_what_only_looks_near() -> None:
    known = Digests(sha256="1" * 64)
    harmless = listed(entry("nsrl", digests=known, known_good=True), name="nsrl")
    matcher = Matcher([ONE, harmless])
    seen = image(Reading(near(4), 99))
    label, near_match = matcher.match(Item("x", digests=known, media=seen))
    assert (label.entry_id, label.known_good, label.reportable) == ("nsrl", True, False)
    assert (near_match.entry_id, near_match.suppressed, near_match.reportable) == (
        "e1",
        True,
        False,
    )
    assert all(match.reportable for match in matcher.match(Item("x", media=seen)))


def test_equal_bytes_on_a_notable_list_are_raised_whatever_else_is_said() -> None:
    both = Digests(md5="0" * 32, sha1="1" * 40)
    harmless = listed(entry("nsrl", digests=Digests(sha1="1" * 40), known_good=True), name="nsrl")
    found = Matcher([ONE, harmless]).match(Item("x", digests=both, media=image(Reading(KNOWN, 99))))
    assert {match.entry_id: match.reportable for match in found} == {"e1": True, "nsrl": False}


def test_a_policy_overrules_what_the_publisher_says_of_harm() -> None:
    for says, policy, expected in (
        (False, None, False),
        (True, None, True),
        (False, Policy(known_good=True), True),
        (True, Policy(known_good=False), False),
        (False, Policy(known_good=True, categories={"S/1": Policy(known_good=False)}), False),
    ):
        known = listed(entry("e", KNOWN, known_good=says, category="1", scheme="S"))
        (match,) = Matcher([KnownList.of(known, policy=policy)]).match(KNOWN)
        assert match.known_good is expected


def test_single_hashes_and_digests_are_looked_up() -> None:
    matcher = Matcher([ONE])
    by_hash, by_digest, nothing = matcher.match_many(
        [near(3), Digests(md5="0" * 32), Hash("phash-64", bytes(8))]
    )
    assert [(m.entry_id, m.distance, m.quality) for m in by_hash] == [("e1", 3, None)]
    assert [(m.entry_id, m.kind) for m in by_digest] == [("e1", MatchKind.EXACT)]
    assert nothing == ()
