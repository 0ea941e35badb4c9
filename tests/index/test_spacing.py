import numpy as np
import pytest

from hashmatch import Entry, HashList
from hashmatch.index.drafting import drafted, merged
from hashmatch.index.segment import Segment
from hashmatch.model import Hash, KnownHash
from tests.support.films import RATE, Film, entry_of, known, noisy

SPEEDS = (15, 30, 60, 120, 300)
"""Bits in a second."""


def at(seed: int, speed: float, step: float, *, first: float = 0.0, seconds: float = 60) -> Entry:
    """A film that was sampled by the clock."""
    times = np.arange(first, seconds, step)
    return entry_of(str(seed), Film(seed, speed=speed).codes(times), times)


def is_sparse(*entries: Entry) -> bool:
    return drafted(HashList.of("list", entries)).segment().is_sparse("pdq")


@pytest.mark.parametrize(
    ("speed", "seconds"), [*((each, 60.0) for each in SPEEDS), (120, 5.0), (300, 5.0)]
)
def test_lists_of_one_and_two_frames_a_second_are_sparse(speed: float, seconds: float) -> None:
    for step, first in ((1.0, 0.0), (1.0, 0.5), (0.5, 0.25)):
        assert is_sparse(*(at(i, speed, step, first=first, seconds=seconds) for i in range(20)))


@pytest.mark.parametrize("speed", [0, *SPEEDS])
def test_enrolled_videos_and_native_rates_are_not(speed: float) -> None:
    assert not is_sparse(*(known(str(i), Film(i, speed=speed)) for i in range(20)))
    assert not is_sparse(*(at(i, speed, 1 / RATE, seconds=20) for i in range(20)))


def test_still_videos_and_pictures_are_not() -> None:
    still = np.repeat(Film(1).codes(np.zeros(1)), 60, axis=0)
    assert not is_sparse(entry_of("still", still, np.arange(60.0)))
    pictures = [
        Entry(str(i), hashes=(KnownHash(each),))
        for i, each in enumerate(Hash.unpack("pdq", Film(2).codes(np.arange(0, 60, 2.0))))
    ]
    assert not is_sparse(*pictures)
    assert is_sparse(*pictures, at(3, 60, 1.0))


def test_a_hundredth_of_the_videos_is_enough() -> None:
    enrolled = [known(str(i), Film(i, seconds=20)) for i in range(99)]
    assert not is_sparse(*enrolled)
    assert is_sparse(*enrolled, at(200, 60, 1.0))


def test_jerks_of_one_enrolled_video_in_many_do_not_count() -> None:
    """A camera whose picture jumps by 70 bits at a time, now and then."""
    random = np.random.default_rng(0)
    codes = [Film(1).codes(np.zeros(1))]
    for _ in range(40):
        codes.append(noisy(codes[-1], 70, int(random.integers(1 << 30))))
    times = np.cumsum(random.uniform(0.3, 2.0, len(codes)))
    jerky = entry_of("jerky", np.concatenate(codes), times)
    enrolled = [known(str(i), Film(i, seconds=20)) for i in range(20)]
    assert is_sparse(jerky)
    assert not is_sparse(*enrolled, jerky)


def test_frames_in_any_order() -> None:
    entry = at(4, 60, 1.0)
    order = np.random.default_rng(0).permutation(len(entry.hashes))
    assert is_sparse(Entry("a", hashes=tuple(entry.hashes[i] for i in order)))


def test_it_is_kept_with_the_segment_and_found_out_for_older_ones() -> None:
    segment = drafted(HashList.of("list", [at(5, 60, 1.0)])).segment()
    nothing = np.empty(0, np.uint32)
    assert merged([(segment, nothing)]).segment().is_sparse("pdq")
    older = Segment(segment._arrays, {k: v for k, v in segment._meta.items() if k != "sparse"})
    assert older.is_sparse("pdq")
    assert not older.is_sparse("phash-64")
