"""Coefficients of a known picture that was turned by some degrees, and trimmed or not.

Where it was trimmed its corners are missing: they are filled with the nearest of the edge, which
falls to the mean of the picture with distance.
"""

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.hashers.compiled import calls
from hashmatch.hashers.means import CELLS, half_axis
from hashmatch.hashing import compiled
from hashmatch.model.framing import Turned, TurnedWhole

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE: Final = CELLS // 2
"""Cells of each axis of the known picture."""
_FINE: Final = 2 * CELLS + 1
"""Places of each axis at which the picture at hand is read."""
_REACH: Final = 0.1
"""The distance at which what fills a corner has fallen to 1/e, as a share of the known picture."""
_SHAPES: Final = 48
"""Proportions that are told apart, to each doubling: they are rounded by less than one per cent."""
_THINNEST: Final = 0.1
"""The least side of a known picture, as a share of the height of the picture at hand."""


def trimmed(
    cells: "NDArray[np.float32]",
    shape: tuple[float, float],
    tried: tuple[Turned | TurnedWhole, ...],
) -> "NDArray[np.float32]":
    """(n, 16, 16) float32 coefficients, for each hypothesis.

    Args:
        cells: (128, 128) float32 means of the picture at hand.
        shape: height and width of it, in any unit.
        tried: hypotheses.
    """
    proportion = round(_SHAPES * math.log2(shape[1] / shape[0]))
    places, weights = _readings(proportion, tried)
    mean = cells.mean()
    if calls():
        read = compiled.readings(cells, mean, places, weights)
    else:
        read = _fine(cells - mean).ravel()[places] * weights + mean
    both = half_axis().astype(np.float32)
    return np.asarray(both @ read @ both.T, np.float32)


def _fine(cells: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """(257, 257): means of squares as wide as two cells, every half cell."""
    rim = np.pad(cells, 1, mode="edge")
    down = np.empty((_FINE, CELLS + 2), np.float32)
    down[::2] = (rim[:-1] + rim[1:]) / 2
    down[1::2] = (down[:-1:2] + down[2::2]) / 2
    found = np.empty((_FINE, _FINE), np.float32)
    found[:, ::2] = (down[:, :-1] + down[:, 1:]) / 2
    found[:, 1::2] = (found[:, :-1:2] + found[:, 2::2]) / 2
    return found


@lru_cache(16)
def _readings(
    proportion: int, tried: tuple[Turned | TurnedWhole, ...]
) -> "tuple[NDArray[np.int32], NDArray[np.float32]]":
    """(n, 64, 64) places of `_fine` that the cells of the known picture read, and their weights."""
    wide, tall = 2 ** (proportion / _SHAPES), 1.0
    at = (np.arange(_SIDE) + 0.5) / _SIDE - 0.5
    places, weights = [], []
    for each in tried:
        angle = math.radians(each.degrees)
        cosine, sine = math.cos(angle), math.sin(angle)
        width, height = wide * cosine + tall * abs(sine), wide * abs(sine) + tall * cosine
        if isinstance(each, TurnedWhole):
            # The box around a turned picture, the other way round; no picture is so long and thin.
            inner = wide * cosine - tall * abs(sine), tall * cosine - wide * abs(sine)
            spread = cosine * cosine - sine * sine
            width, height = (max(side, _THINNEST) / spread for side in inner)
        elif each.keeps_shape:
            scale = max(width / wide, height / tall)
            width, height = scale * wide, scale * tall
        across, down = at[None] * width, at[:, None] * height
        column = (across * cosine - down * sine) / wide + 0.5
        row = (across * sine + down * cosine) / tall + 0.5
        column_in, row_in = np.clip(column, 0, 1), np.clip(row, 0, 1)
        off = np.hypot((column - column_in) * wide / width, (row - row_in) * tall / height)
        nearest = np.rint(row_in * (_FINE - 1)) * _FINE + np.rint(column_in * (_FINE - 1))
        places.append(nearest.astype(np.int32))
        weights.append(np.exp(-off / _REACH).astype(np.float32))
    return np.stack(places), np.stack(weights)
