"""Operators against plain loops that follow the reference step by step."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashers.operators import Kernel, Operator, lanczos, tent, triangle

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = st.integers(5, 700)


def box_means(samples: "NDArray[np.float64]", window: int) -> "NDArray[np.float64]":
    after = window // 2
    before = window - 1 - after
    last = len(samples) - 1
    return np.array(
        [samples[max(0, i - before) : min(last, i + after) + 1].mean() for i in range(last + 1)]
    )


@given(SIZES, st.integers(0, 2**32 - 1))
def test_tent_is_two_box_means_and_decimation(length: int, seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(0, 255, length)
    window = (length + 127) // 128
    blurred = box_means(box_means(samples, window), window)
    expected = blurred[((np.arange(64) + 0.5) * length / 64).astype(int)]
    assert np.allclose(Kernel(tent(length))(samples[:, None])[:, 0], expected, atol=1e-3)


@pytest.mark.parametrize(
    "build", [tent, triangle, lambda n: lanczos(n, 9), lambda n: lanczos(n, 64)]
)
@given(length=SIZES, scale=st.sampled_from([1, 2, 4, 8]))
def test_a_flat_picture_stays_flat(build: object, length: int, scale: int) -> None:
    operator: Operator = build(length)  # type: ignore[operator]
    folded = operator.folded(scale)
    assert folded.length == -(-length // scale)
    flat = np.full((folded.length, 2), 77.0)
    assert np.allclose(Kernel(folded)(flat), 77.0, atol=1e-3)


@given(SIZES, st.sampled_from([2, 4, 8]))
def test_folding_is_exact_on_a_straight_ramp(length: int, scale: int) -> None:
    """Means of boxes of a ramp, read back as a ramp, give what the ramp itself gives.

    At both ends, where a box has one neighbour or reaches over the edge, too.
    """
    boxes = -(-length // scale)
    ramp = np.arange(boxes * scale, dtype=np.float64)
    means = ramp.reshape(boxes, scale).mean(axis=1)
    if boxes < 2:
        return
    whole = Kernel(tent(length))(ramp[:length, None])
    assert np.allclose(Kernel(tent(length).folded(scale))(means[:, None]), whole, atol=0.01)


@given(SIZES)
def test_mirrored_operator_reads_the_mirrored_picture(length: int) -> None:
    samples = np.random.default_rng(length).uniform(0, 255, (length, 3))
    plain = Kernel(tent(length))(samples[::-1])
    assert np.allclose(Kernel(tent(length).mirrored())(samples), plain, atol=1e-3)


@given(SIZES)
def test_stacked_operators_give_both_results(length: int) -> None:
    samples = np.random.default_rng(length).uniform(0, 255, (length, 3))
    one, two = tent(length), triangle(length)
    both = Kernel(one.stacked(two))(samples)
    assert np.allclose(both[:64], Kernel(one)(samples), atol=1e-3)
    assert np.allclose(both[64:], Kernel(two)(samples), atol=1e-3)
