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
from hashmatch.hashlists.reading import HashList
from hashmatch.index.index import Index
from hashmatch.index.reading import KnownList
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.thresholds import overridden
from hashmatch.model import (
    Alpha,
    Band,
    Decoder,
    Digests,
    Entry,
    Hash,
    Item,
    KnownHash,
    MatchKind,
    MediaHashes,
    Mode,
    Reading,
    Unreadable,
    VideoFacts,
    bits_of,
)
from hashmatch.model.orientation import Orientation
from hashmatch.profiles import DEFAULT, STRICT, WIDE, Policy, Profile
from hashmatch.registry import register
from hashmatch.scanning.engine import Against, matcher_for
from hashmatch.testing import hashes

KNOWN = Hash("pdq", bytes(16) + b"\xff" * 16)


def near(bits: int) -> Hash:
    return Hash("pdq", (int.from_bytes(KNOWN.value) ^ ((1 << bits) - 1)).to_bytes(32))


def image(*readings: Reading, fraction: float = 1.0) -> MediaHashes:
    reason = None if fraction == 1 else Reason.TRUNCATED
    return MediaHashes(
        readings,
        Mode.EXACT,
        width=9,
        height=9,
        format="png",
        decoder=Decoder.PILLOW,
        fraction=fraction,
        reason=reason,
    )


def listed(*entries: Entry, name: str = "list") -> HashList:
    return HashList.of(name, entries)


def entry(id: str, *known: Hash, quality: int | None = None, **more: Any) -> Entry:  # noqa: A002 (the field's name)
    return Entry(id, hashes=tuple(KnownHash(each, quality) for each in known), **more)


ONE = listed(
    entry("e1", KNOWN, quality=90, digests=Digests(md5="0" * 32), category="1", scheme="VIC_US")
)


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
    (match,) = Matcher([ONE]).match(Item("x", digests=digests, image=image(Reading(KNOWN, 99))))
    assert (match.kind, match.algorithm, match.distance) == (MatchKind.EXACT, "md5", 0)
    other = listed(entry("e2", near(2)), name="other")
    exact, perceptual = Matcher([other, ONE]).match(
        Item("x", digests=digests, image=image(Reading(KNOWN, 99)))
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
        with pytest.raises(TypeError, match="what is known is"):
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
        assert matcher_for(against).match(image(Reading(KNOWN, 100)))


def test_the_negative_of_a_known_picture_is_found() -> None:
    (match,) = Matcher([ONE]).match(image(Reading(~near(6), 99)))
    assert (match.distance, match.inverted) == (6, True)
    assert not Matcher([ONE]).match(image(Reading(~KNOWN, 99, Orientation.MIRRORED)))


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
    label, near_match = matcher.match(Item("x", digests=known, image=seen))
    assert (label.entry_id, label.known_good, label.reportable) == ("nsrl", True, False)
    assert (near_match.entry_id, near_match.suppressed, near_match.reportable) == (
        "e1",
        True,
        False,
    )
    assert all(match.reportable for match in matcher.match(Item("x", image=seen)))


def test_equal_bytes_on_a_notable_list_are_raised_whatever_else_is_said() -> None:
    both = Digests(md5="0" * 32, sha1="1" * 40)
    harmless = listed(entry("nsrl", digests=Digests(sha1="1" * 40), known_good=True), name="nsrl")
    found = Matcher([ONE, harmless]).match(Item("x", digests=both, image=image(Reading(KNOWN, 99))))
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


def test_the_part_of_the_known_picture_is_named() -> None:
    known = Entry("e", hashes=(KnownHash(~KNOWN, 80), KnownHash(KNOWN, 70, "centre")))
    (match,) = Matcher([listed(known)]).match(near(2))
    assert (match.part, match.entry_quality) == ("centre", 70)
