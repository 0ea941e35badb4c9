import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch.profiles import Steps
from hashmatch.search.chaining import MOST, Chain, Frames, chains
from hashmatch.search.frame_paths import NEAREST
from tests.support.films import Film, noisy

STEPS = Steps()


def frames(codes: "np.typing.NDArray[np.uint8]", times: "np.typing.ArrayLike") -> Frames:
    return Frames(codes, np.asarray(times, np.float64), np.full(len(codes), 80, np.uint8))


def weight(distance: int) -> float:
    return 1 - 0.7 * distance / 65


def may_follow(passed: float, moved: float) -> bool:
    return 0 < passed <= 8 and 0.5 * passed - 0.6 <= moved <= 2 * passed + 0.6


def cost(passed: float, moved: float) -> float:
    return 0.15 * abs(moved - passed) + 0.02 * passed


def best_score(item: Frames, known: Frames, gone: set[int]) -> float:
    """The definition, word for word: every pair, every pair before it."""
    ends: dict[tuple[int, int], float] = {}
    for q in range(len(item)):
        if q in gone:
            continue
        for k in range(len(known)):
            distance = int(np.bitwise_count(item.codes[q] ^ known.codes[k]).sum())
            if distance > 64:
                continue
            before = [0.0]
            for (p, j), score in ends.items():
                passed = item.times[q] - item.times[p]
                moved = known.times[k] - known.times[j]
                if may_follow(passed, moved):
                    before.append(score - cost(passed, moved))
            ends[q, k] = weight(distance) + max(before)
    return max(ends.values(), default=0.0)


def score_of(chain: Chain, item: Frames, known: Frames) -> float:
    """What the path is worth; it must be one."""
    total = 0.0
    for at, (q, k, distance) in enumerate(
        zip(chain.queries, chain.known, chain.distances, strict=True)
    ):
        assert distance == np.bitwise_count(item.codes[q] ^ known.codes[k]).sum() <= 64
        total += weight(int(distance))
        if at:
            passed = item.times[q] - item.times[chain.queries[at - 1]]
            moved = known.times[k] - known.times[chain.known[at - 1]]
            assert may_follow(passed, moved)
            total -= cost(passed, moved)
    return total


@st.composite
def sequences(draw: st.DrawFn) -> tuple[Frames, Frames]:
    """Frames of few pictures, so that many pairs are near, at any distance and any times."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    few = random.integers(0, 256, (draw(st.integers(1, 5)), 32), np.uint8)

    def some(most: int) -> Frames:
        count = draw(st.integers(0, most))
        codes = noisy(few[random.integers(0, len(few), count)], draw(st.integers(0, 50)))
        steps = random.choice([0.0, 0.2, 1.0, 1.7, 9.0], count, p=[0.05, 0.3, 0.4, 0.2, 0.05])
        return frames(codes, np.cumsum(steps))

    return some(12), some(12)


@settings(max_examples=200, deadline=None)
@given(sequences(), st.sampled_from([0.3, 0.9, 1.5]))
def test_paths_are_those_of_the_definition(both: tuple[Frames, Frames], least: float) -> None:
    item, known = both
    gone: set[int] = set()
    for chain in chains(item, known, steps=STEPS, least=least):
        assert chain.score == pytest.approx(score_of(chain, item, known))
        assert chain.score == pytest.approx(best_score(item, known, gone))
        assert not gone & set(chain.queries.tolist())
        gone |= set(chain.queries.tolist())
    assert best_score(item, known, gone) < least + 1e-9


def test_two_stretches_are_two_paths() -> None:
    codes, times = Film(1, 60).sampled()
    film = Film(1, 60)
    asked = np.concatenate((film.codes(np.arange(40.0, 50.0)), film.codes(np.arange(5.0, 12.0))))
    found = chains(frames(asked, np.arange(17.0)), frames(codes, times), steps=STEPS, least=1.5)
    assert [len(chain) for chain in found] == [10, 7]
    assert abs(times[found[0].known[0]] - 40) < 0.6
    assert abs(times[found[1].known[0]] - 5) < 0.6


def test_what_does_not_move_costs_no_more_than_so_many_pairs() -> None:
    still = np.zeros((3000, 32), np.uint8)
    found = chains(
        frames(still[:600], np.arange(600.0)),
        frames(still, np.arange(3000.0) / 5),
        steps=STEPS,
        least=1.0,
    )
    assert len(found) <= MOST
    assert len(found[0]) == 600
    assert found[0].known.max() < NEAREST


def test_nothing_meets_nothing() -> None:
    none = frames(np.empty((0, 32), np.uint8), [])
    one = frames(np.zeros((1, 32), np.uint8), [0.0])
    assert chains(none, one, steps=STEPS, least=0.5) == []
    assert chains(one, none, steps=STEPS, least=0.5) == []
    (chain,) = chains(one, one, steps=STEPS, least=0.5)
    assert (len(chain), chain.score) == (1, 1.0)


def test_frames_of_one_time_do_not_follow_each_other() -> None:
    same = frames(np.zeros((3, 32), np.uint8), [1.0, 1.0, 1.0])
    assert [len(chain) for chain in chains(same, same, steps=STEPS, least=0.5)] == [1, 1, 1]
