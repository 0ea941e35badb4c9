"""Parts of a picture that are hashed beside the whole."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8] | NDArray[np.float32]

SMALLEST_SIDE = 40
"""The least side of a part, in pixels: smaller ones say too little."""

_LEVELS = 18
_SHARE = 0.97
"""A line belongs to a border if this share of it is within so many levels of the border's colour.
Measured on screenshots, letterboxed and framed copies of photographs."""

_MAIN_LEVELS = 4
_MAIN_SHARE = 0.5
"""Four levels of brightness held at most 0.4 of the photographs that were measured (0.6 of one of
the night sky), and 0.5 to all of the logos, drawn cards and pages of text, JPEG noise included."""


def without_border(raster: Raster) -> Raster | None:
    """The picture without its one-coloured border; None where it has none.

    Args:
        raster: with `scale` 1.
    """
    luma = raster.luma
    top, bottom, left, right = 0, luma.shape[0], 0, luma.shape[1]
    while True:
        inner = luma[top:bottom, left:right]
        if min(inner.shape) < SMALLEST_SIDE:
            return None
        peeled = (_border(inner), _border(inner[::-1]), _border(inner.T), _border(inner.T[::-1]))
        if not any(peeled):
            break
        top, bottom = top + peeled[0], bottom - peeled[1]
        left, right = left + peeled[2], right - peeled[3]
    return None if inner.shape == luma.shape else _cut(raster, top, bottom, left, right)


def centre_square(raster: Raster) -> Raster | None:
    """The largest square in the middle; None where the picture is a square or too small.

    Args:
        raster: with `scale` 1.
    """
    rows, columns = raster.luma.shape
    side = min(rows, columns)
    if rows == columns or side < SMALLEST_SIDE:
        return None
    top, left = (rows - side) // 2, (columns - side) // 2
    return _cut(raster, top, top + side, left, left + side)


def is_flat_card(raster: Raster) -> bool:
    """Whether few colours make up most of the picture: a card, a logo, a page of text, a chart.

    The hashes of such pictures collide with each other, whatever their quality.

    Args:
        raster: with `scale` 1.
    """
    inner = without_border(raster) or raster
    counts = np.bincount(inner.luma.astype(np.uint8).reshape(-1), minlength=_MAIN_LEVELS)
    return bool(np.sort(counts)[-_MAIN_LEVELS:].sum() >= _MAIN_SHARE * counts.sum())


def _border(luma: "Luma") -> int:
    """How many rows at the top have the colour of the first one."""
    levels = luma.astype(np.float32)
    near = np.abs(levels - np.median(levels[0])) <= _LEVELS
    ends = np.flatnonzero(near.mean(axis=1) < _SHARE)
    return int(ends[0]) if len(ends) else len(luma)


def _cut(raster: Raster, top: int, bottom: int, left: int, right: int) -> Raster:
    luma = raster.luma[top:bottom, left:right].copy()
    return replace(raster, luma=luma, width=right - left, height=bottom - top, rgb=None)
