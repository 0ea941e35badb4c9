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
from hashmatch.index.reading import KnownList
from hashmatch.matching.matcher import Matcher
from hashmatch.model import (
    Decoder,
    Digests,
    Entry,
    Hash,
    Json,
    KnownHash,
    MediaHashes,
    Mode,
    Reading,
    bits_of,
)
from hashmatch.profiles import Policy
from hashmatch.scanning.engine import check_matchable
from hashmatch.scanning.recorded import scan

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
            seen = MediaHashes(
                (Reading(one.hash, 100),),
                Mode.EXACT,
                width=9,
                height=9,
                format="png",
                decoder=Decoder.PILLOW,
            )
            met += entry.id in {match.entry_id for match in matcher.match(seen)}
        if found.algorithm == "foreign-64":
            # A scan computes no such hash; one that is given can match all the same.
            assert (found.searched, met) == (0, 0 if not policy.categories else met)
            assert [*found.unsearched] == [Unsearched.NOT_COMPUTED]
        else:
            assert found.searched == met
        assert found.searched + sum(found.unsearched.values()) == 2 * len(QUALITIES)
    assert ListCoverage.from_json("list", coverage.to_dict()) == coverage


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


@pytest.mark.parametrize(
    ("policy", "profile", "says"),
    [
        (Policy(thresholds={"pdq": 10}), "default", "up to 10 bits"),
        (Policy(thresholds={"pdq": 1}), "default", "up to 1 bit"),
        (Policy(thresholds={"pdq": 40}), "default", "up to 40 bits"),
        (Policy(thresholds={"pdq": 10}), "wide", "up to 10 bits"),
        (
            Policy(categories={"2": Policy(thresholds={"pdq": 5})}),
            "default",
            "up to 31 bits (5 in some categories)",
        ),
        (
            Policy(categories={c: Policy(thresholds={"pdq": 5}) for c in "12"}),
            "default",
            "up to 5 bits",
        ),
    ],
)
def test_the_threshold_that_is_said_is_the_one_of_matches(
    policy: Policy, profile: str, says: str
) -> None:
    known = everything()
    matcher = Matcher(KnownList.of(known, policy=policy), profile=profile)
    (coverage,) = matcher.coverage
    (words,) = (each for each in searched_in_words(coverage) if " pdq " in each)
    assert words == f"8 pdq hashes searched, {says}"
    # What matches say of their own threshold, which comes from another part of the code.
    hashes = [each.hash for entry in known.entries for each in entry.hashes]
    told = {
        match.threshold
        for one in hashes
        if one.algorithm == "pdq"
        for match in matcher.match(
            MediaHashes(
                (Reading(one, 100),),
                Mode.EXACT,
                width=9,
                height=9,
                format="png",
                decoder=Decoder.PILLOW,
            )
        )
        if match.band == "match"
    }
    (pdq,) = (each for each in coverage.hashes if each.algorithm == "pdq")
    assert {pdq.threshold, pdq.least} == told


def test_a_category_without_live_entries_does_not_widen_what_is_said() -> None:
    pdq = KnownHash(value("pdq", 1), 100)
    known = HashList.of("l", [Entry("1", hashes=(pdq,), category="1")])
    policy = Policy(thresholds={"pdq": 4}, categories={"2": Policy(thresholds={"pdq": 60})})
    (coverage,) = Matcher(KnownList.of(known, policy=policy)).coverage
    assert searched_in_words(coverage) == ["1 pdq hash searched, up to 4 bits"]


def test_what_is_only_probable_is_called_so() -> None:
    known = HashList.of("l", [Entry("1", hashes=(KnownHash(value("ahash-64", 1)),))])
    matcher = Matcher(known)
    (coverage,) = matcher.coverage
    (words,) = searched_in_words(coverage)
    assert words.startswith("1 ahash-64 hash searched, equal hashes, which are only PROBABLE")
    (match,) = matcher.match(value("ahash-64", 1))
    assert match.band == "probable"


def test_coverage_of_an_earlier_version_is_read() -> None:
    pdq: dict[str, Json] = {"algorithm": "pdq", "searched": 1, "threshold": 31, "unsearched": {}}
    old = {"entries": 1, "digests": 0, "quarantined": 0, "hashes": [pdq]}
    (read,) = ListCoverage.from_json("l", old).hashes
    assert (read.threshold, read.least, read.probable) == (31, None, None)
