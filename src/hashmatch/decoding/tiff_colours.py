"""Samples of a TIFF page to what a viewer shows, for each photometric interpretation."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.decoding import tiff_tags as tags
from hashmatch.decoding.pixels import in_range, range_of
from hashmatch.errors import Reason, UnreadableImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.decoding.tiff_samples import Samples
    from hashmatch.decoding.tiff_tags import Page

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, MASK, CMYK, YCBCR, CIELAB, ICCLAB = (
    *(0, 1, 2, 3, 4, 5, 6, 8, 9),
)
_CHANNELS: Final = {
    WHITE_IS_ZERO: 1,
    BLACK_IS_ZERO: 1,
    RGB: 3,
    PALETTE: 1,
    MASK: 1,
    CMYK: 4,
    YCBCR: 3,
    CIELAB: 3,
    ICCLAB: 3,
}
_ASSOCIATED, _UNASSOCIATED = 1, 2
_ENOUGH_FOR_RGB: Final = 3
_MIDDLE: Final = np.float32(128)

_D50: Final = np.array([0.9642, 1.0, 0.8249], np.float32)
_TO_SRGB: Final = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ],
    np.float32,
)
"""XYZ under D50 to linear sRGB, with Bradford's adaptation (Lindbloom's table)."""


def photometric(page: "Page") -> int:
    """What the samples mean; where the tag is missing, what their number suggests."""
    guess = RGB if page.number(tags.SAMPLES, 1) >= _ENOUGH_FOR_RGB else BLACK_IS_ZERO
    return page.number(tags.PHOTOMETRIC, guess)


def check(samples: "Samples", page: "Page") -> None:
    """Refuse what `as_shown` cannot show.

    Raises:
        UnreadableImageError: an interpretation that is not supported, or colours are missing.
    """
    meaning, count = photometric(page), samples.values.shape[2]
    if meaning not in _CHANNELS or (meaning == CMYK and page.number(tags.INK_SET, 1) != 1):
        detail = f"a TIFF with photometric interpretation {meaning} is not supported"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail)
    if count < _CHANNELS[meaning]:
        detail = f"a TIFF with {count} of {_CHANNELS[meaning]} colour channels is not supported"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail)
    if meaning in (CIELAB, ICCLAB) and samples.bits not in (8, 16):
        detail = f"a TIFF with {samples.bits}-bit L*a*b* is not supported"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail)


def scale_of(samples: "Samples") -> tuple[float, float]:
    """Black, and the factor to 0–255: by the known depth, else as `range_of` takes them."""
    if samples.values.dtype.kind == "u" and samples.bits <= 16:  # noqa: PLR2004 (wider ones are seldom used in full)
        return 0.0, 255 / (2**samples.bits - 1)
    return range_of(samples.values)


def as_shown(
    values: "NDArray[Any]", page: "Page", bits: int, scale: tuple[float, float]
) -> "tuple[NDArray[np.float32], NDArray[np.uint8] | None]":
    """Colours of 1 (grey) or 3 channels, and alpha.

    Args:
        values: (rows, columns, samples), some rows of a page that `check` let pass.
        page: what the values mean.
        bits: of each sample.
        scale: as `scale_of` gives it.

    Returns:
        (rows, columns, 1 or 3) float32 0–255, not multiplied by alpha, and (rows, columns) uint8
        or None.
    """
    meaning, count = photometric(page), values.shape[2]
    channels = _CHANNELS[meaning]
    stored = values[:, :, :channels]
    if meaning == PALETTE:
        colours = _from_palette(stored[:, :, 0], page)
    elif meaning in (CIELAB, ICCLAB):
        colours = _from_lab(stored, bits, encoded=meaning == ICCLAB)
    else:
        colours = _meant(in_range(stored, scale), meaning, page)
    kinds = page.numbers(tags.EXTRA)[: count - channels]
    place = next((i for i, kind in enumerate(kinds) if kind in (_ASSOCIATED, _UNASSOCIATED)), None)
    if place is None:
        return colours, None
    alpha = in_range(values[:, :, channels + place], scale)
    if kinds[place] == _ASSOCIATED:
        colours = np.minimum(colours * 255 / np.maximum(alpha, 1)[:, :, None], 255)
    return colours, np.rint(alpha).astype(np.uint8)


def _meant(colours: "NDArray[np.float32]", meaning: int, page: "Page") -> "NDArray[np.float32]":
    """Grey or RGB, 0–255, of colours that are stored otherwise."""
    if meaning == WHITE_IS_ZERO:
        return 255 - colours
    if meaning == CMYK:
        inks = 255 - colours
        return inks[:, :, :3] * inks[:, :, 3:] / np.float32(255)
    return _from_ycbcr(colours, page) if meaning == YCBCR else colours


def _from_palette(indices: "NDArray[Any]", page: "Page") -> "NDArray[np.float32]":
    table = np.array(page.numbers(tags.COLOURS), np.float32)
    if len(table) < _ENOUGH_FOR_RGB:
        raise UnreadableImageError(Reason.DAMAGED, "the TIFF's palette is missing")
    entries = table[: len(table) // 3 * 3].reshape(3, -1).T
    if entries.max() > 255:  # noqa: PLR2004 (some programs write bytes)
        entries = entries / np.float32(257)
    colours: NDArray[np.float32] = entries[np.minimum(indices, len(entries) - 1)]
    return colours


def _from_ycbcr(colours: "NDArray[np.float32]", page: "Page") -> "NDArray[np.float32]":
    given = page.tags.get(tags.COEFFICIENTS, ())
    red, green, blue = given if len(given) == 3 and given[1] else (0.299, 0.587, 0.114)  # noqa: PLR2004 (colours)
    luma, cb, cr = (colours[:, :, i] for i in range(3))
    r = luma + (cr - _MIDDLE) * np.float32(2 - 2 * red)
    b = luma + (cb - _MIDDLE) * np.float32(2 - 2 * blue)
    g = (luma - np.float32(blue) * b - np.float32(red) * r) / np.float32(green)
    rgb: NDArray[np.float32] = np.clip(np.dstack([r, g, b]), 0, 255)
    return rgb


def _from_lab(stored: "NDArray[Any]", bits: int, *, encoded: bool) -> "NDArray[np.float32]":
    """CIE L*a*b* under D50 to sRGB.

    Args:
        stored: (rows, columns, 3) of 8 or 16 bits.
        bits: of each sample.
        encoded: whether a* and b* are stored with an offset, as ICC has it, not as signed.
    """
    wide = bits == 16  # noqa: PLR2004 (bits)
    values = stored.astype(np.float32)
    largest = {(False, False): 255, (True, False): 65535, (False, True): 255, (True, True): 65280}
    lightness = values[:, :, 0] * np.float32(100 / largest[wide, encoded])
    if encoded:
        hue = values[:, :, 1:] / np.float32(256 if wide else 1) - _MIDDLE
    else:
        signed = stored[:, :, 1:].astype(np.int16 if wide else np.int8)
        hue = signed.astype(np.float32) / np.float32(256 if wide else 1)
    y = (lightness + 16) / 116
    f = np.dstack([y + hue[:, :, 0] / 500, y, y - hue[:, :, 1] / 200])
    xyz = (
        np.where(f > 6 / 29, f**3, (f - np.float32(4 / 29)) * np.float32(3 * (6 / 29) ** 2)) * _D50
    )
    linear = np.clip(xyz @ _TO_SRGB.T, 0, 1)
    gamma = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)  # noqa: PLR2004 (IEC 61966-2-1)
    colours: NDArray[np.float32] = (gamma * 255).astype(np.float32)
    return colours
