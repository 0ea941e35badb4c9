"""What a matcher says of its lists, against what looking up every known hash really finds."""

import itertools

import pytest

from hashmatch.coverage import (
    ListCoverage,
    Unsearched,
    nothing_matches,
    searched_in_words,
    unsearched_in_words,
)
from hashmatch.errors import NothingToMatchError
from hashmatch.hashlists.base import Quarantined
from hashmatch.hashlists.reading import HashList
from hashmatch.known.index import KnownList
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Digests, Entry, Hash, ImageHashes, KnownHash, Reading, bits_of
from hashmatch.profiles import Policy
from hashmatch.scanning.engine import check_matchable, scan

ALGORITHMS = ("pdq", "phash-64", "dhash-256", "colorhash-42", "foreign-64", "photodna")
QUALITIES = (None, 0, 49, 50, 89, 100)


def value(algorithm: str, number: int) -> Hash:
    size = -(-(bits_of(algorithm) or 64) // 8)
    return Hash(
        algorithm, (number * 0x9E3779B97F4A7C15 % 2**42).to_bytes(8).rjust(size, b"\0")[-size:]
    )


def everything() -> HashList:
    """One entry for each algorithm, quality and category."""
    cases = itertools.product(ALGORITHMS, QUALITIES, ("1", "2"))
    return HashList.of(
        "list",
        [
            Entry(str(n), hashes=(KnownHash(value(name, n), quality),), category=category)
            for n, (name, quality, category) in enumerate(cases, 1)
        ],
    )


@pytest.mark.parametrize("profile", ["strict", "default", "wide"])
@pytest.mark.parametrize(
    "policy",
    [
        Policy(),
        Policy(thresholds={"colorhash-42": 0}),
        Policy(categories={"2": Policy(thresholds={"colorhash-42": 1, "foreign-64": 2})}),
    ],
)
def test_what_is_said_to_be_searched_is_what_matches(profile: str, policy: Policy) -> None:
    known = everything()
    matcher = Matcher(KnownList.of(known, policy=policy), profile=profile)
    (coverage,) = matcher.coverage
    for found in coverage.hashes:
        met = 0
        for entry in known.entries:
            (one,) = entry.hashes
            if one.hash.algorithm != found.algorithm or found.algorithm == "photodna":
                continue
            seen = ImageHashes((Reading(one.hash, 100),), "exact", 9, 9, "png", "pillow")
            met += entry.id in {match.entry for match in matcher.match(seen)}
        if found.algorithm == "foreign-64":
            # A scan computes no such hash; one that is given can match all the same.
            assert (found.searched, met) == (0, 0 if not policy.categories else met)
            assert [*found.unsearched] == [Unsearched.NOT_COMPUTED]
        else:
            assert found.searched == met
        assert found.searched + sum(found.unsearched.values()) == 2 * len(QUALITIES)
    assert ListCoverage.from_json("list", coverage.to_json()) == coverage


def test_frames_of_videos_may_have_less_quality_than_pictures() -> None:
    frames = tuple(KnownHash(value("pdq", n), 30, time=float(n)) for n in range(3))
    pictures = (KnownHash(value("pdq", 9), 30),)
    (coverage,) = Matcher(HashList.of("v", [Entry("1", hashes=frames + pictures)])).coverage
    assert [(each.searched, dict(each.unsearched)) for each in coverage.hashes] == [
        (3, {Unsearched.LOW_QUALITY: 1})
    ]


def test_a_list_that_contributes_nothing_is_named_and_refused() -> None:
    idle = HashList.of("idle", [Entry("1", hashes=(KnownHash(Hash("photodna", b"ab")),))])
    matcher = Matcher(idle)
    assert not matcher.coverage[0].contributes
    assert searched_in_words(matcher.coverage[0]) == []
    assert len(unsearched_in_words(matcher.coverage[0])) == 2
    for nothing in (matcher, Matcher([])):
        assert nothing_matches(nothing.coverage)
        with pytest.raises(NothingToMatchError):
            check_matchable(nothing)
    with pytest.raises(NothingToMatchError, match="photodna"):
        scan("/nowhere", against=idle)
    digests = HashList.of("d", [Entry("1", digests=Digests(md5="0" * 32))])
    check_matchable(Matcher([idle, digests]))
    assert [each.contributes for each in Matcher([idle, digests]).coverage] == [False, True]


def test_quarantined_rows_are_counted() -> None:
    bad = (Quarantined(3, "why"), Quarantined(4, "why"))
    known = HashList("q", entries=everything().entries, quarantined=bad)
    (coverage,) = Matcher(known).coverage
    assert coverage.quarantined == 2
    assert "2 rows could not be understood" in " ".join(unsearched_in_words(coverage))
