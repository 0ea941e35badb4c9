"""Arrays of pixels to the luma that hashers read."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LUMA = np.array([299, 587, 114], np.float32)
"""ITU-R BT.601, as PDQ's reference has it, in thousandths: sums of whole numbers are exact, so that
luma is the same on every processor."""

_THOUSAND = np.float32(1000)

REPEATABLE = 1 << 18 | 1 << 19
"""FFmpeg's `SWS_ACCURATE_RND` and `SWS_BITEXACT`, added to how it converts pixels: without them its
rounding depends on the processor, by one level in six of a hundred pixels."""

_BLOCK = 1 << 13
"""Pixels worked on at once: few enough for the processor's cache. The memory of larger blocks is
returned to the system after each picture, and to fetch it anew takes longer than the sums."""

_ROUND_ABOVE = 1 << 25
"""Pixels; above it a grid cell of PDQ averages 8,000 of them and rounding cannot turn a bit."""

_WHITE = np.float32(255)


def luma_of(rgb: "NDArray[np.uint8]") -> "NDArray[Any]":
    """(rows, columns) luma of (rows, columns, 3) uint8: float32, or uint8 for huge pictures.

    It is the nearest number of its type.
    """
    rows, columns, _ = rgb.shape
    kind = np.uint8 if rows * columns > _ROUND_ABOVE else np.float32
    luma = np.empty((rows, columns), kind)
    step = max(1, _BLOCK // max(1, columns))
    scratch = np.empty((min(rows, step) * columns, 3), np.float32)
    for first in range(0, rows, step):
        block = rgb[first : first + step].reshape(-1, 3)
        colours = scratch[: len(block)]
        colours[:] = block
        part = luma[first : first + step].reshape(-1)
        if kind is np.uint8:
            np.rint(colours @ _LUMA / _THOUSAND, out=part, casting="unsafe")
        else:
            np.matmul(colours, _LUMA, out=part)
            part /= _THOUSAND
    return luma


def luma_of_reals(colours: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """(rows, columns) luma, 0–255, of (rows, columns, 3) colours that are no whole numbers.

    Each product and sum is rounded by itself, the same on every processor.
    """
    luma = colours[:, :, 0] * np.float64(_LUMA[0])
    for channel in (1, 2):
        luma += colours[:, :, channel] * np.float64(_LUMA[channel])
    luma /= _THOUSAND
    return luma.astype(np.float32)


def on_white(colours: "NDArray[Any]", alpha: "NDArray[np.uint8]") -> "NDArray[Any]":
    """Pixels with this alpha laid on white, of the same shape and dtype."""
    share = alpha.astype(np.float32) / _WHITE
    if colours.ndim > share.ndim:
        share = share[..., None]
    mixed: NDArray[Any] = colours * share + _WHITE * (1 - share)
    return np.rint(mixed).astype(np.uint8) if colours.dtype == np.uint8 else mixed


def to_byte_range(values: "NDArray[Any]") -> "NDArray[np.float32]":
    """Grey values of any numeric type as float32 0–255.

    Unsigned 16 bits are divided by 257. Of wider integers and of floats nobody records the
    range: up to 1 is taken as 0–1, up to 255 as bytes, up to 65535 as 16 bits, and anything
    else is stretched between its least and largest value. Not-a-number is black.
    """
    return in_range(values, range_of(values))


def range_of(values: "NDArray[Any]") -> tuple[float, float]:
    """What is black in values of this array, and by what the rest is multiplied to be 0–255."""
    if values.dtype == np.uint16:
        return 0.0, 1 / 257
    lows, highs = list[float](), list[float]()
    step = max(1, _BLOCK // max(1, values[:1].size))
    for first in range(0, len(values), step):
        plain = _finite(values[first : first + step])
        lows.append(float(plain.min()))
        highs.append(float(plain.max()))
    low, high = min(lows, default=0.0), max(highs, default=0.0)
    if low < 0 or high > 65535:  # noqa: PLR2004 (16 bits)
        return low, 255 / (high - low) if high > low else 0.0
    if high <= 1 and values.dtype.kind == "f":
        return 0.0, 255.0
    return 0.0, 1 / 257 if high > 255 else 1.0  # noqa: PLR2004 (8 bits)


def in_range(values: "NDArray[Any]", scale: tuple[float, float]) -> "NDArray[np.float32]":
    """Values as float32 0–255, as `range_of` said it of the whole."""
    black, factor = scale
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:  # noqa: PLR2004 (no float32 rounds them)
        return values.astype(np.float32) * np.float32(factor)
    return ((_finite(values) - black) * factor).astype(np.float32)


def _finite(values: "NDArray[Any]") -> "NDArray[np.float64]":
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)


def of_light(linear: "NDArray[Any]") -> "NDArray[np.uint8]":
    """SRGB of amounts of light, 0–1, as viewers show them: what is brighter than white is white.

    Follows IEC 61966-2-1. Not-a-number is black.
    """
    light = np.clip(np.nan_to_num(linear, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)  # noqa: PLR2004 (of the standard)
    pixels: NDArray[np.uint8] = np.rint(shown * 255).astype(np.uint8)
    return pixels
