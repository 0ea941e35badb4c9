"""PDQ: 256 bits from the low frequencies of a 64×64 grid, as published by Meta in 2019.

The reference blurs, decimates, and transforms the whole picture step by step. Here each axis is
one matrix (`operators.tent`), applied to whatever luma the decoder gave: the full picture, or
the small one a JPEG decoder makes for a fraction of the time. Mirrored matrices give the exact
hashes of the turned and mirrored pictures, which the reference's sign rules only approximate.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.hashers import compiled
from hashmatch.hashers.base import Comparison
from hashmatch.hashers.grids import (
    SIDE,
    SMALLEST_SIDE,
    WindowShape,
    luma_grids,
    qualities,
    reduction,
)
from hashmatch.hashers.operators import rounded
from hashmatch.model import Hash, Reading
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOWER_MEDIAN = 127

_GRID_BITS = 16
_WAVE_BITS = 24
_HALF_BITS = 15
"""Binary digits behind the point of grids, of cosines, and of what is between both products. With 8
before it, and 3 that a sum of cosines adds each time, no sum takes more than the 53 of double
precision: none is rounded, and codes are the same on every processor."""


def cosines() -> "NDArray[np.float64]":
    """(16, 64) float64: the low cosines of one axis, but for its mean."""
    rows = np.arange(1, 17)[:, None]
    columns = 2 * np.arange(SIDE)[None, :] + 1
    waves: NDArray[np.float64] = np.cos(np.pi / (2 * SIDE) * rows * columns)
    return rounded(np.sqrt(2 / SIDE) * waves, _WAVE_BITS)


_DCT = cosines()


class Pdq:
    """PDQ, bit-compatible with Meta's reference and `pdqhash`."""

    algorithm = "pdq"
    bits = 256
    distance = Comparison.HAMMING
    threshold = 31
    minimum_quality = 50
    source = "Meta, pdq/README in ThreatExchange: match ≤ 31, discard quality ≤ 49"
    needs_rgb = False
    _shape = WindowShape.TENT

    def hash(
        self, raster: Raster, *, orientations: Sequence[Orientation] = (Orientation.UPRIGHT,)
    ) -> list[Reading]:
        """The hash of the picture as shown, turned each of these ways, in their order."""
        found = _turned(raster, orientations, self._shape)
        return [
            Reading(Hash("pdq", code.tobytes()), int(quality), orientation)
            for code, quality, orientation in zip(*found, orientations, strict=True)
        ]


class CentredPdq(Pdq):
    """PDQ from a grid that does not shift, for small pictures and regions of pictures.

    The reference reads small pictures up to half a pixel off centre, which costs 14 bits
    between a thumbnail and its original. This variant matches the reference's hash of the large
    original nearer than the reference's own hash of the thumbnail does.
    """

    _shape = WindowShape.TRIANGLE


class SquashedPdq(Pdq):
    """PDQ of the picture resized to 512×512, as Meta's tool in C++ hashes pictures.

    Hashes of both tools are in circulation; those of large drawings differ by 10 bits (median).
    """

    _shape = WindowShape.SQUASHED


def _turned(
    raster: Raster, orientations: Sequence[Orientation], shape: WindowShape
) -> "tuple[NDArray[np.uint8], NDArray[np.intp]]":
    """Codes and qualities of the picture as shown, turned each of these ways."""
    if compiled.calls() and min(raster.width, raster.height) >= SMALLEST_SIDE:
        down, across, parts = reduction(raster, orientations, shape)
        return compiled.codes(raster.luma, down.axis, across.axis, parts, _DCT)
    return finish(luma_grids(raster, orientations, shape))


def finish(grids: "NDArray[Any]") -> "tuple[NDArray[np.uint8], NDArray[np.intp]]":
    """Codes and qualities of many 64×64 grids at once.

    Args:
        grids: (n, 64, 64) float32 or float64 luma, 0–255.

    Returns:
        (n, 32) uint8 packed codes in the order of their hex digits, and (n,) qualities, 0–100.
    """
    if compiled.calls() and grids.dtype == np.float64:
        return compiled.finish(_DCT, np.ascontiguousarray(grids))
    flat = spectrum_of(grids).reshape(len(grids), 256)
    median = np.partition(flat, _LOWER_MEDIAN, axis=1)[:, _LOWER_MEDIAN, None]
    codes = np.packbits((flat > median)[:, ::-1], axis=1)
    return codes, qualities(grids)


def spectrum_of(grids: "NDArray[Any]") -> "NDArray[np.float64]":
    """(n, 16, 16) float64 coefficients of (n, 64, 64) grids."""
    half = rounded(_DCT @ rounded(grids, _GRID_BITS), _HALF_BITS)
    found: NDArray[np.float64] = half @ _DCT.T
    return found
