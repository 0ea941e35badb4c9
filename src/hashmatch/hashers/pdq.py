"""PDQ: 256 bits from the low frequencies of a 64×64 grid, as published by Meta in 2019.

The reference blurs, decimates, and transforms the whole picture step by step. Here each axis is
one matrix (`operators.tent`), applied to whatever luma the decoder gave: the full picture, or
the small one a JPEG decoder makes for a fraction of the time. Mirrored matrices give the exact
hashes of the turned and mirrored pictures, which the reference's sign rules only approximate.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

import numpy as np

from hashmatch.hashers.operators import Kernel, Operator, kept, rounded, tent, triangle
from hashmatch.model import Hash, Reading
from hashmatch.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST_SIDE = 5
"""Pixels; the reference gives a zero hash of quality 0 below it."""

_GRID = 64
_LOWER_MEDIAN = 127

_GRID_BITS = 16
_WAVE_BITS = 24
_HALF_BITS = 15
"""Binary digits behind the point of grids, of cosines, and of what is between both products. With 8
before it, and 3 that a sum of cosines adds each time, no sum takes more than the 53 of double
precision: none is rounded, and codes are the same on every processor."""

_TIE = 2.0**-17
"""Steps of quality that lie nearer below a whole number are that number. Between pixels of one byte
a step often is a whole number exactly, and single precision of luma puts it as far off."""


def _cosines() -> "NDArray[np.float64]":
    rows = np.arange(1, 17)[:, None]
    columns = 2 * np.arange(_GRID)[None, :] + 1
    waves: NDArray[np.float64] = np.cos(np.pi / (2 * _GRID) * rows * columns)
    return rounded(np.sqrt(2 / _GRID) * waves, _WAVE_BITS)


_DCT = _cosines()


class Pdq:
    """PDQ, bit-compatible with Meta's reference and `pdqhash`."""

    algorithm = "pdq"
    bits = 256
    distance: Literal["hamming", "opaque"] = "hamming"
    threshold = 31
    minimum_quality = 50
    source = "Meta, pdq/README in ThreatExchange: match ≤ 31, discard quality ≤ 49"
    needs_rgb = False
    _shape = "tent"

    def hash(
        self, raster: Raster, *, orientations: Sequence[Orientation] = (Orientation.UPRIGHT,)
    ) -> list[Reading]:
        """The hash of the picture as shown, turned each of these ways, in their order."""
        grids = _grids(raster, orientations, self._shape)
        return [
            Reading(Hash("pdq", code.tobytes()), int(quality), orientation)
            for code, quality, orientation in zip(*finish(grids), orientations, strict=True)
        ]


class CentredPdq(Pdq):
    """PDQ from a grid that does not shift, for small pictures and regions of pictures.

    The reference reads small pictures up to half a pixel off centre, which costs 14 bits
    between a thumbnail and its original. This variant meets the reference's hash of the large
    original nearer than the reference's own hash of the thumbnail does.
    """

    _shape = "triangle"


def finish(grids: "NDArray[Any]") -> "tuple[NDArray[np.uint8], NDArray[np.intp]]":
    """Codes and qualities of many 64×64 grids at once.

    Args:
        grids: (n, 64, 64) float32 or float64 luma, 0–255.

    Returns:
        (n, 32) uint8 packed codes in the order of their hex digits, and (n,) qualities, 0–100.
    """
    half = rounded(_DCT @ rounded(grids, _GRID_BITS), _HALF_BITS)
    spectrum = (half @ _DCT.T).reshape(len(grids), 256)
    median = np.partition(spectrum, _LOWER_MEDIAN, axis=1)[:, _LOWER_MEDIAN, None]
    codes = np.packbits((spectrum > median)[:, ::-1], axis=1)
    return codes, qualities(grids)


def qualities(grids: "NDArray[Any]") -> "NDArray[np.intp]":
    """(n,) PDQ qualities, 0–100, of (n, 64, 64) grids: the summed steps between neighbours.

    Each step is taken in hundredths of the range and cut to a whole number before summing, as
    in the reference.
    """
    steps = np.empty((len(grids), 2, _GRID - 1, _GRID))
    down, across = steps[:, 0], steps[:, 1].reshape(-1, _GRID, _GRID - 1)
    np.subtract(grids[:, 1:], grids[:, :-1], out=down)
    np.subtract(grids[:, :, 1:], grids[:, :, :-1], out=across)
    np.abs(steps, out=steps)
    steps *= 100 / 255
    steps += _TIE
    total = np.floor(steps, out=steps).sum(axis=(1, 2, 3))
    return np.asarray(np.minimum(total // 90, 100), np.intp)


_upright: "WeakKeyDictionary[Raster, int]" = WeakKeyDictionary()


def quality(raster: Raster) -> int:
    """The picture's PDQ quality, 0–100; computed once per raster."""
    known = _upright.get(raster)
    if known is None:
        known = int(qualities(_grids(raster, (Orientation.UPRIGHT,), "tent"))[0])
        _upright[raster] = known
    return known


def _grids(
    raster: Raster, orientations: Sequence[Orientation], shape: str
) -> "NDArray[np.float64]":
    """(n, 64, 64) luma grids of the picture as shown, turned each of these ways."""
    if min(raster.width, raster.height) < SMALLEST_SIDE:
        return np.zeros((len(orientations), _GRID, _GRID))
    turned = [raster.orientation.then(orientation) for orientation in orientations]
    flips = {(o.flips_rows, o.flips_columns) for o in turned}
    rows = sorted({row for row, _ in flips})
    columns = sorted({column for _, column in flips})
    down = _kernel(raster.height, shape, raster.scale, tuple(rows))
    across = _kernel(raster.width, shape, raster.scale, tuple(columns))
    both = across(down(raster.luma).T).T.reshape(len(rows), _GRID, len(columns), _GRID)
    grids = np.empty((len(turned), _GRID, _GRID))
    for grid, o in zip(grids, turned, strict=True):
        part = both[rows.index(o.flips_rows), :, columns.index(o.flips_columns)]
        grid[:] = part.T if o.transposes else part
    return grids


@kept
def _kernel(length: int, shape: str, scale: int, flips: tuple[bool, ...]) -> Kernel:
    plain = tent(length) if shape == "tent" else triangle(length)
    operators: list[Operator] = [plain.mirrored() if flip else plain for flip in flips]
    operator = operators[0] if len(operators) == 1 else operators[0].stacked(operators[1])
    return Kernel(operator.folded(scale))
