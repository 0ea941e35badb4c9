"""The paths of two videos are the same to the last bit with compiled kernels and in NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch.profiles import Steps
from hashmatch.search import frame_paths
from hashmatch.search.chaining import Frames, chains
from hashmatch.search.frame_paths import Video
from hashmatch.search.kernels import chaining
from tests.support.films import noisy
from tests.support.kernels import NEEDED, at, levels, without_kernels

STEPS = np.array([8, 0.5, 2, 0.6, 0.15, 0.02, 0.7, 65])


def video(random: np.random.Generator, few: "np.typing.NDArray[np.uint8]", count: int) -> Video:
    codes = noisy(few[random.integers(0, len(few), count)], 30)
    steps = random.choice([0.0, 0.2, 1.0, 1.7, 9.0], count, p=[0.05, 0.3, 0.4, 0.2, 0.05])
    times = np.cumsum(steps * random.uniform(0.9, 1.1))
    return Video(np.ascontiguousarray(codes).view(np.uint64), times)


@NEEDED
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(1, 90), st.integers(1, 6))
def test_both_give_the_same_bits(seed: int, asked: int, known: int, kinds: int) -> None:
    random = np.random.default_rng(seed)
    few = random.integers(0, 256, (kinds, 32), np.uint8)
    videos = video(random, few, asked), video(random, few, known)
    found, totals = frame_paths.chain(*videos, STEPS, most=64, least=0.4, rounds=8)
    for level in levels():
        with at(level):
            pairs, scores = chaining.chain(*videos, STEPS, most=64, least=0.4, rounds=8)
        assert pairs.tolist() == found.tolist()
        assert scores.tobytes() == totals.tobytes()


def test_without_compiled_kernels_videos_are_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    codes, times = random.integers(0, 256, (90, 32), np.uint8), np.arange(90.0)
    film = Frames(codes, times, np.full(90, 80, np.uint8))
    with without_kernels(monkeypatch):
        (chain,) = chains(film.of(times > 60), film, steps=Steps(), least=1.0)
        assert chain.known.tolist() == list(range(61, 90))
        assert chains(film.of(times > 60), film.of(times < 30), steps=Steps(), least=1.0) == []
