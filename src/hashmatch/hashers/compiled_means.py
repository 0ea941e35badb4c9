"""Means of parts and codes of coefficients in the library, with the bits that NumPy gives."""

import ctypes
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.hashers.compiled import calls, luma_of
from hashmatch.native.arrays import address, out, passed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WAVES: Final = 16
_BITS: Final = _WAVES * _WAVES
_CODE: Final = _BITS // 8
_CELLS: Final = 128
_MOST_PIXELS: Final = 1 << 23
"""Pixels whose sum an int32 holds."""


def sums(luma: "NDArray[np.uint8]") -> "NDArray[np.int32]":
    """(rows + 1, columns + 1) int32: the sum of what lies above and to the left.

    Args:
        luma: (rows, columns) uint8, of at most 2**23 pixels.

    Raises:
        ValueError: it has more, or none.
    """
    held = np.ascontiguousarray(luma)
    struct = luma_of(held)
    if held.size > _MOST_PIXELS:
        msg = f"luma of {held.size} pixels is too large to be summed up"
        raise ValueError(msg)
    table = np.empty((len(held) + 1, held.shape[1] + 1), np.int32)
    _library().hm_sums(ctypes.addressof(struct), out(table, np.int32, table.size))
    return table


def means(
    table: "NDArray[np.int32]",
    box: tuple[float, float, float, float],
    found: "NDArray[np.float64]",
) -> None:
    """The means of the cells of a box.

    Args:
        table: that of `sums`.
        box: top, bottom, left and right; what lies outside of the picture is moved to its edge.
        found: (128, 128) float64, which they are written to.
    """
    rows, columns = table.shape[0] - 1, table.shape[1] - 1
    _library().hm_means(
        address(table, np.int32, (rows + 1) * (columns + 1)),
        rows,
        columns,
        passed(np.array(box, np.float64), np.float64, 4),
        out(found, np.float64, _CELLS * _CELLS),
    )


def small(luma: "NDArray[np.uint8]", side: int) -> "NDArray[np.uint8]":
    """Means of boxes of side × side pixels; what lies behind the last whole one is left out.

    Args:
        luma: (rows, columns) uint8.
        side: of a box, up to 2,048 pixels.
    """
    held = np.ascontiguousarray(luma)
    found = np.empty((held.shape[0] // side, held.shape[1] // side), np.uint8)
    if not found.size:
        return found
    struct = luma_of(held)
    status = _library().hm_small(ctypes.addressof(struct), side, out(found, np.uint8, found.size))
    if status:
        raise MemoryError
    return found


def codes(values: "NDArray[Any]") -> "NDArray[np.uint8]":
    """(n, 32) uint8 codes of (n, 256) float32 or float64 coefficients."""
    held, count = np.ascontiguousarray(values), len(values)
    found = np.empty((count, _CODE), np.uint8)
    kind = np.float32 if held.dtype == np.float32 else np.float64
    _library().hm_codes(
        address(held, kind, count * _BITS), held.itemsize, count, out(found, np.uint8, found.size)
    )
    return found


def turned_codes(
    spectrum: "NDArray[np.float64]", turns: "NDArray[np.int64]"
) -> "NDArray[np.uint8]":
    """(m, n, 32) uint8 codes of coefficients in several turns.

    Args:
        spectrum: (n, 16, 16) float64.
        turns: (m, 3) int64, of each whether rows are reversed, whether columns are, and whether
            both change places.
    """
    held, (count, ways) = np.ascontiguousarray(spectrum), (len(spectrum), len(turns))
    found = np.empty((ways, count, _CODE), np.uint8)
    _library().hm_turned_codes(
        address(held, np.float64, count * _BITS),
        count,
        address(turns, np.int64, 3 * ways),
        ways,
        out(found, np.uint8, found.size),
    )
    return found


def part_qualities(means: "NDArray[np.float64]") -> "NDArray[np.int64]":
    """(n,) int64 qualities of (n, 128, 128) float64 means."""
    held, found = np.ascontiguousarray(means), np.empty(len(means), np.int64)
    _library().hm_part_qualities(
        address(held, np.float64, len(held) * _CELLS * _CELLS),
        len(held),
        out(found, np.int64, len(held)),
    )
    return found


def corner_runs(means: "NDArray[np.float64]", levels: float) -> "NDArray[np.int64]":
    """(n, 4, 2) int64: how many cells have the colour of each corner, down from it and across.

    Args:
        means: (n, 128, 128) float64.
        levels: by which they differ from the very corner, at most.
    """
    held, found = np.ascontiguousarray(means), np.empty((len(means), 4, 2), np.int64)
    _library().hm_corner_runs(
        address(held, np.float64, len(held) * _CELLS * _CELLS),
        len(held),
        levels,
        out(found, np.int64, found.size),
    )
    return found


def blocks(
    product: "NDArray[np.float32]",
    rows: "NDArray[np.int64]",
    columns: "NDArray[np.int64]",
    low: int,
    whole: "NDArray[np.float32] | None",
) -> "NDArray[np.uint8]":
    """(n, 32) uint8 codes of blocks of a product, 16 × 16 coefficients each.

    Args:
        product: (16 · a, 16 · b) float32; the `low` first rows of all blocks come before the other
            rows of all, and so do columns.
        rows: (n,) int64 which block down.
        columns: (n,) int64 which block across.
        low: 0–16.
        whole: (16, 16) float32 coefficients from which those of the blocks are taken away, if any.

    Raises:
        ValueError: there is no such block.
    """
    down, across = (side // _WAVES for side in product.shape)
    count = len(rows)
    found = np.empty((count, _CODE), np.uint8)
    status = _library().hm_blocks(
        address(product, np.float32, down * across * _BITS),
        down,
        across,
        low,
        address(rows, np.int64, count),
        address(columns, np.int64, count),
        count,
        None if whole is None else address(whole, np.float32, _BITS),
        out(found, np.uint8, found.size),
    )
    if status:
        msg = f"blocks lie outside of {down} × {across}"
        raise ValueError(msg)
    return found


def _library() -> ctypes.CDLL:
    found = calls()
    assert found is not None  # noqa: S101 (whoever calls has asked)
    return found
