"""Pillow's LANCZOS resize of luma, rounding included, on full or box-averaged pictures.

The imagehash family hashes tiny resized pictures, and its bits depend on how Pillow rounds: it
resizes along the shown rows first, rounds to whole brightness, then resizes along the shown
columns and rounds again (`ImagingResampleInner` in Pillow's `Resample.c`). A turned picture
therefore needs its own resize only where rows and columns change places; the mirrored resize is
the resize mirrored, because the filter is symmetric.

Pillow 13 begins with the columns where a picture shrinks much more in height than in width
(Pillow pull request 9549). The lists in circulation were made before: here rows come first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.hashers.operators import Operator, kept, lanczos, rounded
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK = 1 << 18
"""Samples converted to float at once: small enough to stay in the processor's cache."""

_OUTPUTS_AT_ONCE = 16
"""Outputs behind one matrix product: fewer waste its speed, more multiply by zeros."""

_WEIGHT_BITS = 22
"""Pillow holds filter weights in fixed point (`PRECISION_BITS` in `Resample.c`)."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the full stored picture, in pixels: `[top:bottom, left:right]`."""

    top: int
    left: int
    bottom: int
    right: int


class Pass:
    """An operator along rows, as dense matrices over the inputs of neighbouring outputs.

    `operators.Kernel` gathers whole rows, which is 30 times slower along the other axis: there
    every gather is strided, and LANCZOS reads each input six times.

    Attributes:
        span: the inputs it reads at all.
    """

    __slots__ = ("_outputs", "_parts", "span")

    def __init__(self, operator: Operator) -> None:
        self._outputs, band = operator.weights.shape
        starts = operator.starts
        ends = np.minimum(starts + band, operator.length)
        self.span = slice(int(starts.min()), int(ends.max()))
        self._parts: list[tuple[slice, slice, NDArray[np.float64]]] = []
        for first in range(0, self._outputs, _OUTPUTS_AT_ONCE):
            outputs = slice(first, min(first + _OUTPUTS_AT_ONCE, self._outputs))
            low, high = int(starts[outputs].min()), int(ends[outputs].max())
            matrix = np.zeros((high - low, outputs.stop - first))
            for column, output in enumerate(range(first, outputs.stop)):
                start, end = starts[output], ends[output]
                matrix[start - low : end - low, column] = operator.weights[output, : end - start]
            inputs = slice(low - self.span.start, high - self.span.start)
            self._parts.append((inputs, outputs, matrix))

    def __call__(self, samples: "NDArray[Any]", *, bits: int = 0) -> "NDArray[np.float64]":
        """(rows, outputs) float64 of a (rows, inputs in `span`) array, the same on every processor.

        Args:
            samples: (rows, inputs in `span`) of 0–255.
            bits: binary digits behind the point to which samples are rounded; 0 rounds them to
                whole brightness, as Pillow's `convert("L")` does.
        """
        rows, inputs = samples.shape
        result = np.empty((rows, self._outputs))
        step = max(1, _BLOCK // inputs)
        for first in range(0, rows, step):
            block = samples[first : first + step]
            whole = block.dtype == np.uint8
            exact = block.astype(np.float64) if whole else rounded(block, bits)
            for part, outputs, matrix in self._parts:
                np.matmul(exact[:, part], matrix, out=result[first : first + step, outputs])
        return result


def resized(
    raster: Raster, rows: int, columns: int, orientations: Sequence[Orientation]
) -> "Iterator[NDArray[np.uint8]]":
    """The (rows, columns) pictures that Pillow makes of the shown picture turned each way."""
    made: dict[bool, NDArray[np.uint8]] = {}
    for orientation in orientations:
        turned = raster.orientation.then(orientation)
        if turned.transposes not in made:
            made[turned.transposes] = resized_as_stored(
                raster, rows, columns, transposed=turned.transposes
            )
        yield turned.apply(made[turned.transposes])


def resized_as_stored(
    raster: Raster, rows: int, columns: int, *, transposed: bool, window: Window | None = None
) -> "NDArray[np.uint8]":
    """Brightness that Pillow's resize to (rows, columns) gives, in the layout as stored.

    Args:
        raster: the picture.
        rows: of the resized picture as shown.
        columns: of the resized picture as shown.
        transposed: whether rows and columns change places between stored and shown; the result
            then has shape (columns, rows).
        window: the part of the picture that is resized, as `Image.crop` would cut it.
    """
    if transposed:
        rows, columns = columns, rows
    if window is None:
        across = _whole_pass(raster.width, columns, raster.scale)
        down = _whole_pass(raster.height, rows, raster.scale)
    else:
        across = _pass(window.left, window.right, raster.width, columns, raster.scale)
        down = _pass(window.top, window.bottom, raster.height, rows, raster.scale)
    luma = raster.luma[down.span, across.span]
    if transposed:
        across, down, luma = down, across, luma.T
    half = _whole(across(luma))
    small = _whole(down(half.T))
    return small if transposed else small.T


def _whole(values: "NDArray[np.float64]") -> "NDArray[np.uint8]":
    np.floor(values + 0.5, out=values)
    return np.clip(values, 0, 255, out=values).astype(np.uint8)


@kept
def _whole_pass(length: int, outputs: int, scale: int) -> Pass:
    return _pass(0, length, length, outputs, scale)


def _pass(first: int, end: int, length: int, outputs: int, scale: int) -> Pass:
    plain = lanczos(end - first, outputs)
    shifted = Operator(plain.starts + first, plain.weights, length)
    return Pass(shifted.folded(scale).rounded(_WEIGHT_BITS))
