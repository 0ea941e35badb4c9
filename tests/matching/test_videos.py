from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hashmatch.hashlists.reading import HashList
from hashmatch.index.drafting import drafted
from hashmatch.index.index import Index
from hashmatch.index.reading import KnownList
from hashmatch.index.segment import Segment
from hashmatch.matching.matcher import Matcher
from hashmatch.model import (
    Band,
    Decoder,
    Digests,
    Entry,
    Hash,
    Item,
    KnownHash,
    Match,
    MatchKind,
    MediaHashes,
    Mode,
    Reading,
)
from hashmatch.model.alignment import Grade
from hashmatch.model.orientation import Orientation
from hashmatch.profiles import DEFAULT, STRICT, WIDE, Policy
from hashmatch.search.mih import MultiIndex
from tests.support.films import Film, clip, entry_of, known, noisy, video
from tests.support.kernels import NEEDED

FILMS = [Film(seed) for seed in range(8)]


def listed(*entries: Entry, name: str = "films") -> HashList:
    return HashList.of(name, entries)


def films(**more: Any) -> HashList:
    return listed(*(known(str(film.seed), film, **more) for film in FILMS))


MATCHER = Matcher([films()])


def unrelated(seed: int, count: int = 60) -> "np.typing.NDArray[np.uint8]":
    return Film(1000 + seed, count).codes(np.arange(float(count)))


def picture(one: Hash, quality: int = 90) -> MediaHashes:
    return MediaHashes(
        (Reading(one, quality),),
        Mode.EXACT,
        width=9,
        height=9,
        format="png",
        decoder=Decoder.PILLOW,
    )


def hash_of(codes: "np.typing.NDArray[np.uint8]", row: int = 0) -> Hash:
    return Hash("pdq", codes[row].tobytes())


def test_a_copy_is_found_and_placed() -> None:
    (match,) = MATCHER.match(video(clip(FILMS[3], 0, 60)))
    assert (match.entry_id, match.kind, match.algorithm) == ("3", MatchKind.VIDEO, "pdq")
    assert (match.band, match.threshold, match.quality) == (Band.MATCH, 64, 80)
    assert 4 < match.distance < 30
    (segment,) = match.segments
    assert segment.grade is Grade.STRONG
    assert segment.speed == 1
    assert abs(segment.offset) < 0.1
    assert segment.known_coverage > 0.95
    assert segment.coverage == 1


@pytest.mark.parametrize("speed", [0.9, 1.0, 1.1])
@pytest.mark.parametrize("film", FILMS)
def test_five_seconds_are_found_at_any_speed(film: Film, speed: float) -> None:
    (match,) = MATCHER.match(video(clip(film, 20.3, 5, speed=speed)))
    assert match.entry_id == str(film.seed)
    assert match.segments[0].grade is Grade.STRONG
    assert abs(match.segments[0].known_start - 20.3) < 0.5


@pytest.mark.parametrize("speed", [0.9, 1.0, 1.1])
def test_the_speed_is_told_where_it_can_be(speed: float) -> None:
    for film in FILMS:
        (match,) = MATCHER.match(video(clip(film, 10, 30, speed=speed)))
        assert match.segments[0].speed == pytest.approx(speed, abs=0.02)


def test_a_speed_that_cannot_be_told_is_not() -> None:
    (match,) = MATCHER.match(video(clip(FILMS[0], 10, 3, rate=2), np.arange(6) / 2))
    assert match.segments[0].speed is None


def test_offsets_are_finer_than_samples() -> None:
    errors = []
    for number in range(60):
        start = 5 + 0.73 * number
        (match,) = MATCHER.match(video(clip(FILMS[number % 8], start, 8)))
        errors.append(abs(match.segments[0].known_start - start))
    assert np.median(errors) <= 0.15
    assert np.quantile(errors, 0.9) <= 0.5


def test_frames_kept_by_the_clock_place_as_well() -> None:
    film = FILMS[0]
    times = np.arange(60.0)
    matcher = Matcher([listed(entry_of("vpdq", film.codes(times), times))])
    errors = []
    for start in np.arange(5, 40, 1.37):
        (match,) = matcher.match(video(clip(film, start, 8, rate=4), np.arange(32) / 4))
        errors.append(abs(match.segments[0].known_start - start))
    assert np.median(errors) <= 0.15


def test_an_insert_is_found_in_a_longer_video() -> None:
    codes = np.concatenate((unrelated(1), clip(FILMS[2], 30, 6), unrelated(2)))
    (match,) = MATCHER.match(video(codes))
    (segment,) = match.segments
    assert (match.entry_id, segment.start, segment.end) == ("2", 60, 65)
    assert segment.coverage == pytest.approx(6 / 126)
    assert abs(segment.offset + 30) < 0.5


def test_two_known_videos_in_one() -> None:
    codes = np.concatenate((clip(FILMS[5], 3, 9), unrelated(3), clip(FILMS[6], 40, 12)))
    found = {match.entry_id: match.segments for match in MATCHER.match(video(codes))}
    assert sorted(found) == ["5", "6"]
    assert [(s.start, s.end) for s in found["5"]] == [(0, 8)]
    assert [(s.start, s.end) for s in found["6"]] == [(69, 80)]


def test_two_stretches_of_one_known_video() -> None:
    codes = np.concatenate((clip(FILMS[5], 40, 9), unrelated(4), clip(FILMS[5], 10, 12)))
    (match,) = MATCHER.match(video(codes))
    assert [(s.start, s.end) for s in match.segments] == [(69, 80), (0, 8)]


@pytest.mark.parametrize("orientation", list(Orientation))
def test_turned_and_mirrored_videos_are_found(orientation: Orientation) -> None:
    (match,) = MATCHER.match(video(clip(FILMS[1], 15, 8), orientation=orientation))
    back = {Orientation.ROTATED_90: Orientation.ROTATED_270}
    back |= {turn: way for way, turn in back.items()}
    assert match.orientation is back.get(orientation, orientation)
    assert match.segments[0].orientation is match.orientation


def test_what_is_inside_borders_is_a_sequence_of_its_own() -> None:
    whole = video(unrelated(5, 10))
    content = video(clip(FILMS[4], 22, 10), part="content")
    both = replace(whole, readings=(*whole.readings, *content.readings))
    (match,) = MATCHER.match(both)
    assert (match.entry_id, match.segments[0].part) == ("4", "content")
    assert match.segments[0].coverage == 1


def test_times_need_not_ascend() -> None:
    film = FILMS[0]
    codes, times = film.sampled()
    order = np.random.default_rng(3).permutation(len(times))
    matcher = Matcher([listed(entry_of("mixed", codes[order], times[order]))])
    asked = video(clip(film, 10, 20))
    shuffled = replace(asked, readings=asked.readings[::-1])
    for each in (asked, shuffled):
        assert matcher.match(each)[0].segments == MATCHER.match(asked)[0].segments


def test_unrelated_videos_do_not_match() -> None:
    for profile in (STRICT, DEFAULT, WIDE):
        matcher = Matcher([films()], profile=profile)
        assert not any(matcher.match_many([video(unrelated(seed)) for seed in range(200)]))


def test_a_card_in_all_of_them_does_not_match() -> None:
    """A logo that opens every known video, of good quality, and frames that are black."""
    random = np.random.default_rng(1)
    logo, black = random.integers(0, 256, (2, 1, 32), np.uint8)
    entries = []
    for seed in range(60):
        codes, times = Film(seed, 30).sampled()
        opening = np.concatenate((noisy(np.repeat(logo, 5, axis=0), 4, seed), black, codes))
        entries.append(entry_of(str(seed), opening, np.append(np.arange(6.0), times + 6)))
    matcher = Matcher([listed(*entries)])
    for seed in range(20):
        cards = np.concatenate((noisy(np.repeat(logo, 5, axis=0), 4, seed), black))
        codes = np.concatenate((cards, unrelated(seed, 30), cards))
        assert matcher.match(video(codes)) == ()
        with_clip = np.concatenate((codes, clip(Film(seed, 30), 5, 8)))
        (match,) = matcher.match(video(with_clip))
        assert match.entry_id == str(seed)


def test_a_clip_that_is_listed_many_times_is_found_all_the_same() -> None:
    entries = [known(str(number), FILMS[0]) for number in range(40)]
    matcher = Matcher([listed(*entries)])
    assert len(matcher.match(video(clip(FILMS[0], 0, 60)))) == 40


def test_a_still_video_that_is_listed_many_times_is_found_all_the_same() -> None:
    still = np.repeat(unrelated(13, 1), 9, axis=0)
    entries = [entry_of(str(each), noisy(still, 4, each), np.arange(9.0)) for each in range(30)]
    assert len(Matcher([listed(*entries)]).match(video(noisy(still, 6)))) == 30


def test_a_scene_that_does_not_move_is_ambiguous() -> None:
    still = np.random.default_rng(2).integers(0, 256, (1, 32), np.uint8)
    codes, times = Film(1, 30).sampled()
    scene = np.arange(30.0, 60.0, 2)
    held = np.concatenate((codes, np.repeat(still, len(scene), axis=0)))
    matcher = Matcher([listed(entry_of("e", held, np.append(times, scene)))])
    asked = noisy(np.repeat(still, 10, axis=0), 6)
    (match,) = matcher.match(video(asked))
    (segment,) = match.segments
    assert (segment.grade, match.band, segment.speed) == (Grade.STILL, Band.MATCH, None)
    assert (segment.known_start, segment.known_end) == (30, 58)
    assert segment.pictures == 1
    assert matcher.match(video(asked, quality=40)) == ()


def test_a_dim_video_of_one_picture_is_probable() -> None:
    still = np.random.default_rng(2).integers(0, 256, (1, 32), np.uint8)
    times = np.arange(0.0, 30.0, 2)
    entry = entry_of("dim", np.repeat(still, len(times), axis=0), times, quality=30)
    matcher = Matcher([listed(entry)])
    (match,) = matcher.match(video(noisy(np.repeat(still, 9, axis=0), 6), quality=30))
    assert (match.band, match.segments[0].grade) == (Band.PROBABLE, Grade.STILL)


@pytest.mark.parametrize(("quality", "matches"), [(20, 1), (19, 0)])
def test_frames_of_poor_quality_count_less_poor_than_pictures(quality: int, matches: int) -> None:
    asked = clip(FILMS[0], 10, 20)
    assert len(MATCHER.match(video(asked, quality=quality))) == matches
    assert len(Matcher([films(quality=quality)]).match(video(asked))) == matches
    assert len(Matcher([films(quality=None)]).match(video(asked))) == 1


def test_two_frames_are_probable() -> None:
    asked = np.concatenate((unrelated(6, 20), clip(FILMS[0], 10, 2, bits=4), unrelated(7, 20)))
    (match,) = MATCHER.match(video(asked, quality=40))
    assert (match.band, match.segments[0].grade) == (Band.PROBABLE, Grade.PROBABLE)
    (match,) = MATCHER.match(video(asked, quality=60))
    assert (match.band, match.segments[0].grade) == (Band.MATCH, Grade.PROBABLE)


def test_a_picture_is_seen_in_a_video() -> None:
    one = np.random.default_rng(3).integers(0, 256, (1, 32), np.uint8)
    shown = np.repeat(one, 4, axis=0)
    codes = np.concatenate((unrelated(8, 10), noisy(shown, 9), unrelated(9, 10), noisy(shown, 3)))
    matcher = Matcher([listed(Entry("p", hashes=(KnownHash(hash_of(one), 90),)))])
    (match,) = matcher.match(video(codes))
    assert (match.kind, match.distance, match.threshold) == (MatchKind.PERCEPTUAL, 3, 31)
    assert (match.band, match.quality, match.entry_quality) == (Band.MATCH, 80, 90)
    assert match.frame >= 24
    assert {(s.start, s.end, s.frames, s.grade) for s in match.segments} == {
        (10, 13, 4, Grade.STILL),
        (24, 27, 4, Grade.STILL),
    }
    assert {(s.known_start, s.known_end) for s in match.segments} == {(0, 0)}
    assert matcher.match(video(codes, quality=49)) == ()
    mirrored = matcher.match(video(codes, orientation=Orientation.MIRRORED))
    assert mirrored[0].orientation is Orientation.MIRRORED


def test_a_picture_from_a_known_video_says_where() -> None:
    film = FILMS[2]
    codes, times = film.sampled()
    row = 30
    for asked in (picture(hash_of(codes, row)), hash_of(codes, row)):
        (match,) = MATCHER.match(asked)
        assert (match.entry_id, match.kind, match.distance) == ("2", MatchKind.PERCEPTUAL, 0)
        best = match.segments[0]
        assert (best.start, best.end, best.grade) == (0, 0, Grade.STILL)
        assert best.known_start <= times[row] <= best.known_end + 1e-3
    assert MATCHER.match(picture(hash_of(codes, row), 49)) == ()


def test_pictures_without_videos_have_no_segments() -> None:
    one = hash_of(unrelated(1))
    matcher = Matcher([listed(Entry("p", hashes=(KnownHash(one, 90),)))])
    assert matcher.match(picture(one))[0].segments == ()


def as_known(entry: Entry, policy: Policy) -> Match:
    (match,) = Matcher([KnownList.of(listed(entry), policy=policy)]).match(
        video(clip(FILMS[0], 5, 20))
    )
    return match


def test_policy_is_that_of_pictures() -> None:
    entry = known("e", FILMS[0], category="1", scheme="S")
    assert as_known(entry, Policy()).reportable
    assert not as_known(entry, Policy(known_good=True)).reportable
    assert not as_known(entry, Policy(categories={"S/1": Policy(known_good=True)})).reportable


def test_known_good_bytes_suppress_and_equal_bytes_come_first() -> None:
    digests = Digests(sha256="1" * 64)
    asked = Item("x", digests=digests, media=video(clip(FILMS[0], 5, 20)))
    harmless = listed(Entry("nsrl", digests=digests, known_good=True), name="nsrl")
    label, match = Matcher([films(), harmless]).match(asked)
    assert (label.entry_id, match.kind, match.suppressed) == ("nsrl", MatchKind.VIDEO, True)
    exact = replace(known("0", FILMS[0]), digests=digests)
    (match,) = Matcher([listed(exact)]).match(asked)
    assert match.kind is MatchKind.EXACT


def test_videos_in_an_index_on_disk_and_those_withdrawn(tmp_path: Any) -> None:
    asked = video(clip(FILMS[0], 5, 20))
    with Index.edit(tmp_path / "index") as writer:
        writer.put(films())
    matcher = Matcher(Index(tmp_path / "index"))
    found = matcher.match(asked)
    assert [match.segments for match in found] == [MATCHER.match(asked)[0].segments]
    (match,) = matcher.match(hash_of(FILMS[0].sampled()[0]))
    assert match.segments
    with Index.edit(tmp_path / "index") as writer:
        writer.withdraw("films", ["0"])
    assert matcher.refresh()
    assert matcher.match(asked) == ()


def test_strict_finds_no_more_than_default_and_wide_no_less() -> None:
    asked = [video(clip(film, 7, 6, bits=bits)) for film in FILMS for bits in (4, 20, 34, 44)]
    counts = [
        sum(map(bool, Matcher([films()], profile=profile).match_many(asked)))
        for profile in (STRICT, DEFAULT, WIDE)
    ]
    assert 0 < counts[0] <= counts[1] <= counts[2]


def test_videos_and_pictures_are_matched_together() -> None:
    asked: list[MediaHashes | Hash] = [
        video(clip(FILMS[0], 5, 10)),
        hash_of(FILMS[1].sampled()[0]),
        video(unrelated(1)),
        video(clip(FILMS[2], 5, 10)),
    ]
    found = MATCHER.match_many(asked)
    assert [[match.entry_id for match in each] for each in found] == [["0"], ["1"], [], ["2"]]
    assert found == [MATCHER.match(each) for each in asked]


def test_a_video_without_frames_matches_nothing() -> None:
    assert MATCHER.match(replace(video(unrelated(1)), readings=())) == ()
    assert Matcher([]).match(video(unrelated(1))) == ()


@NEEDED
def test_frames_of_videos_are_indexed_compactly_and_pictures_fast() -> None:
    random = np.random.default_rng(5)
    codes = random.integers(0, 256, (20_000, 32), np.uint8)
    times = np.arange(20_000.0) / 5
    pictures = [Entry(str(row), hashes=(KnownHash(hash_of(codes, row)),)) for row in range(20_000)]
    for entries, layout in (([entry_of("e", codes, times)], "compact"), (pictures, "inline")):
        segment = drafted(listed(*entries)).segment()
        tables = MultiIndex(segment.codes("pdq"), parts_of(segment))
        assert tables.layout == layout


def parts_of(segment: Segment) -> dict[str, Any]:
    prefix = "pdq.search."
    arrays = segment.table.arrays.items()
    return {name.removeprefix(prefix): each for name, each in arrays if name.startswith(prefix)}


def test_an_opening_that_many_share_is_no_match_by_itself() -> None:
    opening = Film(500, 8)
    shared, begun = opening.sampled()
    entries = []
    for seed in range(40):
        codes, times = Film(seed, 40).sampled()
        entries.append(
            entry_of(str(seed), np.concatenate((shared, codes)), np.append(begun, times + 8))
        )
    matcher = Matcher([listed(*entries)])
    asked = np.concatenate((clip(opening, 0, 8), unrelated(11, 40)))
    assert matcher.match(video(asked)) == ()
    one = Film(7, 40).sampled()[0][20]
    chance = np.concatenate((clip(opening, 0, 8), one[None], unrelated(11, 40)))
    assert matcher.match(video(chance, quality=40)) == ()
    own = np.concatenate((clip(opening, 0, 8), clip(Film(7, 40), 0, 10)))
    (match,) = matcher.match(video(own))
    assert (match.entry_id, match.segments[0].frames) == ("7", 18)


def test_a_picture_that_returns_in_a_known_video_is_seen_twice() -> None:
    one = np.random.default_rng(3).integers(0, 256, (1, 32), np.uint8)
    codes = unrelated(12, 10)
    codes[2:4], codes[7] = one, noisy(one, 5)[0]
    matcher = Matcher([listed(entry_of("e", codes, np.arange(10.0)))])
    (match,) = matcher.match(hash_of(one))
    told = [(s.known_start, s.known_end, s.distance) for s in match.segments]
    assert told == [(2, 3, 0), (7, 7, 5)]
