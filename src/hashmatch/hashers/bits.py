"""Comparisons that make the bits of a hash."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def brighter_than_left(grid: "NDArray[np.uint8]") -> "NDArray[np.bool_]":
    """The bits of dHash: (rows, columns - 1), whether a value exceeds the one to its left."""
    return grid[:, 1:] > grid[:, :-1]


def above_median(values: "NDArray[Any]") -> "NDArray[np.bool_]":
    """Whether each of these values exceeds their median; the same shape."""
    above: NDArray[np.bool_] = values > np.median(values)
    return above
