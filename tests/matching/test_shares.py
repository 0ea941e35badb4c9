"""For what share of a film's running time its sampled frames stand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashlists.reading import HashList
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.views import shares_of
from hashmatch.model import Entry, Grade, KnownHash, VideoFacts
from tests.support.films import Film, clip, known, video

FILM = Film(1)
LISTED = HashList.of("films", [known("1", FILM)])


@given(st.sets(st.integers(0, 5000), min_size=1, max_size=60), st.integers(0, 8000))
def test_shares_are_those_of_the_time_that_passes(ticks: set[int], end: int) -> None:
    moments = np.array(sorted(ticks)) / 100
    shares = shares_of(moments, end / 100)
    assert shares.sum() == pytest.approx(1)
    assert (shares > 0).all()
    if end > max(ticks):
        # Brute force: which frame is shown at each hundredth of a second.
        shown = [max(tick for tick in ticks if tick <= now) for now in range(min(ticks), end)]
        counted = [shown.count(tick) / len(shown) for tick in sorted(ticks)]
        assert shares == pytest.approx(counted)


def test_frames_at_even_distances_have_equal_shares() -> None:
    assert shares_of(np.arange(20.0), 0) == pytest.approx([1 / 20] * 20)
    assert shares_of(np.arange(20.0), 19) == pytest.approx([1 / 20] * 20)


def test_the_coverage_of_a_film_with_uneven_frames_is_a_share_of_time() -> None:
    # Six seconds of a known film at four frames a second, then a minute of another at one.
    codes = np.concatenate((clip(FILM, 20, 6, rate=4), Film(77).codes(np.arange(60.0))))
    times = np.concatenate((np.arange(0, 6, 0.25), np.arange(6.0, 66)))
    (match,) = Matcher(LISTED).match(replace(video(codes, times), video=VideoFacts(duration=66.0)))
    (segment,) = match.segments
    assert segment.frames == 24
    assert segment.coverage == pytest.approx(6 / 66)


@pytest.mark.parametrize("shown", [2.0, 3200.0])
def test_the_coverage_of_a_picture_in_a_film_is_the_time_that_it_is_shown(shown: float) -> None:
    codes = Film(77).codes(np.arange(4.0) * 13)
    times = np.array([0.0, 1.0, 1.0 + shown, 2.0 + shown])
    entry = Entry("p", hashes=(KnownHash(video(codes).readings[1].hash, 90),))
    found = Matcher(HashList.of("p", [entry])).match(
        replace(video(codes, times), video=VideoFacts(duration=3.0 + shown))
    )
    (segment,) = found[0].segments
    assert segment.grade is Grade.STILL
    assert segment.coverage == pytest.approx(shown / (3 + shown))
