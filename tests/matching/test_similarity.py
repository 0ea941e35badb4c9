"""Pairs of patches that agree with one transform, compared with all transforms of two pairs."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from hashmatch.matching.similarity import Keyed, similarity
from hashmatch.model.patch import STEPS, TURN

WIDE, HIGH = 640, 480
SCALE, ANGLE, SHIFT = 0.7, 20.0, (60.0, 90.0)


def places(points: NDArray[np.float64], sizes: NDArray[np.float64], turns: NDArray[np.float64],
           size: tuple[int, int]) -> NDArray[np.int64]:  # fmt: skip
    width, height = size
    rows = np.column_stack(
        (
            points[:, 0] / width * STEPS,
            points[:, 1] / height * STEPS,
            sizes / max(size) * STEPS,
            turns / 360 * TURN % TURN,
            np.full(len(points), width),
            np.full(len(points), height),
        )
    )
    whole: NDArray[np.int64] = np.rint(rows).astype(np.int64)
    return whole


def put(points: NDArray[np.float64]) -> NDArray[np.float64]:
    angle = np.deg2rad(ANGLE)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * SCALE
    moved: NDArray[np.float64] = points @ matrix.T + SHIFT
    return moved


def drawn(
    seed: int, good: int, wrong: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Places of good pairs, then of wrong ones, in both pictures; and distances."""
    random = np.random.default_rng(seed)
    count = good + wrong
    points = random.uniform((40, 40), (WIDE - 40, HIGH - 40), (count, 2))
    sizes, turns = random.uniform(8, 30, count), random.uniform(0, 360, count)
    there = put(points) + random.normal(0, 2, (count, 2))
    there_sizes = sizes * SCALE * random.uniform(0.9, 1.1, count)
    there_turns = turns + ANGLE + random.normal(0, 4, count)
    there[good:] = random.uniform((0, 0), (700, 600), (wrong, 2))
    there_sizes[good:] = random.uniform(4, 40, wrong)
    there_turns[good:] = random.uniform(0, 360, wrong)
    there = np.clip(there, 1, (799, 699))
    return (
        places(points, sizes, turns, (WIDE, HIGH)),
        places(there, there_sizes, there_turns, (800, 700)),
        random.integers(20, 76, count),
    )


def keyed(found: NDArray[np.int64]) -> Keyed:
    return Keyed(np.arange(len(found)), found)


@pytest.mark.parametrize("seed", range(8))
def test_the_transform_is_found_among_wrong_pairs(seed: int) -> None:
    known, asked, distances = drawn(seed, good=9, wrong=25)
    found = similarity(keyed(known), keyed(asked), distances)
    assert found is not None
    assert set(range(9)) <= set(found.pairs.tolist())
    assert abs(found.factor) == pytest.approx(SCALE, rel=0.03)
    assert np.degrees(np.angle(found.factor)) == pytest.approx(ANGLE, abs=2)
    corner = found.factor * (100 + 50j) + found.shift
    (truth,) = put(np.array([[100.0, 50.0]]))
    assert abs(corner - complex(*truth)) < 8


@pytest.mark.parametrize("seed", range(30))
def test_no_more_pairs_agree_than_brute_force_finds(seed: int) -> None:
    """All transforms that two pairs say, and whatever agrees in place, scale and angle."""
    known, asked, distances = drawn(100 + seed, good=0, wrong=30)
    found = similarity(keyed(known), keyed(asked), distances)
    here = known[:, :2] / STEPS * (WIDE, HIGH) @ (1, 1j)
    there = asked[:, :2] / STEPS * (800, 700) @ (1, 1j)
    scales = asked[:, 2] * 800 / (known[:, 2] * WIDE)
    turns = (asked[:, 3] - known[:, 3]) / TURN * 2 * np.pi
    most = 0
    for one, two in itertools.combinations(range(len(known)), 2):
        factor = (there[one] - there[two]) / (here[one] - here[two])
        near = abs(factor * (here - here[one]) + there[one] - there) <= 0.1 * WIDE * abs(factor)
        own = abs(np.log(scales / abs(factor))) <= np.log(1.6) + 1e-9
        turned = abs(np.angle(np.exp(1j * (turns - np.angle(factor))))) <= np.deg2rad(25) + 1e-9
        most = max(most, int((near & own & turned).sum()))
    assert (0 if found is None else len(found.pairs)) <= most


def test_a_patch_counts_once_on_either_side() -> None:
    known, asked, distances = drawn(3, good=6, wrong=0)
    twice = np.repeat(np.arange(6), 3)
    one = similarity(Keyed(twice, known[twice]), keyed(asked[twice]), distances[twice])
    other = similarity(keyed(known[twice]), Keyed(twice, asked[twice]), distances[twice])
    for found in (one, other):
        assert found is not None
        assert len(found.pairs) == 6


def test_what_lies_on_a_line_or_is_too_few_says_nothing() -> None:
    known, asked, distances = drawn(4, good=8, wrong=0)
    line = known.copy()
    line[:, 1] = line[0, 1]
    points = np.column_stack((line[:, 0] / STEPS * WIDE, line[:, 1] / STEPS * HIGH))
    moved = put(points)
    there = asked.copy()
    there[:, 0] = np.rint(np.clip(moved[:, 0], 0, 799) / 800 * STEPS)
    there[:, 1] = np.rint(np.clip(moved[:, 1], 0, 699) / 700 * STEPS)
    assert similarity(keyed(line), keyed(there), distances) is None
    assert similarity(keyed(known[:2]), keyed(asked[:2]), distances[:2]) is None


@pytest.mark.parametrize(("column", "factor"), [(2, 1.8), (2, 0.5), (3, None)])
def test_the_own_scale_and_angle_of_each_patch_must_agree(
    column: int, factor: float | None
) -> None:
    known, asked, distances = drawn(5, good=8, wrong=0)
    changed = asked.copy()
    if factor is None:
        changed[:, column] = (changed[:, column] + TURN // 8) % TURN
    else:
        changed[:, column] = np.rint(changed[:, column] * factor)
    assert similarity(keyed(known), keyed(asked), distances) is not None
    assert similarity(keyed(known), keyed(changed), distances) is None
