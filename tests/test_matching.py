import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.errors import AlgorithmMismatchError, Reason
from hashmatch.hashlists.base import HashList
from hashmatch.matching import Matcher
from hashmatch.model import (
    Alpha,
    Digests,
    Entry,
    Hash,
    ImageHashes,
    Item,
    MatchKind,
    Reading,
)
from hashmatch.orientation import Orientation
from hashmatch.profiles import DEFAULT, Profile
from hashmatch.scanning.engine import Against, matcher_for
from hashmatch.testing import hashes

KNOWN = Hash("pdq", bytes(16) + b"\xff" * 16)


def near(bits: int) -> Hash:
    return Hash("pdq", (int.from_bytes(KNOWN.value) ^ ((1 << bits) - 1)).to_bytes(32))


def image(*readings: Reading, fraction: float = 1.0) -> ImageHashes:
    reason = None if fraction == 1 else Reason.TRUNCATED
    return ImageHashes(readings, "exact", 9, 9, "png", "pillow", fraction=fraction, reason=reason)


def listed(*entries: Entry, name: str = "list") -> HashList:
    return HashList(name, entries=entries)


ONE = listed(Entry("e1", Digests(md5="0" * 32), (KNOWN,), "VIC_US/1", quality=90))


def test_a_match_says_all_that_led_to_it() -> None:
    reading = Reading(near(4), 77, Orientation.MIRRORED, Alpha.DROPPED, frame=3)
    (match,) = Matcher([ONE]).match(image(reading))
    assert (match.list, match.entry, match.category) == ("list", "e1", "VIC_US/1")
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
    weak = listed(Entry("e", hashes=(KNOWN,), quality=quality))
    assert len(Matcher([weak]).match(image(Reading(KNOWN, 100)))) == matches


def test_a_picture_decoded_in_part_is_not_matched_as_if_whole() -> None:
    matcher = Matcher([ONE])
    assert not matcher.match(image(Reading(KNOWN, 100), fraction=0.9))
    assert matcher.match(image(Reading(KNOWN, 100), fraction=0.95))


def test_equal_bytes_come_first_and_once() -> None:
    digests = Digests(md5="0" * 32)
    (match,) = Matcher([ONE]).match(Item("x", digests=digests, image=image(Reading(KNOWN, 99))))
    assert (match.kind, match.algorithm, match.distance) == (MatchKind.EXACT, "md5", 0)
    other = listed(Entry("e2", hashes=(near(2),)), name="other")
    exact, perceptual = Matcher([other, ONE]).match(
        Item("x", digests=digests, image=image(Reading(KNOWN, 99)))
    )
    assert (exact.entry, perceptual.entry) == ("e1", "e2")


def test_digests_of_what_is_no_picture_match() -> None:
    assert Matcher([ONE]).match(Item("movie", digests=Digests(md5="0" * 32)))


def test_an_entry_counts_once_by_its_nearest_reading() -> None:
    turned = Reading(near(2), 99, Orientation.ROTATED_90)
    (match,) = Matcher([ONE]).match(image(Reading(near(9), 99), turned, Reading(near(5), 99)))
    assert (match.distance, match.orientation) == (2, Orientation.ROTATED_90)


def test_entries_of_one_id_on_one_list_are_kept_apart() -> None:
    twins = listed(Entry("same", hashes=(KNOWN,)), Entry("same", hashes=(near(2),)))
    assert len(Matcher([twins]).match(image(Reading(KNOWN, 99)))) == 2


def test_only_algorithms_with_a_threshold_match() -> None:
    phash = Hash("phash-64", bytes(8))
    known = listed(Entry("e", hashes=(phash,)))
    assert not Matcher([known]).match(image(Reading(phash, 99)))
    profile = Profile("both", {"phash-64": 4})
    matcher = Matcher([known], profile=profile)
    assert matcher.algorithms == ("phash-64",)
    assert len(matcher.match(image(Reading(phash, 99)))) == 1


@given(st.lists(hashes(), max_size=8), st.lists(hashes(), max_size=8), st.integers(0, 256))
def test_matches_are_those_of_brute_force(
    known: list[Hash], asked: list[Hash], threshold: int
) -> None:
    entries = [Entry(str(i), hashes=(one,)) for i, one in enumerate(known)]
    matcher = Matcher([listed(*entries)], profile=Profile("any", {"pdq": threshold}))
    found = matcher.match_many([image(Reading(one, 100)) for one in asked])
    for one, matches in zip(asked, found, strict=True):
        expected = sorted((one - k, str(i)) for i, k in enumerate(known) if one - k <= threshold)
        assert [(m.distance, m.entry) for m in matches] == expected


def test_lists_of_one_name_are_told_apart() -> None:
    lists = [HashList("known", sha256=digit * 64, entries=ONE.entries) for digit in "ab"]
    found = Matcher(lists).match(image(Reading(KNOWN, 99)))
    assert {match.list for match in found} == {"known@aaaaaaaa", "known@bbbbbbbb"}


def test_a_threshold_for_opaque_hashes_is_refused() -> None:
    with pytest.raises(AlgorithmMismatchError, match="photodna"):
        Matcher([ONE], profile=Profile("wrong", {"photodna": 5}))


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
        assert matcher_for(against).match(image(Reading(KNOWN, 100)))
