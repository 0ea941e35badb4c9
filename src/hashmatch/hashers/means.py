"""PDQ of parts of a picture, all from one table of sums.

A part is read as the means of 128×128 cells, wherever its edges lie between pixels; its codes do
not shift as the reference's do. Every turn of it comes from the same spectrum: a mirrored axis
changes the sign of its odd cosines.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hashmatch.hashers import compiled, compiled_means
from hashmatch.hashers.grids import qualities
from hashmatch.hashers.operators import rounded
from hashmatch.hashers.pdq import cosines
from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELLS: Final = 128
"""Rows and columns of the means of a part."""

_BLOCK: Final = 16
"""Rows that are summed up before they are added to those above them."""

LONGEST: Final = 1600
"""The longest side of a picture in which parts are looked for, in pixels: pages of telephones and
desks are hardly reduced, and the gaps of 2 to 4 pixels between the pictures on them stay."""

_WIDEST: Final = 2048
"""Pixels of a side of a box whose brightness an int32 holds."""

_PLACE_BITS: Final = 8
"""Binary digits of a part of a pixel."""
_MEAN_BITS: Final = 12
_AXIS_BITS: Final = 24
_HALF_BITS: Final = 15
"""Binary digits behind the point, few enough that no product or sum is rounded in double precision:
codes are the same on every processor, as those of `hashmatch.hashers.pdq`."""


class Box(NamedTuple):
    """An upright part of a picture, in pixels of it; edges may lie between pixels."""

    top: float
    bottom: float
    left: float
    right: float


class Sums:
    """Sums of a picture's corners, from which the means of any part are a few look-ups."""

    def __init__(self, luma: "NDArray[np.uint8]") -> None:
        """Sum up.

        Args:
            luma: (rows, columns) uint8, of at most 2**23 pixels.
        """
        if compiled.calls():
            self._table = compiled_means.sums(luma)
            return
        rows, columns = luma.shape
        self._table = table = np.zeros((rows + 1, columns + 1), np.int32)
        np.cumsum(luma, axis=1, dtype=np.int32, out=table[1:, 1:])
        # Down, many rows at once: within blocks first, then each block onto the one above it.
        for at in range(1, _BLOCK):
            onto = table[at::_BLOCK]
            onto += table[at - 1 :: _BLOCK][: len(onto)]
        for first in range(_BLOCK, rows + 1, _BLOCK):
            table[first : first + _BLOCK] += table[first - 1]

    def means(self, box: Box, into: "NDArray[np.float64] | None" = None) -> "NDArray[np.float64]":
        """(128, 128) float64 means of the cells of a box that lies in the picture.

        Args:
            box: where.
            into: what they are written to, if it is there already.
        """
        found = np.empty((CELLS, CELLS)) if into is None else into
        if compiled.calls():
            compiled_means.means(self._table, box, found)
            return found
        rows, down = _edges(box.top, box.bottom, self._table.shape[0] - 1)
        columns, across = _edges(box.left, box.right, self._table.shape[1] - 1)
        near = self._table.take(rows, axis=0).take(columns, axis=1)
        above, below = near[: CELLS + 1], near[CELLS + 1 :]
        below -= above
        between = below * down[:, None]
        between += above
        strips = between[1:] - between[:-1]
        left, right = strips[:, : CELLS + 1], strips[:, CELLS + 1 :]
        right -= left
        right *= across
        right += left
        sums = right[:, 1:] - right[:, :-1]
        sums /= (box.bottom - box.top) * (box.right - box.left) / CELLS**2
        found[:] = rounded(sums, _MEAN_BITS)
        return found


def _edges(start: float, end: float, most: int) -> "tuple[NDArray[np.intp], NDArray[np.float64]]":
    """The 129 edges of cells along an axis.

    Returns:
        The pixels before each, and behind them those behind each; how far each is from the first.
    """
    places = start + (end - start) / CELLS * np.arange(CELLS + 1)
    inside = np.clip(rounded(places, _PLACE_BITS), 0, most)
    before = np.minimum(inside.astype(np.intp), most - 1)
    return np.concatenate((before, before + 1)), np.asarray(inside - before)


@cache
def axis() -> "NDArray[np.float64]":
    """(16, 128) float64: the cosines of one axis, from the means of its cells.

    Means over cells are read as PDQ's triangles: two cells have the width of one of 64 samples, and
    what they take off high frequencies, beyond what triangles do, is given back.
    """
    pairs = np.repeat(cosines(), 2, axis=1) / 2
    high = np.arange(1, 17)
    lost = np.sinc(high / 128) / np.sinc(high / 256) ** 2
    return rounded(pairs / lost[:, None], _AXIS_BITS)


def spectra(
    means: "NDArray[np.float64]", down: "NDArray[np.float64]", across: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """(n, 16, 16) float64 coefficients of (n, 128, 128) means, through a matrix for each axis."""
    half = rounded(down @ means, _HALF_BITS)
    result: NDArray[np.float64] = half @ across.T
    return result


def codes_of(spectrum: "NDArray[Any]") -> "NDArray[np.uint8]":
    """(n, 32) uint8 packed codes of (n, 16, 16) coefficients."""
    flat = spectrum.reshape(len(spectrum), 256)
    if compiled.calls() and flat.dtype in {np.dtype(np.float32), np.dtype(np.float64)}:
        return compiled_means.codes(flat)
    median = np.partition(flat, 127, axis=1)[:, 127, None]
    return np.packbits((flat > median)[:, ::-1], axis=1)


def half_axis() -> "NDArray[np.float64]":
    """(16, 64) float64: the cosines of one axis, from the means of cells that are twice as long."""
    found: NDArray[np.float64] = axis()[:, ::2] + axis()[:, 1::2]
    return found


def turned(spectrum: "NDArray[Any]", orientations: Sequence[Orientation]) -> "NDArray[Any]":
    """(m, n, 16, 16) coefficients of (n, 16, 16) ones, of the picture turned in m ways."""
    signs = np.where(np.arange(16) % 2, 1.0, -1.0)
    found = np.empty((len(orientations), *spectrum.shape))
    for at, turn in enumerate(orientations):
        rows = signs[:, None] if turn.flips_rows else 1.0
        columns = signs if turn.flips_columns else 1.0
        shown = spectrum * (rows * columns)
        found[at] = shown.swapaxes(1, 2) if turn.transposes else shown
    return found


def turned_codes(
    spectrum: "NDArray[np.float64]", orientations: Sequence[Orientation]
) -> "NDArray[np.uint8]":
    """(m, n, 32) uint8 codes of (n, 16, 16) coefficients, of the picture turned in m ways."""
    if compiled.calls():
        return compiled_means.turned_codes(spectrum, _flips(tuple(orientations)))
    every = turned(spectrum, orientations)
    return codes_of(every.reshape(-1, 16, 16)).reshape(*every.shape[:2], 32)


@cache
def _flips(orientations: tuple[Orientation, ...]) -> "NDArray[np.int64]":
    return np.array(
        [(each.flips_rows, each.flips_columns, each.transposes) for each in orientations], np.int64
    )


def qualities_of(means: "NDArray[np.float64]") -> "NDArray[np.intp]":
    """(n,) qualities, 0–100, of (n, 128, 128) means."""
    if compiled.calls():
        return compiled_means.part_qualities(means)
    rows = means[:, ::2] + means[:, 1::2]
    return qualities((rows[:, :, ::2] + rows[:, :, 1::2]) / 4)


def small(luma: "NDArray[np.uint8]", longest: int = LONGEST) -> "tuple[NDArray[np.uint8], int]":
    """The picture as means of k×k boxes, with the least k that makes no side longer.

    Pixels beyond the last whole box are left out.
    """
    k = -(-max(luma.shape) // longest)
    if k == 1:
        return luma, 1
    if compiled.calls() and k <= _WIDEST:
        return compiled_means.small(luma, k), k
    rows, columns = luma.shape[0] // k, luma.shape[1] // k
    cut = luma[: rows * k, : columns * k]
    # Sums of up to 16 × 16 pixels of one byte fit into two.
    kind = np.uint16 if k <= 16 else np.uint32  # noqa: PLR2004
    total: NDArray[Any] = cut[::k].astype(kind)
    for at in range(1, k):
        total += cut[at::k]
    sums: NDArray[Any] = total[:, ::k].copy()
    for at in range(1, k):
        sums += total[:, at::k]
    sums += k * k // 2
    sums //= k * k
    return sums.astype(np.uint8), k
