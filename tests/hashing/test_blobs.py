"""Things on a ground, told apart: compared with a flood that fills pixel by pixel."""

import numpy as np
import pytest

from hashmatch.hashing.blobs import blobs


def flooded(away: np.ndarray) -> list[frozenset[tuple[int, int]]]:
    """The sets of pixels that touch along a side, the slow way."""
    left = set(zip(*map(np.ndarray.tolist, np.nonzero(away)), strict=True))
    found = []
    while left:
        waiting, thing = [left.pop()], set()
        while waiting:
            row, column = waiting.pop()
            thing.add((row, column))
            for near in (
                (row - 1, column),
                (row + 1, column),
                (row, column - 1),
                (row, column + 1),
            ):
                if near in left:
                    left.remove(near)
                    waiting.append(near)
        found.append(frozenset(thing))
    return found


@pytest.mark.parametrize("share", [0.1, 0.45, 0.6, 0.9])
def test_they_are_those_of_a_flood(share: float) -> None:
    for seed in range(20):
        away = np.random.default_rng(seed).random((17, 23)) < share
        found = {
            frozenset(
                (blob.top + row, blob.left + column)
                for row, column in zip(*map(np.ndarray.tolist, np.nonzero(blob.mask)), strict=True)
            )
            for blob in blobs(away, 1, 1000)
        }
        assert found == set(flooded(away))


def test_the_largest_come_first_and_specks_not_at_all() -> None:
    away = np.zeros((60, 60), np.bool_)
    away[2:12, 2:12] = away[20:50, 20:50] = away[55:57, 55:57] = True
    assert [blob.mask.shape for blob in blobs(away, 5, 9)] == [(30, 30), (10, 10)]
    assert len(blobs(away, 5, 1)) == 1
