"""The imagehash family: 64 or 256 bits from a tiny grey picture, as many lists carry them.

Bit-compatible with imagehash 4.3 and later, whose hashes are defined by Pillow's resize
(`resize.resized`) and a comparison: with the median (pHash, wHash), the mean (aHash) or the
left neighbour (dHash).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.hashers.base import Comparison
from hashmatch.hashers.bits import above_median, brighter_than_left
from hashmatch.hashers.grids import quality
from hashmatch.hashers.operators import Operator, kept, lanczos, rounded
from hashmatch.hashers.resize import Pass, resized
from hashmatch.model import Hash, Reading
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OVERSAMPLING = 4
"""pHash transforms a picture this many times as wide as its block of frequencies."""

_WAVE_BITS = 40
"""Binary digits of cosines behind the point: the last ones are not the same on every processor."""

_WAVELET_SIDE = 8
_MIDDLE_PAIR = slice(31, 33)
_HAAR = 0.7071067811865476

_LARGEST_ROUNDED_SIDE = 512
"""wHash resizes step by step, rounding as Pillow does, up to this side. Above it a bit is
decided by the mean of 128×128 values or more, where rounding no longer counts and one matrix per
axis does the work of both steps."""

_MEAN_BITS = 16
_WEIGHT_BITS = 28
"""Binary digits behind the point of what the one matrix multiplies: sums of products then take 52
of the 53 of double precision, and none is rounded."""

_WAVELET_STEPS = 256
"""Fractions of one brightness that the one matrix keeps, so that flat pictures stay flat."""


class _Classic:
    """What all of the family share: bits of a small grey picture, row by row."""

    algorithm: str
    bits: int
    distance = Comparison.HAMMING
    threshold: int | None
    minimum_quality = 50
    source: str
    needs_rgb = False

    def hash(
        self, raster: Raster, *, orientations: Sequence[Orientation] = (Orientation.UPRIGHT,)
    ) -> list[Reading]:
        """The hash of the picture as shown, turned each of these ways, in their order."""
        structure = quality(raster)
        grids = self._grids(raster, orientations)
        return [
            Reading(Hash(self.algorithm, np.packbits(self._code(grid)).tobytes()), structure, way)
            for grid, way in zip(grids, orientations, strict=True)
        ]

    def _grids(
        self, raster: Raster, orientations: Sequence[Orientation]
    ) -> "Iterator[NDArray[Any]]":
        raise NotImplementedError

    def _code(self, grid: "NDArray[Any]") -> "NDArray[np.bool_]":
        raise NotImplementedError


class _Phash(_Classic):
    _side: int

    def _grids(
        self, raster: Raster, orientations: Sequence[Orientation]
    ) -> "Iterator[NDArray[Any]]":
        side = self._side * _OVERSAMPLING
        return resized(raster, side, side, orientations)

    def _code(self, grid: "NDArray[Any]") -> "NDArray[np.bool_]":
        return above_median(_frequencies(_frequencies(grid, self._side).T, self._side).T)


class _Dhash(_Classic):
    _side: int

    def _grids(
        self, raster: Raster, orientations: Sequence[Orientation]
    ) -> "Iterator[NDArray[Any]]":
        return resized(raster, self._side, self._side + 1, orientations)

    def _code(self, grid: "NDArray[Any]") -> "NDArray[np.bool_]":
        return brighter_than_left(grid)


class Phash64(_Phash):
    """`imagehash.phash(image)`: low frequencies above their median."""

    algorithm = "phash-64"
    bits = 64
    threshold = 8
    source = (
        "benchmarks/thresholds.py, 1,122,751 pairs of 1,499 photographs: 1 within 8 bits, 5 within"
        " 10; distances are nearly always even"
    )
    _side = 8


class Phash256(_Phash):
    """`imagehash.phash(image, hash_size=16)`: low frequencies above their median."""

    algorithm = "phash-256"
    bits = 256
    threshold = 80
    source = (
        "benchmarks/thresholds.py, 1,122,751 pairs of 1,499 photographs: 1 within 80 bits, 2"
        " within 82; distances are nearly always even"
    )
    _side = 16


class Dhash64(_Dhash):
    """`imagehash.dhash(image)`: brighter than the left neighbour."""

    algorithm = "dhash-64"
    bits = 64
    threshold = 5
    source = (
        "benchmarks/thresholds.py, 1,122,751 pairs of 1,499 photographs: 1 within 5 bits, 4 within"
        " 6"
    )
    _side = 8


class Dhash256(_Dhash):
    """`imagehash.dhash(image, hash_size=16)`: brighter than the left neighbour."""

    algorithm = "dhash-256"
    bits = 256
    threshold = 46
    source = (
        "benchmarks/thresholds.py, 1,122,751 pairs of 1,499 photographs: 1 within 46 bits, 3"
        " within 47"
    )
    _side = 16


class Ahash64(_Classic):
    """`imagehash.average_hash(image)`: brighter than the mean."""

    algorithm = "ahash-64"
    bits = 64
    threshold = None
    source = (
        "benchmarks/thresholds.py, 1,122,751 pairs of 1,499 photographs: 1 has equal hashes, 15"
        " differ in at most one bit: too near to one false match in 10⁶ pairs to rely on"
    )

    def _grids(
        self, raster: Raster, orientations: Sequence[Orientation]
    ) -> "Iterator[NDArray[Any]]":
        return resized(raster, 8, 8, orientations)

    def _code(self, grid: "NDArray[Any]") -> "NDArray[np.bool_]":
        brighter: NDArray[np.bool_] = grid > grid.mean()
        return brighter


class Whash64(_Classic):
    """`imagehash.whash(image)`: Haar low band above its median.

    imagehash resizes to a square whose side is a power of two, takes away the coarsest Haar
    coefficient and compares the 8×8 low band with its median. The low band holds the means of
    8×8 equal blocks times a constant, and what is taken away is the same everywhere: the bits
    are block means above their median. Only where several blocks lie on the median does the
    rounding of PyWavelets decide, and is repeated.
    """

    algorithm = "whash-64"
    bits = 64
    threshold = None
    source = (
        "benchmarks/thresholds.py, 1,122,751 pairs of 1,499 photographs: 29 have equal hashes: no"
        " distance keeps to one false match in 10⁶ pairs"
    )

    def _grids(
        self, raster: Raster, orientations: Sequence[Orientation]
    ) -> "Iterator[NDArray[Any]]":
        shorter = min(raster.width, raster.height)
        side = max(1 << (shorter.bit_length() - 1), _WAVELET_SIDE)
        if raster.scale > 1 or side > _LARGEST_ROUNDED_SIDE:
            blocks = _block_means(raster, side)
            return (raster.orientation.then(way).apply(blocks) for way in orientations)
        return resized(raster, side, side, orientations)

    def _code(self, grid: "NDArray[Any]") -> "NDArray[np.bool_]":
        if grid.dtype != np.uint8:
            return above_median(grid)
        shape = (_WAVELET_SIDE, len(grid) // _WAVELET_SIDE) * 2
        sums = grid.reshape(shape).sum(axis=(1, 3), dtype=np.int64)
        lower, upper = np.sort(sums, axis=None)[_MIDDLE_PAIR]
        return above_median(_low_band(grid) if lower == upper else sums)


def _low_band(grid: "NDArray[np.uint8]") -> "NDArray[np.float64]":
    """(8, 8) Haar low band of a (side, side) picture without its coarsest coefficient.

    To the last bit what `wavedec2`, `waverec2` and `wavedec2` of PyWavelets give: every product
    and sum in its order, first down the columns and then along the rows.
    """
    low: NDArray[np.float64] = grid / 255.0
    details: list[tuple[NDArray[np.float64], ...]] = []
    while len(low) > 1:
        (low, across), (down, both) = (_halves(part.T) for part in _halves(low))
        low, details = low.T, [*details, (across.T, down.T, both.T)]
    low = low * 0.0
    for across, down, both in reversed(details):
        low = _joined(_joined(low.T, across.T).T, _joined(down.T, both.T).T)
    while len(low) > _WAVELET_SIDE:
        low = _halves(_halves(low)[0].T)[0].T
    return low


def _halves(
    values: "NDArray[np.float64]",
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    even, odd = values[::2] * _HAAR, values[1::2] * _HAAR
    return even + odd, even - odd


def _joined(low: "NDArray[np.float64]", high: "NDArray[np.float64]") -> "NDArray[np.float64]":
    low, high = low * _HAAR, high * _HAAR
    return np.stack([low + high, low - high], axis=1).reshape(2 * len(low), -1)


def _block_means(raster: Raster, side: int) -> "NDArray[np.float64]":
    """(8, 8) means of the blocks of the picture resized to side×side, as stored."""
    across = _means_pass(raster.width, side, raster.scale)
    down = _means_pass(raster.height, side, raster.scale)
    half = across(raster.luma[down.span, across.span])
    return np.rint(down(half.T, bits=_MEAN_BITS).T * _WAVELET_STEPS)


@kept
def _means_pass(length: int, side: int, scale: int) -> Pass:
    """Resizing to `side` samples and taking the means of 8 equal blocks, as one operator."""
    fine = lanczos(length, side)
    size, band = side // _WAVELET_SIDE, fine.weights.shape[1]
    starts = fine.starts[::size]
    offsets = fine.starts - np.repeat(starts, size)
    weights = np.zeros((_WAVELET_SIDE, int(offsets.max()) + band))
    row = np.repeat(np.arange(_WAVELET_SIDE), size)[:, None]
    np.add.at(weights, (row, offsets[:, None] + np.arange(band)), fine.weights / size)
    return Pass(Operator(starts, weights, length).folded(scale).rounded(_WEIGHT_BITS))


def _frequencies(samples: "NDArray[Any]", count: int) -> "NDArray[np.float64]":
    """(count, columns) lowest frequencies along axis 0: cosine transform, type II, halved.

    By halves, as fast transforms do it: what is symmetric then gives exact zeros, as in SciPy,
    where a plain matrix leaves rounding errors that would decide the bits of flat pictures.
    """
    result = np.empty((count, samples.shape[1]))
    samples, step = samples.astype(np.float64), 1
    while step < count:
        front, back = samples[: len(samples) // 2], samples[: len(samples) // 2 - 1 : -1]
        odd = result[step :: 2 * step]
        odd[:] = _product(_cosines(len(samples), len(odd)), front - back)
        samples, step = front + back, 2 * step
    result[0] = samples.sum(axis=0)
    return result


def _product(matrix: "NDArray[np.float64]", samples: "NDArray[Any]") -> "NDArray[np.float64]":
    """The product of two small matrices, summed in order, as every processor does it alike."""
    result = np.zeros((len(matrix), samples.shape[1]))
    for column, row in zip(matrix.T, samples, strict=True):
        result += column[:, None] * row
    return result


@lru_cache(maxsize=16)
def _cosines(length: int, count: int) -> "NDArray[np.float64]":
    """(count, length / 2) first halves of the first odd rows of the cosine transform."""
    angles = np.outer(2 * np.arange(count) + 1, 2 * np.arange(length // 2) + 1)
    return rounded(np.cos(angles * (np.pi / (2 * length))), _WAVE_BITS)
