"""Crop-resistant hash: a dHash of every bright and every dark region of a picture.

Bit-compatible with `imagehash.crop_resistant_hash` and its defaults, after Steinebach, Liu and
Yannikos, "Efficient Cropping-Resistant Robust Image Hashing" (ARES 2014). The picture is resized
to 300×300, blurred and cut at one brightness; the box around every connected region of more than
500 pixels is hashed on the full picture.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.hashers.base import Comparison
from hashmatch.hashers.bits import brighter_than_left
from hashmatch.hashers.grids import quality
from hashmatch.hashers.resize import Window, resized_as_stored
from hashmatch.model import Hash, Reading
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 300
_BRIGHT_ABOVE = 128
_LARGEST_IGNORED = 500
_DHASH_ROWS, _DHASH_COLUMNS = 8, 9

_BLUR_PASSES = 3
_BLUR_NEAR = 4473924
_BLUR_FAR = 1677722
"""Weights, in 2**-24, of the three middle and the two outer samples of Pillow's box of radius
1.375, which three times over stands for its Gaussian of radius 2 (`BoxBlur.c`)."""

_MAJORITY_OF_NINE = 5

_BORDER = 4 * _SIDE
"""Positions around the picture, which imagehash counts among those already assigned."""


class CropResistant:
    """`imagehash.crop_resistant_hash(image)`: several hashes, in imagehash's order.

    Equal hashes of one picture are given once. Regions so thin that their box on the picture
    has no pixel, on which imagehash fails, are left out.
    """

    algorithm = "crop-resistant"
    bits = 64
    distance = Comparison.HAMMING
    threshold = None
    minimum_quality = 50
    source = (
        "benchmarks/thresholds.py, 1,122,751 pairs of 1,499 photographs: 90 share a region of equal"
        " hash; imagehash's own rule, one region within 16 bits, matches 19 % of them"
    )
    needs_rgb = False

    def hash(
        self, raster: Raster, *, orientations: Sequence[Orientation] = (Orientation.UPRIGHT,)
    ) -> list[Reading]:
        """The hashes of the picture as shown, turned each of these ways, in their order."""
        structure = quality(raster)
        masks: dict[bool, NDArray[np.bool_]] = {}
        small: dict[tuple[Window, bool], NDArray[np.uint8]] = {}
        readings = []
        for orientation in orientations:
            turned = raster.orientation.then(orientation)
            across = turned.transposes
            if across not in masks:
                masks[across] = _bright(raster, transposed=across)
            values: dict[bytes, None] = {}
            for window in _windows(turned.apply(masks[across]), raster, turned):
                if (window, across) not in small:
                    small[window, across] = resized_as_stored(
                        raster, _DHASH_ROWS, _DHASH_COLUMNS, transposed=across, window=window
                    )
                bits = brighter_than_left(turned.apply(small[window, across]))
                values[np.packbits(bits).tobytes()] = None
            readings += [
                Reading(Hash(self.algorithm, value), structure, orientation) for value in values
            ]
        return readings


def _bright(raster: Raster, *, transposed: bool) -> "NDArray[np.bool_]":
    """(300, 300) which parts of the picture are bright, as stored."""
    pixels = resized_as_stored(raster, _SIDE, _SIDE, transposed=transposed)
    shown = pixels.T if transposed else pixels
    bright = _majority(_blurred(shown) > _BRIGHT_ABOVE)
    return bright.T if transposed else bright


def _blurred(pixels: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """The uint8 picture after Pillow's `GaussianBlur()`: along rows, then along columns."""
    lines = np.ascontiguousarray(pixels.T, np.uint32)
    for _ in range(2):
        for _ in range(_BLUR_PASSES):
            lines = _boxed(lines)
        lines = np.ascontiguousarray(lines.T)
    return lines.T.astype(np.uint8)


def _boxed(lines: "NDArray[np.uint32]") -> "NDArray[np.uint32]":
    """One pass of Pillow's box blur along axis 0, edges repeated, rounded to whole values."""
    padded = np.concatenate([lines[:1], lines[:1], lines, lines[-1:], lines[-1:]])
    near: NDArray[np.uint32] = padded[1:-3] + padded[2:-2] + padded[3:-1]
    near *= np.uint32(_BLUR_NEAR)
    near += (padded[:-4] + padded[4:]) * np.uint32(_BLUR_FAR)
    near += np.uint32(1 << 23)
    near >>= np.uint32(24)
    return near


def _majority(bright: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """Whether the median of each 3×3 neighbourhood is bright: whether five of nine are."""
    padded = np.pad(bright, 1, mode="edge").view(np.uint8)
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    bright_ones = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    majority: NDArray[np.bool_] = bright_ones >= _MAJORITY_OF_NINE
    return majority


def _windows(bright: "NDArray[np.bool_]", raster: Raster, turned: Orientation) -> Iterator[Window]:
    """The box of every large region, on the stored picture; the whole picture if there is none.

    Args:
        bright: (300, 300) of the picture as shown.
        raster: the picture.
        turned: what turns the stored picture into the shown one.
    """
    size = raster.height, raster.width
    rows, columns = size[::-1] if turned.transposes else size
    boxes = _boxes(bright) or [(0, 0, _SIDE, _SIDE)]
    for top, left, bottom, right in boxes:
        # The order of the arithmetic and Python's rounding to even are those of imagehash and
        # of Image.crop.
        first, last = round(top * (rows / _SIDE)), round(bottom * (rows / _SIDE))
        start, end = round(left * (columns / _SIDE)), round(right * (columns / _SIDE))
        if first < last and start < end:
            yield _stored(Window(first, start, last, end), raster, turned)


def _stored(shown: Window, raster: Raster, turned: Orientation) -> Window:
    """The place where a window of the shown picture lies on the stored one."""
    top, left, bottom, right = shown.top, shown.left, shown.bottom, shown.right
    if turned.transposes:
        top, left, bottom, right = left, top, right, bottom
    if turned.flips_rows:
        top, bottom = raster.height - bottom, raster.height - top
    if turned.flips_columns:
        left, right = raster.width - right, raster.width - left
    return Window(top, left, bottom, right)


def _boxes(bright: "NDArray[np.bool_]") -> list[tuple[int, int, int, int]]:
    """`top, left, bottom, right` of the large regions: first the bright ones, then the dark.

    Regions of one kind come in the order of their first pixel. imagehash stops looking for dark
    ones when as many positions are assigned as the picture has, and it counts the border among
    them, but no region of a single pixel: up to 1200 dark pixels at the end go unseen, here too.
    """
    runs, labels = _regions(bright)
    rows, starts, ends = runs
    order = np.unique(labels)
    index = np.searchsorted(order, labels)
    sizes = np.bincount(index, ends - starts).astype(np.intp)
    left, right = np.full(order.size, _SIDE), np.zeros(order.size, np.intp)
    bottom = np.zeros(order.size, np.intp)
    np.minimum.at(left, index, starts)
    np.maximum.at(right, index, ends)
    np.maximum.at(bottom, index, rows + 1)
    is_bright = bright[rows[order], starts[order]]
    counted = np.where(sizes > 1, sizes, 0)
    assigned = _BORDER + int(counted[is_bright].sum())
    found = list(is_bright.nonzero()[0])
    for region in (~is_bright).nonzero()[0]:
        if assigned >= bright.size:
            break
        found.append(region)
        assigned += int(counted[region])
    return [
        (int(rows[order[r]]), int(left[r]), int(bottom[r]), int(right[r]))
        for r in found
        if sizes[r] > _LARGEST_IGNORED
    ]


_Runs = tuple["NDArray[np.intp]", "NDArray[np.intp]", "NDArray[np.intp]"]


def _regions(bright: "NDArray[np.bool_]") -> tuple[_Runs, "NDArray[np.intp]"]:
    """The runs of equal values in the rows, and which of them touch, four neighbours counting.

    Returns:
        Row, first column and end column of every run, from the first row on; and for every run
        the number of the first run of its region.
    """
    changes = np.ones(bright.shape, np.bool_)
    changes[:, 1:] = bright[:, 1:] != bright[:, :-1]
    number = (np.cumsum(changes) - 1).reshape(bright.shape)
    rows, starts = changes.nonzero()
    ends = np.append(starts[1:], 0)
    ends[ends == 0] = bright.shape[1]
    touching = bright[1:] == bright[:-1]
    touching[:, 1:] &= ~(touching[:, :-1] & ~changes[1:, 1:] & ~changes[:-1, 1:])
    above, below = number[:-1][touching], number[1:][touching]
    labels = np.arange(rows.size)
    while True:
        one, other = labels[above], labels[below]
        apart = one != other
        if not apart.any():
            return (rows, starts, ends), labels
        np.minimum.at(labels, np.maximum(one, other)[apart], np.minimum(one, other)[apart])
        while not np.array_equal(labels, higher := labels[labels]):
            labels = higher
