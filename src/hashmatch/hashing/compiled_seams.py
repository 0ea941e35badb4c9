"""The search for seams and sides in the library, with the bits that NumPy gives."""

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.hashers.compiled import calls, luma_of
from hashmatch.native.arrays import address, out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]


def steps(luma: "Luma") -> "tuple[Luma, Luma]":
    """(rows, columns − 1) and (rows − 1, columns) uint8: how much neighbours differ.

    Args:
        luma: (rows, columns) uint8.
    """
    held = np.ascontiguousarray(luma)
    struct, (rows, columns) = luma_of(held), held.shape
    across, down = np.empty((rows, columns - 1), np.uint8), np.empty((rows - 1, columns), np.uint8)
    _library().hm_steps(
        ctypes.addressof(struct),
        out(across, np.uint8, across.size),
        out(down, np.uint8, down.size),
    )
    return across, down


def detail(across: "Luma", down: "Luma", fine: int, share: float) -> "NDArray[np.int64]":
    """(4,) int64 top, bottom, left and right of what has detail; empty where nothing has.

    Args:
        across: (rows, columns − 1) uint8 of `steps`.
        down: (rows − 1, columns) uint8 of `steps`.
        fine: levels that a step of detail is more than.
        share: of a line that such steps are more than, where it has detail.

    Raises:
        ValueError: their shapes do not fit each other.
    """
    (flat, upright), found = _both(across, down), np.empty(4, np.int64)
    status = _library().hm_detail(
        address(flat, np.uint8, flat.size),
        address(upright, np.uint8, upright.size),
        len(flat),
        upright.shape[1],
        fine,
        share,
        out(found, np.int64, 4),
    )
    if status:
        raise MemoryError
    return found


def rectangles(
    across: "Luma", down: "Luma", least: int, most: int, limits: "NDArray[np.float64]"
) -> "NDArray[np.int64]":
    """(n, 4) int64 top, bottom, left and right of rectangles with a seam on each side.

    Args:
        across: (rows, columns − 1) uint8 of `steps`.
        down: (rows − 1, columns) uint8 of `steps`.
        least: the smallest side, in pixels.
        most: how many.
        limits: (7,) float64 of `hashmatch.hashing.seams`.

    Raises:
        ValueError: their shapes do not fit each other.
    """
    (flat, upright), places = _both(across, down), np.empty((most, 4), np.int64)
    count = np.empty(1, np.int64)
    status = _library().hm_rectangles(
        address(flat, np.uint8, flat.size),
        address(upright, np.uint8, upright.size),
        len(flat),
        upright.shape[1],
        least,
        most,
        address(limits, np.float64, 7),
        out(places, np.int64, places.size),
        out(count, np.int64, 1),
    )
    if status:
        raise MemoryError
    return places[: count[0]]


def slants(
    luma: "Luma",
    where: "NDArray[np.int64]",
    reach: "NDArray[np.int64]",
    limits: "NDArray[np.float64]",
) -> "NDArray[np.float64]":
    """(4, 2) float64 of top, foot, left and right of a rectangle: how far off, and its slope.

    Args:
        luma: (rows, columns) uint8.
        where: (4,) top, bottom, left and right of the rectangle.
        reach: (2,) how far the sides may lie off, down and across.
        limits: (5,) float64 of `hashmatch.hashing.slanting`.

    Raises:
        ValueError: the rectangle lies outside of the picture.
    """
    held, found = np.ascontiguousarray(luma), np.empty((4, 2))
    top, bottom, left, right = where.tolist()
    if not (0 <= top <= bottom <= len(held) and 0 <= left <= right <= held.shape[1]):
        msg = f"{where} lies outside of {held.shape[0]} × {held.shape[1]}"
        raise ValueError(msg)
    struct = luma_of(held)
    status = _library().hm_slants(
        ctypes.addressof(struct),
        address(where, np.int64, 4),
        address(reach, np.int64, 2),
        address(limits, np.float64, 5),
        out(found, np.float64, found.size),
    )
    if status:
        raise MemoryError
    return found


def _both(across: "Luma", down: "Luma") -> "tuple[Luma, Luma]":
    """Both in order.

    Raises:
        ValueError: their shapes do not fit each other.
    """
    if len(across) != len(down) + 1 or down.shape[1] != across.shape[1] + 1:
        msg = f"steps of {across.shape} and {down.shape} are not those of one picture"
        raise ValueError(msg)
    return np.ascontiguousarray(across), np.ascontiguousarray(down)


def _library() -> ctypes.CDLL:
    found = calls()
    assert found is not None  # noqa: S101 (whoever calls has asked)
    return found
