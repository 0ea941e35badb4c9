"""Grids, codes and qualities are the same to the last bit with compiled kernels and in NumPy."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hashmatch.hashers import compiled, pdq
from hashmatch.hashers.grids import WindowShape, luma_grids, qualities, reduction
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster
from tests.support.kernels import NEEDED, at, levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = NEEDED

TURNS = tuple(Orientation)


def picture(seed: int, size: tuple[int, int, int], kind: str) -> Raster:
    """Noise, steps or one brightness, as bytes, as floats, or with columns that lie apart."""
    width, height, scale = size
    random = np.random.default_rng(seed)
    shape = (-(-height // scale), -(-width // scale))
    luma: NDArray[np.generic] = random.integers(0, 256, shape, np.uint8)
    if kind == "steps":
        luma = np.where(np.add.outer(*map(np.arange, shape)) % 9 < 4, 255, 0).astype(np.uint8)
    elif kind == "flat":
        luma = np.full(shape, random.integers(0, 256), np.uint8)
    elif kind == "floats":
        luma = (random.random(shape) * 255).astype(np.float32)
    elif kind == "turned":
        luma = np.asfortranarray(luma)
    return Raster(luma, width, height, scale, TURNS[seed % 8])  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.tuples(st.integers(5, 600), st.integers(5, 600), st.sampled_from([1, 2, 4, 8])),
    st.sampled_from(["noise", "steps", "flat", "floats", "turned"]),
    st.sampled_from(WindowShape),
    st.sampled_from([TURNS, TURNS[:1], TURNS[3:6]]),
)
def test_hashing_gives_the_same_bits(
    seed: int,
    size: tuple[int, int, int],
    kind: str,
    shape: WindowShape,
    turns: tuple[Orientation, ...],
) -> None:
    raster = picture(seed, size, kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "calls", lambda: None)
        grids = luma_grids(raster, turns, shape)
        codes, steps = pdq.finish(grids)
    assert steps.tolist() == qualities(grids).tolist()
    for level in levels():
        with at(level):
            assert luma_grids(raster, turns, shape).tobytes() == grids.tobytes()
            for found in (pdq._turned(raster, turns, shape), pdq.finish(grids)):
                assert found[0].tobytes() == codes.tobytes()
                assert found[1].tolist() == steps.tolist()


@pytest.mark.parametrize("rows", [30_000, 40_000])
def test_rows_of_which_each_output_reads_many(rows: int) -> None:
    """Sums of whole numbers take 500 rows: one of these sizes needs fewer, one needs more."""
    raster = picture(1, (40, rows, 1), "noise")
    found = pdq._turned(raster, TURNS[:1], WindowShape.TENT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "calls", lambda: None)
        expected = pdq._turned(raster, TURNS[:1], WindowShape.TENT)
    assert found[0].tobytes() == expected[0].tobytes()
    white = Raster(np.full((rows, 40), 255, np.uint8), 40, rows)
    assert luma_grids(white, TURNS[:1], WindowShape.TENT).min() > 254.99


def test_what_does_not_fit_is_refused() -> None:
    raster = picture(1, (100, 50, 1), "noise")
    down, across, parts = reduction(raster, TURNS[:1], WindowShape.TENT)
    compiled.grids(raster.luma, down.axis, across.axis, parts)
    for luma, which in (
        (raster.luma[:, :-1], parts),
        (raster.luma[:-1], parts),
        (raster.luma.T, parts),
        (raster.luma.astype(np.int16), parts),
        (raster.luma, parts + 1),
        (raster.luma, parts - 1),
    ):
        with pytest.raises(ValueError, match=r"axes read|float64"):
            compiled.grids(luma, down.axis, across.axis, which)
    with pytest.raises(ValueError, match="cannot be passed on"):
        compiled.finish(pdq._DCT[:4], np.zeros((1, 64, 64)))
