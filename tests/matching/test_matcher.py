import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch import registry
from hashmatch.errors import (
    AlgorithmMismatchError,
    HashFormatError,
    Reason,
    ThresholdError,
    UnknownNameError,
)
from hashmatch.index.index import Index
from hashmatch.index.reading import KnownList
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.thresholds import overridden
from hashmatch.model import (
    Alpha,
    Band,
    Digests,
    Entry,
    Hash,
    Item,
    KnownHash,
    MatchKind,
    Reading,
    Unreadable,
    bits_of,
)
from hashmatch.model.orientation import Orientation
from hashmatch.profiles import DEFAULT, STRICT, WIDE, Policy, Profile
from hashmatch.registry import register
from hashmatch.scanning.engine import Against, matcher_for
from hashmatch.testing import hashes
from tests.support.matcher_values import KNOWN, ONE, entry, image, listed, near


def test_a_match_says_all_that_led_to_it() -> None:
    reading = Reading(near(4), 77, Orientation.MIRRORED, Alpha.DROPPED, frame=3)
    (match,) = Matcher([ONE]).match(image(reading))
    assert (match.list_name, match.entry_id, match.number) == ("list", "e1", 1)
    assert (match.scheme, match.category) == ("VIC_US", "1")
    assert (match.kind, match.algorithm) == (MatchKind.PERCEPTUAL, "pdq")
    assert (match.distance, match.threshold) == (4, 31)
    assert (match.orientation, match.alpha, match.frame) == (Orientation.MIRRORED, "dropped", 3)
    assert (match.quality, match.entry_quality) == (77, 90)


@pytest.mark.parametrize(("bits", "matches"), [(0, 1), (31, 1), (32, 0)])
def test_the_threshold_is_inclusive(bits: int, matches: int) -> None:
    assert len(Matcher([ONE]).match(image(Reading(near(bits), 50)))) == matches


@pytest.mark.parametrize(("quality", "matches"), [(49, 0), (50, 1)])
def test_quality_is_asked_on_both_sides(quality: int, matches: int) -> None:
    assert len(Matcher([ONE]).match(image(Reading(KNOWN, quality)))) == matches
    weak = listed(entry("e", KNOWN, quality=quality))
    assert len(Matcher([weak]).match(image(Reading(KNOWN, 100)))) == matches


def test_a_picture_decoded_in_part_is_not_matched_as_if_whole() -> None:
    matcher = Matcher([ONE])
    for fraction, band in ((1.0, Band.MATCH), (0.95, Band.MATCH), (0.94, Band.PROBABLE)):
        (match,) = matcher.match(image(Reading(KNOWN, 100), fraction=fraction))
        assert (match.band, match.fraction, match.threshold) == (band, fraction, 31)
    assert not matcher.match(image(Reading(KNOWN, 100), fraction=0.49))
    assert not Matcher([ONE], profile="wide").match(image(Reading(near(40), 100), fraction=0.9))


def test_equal_bytes_come_first_and_once() -> None:
    digests = Digests(md5="0" * 32)
    (match,) = Matcher([ONE]).match(Item("x", digests=digests, media=image(Reading(KNOWN, 99))))
    assert (match.kind, match.algorithm, match.distance) == (MatchKind.EXACT, "md5", 0)
    other = listed(entry("e2", near(2)), name="other")
    exact, perceptual = Matcher([other, ONE]).match(
        Item("x", digests=digests, media=image(Reading(KNOWN, 99)))
    )
    assert (exact.entry_id, perceptual.entry_id) == ("e1", "e2")


def test_digests_of_what_is_no_picture_match() -> None:
    assert Matcher([ONE]).match(Item("movie", digests=Digests(md5="0" * 32)))


def test_an_empty_file_is_not_the_empty_file_of_a_list() -> None:
    empty = Digests(md5="d41d8cd98f00b204e9800998ecf8427e")
    matcher = Matcher([listed(entry("e", digests=empty))])
    assert not matcher.match(Item("x", size=0, digests=empty))
    assert matcher.match(empty)


def test_an_entry_counts_once_by_its_nearest_reading() -> None:
    turned = Reading(near(2), 99, Orientation.ROTATED_90)
    (match,) = Matcher([ONE]).match(image(Reading(near(9), 99), turned, Reading(near(5), 99)))
    assert (match.distance, match.orientation) == (2, Orientation.ROTATED_90)


def test_entries_of_one_id_on_one_list_are_kept_apart() -> None:
    twins = listed(entry("same", KNOWN), entry("same", near(2)))
    assert len(Matcher([twins]).match(image(Reading(KNOWN, 99)))) == 2


def test_a_list_of_any_algorithm_with_a_default_matches_by_default() -> None:
    bands = {}
    for name in registry.names("hashers"):
        known = Hash(name, bytes(-(-(bits_of(name) or 0) // 8)))
        matcher = Matcher([listed(entry("e", known))])
        found = matcher.match(image(Reading(known, 99)))
        assert matcher.algorithms == ((name,) if found else ())
        bands[name] = [match.band for match in found]
    sure = ("pdq", "phash-64", "phash-256", "dhash-64", "dhash-256")
    leads = {"ahash-64": [Band.PROBABLE], "whash-64": [Band.PROBABLE]}
    assert bands == {
        **{name: [Band.MATCH] for name in sure},
        **leads,
        "colorhash-42": [],
        "crop-resistant": [],
    }


@pytest.mark.parametrize("profile", [STRICT, DEFAULT, WIDE])
def test_profiles_name_what_their_hashers_declare(profile: Profile) -> None:
    for name in registry.names("hashers"):
        default = registry.load("hashers", name).threshold
        own, lead = profile.thresholds.get(name), profile.probable.get(name, -1)
        if profile is DEFAULT:
            assert own == default
        if own is not None:
            assert own <= default
            assert lead == -1 or lead > own
    assert profile.thresholds.keys() == DEFAULT.thresholds.keys()


def test_a_registered_hasher_brings_its_own_threshold_and_quality() -> None:
    class Own:
        algorithm, bits, distance, source, needs_rgb = "own-64", 64, "hamming", "here", False
        threshold, minimum_quality = 3, 70

        def hash(self, pictures: object, /) -> list[object]:
            raise NotImplementedError

    register("hashers", "own-64", factory=Own)
    try:
        matcher = Matcher([listed(entry("e", Hash("own-64", bytes(8))))])
        near_own = [Hash("own-64", bits.to_bytes(8)) for bits in (0b111, 0b1111)]
        assert [len(matcher.match(each)) for each in near_own] == [1, 0]
        found = [len(matcher.match(image(Reading(near_own[0], q)))) for q in (69, 70)]
        assert found == [0, 1]
        wider = overridden(DEFAULT, {"own-64": 4}, minimum_quality=10)
        matcher = Matcher([listed(entry("e", Hash("own-64", bytes(8))))], profile=wider)
        assert len(matcher.match(image(Reading(near_own[1], 10)))) == 1
    finally:
        registry._registered.pop(("hashers", "own-64"))


def test_a_policy_alone_makes_an_algorithm_match() -> None:
    own = Hash("unheard-32", bytes(4))
    known = listed(entry("a", own, category="1"), entry("b", own, category="2"))
    assert Matcher([known]).algorithms == ()
    policy = Policy(categories={"2": Policy(thresholds={"unheard-32": 1})})
    matcher = Matcher([KnownList.of(known, policy=policy)])
    assert matcher.algorithms == ("unheard-32",)
    assert [match.entry_id for match in matcher.match(own)] == ["b"]


def test_an_entry_that_two_algorithms_meet_counts_by_the_smaller_share_of_bits() -> None:
    both = Entry("e", hashes=(KnownHash(KNOWN), KnownHash(Hash("phash-64", bytes(8)))))
    readings = Reading(near(9), 99), Reading(Hash("phash-64", bytes([0] * 7 + [0b1111])), 99)
    (match,) = Matcher([listed(both)]).match(image(*readings))
    assert (match.algorithm, match.distance) == ("pdq", 9)


@pytest.mark.parametrize(
    ("thresholds", "error"),
    [
        ({"phsh-64": 3}, UnknownNameError),
        ({"photodna": 3}, AlgorithmMismatchError),
        ({"phash": 3}, AlgorithmMismatchError),
        ({"phash-64": 65}, ThresholdError),
        ({"phash-64": -1}, ThresholdError),
        ({"pdq": 3.5}, ThresholdError),
        ({"pdq": True}, ThresholdError),
    ],
)
def test_thresholds_that_can_have_no_effect_are_refused(
    thresholds: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        Matcher([ONE], profile=Profile("wrong", thresholds))
    with pytest.raises(error):
        Matcher([ONE], profile=overridden(DEFAULT, thresholds))


@pytest.mark.parametrize(
    "given", [None, 5, 1.5, Unreadable(Reason.DAMAGED), object(), [KNOWN], (KNOWN,), {}]
)
def test_what_cannot_be_matched_is_refused(given: object) -> None:
    matcher = Matcher([ONE])
    with pytest.raises(TypeError, match="what is matched is"):
        matcher.match(given)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="what is matched is"):
        matcher.match_many([KNOWN, given])  # type: ignore[list-item]


@pytest.mark.parametrize("given", ["pdq:00", b"pdq", KNOWN, Digests(), Item("x"), None, 5])
def test_a_single_subject_is_not_several(given: object) -> None:
    with pytest.raises(TypeError, match="several"):
        Matcher([ONE]).match_many(given)  # type: ignore[arg-type]


def test_text_is_matched_as_the_hash_or_digest_that_it_says() -> None:
    matcher = Matcher([ONE])
    for text in (str(near(3)), f" {near(3)}\n", "md5:" + "0" * 32, "0" * 32):
        assert [match.entry_id for match in matcher.match(text)] == ["e1"]
    for text in ("pdq:zz", "pdq:00", "holiday.jpg", "", "0" * 64):
        with pytest.raises(HashFormatError):
            matcher.match(text)


def test_lists_and_profiles_are_taken_by_name(tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    path.write_text(f"id,pdq\ne1,{KNOWN.hex}\n")
    with Index.edit(tmp_path / "index") as writer:
        writer.put(ONE)
    for known in (ONE, path, str(path), str(tmp_path / "index"), [path], (ONE,), iter([ONE])):
        (match,) = Matcher(known, profile="wide").match(near(40))
        assert (match.entry_id, match.band) == ("e1", Band.PROBABLE)
    found = Matcher([path, tmp_path / "index"]).match(near(9))
    assert sorted(match.list_name for match in found) == ["known", "list"]
    with pytest.raises(UnknownNameError, match=r"strict\n.*default\n.*wide"):
        Matcher(ONE, profile="lax")
    for wrong in (None, 5, [None], [5]):
        with pytest.raises(TypeError, match="known hashes are"):
            Matcher(wrong)  # type: ignore[arg-type]


@given(st.lists(hashes(), max_size=8), st.lists(hashes(), max_size=8), st.integers(0, 256))
def test_matches_are_those_of_brute_force(
    known: list[Hash], asked: list[Hash], threshold: int
) -> None:
    entries = [entry(str(i), one) for i, one in enumerate(known)]
    matcher = Matcher([listed(*entries)], profile=Profile("any", {"pdq": threshold}))
    found = matcher.match_many([image(Reading(one, 100)) for one in asked])
    for one, matches in zip(asked, found, strict=True):
        nearest = [(min(one - k, ~one - k), str(i)) for i, k in enumerate(known)]
        expected = sorted(each for each in nearest if each[0] <= threshold)
        assert [(m.distance, m.entry_id) for m in matches] == expected


def test_lists_of_one_name_are_told_apart() -> None:
    lists = [replace(ONE, name="known", sha256=digit * 64) for digit in "ab"]
    found = Matcher(lists).match(image(Reading(KNOWN, 99)))
    assert {match.list_name for match in found} == {"known@aaaaaaaa", "known@bbbbbbbb"}


def test_lists_that_nothing_tells_apart_lose_no_match() -> None:
    assert len(Matcher([listed(entry("a", KNOWN)), listed(entry("b", KNOWN))]).match(KNOWN)) == 2


def test_a_threshold_for_opaque_hashes_is_refused() -> None:
    with pytest.raises(AlgorithmMismatchError, match="photodna"):
        Profile("wrong", {"photodna": 5})
    with pytest.raises(AlgorithmMismatchError, match="photodna"):
        Policy(thresholds={"photodna": 5})


def test_nothing_known_matches_nothing() -> None:
    assert Matcher([]).match(image(Reading(KNOWN, 100))) == ()
    assert Matcher([]).match_many([]) == []
    assert Matcher([]).profile is DEFAULT


def test_lists_of_any_origin_meet(tmp_path: Path) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["id", "pdq"], ["7", KNOWN.hex]])
    (tmp_path / "known.csv").write_text(buffer.getvalue())
    several: list[Against] = [
        tmp_path / "known.csv",
        [str(tmp_path / "known.csv"), ONE],
        ONE,
        Matcher([ONE]),
    ]
    for against in several:
        matches = matcher_for(against).match(image(Reading(KNOWN, 100)))
        assert {match.distance for match in matches} == {0}, against


def test_the_negative_of_a_known_picture_is_found() -> None:
    (match,) = Matcher([ONE]).match(image(Reading(~near(6), 99)))
    assert (match.distance, match.inverted) == (6, True)
    assert not Matcher([ONE]).match(image(Reading(~KNOWN, 99, Orientation.MIRRORED)))


def test_the_part_of_the_known_picture_is_named() -> None:
    known = Entry("e", hashes=(KnownHash(~KNOWN, 80), KnownHash(KNOWN, 70, "centre")))
    (match,) = Matcher([listed(known)]).match(near(2))
    assert (match.part, match.entry_quality) == ("centre", 70)
