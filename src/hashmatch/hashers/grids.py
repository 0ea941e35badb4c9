"""The 64×64 luma grids of pictures, which PDQ transforms, and the quality that all hashers tell."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np

from hashmatch.errors import Choice
from hashmatch.hashers import compiled
from hashmatch.hashers.operators import Kernel, Operator, kept, squashed, tent, triangle
from hashmatch.hashers.scratch import scratch
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray


class WindowShape(Choice):
    """The shape of the window over which luma is averaged for one cell of a grid."""

    TENT = "tent"
    """The reference's window, which lies half a pixel beside the cell."""
    TRIANGLE = "triangle"
    """A window that is centred on the cell."""
    SQUASHED = "squashed"
    """The reference's window, on the picture resized to 512×512."""


_WINDOWS: Final[dict[WindowShape, Callable[[int], Operator]]] = {
    WindowShape.TENT: tent,
    WindowShape.TRIANGLE: triangle,
    WindowShape.SQUASHED: squashed,
}

SIDE = 64
"""Rows and columns of a grid."""

SMALLEST_SIDE = 5
"""Pixels; the reference gives a zero hash of quality 0 below it."""

_TIE = 2.0**-17
"""Steps of quality that lie nearer below a whole number are that number. Between pixels of one byte
a step often is a whole number exactly, and single precision of luma puts it as far off."""


def qualities(grids: "NDArray[Any]") -> "NDArray[np.intp]":
    """(n,) PDQ qualities, 0–100, of (n, 64, 64) grids: the summed steps between neighbours.

    Each step is taken in hundredths of the range and cut to a whole number before summing, as
    in the reference.
    """
    if compiled.calls() and grids.dtype == np.float64:
        return compiled.qualities(grids)
    steps = scratch("steps", (len(grids), 2, SIDE - 1, SIDE), np.float64)
    down, across = steps[:, 0], steps[:, 1].reshape(-1, SIDE, SIDE - 1)
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
        known = int(qualities(luma_grids(raster, (Orientation.UPRIGHT,), WindowShape.TENT))[0])
        _upright[raster] = known
    return known


def luma_grids(
    raster: Raster, orientations: Sequence[Orientation], shape: WindowShape
) -> "NDArray[np.float64]":
    """(n, 64, 64) luma grids of the picture as shown, turned each of these ways."""
    if min(raster.width, raster.height) < SMALLEST_SIDE:
        return np.zeros((len(orientations), SIDE, SIDE))
    down, across, parts = reduction(raster, orientations, shape)
    if compiled.calls():
        return compiled.grids(raster.luma, down.axis, across.axis, parts)
    both = across(down(raster.luma).T).T
    grids = np.empty((len(parts), SIDE, SIDE))
    for grid, (row, column, transposes) in zip(grids, parts.tolist(), strict=True):
        part = both[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
        grid[:] = part.T if transposes else part
    return grids


def reduction(
    raster: Raster, orientations: Sequence[Orientation], shape: WindowShape
) -> "tuple[Kernel, Kernel, NDArray[np.int64]]":
    """What reduces a picture turned in these ways: along its rows, along its columns.

    Returns:
        Both, and (n, 3) int64 for each turn: which 64 rows and which 64 columns of the result are
        its own, and whether rows and columns change places.
    """
    rows, columns, parts = _turns(raster.orientation, tuple(orientations))
    down = _kernel(raster.height, shape, raster.scale, rows)
    return down, _kernel(raster.width, shape, raster.scale, columns), parts


@cache
def _turns(
    stored: Orientation, orientations: tuple[Orientation, ...]
) -> "tuple[tuple[bool, ...], tuple[bool, ...], NDArray[np.int64]]":
    """Whether rows and columns are needed as stored, reversed or both; which of both each turn is.

    The third is one row per orientation: places among rows and columns, and whether it transposes.
    """
    turned = [stored.then(orientation) for orientation in orientations]
    rows = sorted({o.flips_rows for o in turned})
    columns = sorted({o.flips_columns for o in turned})
    parts = [
        (rows.index(o.flips_rows), columns.index(o.flips_columns), o.transposes) for o in turned
    ]
    return tuple(rows), tuple(columns), np.array(parts, np.int64).reshape(-1, 3)


@kept
def _kernel(length: int, shape: WindowShape, scale: int, flips: tuple[bool, ...]) -> Kernel:
    plain = _WINDOWS[shape](length)
    operators: list[Operator] = [plain.mirrored() if flip else plain for flip in flips]
    operator = operators[0] if len(operators) == 1 else operators[0].stacked(operators[1])
    return Kernel(operator.folded(scale))
