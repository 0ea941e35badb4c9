"""The search for parts of pictures in the library, with the bits that NumPy gives."""

import ctypes
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.hashers.compiled import calls, luma_of
from hashmatch.native.arrays import address, out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

_COVER: Final = 64
_CELLS: Final = 128
_NO_MEMORY: Final = 1
_MOST_THINGS: Final = 255
_LONGEST: Final = 1 << 30
"""Pixels of a side of a mask: places in it are int32."""


def pieces(
    luma: "Luma", how: "NDArray[np.int64]", shares: "NDArray[np.float64]", most: int
) -> "NDArray[np.int64]":
    """(n, 6) int64: what a page is cut into, the page itself first.

    Each is top, bottom, left and right; whether it could not be cut; whether it has the ground of
    what lies around it.

    Args:
        luma: (rows, columns) uint8.
        how: (6,) pixels of a line that are looked at first; levels of one colour; borders that are
            taken off; how often what was cut is cut again; how often each pixel may be looked at on
            average; the smallest side of a piece.
        shares: (4,) of a line that each end takes; of a few pixels of it, and of all, that lie near
            their median where it has one colour; of the widest gap that others are as wide as.
        most: how many.
    """
    held = np.ascontiguousarray(luma)
    struct, found, count = luma_of(held), np.empty((most, 6), np.int64), np.empty(1, np.int64)
    status = _library().hm_pieces(
        ctypes.addressof(struct),
        address(how, np.int64, 6),
        address(shares, np.float64, 4),
        most,
        out(found, np.int64, found.size),
        out(count, np.int64, 1),
    )
    if status:
        raise MemoryError
    return found[: count[0]]


def blobs(
    away: "Mask", least: int, most: int, runs: int
) -> "tuple[NDArray[np.int64], NDArray[np.uint8]]":
    """The largest things whose pixels touch along a side.

    Args:
        away: (rows, columns) bool.
        least: the smallest side of the box of one, in pixels.
        most: how many, up to 255.
        runs: of pixels, beyond which nothing is told apart.

    Returns:
        (n, 4) int64 top, bottom, left and right of each; (rows, columns) uint8 of which thing each
        pixel is, counted from 1.
    """
    held = _mask(away)
    places, labels = np.empty((_MOST_THINGS, 4), np.int64), np.empty(held.shape, np.uint8)
    count = np.zeros(1, np.int64)
    status = _library().hm_blobs(
        address(held, np.bool_, held.size),
        *held.shape,
        least,
        min(most, _MOST_THINGS),
        runs,
        out(places, np.int64, places.size),
        out(labels, np.uint8, labels.size),
        out(count, np.int64, 1),
    )
    if status:
        raise MemoryError
    return places[: count[0]], labels


def quad(
    away: "Mask", limits: "NDArray[np.float64]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64], float] | None":
    """Four sides around a thing that is tilted; None where it is none, or not tilted.

    Args:
        away: (rows, columns) bool, where it is.
        limits: (4,) the fewest lines; the share of its box that it does not fill; by how much of
            that its rows and columns differ; the share of its hull that it fills.

    Returns:
        (n, 2) rows and columns of its outline; (4, 2) those of the corners, in order; the area of
        its hull.
    """
    held = _mask(away)
    outline = np.empty((2 * sum(held.shape), 2))
    corners, area, count = np.empty((4, 2)), np.zeros(1), np.zeros(1, np.int64)
    status = _library().hm_quad(
        address(held, np.bool_, held.size),
        *held.shape,
        address(limits, np.float64, 4),
        out(outline, np.float64, outline.size),
        out(count, np.int64, 1),
        out(corners, np.float64, 8),
        out(area, np.float64, 1),
    )
    if status:
        raise MemoryError
    return (outline[: count[0]], corners, float(area[0])) if count[0] else None


def ground(luma: "Luma", size: int, rank: int) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """How the four corners of a picture are lit.

    Args:
        luma: (rows, columns) uint8.
        size: pixels of the sides of a corner, at most.
        rank: of the differences from the medians, from 0; there is one more.

    Returns:
        (4,) twice the medians; (2,) twice the differences of this rank, and of the next.
    """
    held = np.ascontiguousarray(luma)
    struct, lit, apart = luma_of(held), np.empty(4, np.int64), np.empty(2, np.int64)
    _library().hm_ground(
        ctypes.addressof(struct), size, rank, out(lit, np.int64, 4), out(apart, np.int64, 2)
    )
    return lit, apart


def away(  # noqa: PLR0917 (a ground, and how far from it)
    luma: "Luma",
    down: "NDArray[np.float32]",
    top: "NDArray[np.float32]",
    way: "NDArray[np.float32]",
    low: float,
    high: float,
) -> "Mask":
    """(rows, columns) bool: what is not of a ground, with most of the nine pixels around it.

    Args:
        luma: (rows, columns) uint8.
        down: (rows,) float32, the share of the way from the top to the foot.
        top: (columns,) float32 levels of the ground at the top.
        way: (columns,) float32, how much higher they are at the foot.
        low: levels below which a pixel is darker, from that of the ground.
        high: levels above which it is brighter.
    """
    held = np.ascontiguousarray(luma)
    struct, found = luma_of(held), np.empty(held.shape, np.bool_)
    status = _library().hm_away(
        ctypes.addressof(struct),
        address(down, np.float32, held.shape[0]),
        address(top, np.float32, held.shape[1]),
        address(way, np.float32, held.shape[1]),
        low,
        high,
        out(found, np.bool_, found.size),
    )
    if status:
        raise MemoryError
    return found


def sharpened(
    quad: "NDArray[np.float64]", outline: "NDArray[np.float64]"
) -> "NDArray[np.float64] | None":
    """(4, 2) float64 corners whose sides are the lines that an outline has; None where it has none.

    Args:
        quad: (4, 2) float64 corners near it, in order.
        outline: (n, 2) float64 rows and columns.
    """
    corners, found = np.empty((4, 2)), np.zeros(1, np.int32)
    status = _library().hm_sharpen(
        address(quad, np.float64, 8),
        address(outline, np.float64, outline.size),
        len(outline),
        out(corners, np.float64, 8),
        out(found, np.int32, 1),
    )
    if status:
        raise MemoryError
    return corners if found[0] else None


def front(luma: "Luma", down: "NDArray[np.float32]", across: "NDArray[np.float32]") -> "Luma":
    """(side, side) uint8: a quadrilateral as seen from the front.

    Args:
        luma: (rows, columns) uint8.
        down: (3, side) float32: what each row gives to row, column and their divisor.
        across: (3, side) float32: what each column does.
    """
    held, side = np.ascontiguousarray(luma), down.shape[1]
    struct, found = luma_of(held), np.empty((side, side), np.uint8)
    _library().hm_front(
        ctypes.addressof(struct),
        address(down, np.float32, 3 * side),
        address(across, np.float32, 3 * side),
        side,
        out(found, np.uint8, found.size),
    )
    return found


def readings(
    cells: "NDArray[np.float32]",
    mean: float,
    places: "NDArray[np.int32]",
    weights: "NDArray[np.float32]",
) -> "NDArray[np.float32]":
    """What is read at places of means, less their mean; times weights, and with the mean again.

    Args:
        cells: (128, 128) float32.
        mean: of them.
        places: of any shape, int32: in a square of (257, 257), every half cell.
        weights: of the same shape, float32.

    Raises:
        ValueError: a place lies outside.
    """
    held, found = np.ascontiguousarray(cells), np.empty(places.shape, np.float32)
    status = _library().hm_readings(
        address(held, np.float32, _CELLS * _CELLS),
        mean,
        address(places, np.int32, found.size),
        address(weights, np.float32, found.size),
        found.size,
        out(found, np.float32, found.size),
    )
    if status == _NO_MEMORY:
        raise MemoryError
    if status:
        msg = "places lie outside of the finer square of these means"
        raise ValueError(msg)
    return found


def flat_parts(luma: "Luma", most: int) -> "tuple[Mask, NDArray[np.int64]]":
    """What differs little from all around it.

    Args:
        luma: (rows, columns) uint8.
        most: levels between the darkest and the brightest of nine pixels.

    Returns:
        (rows, columns) bool, where; (256,) int64, how many pixels of it have each level.
    """
    held = np.ascontiguousarray(luma)
    struct, found, counts = luma_of(held), np.empty(held.shape, np.bool_), np.empty(256, np.int64)
    status = _library().hm_flat_parts(
        ctypes.addressof(struct), most, out(found, np.bool_, found.size), out(counts, np.int64, 256)
    )
    if status:
        raise MemoryError
    return found, counts


def area_of(luma: "Luma", flat: "Mask", level: int, alike: int, rim: int) -> "tuple[Mask, int]":
    """(rows, columns) bool: what is flat and near a level, with a rim; how many pixels that is.

    Args:
        luma: (rows, columns) uint8.
        flat: (rows, columns) bool.
        level: of the area.
        alike: levels from it, at most.
        rim: pixels around the area, down and across.

    Raises:
        ValueError: their shapes differ.
    """
    held, count = np.ascontiguousarray(luma), np.empty(1, np.int64)
    if held.shape != flat.shape:
        msg = f"an area of {flat.shape} covers no picture of {luma.shape}"
        raise ValueError(msg)
    struct, found = luma_of(held), np.empty(held.shape, np.bool_)
    status = _library().hm_area_of_level(
        ctypes.addressof(struct),
        address(flat, np.bool_, flat.size),
        level,
        alike,
        rim,
        out(found, np.bool_, found.size),
        out(count, np.int64, 1),
    )
    if status:
        raise MemoryError
    return found, int(count[0])


def filled(light: "NDArray[np.float64]", left: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """(n, 64, 64) float64 means of what is left of cells, and what fills the rest.

    Args:
        light: (n, 64, 64) float64 sums of brightness of what is left.
        left: (n, 64, 64) float64 which share of each cell that is.
    """
    held, shares, found = (
        np.ascontiguousarray(light),
        np.ascontiguousarray(left),
        np.empty(light.shape),
    )
    _library().hm_fill_areas(
        address(held, np.float64, len(held) * _COVER * _COVER),
        address(shares, np.float64, held.size),
        len(held),
        out(found, np.float64, held.size),
    )
    return found


def uncovered(luma: "Luma", area: "Mask") -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """(64, 64) int64 sums of brightness, and of pixels, of what an area leaves of each cell.

    Args:
        luma: (rows, columns) uint8.
        area: (rows, columns) bool.

    Raises:
        ValueError: their shapes differ.
    """
    held, covered = np.ascontiguousarray(luma), _mask(area)
    if held.shape != covered.shape:
        msg = f"an area of {area.shape} covers no picture of {luma.shape}"
        raise ValueError(msg)
    struct = luma_of(held)
    light, left = np.empty((_COVER, _COVER), np.int64), np.empty((_COVER, _COVER), np.int64)
    status = _library().hm_uncovered(
        ctypes.addressof(struct),
        address(covered, np.bool_, covered.size),
        out(light, np.int64, light.size),
        out(left, np.int64, left.size),
    )
    if status:
        raise MemoryError
    return light, left


def enclosed(area: "Mask", most: int, least: int) -> "Mask":
    """(64, 64) bool: cells of an area, and those with one of the same piece on all four sides.

    Args:
        area: (64, 64) bool.
        most: how many pieces are looked at, the largest first.
        least: the fewest cells of a piece.
    """
    held, found = _mask(area), np.empty((_COVER, _COVER), np.bool_)
    _library().hm_enclosed(
        address(held, np.bool_, _COVER * _COVER), most, least, out(found, np.bool_, found.size)
    )
    return found


def _mask(away: "Mask") -> "Mask":
    """The mask in order.

    Raises:
        ValueError: it is empty or too large.
    """
    if not away.size or max(away.shape) > _LONGEST:
        msg = f"a mask of {away.shape[0]} × {away.shape[1]} cannot be passed on"
        raise ValueError(msg)
    return np.ascontiguousarray(away)


def _library() -> ctypes.CDLL:
    found = calls()
    assert found is not None  # noqa: S101 (whoever calls has asked)
    return found
