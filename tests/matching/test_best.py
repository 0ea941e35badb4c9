"""Which match is told, against brute force over all readings of an item and all hashes known."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashing.items import hash_item
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.matching.dihedral import turned
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
    VideoFacts,
)
from hashmatch.model.alignment import Grade
from hashmatch.model.orientation import Orientation
from hashmatch.profiles import DEFAULT, WIDE, Profile
from hashmatch.reports.text import readings_of
from tests.support.cases import CASES

BASE = np.random.default_rng(11).integers(0, 256, (1, 32), np.uint8)


def altered(seed: int, bits: int) -> Hash:
    flipped = np.zeros(256, np.uint8)
    flipped[np.random.default_rng(seed).permutation(256)[:bits]] = 1
    return Hash("pdq", (BASE ^ np.packbits(flipped)).tobytes())


def film(*readings: Reading) -> MediaHashes:
    return MediaHashes(
        readings,
        Mode.FAST,
        width=9,
        height=9,
        format="gif",
        decoder=Decoder.PILLOW,
        frames=9,
        video=VideoFacts(),
    )


def matched(known: list[KnownHash], image: MediaHashes, profile: Profile = DEFAULT) -> Match:
    (match,) = Matcher(
        [HashList.of("l", [Entry("e", hashes=tuple(known))])], profile=profile
    ).match(image)
    return match


@dataclass(frozen=True)
class Pair:
    """A reading of the item beside a known hash, compared in one way."""

    reading: Reading
    known: KnownHash
    distance: int

    def band(self, profile: Profile) -> Band | None:
        lower = min(self.reading.quality, 100 if self.known.quality is None else self.known.quality)
        if self.distance <= profile.thresholds["pdq"] and lower >= profile.minimum_quality:
            return Band.MATCH
        if self.distance <= profile.probable.get("pdq", -1) and lower >= profile.probable_quality:
            return Band.PROBABLE
        return None


def pairs(image: MediaHashes, known: list[KnownHash]) -> list[Pair]:
    """Every comparison of single hashes: those of frames with frames are left to their order."""
    found = []
    for reading in image.readings:
        looks = [reading.hash]
        if reading.time is None and reading.orientation is Orientation.UPRIGHT:
            looks.append(~reading.hash)
        if reading.time is not None:
            code = np.frombuffer(reading.hash.value, np.uint8)[None]
            looks = [Hash("pdq", turned(code, way).tobytes()) for way in Orientation]
        for each in known:
            if reading.time is None or each.time is None:
                found += [Pair(reading, each, look - each.hash) for look in looks]
    return found


QUALITIES = st.sampled_from([40, 60, 95])
HASHES = st.builds(altered, st.integers(0, 5), st.integers(0, 60))
PAGES = st.builds(
    Reading,
    HASHES,
    QUALITIES,
    st.sampled_from([Orientation.UPRIGHT, Orientation.MIRRORED]),
    frame=st.integers(0, 9),
    part=st.sampled_from(["", "cover", "behind"]),
)
FRAMES = st.builds(
    Reading,
    HASHES,
    QUALITIES,
    frame=st.integers(0, 9),
    time=st.sampled_from([0.0, 1.0, 2.0, 7.0]),
    part=st.sampled_from(["", "content", "widened"]),
)
PICTURES = st.builds(
    KnownHash, HASHES, st.sampled_from([None, 40, 60, 95]), st.just("") | st.just("centre")
)
KNOWN_FRAMES = st.builds(
    KnownHash, HASHES, QUALITIES, st.just(""), st.sampled_from([0.0, 3.0, 4.0])
)


@pytest.mark.parametrize("profile", [DEFAULT, WIDE])
@given(
    pages=st.lists(PAGES, max_size=4),
    frames=st.lists(FRAMES, max_size=5, unique_by=lambda each: (each.time, each.part)),
    known=st.lists(PICTURES, max_size=3),
    moving=st.lists(KNOWN_FRAMES, max_size=3, unique_by=lambda each: each.time),
)
def test_the_match_told_is_the_nearest_of_the_surest(
    profile: Profile,
    pages: list[Reading],
    frames: list[Reading],
    known: list[KnownHash],
    moving: list[KnownHash],
) -> None:
    image, all_known = film(*pages, *frames), known + moving
    matcher = Matcher([HashList.of("l", [Entry("e", hashes=tuple(all_known))])], profile=profile)
    counting = [pair for pair in pairs(image, all_known) if pair.band(profile)]
    best = min(
        ((pair.band(profile) is not Band.MATCH, pair.distance) for pair in counting), default=None
    )
    found = matcher.match(image)
    if best is None:
        assert all(match.kind is MatchKind.VIDEO for match in found)
        return
    (match,) = found
    if match.kind is MatchKind.VIDEO:
        named = Hash.parse(match.entry_hash)
        codes = [np.frombuffer(each.hash.value, np.uint8)[None] for each in frames]
        looks = [turned(code, match.orientation).tobytes() for code in codes]
        nearest = min(Hash("pdq", look) - named for look in looks)
        strong = match.segments[0].grade is Grade.STRONG
        assert strong or (match.band is not Band.MATCH, nearest) <= best
        return
    assert (match.band is not Band.MATCH, match.distance) == best
    told = [
        pair for pair in counting if (pair.band(profile), pair.distance) == (match.band, best[1])
    ]
    assert (match.frame, match.part, match.entry_hash, match.quality) in {
        (pair.reading.frame, pair.known.part, str(pair.known.hash), pair.reading.quality)
        for pair in told
    }
    timed = [
        pair
        for pair in counting
        if pair.reading.time is not None and pair.band(profile) is match.band
    ]
    if timed:
        nearest = min(pair.distance for pair in timed)
        times = {pair.reading.time for pair in timed if pair.distance == nearest}
        first = match.segments[0]
        if first.known_end == 0 and not moving:
            assert any(first.start <= (time or 0) <= first.end for time in times)


@pytest.mark.parametrize("page_first", [True, False])
@pytest.mark.parametrize(("page", "frame"), [(0, 16), (16, 0), (5, 5)])
def test_page_and_frame_compete_and_the_time_is_kept(
    page: int, frame: int, *, page_first: bool
) -> None:
    readings = [
        Reading(altered(1, page), 90, frame=2),
        Reading(altered(1, frame), 90, frame=3, time=1.5),
    ]
    match = matched([KnownHash(altered(1, 0))], film(*readings[:: 1 if page_first else -1]))
    assert match.distance == min(page, frame)
    assert [(each.start, each.distance) for each in match.segments] == [(1.5, frame)]
    if page != frame:
        assert match.frame == (2 if page < frame else 3)


def test_what_is_certain_comes_before_what_is_probable_and_nearer() -> None:
    # Of poor quality the nearer one is no match at all; of a leading one it would be probable.
    readings = [
        Reading(altered(1, 40), 95, frame=1, time=0.0),
        Reading(altered(2, 30), 60, frame=2),
    ]
    match = matched([KnownHash(altered(1, 0))], film(*readings), WIDE)
    assert (match.band, match.distance, match.frame) == (Band.MATCH, 30, 2)
    assert match.segments == ()


def test_the_segment_that_leads_holds_the_frame_that_is_told() -> None:
    codes = [(12, 0.0), (12, 1.0), (12, 2.0), (90, 3.0), (3, 4.0)]
    readings = [
        Reading(altered(1, bits), 90, frame=number, time=time)
        for number, (bits, time) in enumerate(codes)
    ]
    match = matched([KnownHash(altered(1, 0))], film(*readings))
    assert (match.distance, match.frame) == (3, 4)
    assert [(each.start, each.end) for each in match.segments] == [(4, 4), (0, 2)]


def test_a_pair_of_frames_is_the_nearest_of_all_parts() -> None:
    still = [KnownHash(altered(1, 0), 90, time=float(second)) for second in range(8)]
    whole = [Reading(altered(1, 20), 90, frame=at, time=float(at)) for at in range(6)]
    content = [
        Reading(altered(1, 2), 90, frame=at, time=float(at), part="content") for at in range(2, 4)
    ]
    match = matched(still, film(*whole, *content))
    assert match.kind is MatchKind.VIDEO
    named = {each.frame: each.hash for each in content}[match.frame]
    assert named - Hash.parse(match.entry_hash) == 2


def test_equal_bytes_come_before_equal_hashes() -> None:
    digests = Digests(sha256="1" * 64)
    known = Entry("e", digests=digests, hashes=(KnownHash(altered(1, 0)),))
    image = film(Reading(altered(1, 0), 90), Reading(altered(1, 0), 90, time=0.0))
    (match,) = Matcher([HashList.of("l", [known])]).match(Item("x", digests=digests, media=image))
    assert (match.kind, match.segments) == (MatchKind.EXACT, ())


def test_an_animation_whose_page_is_equal_is_told_so() -> None:
    folder = CASES / "gif-disposed-to-background"
    matcher = Matcher([read_list(folder / "known.csv")])
    item = hash_item(folder / "opaque-first.gif")
    found = {match.entry_id: match for match in matcher.match(item)}
    assert {name: (each.distance, each.frame) for name, each in found.items()} == {
        "frame2": (0, 2),
        "frame3": (0, 3),
    }
    assert [each.start for each in found["frame2"].segments] == [1.0]
    assert readings_of(found["frame2"]) == ["frame 2", "frame at 0:00:01.0"]
