"""Colour hash: 42 bits that say how much of a picture is black, grey and of which hues.

Bit-compatible with `imagehash.colorhash(image, binbits=3)`. Every pixel falls into one of 14
bins by Pillow's brightness, saturation and hue; each bin's share of the picture becomes 3 bits.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.hashers.base import Comparison
from hashmatch.hashers.grids import quality
from hashmatch.model import Hash, Reading
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BIN_BITS = 3
_LEVELS = 1 << _BIN_BITS
_BLOCK = 1 << 15
"""Pixels worked on at once: small enough to stay in the processor's cache."""

_BLACK_BELOW = 256 // 8
_BRIGHT_ABOVE = 256 * 2 // 3
_FAINT_BELOW = 256 * 2 // 3
_GREY_BELOW = 256 // 3

_HUES = 6
_FAINT, _BRIGHT, _NEITHER, _GREY, _BLACK, _END = range(0, 6 * _HUES, _HUES)
"""The first of the six codes of every kind of pixel; the hue is added to it."""


class Colorhash42:
    """`imagehash.colorhash(image)`: shares of black, grey and six hues, faint and bright."""

    algorithm = "colorhash-42"
    bits = 42
    distance = Comparison.HAMMING
    threshold = None
    minimum_quality = 50
    source = (
        "benchmarks/thresholds.py, 1,122,751 pairs of 1,499 photographs: 4,984 have equal hashes,"
        " as 14 coarse shares are 0 in most pictures"
    )
    needs_rgb = True

    def hash(
        self, raster: Raster, *, orientations: Sequence[Orientation] = (Orientation.UPRIGHT,)
    ) -> list[Reading]:
        """The hash of the picture, the same for each of these ways to turn it.

        Raises:
            ValueError: the raster was decoded without colours.
        """
        if raster.rgb is None:
            msg = "colorhash-42 reads colours: decode with rgb"
            raise ValueError(msg)
        value = Hash(self.algorithm, _value(_counts(raster.rgb)))
        structure = quality(raster)
        return [Reading(value, structure, orientation) for orientation in orientations]


def _value(counts: "NDArray[np.intp]") -> bytes:
    """6 bytes from the pixels per code: black, grey, six faint hues, six bright hues.

    A coloured pixel whose saturation is exactly two thirds counts as coloured, but its hue does
    not: imagehash looks below and above.
    """
    pixels, coloured = int(counts.sum()), int(counts[:_GREY].sum())
    shares = [counts[_BLACK:].sum() / pixels, counts[_GREY:_BLACK].sum() / pixels]
    shares += [count * 1.0 / max(1, coloured) for count in counts[:_NEITHER]]
    number = 0
    for share in shares:
        level = min(_LEVELS - 1, int(share * _LEVELS))
        for bit in range(_BIN_BITS):
            # Not the binary digits of the level: imagehash keeps one digit too many.
            remainder = 1 << (_BIN_BITS - bit)
            number = number << 1 | (level // (remainder >> 1) % remainder > 0)
    return number.to_bytes(-(-len(shares) * _BIN_BITS // 8))


def _counts(rgb: "NDArray[np.uint8]") -> "NDArray[np.intp]":
    """How many pixels of a (rows, columns, 3) picture have each code."""
    counts = np.zeros(_BLACK + _END, np.intp)
    rows = max(1, _BLOCK // rgb.shape[1])
    for first in range(0, len(rgb), rows):
        block = rgb[first : first + rows].reshape(-1, 3)
        counts += np.bincount(_codes(*np.ascontiguousarray(block.T)), minlength=counts.size)
    return counts


def _codes(
    red: "NDArray[np.uint8]", green: "NDArray[np.uint8]", blue: "NDArray[np.uint8]"
) -> "NDArray[np.uint8]":
    """The code of every pixel: its hue, plus that of its saturation, plus that of blackness."""
    largest = np.maximum(np.maximum(red, green), blue)
    smallest = np.minimum(np.minimum(red, green), blue)
    is_red, is_green = red == largest, green == largest
    key = np.where(is_red, np.int32(0), np.where(is_green, np.int32(1 << 16), np.int32(2 << 16)))
    key += (largest - np.where(is_red, green, red)) * np.int32(1 << 8)
    key += largest - np.where(is_red | is_green, blue, green)
    codes = _hues().take(key)
    key = largest * np.int32(1 << 8)
    key += smallest
    codes += _saturations().take(key)
    codes += _is_black(red, green, blue) * np.uint8(_BLACK)
    return codes


def _is_black(
    red: "NDArray[np.uint8]", green: "NDArray[np.uint8]", blue: "NDArray[np.uint8]"
) -> "NDArray[np.bool_]":
    """Whether brightness, by the `L24` of Pillow's `Convert.c`, is below an eighth."""
    scaled = red * np.int32(19595)
    scaled += green * np.int32(38470)
    scaled += blue * np.int32(7471)
    black: NDArray[np.bool_] = scaled < (_BLACK_BELOW << 16) - (1 << 15)
    return black


@lru_cache(maxsize=1)
def _saturations() -> "NDArray[np.uint8]":
    """(256, 256) code of the kind of a colour, by its largest and its smallest channel.

    Saturation as `rgb2hsv_row` in Pillow's `Convert.c` computes it: the quotient in single
    precision, the product in double.
    """
    channel = np.arange(256, dtype=np.float32)
    chroma = np.maximum(channel[:, None] - channel, 0)
    share = (chroma / np.maximum(channel[:, None], 1)).astype(np.float64)
    saturation = (share * 255.0).astype(np.uint8)
    codes = np.full(saturation.shape, _NEITHER, np.uint8)
    codes[saturation < _FAINT_BELOW] = _FAINT
    codes[saturation > _BRIGHT_ABOVE] = _BRIGHT
    codes[saturation < _GREY_BELOW] = _GREY
    return codes


@lru_cache(maxsize=1)
def _hues() -> "NDArray[np.uint8]":
    """(3, 256, 256) hue, by the first largest channel and how far the others lie below it.

    Hue as `rgb2hsv_row` in Pillow's `Convert.c` computes it, kept in single precision between
    steps in double; six equal bins of its 0-255, the last one closed.
    """
    falls = np.arange(256, dtype=np.float32)
    chroma = np.maximum(np.maximum(falls[:, None], falls), 1)
    first, second = falls[:, None] / chroma, falls / chroma
    sixths = np.empty((3, 256, 256), np.float32)
    sixths[0] = second - first
    sixths[1] = (2.0 + first.astype(np.float64)) - second
    sixths[2] = (4.0 + second.astype(np.float64)) - first
    turns = np.fmod(sixths.astype(np.float64) / 6.0 + 1.0, 1.0).astype(np.float32)
    hues = (turns.astype(np.float64) * 255.0).astype(np.intp)
    return np.minimum(hues * _HUES // 255, _HUES - 1).astype(np.uint8)
