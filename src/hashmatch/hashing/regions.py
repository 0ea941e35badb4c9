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

_PROPORTIONS = {"centre": 1.0, "wide": 16 / 9, "upright": 9 / 16}
"""The largest middle parts of these widths, for their heights, are hashed of known pictures."""
BAND = "band"
_BAND_ROWS = 0.6
"""The share of the rows, in the middle, that is hashed besides."""
_LESS = 0.99
"""Parts that are more of the picture than this are the picture."""

_LEVELS = 18
_SHARE = 0.97
"""A line belongs to a border if this share of it is within so many levels of the border's colour.
Measured on screenshots, letterboxed and framed copies of photographs."""

_MAIN_LEVELS = 4
_MAIN_SHARE = 0.5
"""Four levels of brightness held at most 0.4 of the photographs that were measured (0.6 of one of
the night sky), and 0.5 to all of the logos, drawn cards and pages of text, JPEG noise included."""
_FEW, _SEVERAL = 32, 256
"""Rows and columns at most of a first sample of a picture, and of one that decides."""
_LEAST_SHARE = 0.35
"""The share in a first sample, border included: 0.50 at least of all that was taken for a flat card
as a whole, and 0.35 or more of one in thirty of the other photographs."""
_FIRST_ROWS = 4


def without_border(raster: Raster) -> Raster | None:
    """The picture without its one-coloured border; None where it has none.

    Args:
        raster: with `scale` 1.
    """
    inner = _inside(raster.luma, SMALLEST_SIDE)
    return None if inner is None else _cut(raster, *inner)


def middle_parts(raster: Raster) -> dict[str, Raster]:
    """What is often left of a picture that was cut to fit: by name, those that it has.

    Args:
        raster: with `scale` 1.
    """
    rows, columns = raster.luma.shape
    sizes = {
        name: (round(min(rows, columns / proportion)), round(min(columns, rows * proportion)))
        for name, proportion in _PROPORTIONS.items()
    }
    sizes[BAND] = round(_BAND_ROWS * rows), columns
    found = {}
    for name, (tall, wide) in sizes.items():
        if min(tall, wide) >= SMALLEST_SIDE and tall * wide <= _LESS * rows * columns:
            top, left = (rows - tall) // 2, (columns - wide) // 2
            found[name] = _cut(raster, top, top + tall, left, left + wide)
    return found


def is_flat_card(luma: "Luma", *, scale: int = 1) -> bool:
    """Whether few colours make up most of a picture: a card, a logo, a page of text, a chart.

    The hashes of such pictures collide with each other, whatever their quality.

    Args:
        luma: its brightness, 0–255.
        scale: pixels of the picture along the side of each of these.
    """
    inner = _inside(luma, -(-SMALLEST_SIDE // scale))
    if inner is not None:
        top, bottom, left, right = inner
        luma = luma[top:bottom, left:right]
    return _main_share(luma) >= _MAIN_SHARE


def seems_flat_card(luma: "Luma", *, scale: int = 1) -> bool:
    """The same as `is_flat_card` of few of the pixels, for a fiftieth of what hashing costs."""
    if not luma.size:
        return False
    rows, columns = (-(-length // _FEW) for length in luma.shape)
    if _main_share(luma[::rows, ::columns]) < _LEAST_SHARE:
        return False
    step = -(-max(luma.shape) // _SEVERAL)
    return is_flat_card(luma[::step, ::step], scale=scale * step)


def _main_share(luma: "Luma") -> float:
    """The share of pixels that have one of the four levels of brightness that most have."""
    counts = np.bincount(luma.astype(np.uint8).reshape(-1), minlength=_MAIN_LEVELS)
    return float(np.partition(counts, -_MAIN_LEVELS)[-_MAIN_LEVELS:].sum() / luma.size)


def _inside(luma: "Luma", smallest: int) -> tuple[int, int, int, int] | None:
    """First row, row behind the last, and the same of columns, of what a border surrounds."""
    top, bottom, left, right = 0, luma.shape[0], 0, luma.shape[1]
    while True:
        inner = luma[top:bottom, left:right]
        if min(inner.shape) < smallest:
            return None
        peeled = (_border(inner), _border(inner[::-1]), _border(inner.T), _border(inner.T[::-1]))
        if not any(peeled):
            break
        top, bottom = top + peeled[0], bottom - peeled[1]
        left, right = left + peeled[2], right - peeled[3]
    return None if inner.shape == luma.shape else (top, bottom, left, right)


def _border(luma: "Luma") -> int:
    """How many rows at the top have the colour of the first one."""
    middle = (luma.shape[1] - 1) // 2, luma.shape[1] // 2
    first = np.partition(luma[0].astype(np.float32), middle)
    colour = (first[middle[0]] + first[middle[1]]) / 2
    done, count = 0, _FIRST_ROWS
    # Most pictures have none, which the first rows tell.
    while done < len(luma):
        levels = luma[done : done + count].astype(np.float32)
        near = np.abs(levels - colour) <= _LEVELS
        ends = np.flatnonzero(near.mean(axis=1) < _SHARE)
        if len(ends):
            return done + int(ends[0])
        done, count = done + count, count * 2
    return len(luma)


def _cut(raster: Raster, top: int, bottom: int, left: int, right: int) -> Raster:
    luma = raster.luma[top:bottom, left:right].copy()
    return replace(raster, luma=luma, width=right - left, height=bottom - top, rgb=None)
