"""Tables of a multi-index as the library takes them: how they are filled, and where they lie."""

import ctypes
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.native.arrays import ADDRESS, NUMBER, address, out
from hashmatch.search.kernels.calls import calls, check

if TYPE_CHECKING:
    from numpy.typing import NDArray

PADDING: Final = 4
"""Rows after the last signature: signatures are compared four at a time."""

_WIDEST: Final = 31
"""Bits of a chunk: its buckets are numbered in an int64, and offsets are few enough to hold."""


def widths_of(bounds: "NDArray[np.int64]", bits: int) -> "NDArray[np.int64]":
    """The widths of chunks, which cover all bits of a code.

    Raises:
        ValueError: they do not.
    """
    widths = np.diff(bounds)
    fits = len(widths) and bounds[0] == 0 and bounds[-1] == bits
    if not fits or widths.min() < 1 or widths.max() > _WIDEST:
        msg = f"these chunks do not cover {bits} bits"
        raise ValueError(msg)
    return widths


def fill(
    codes: "NDArray[np.uint64]",
    bounds: "NDArray[np.int64]",
    table: int,
    *,
    words: int,
    offsets: "NDArray[np.uint32]",
    entries: "NDArray[np.uint32]",
    signatures: "NDArray[np.uint64]",
) -> None:
    """Sort the rows of all codes by one chunk, and lay their signatures out by bucket.

    Args:
        codes: (n, 64-bit words) uint64, n < 2**32.
        bounds: (chunks + 1,) int64 bits where chunks begin.
        table: the chunk.
        words: 64-bit words of a signature; 0 for none, else 1 or 2.
        offsets: (buckets + 1,) uint32, written: where each bucket begins.
        entries: (n,) uint32, written: rows by bucket, ascending within each.
        signatures: (n · words,) uint64, written: of each bucket first all left halves, then all
            right halves, so that one instruction compares several codes.
    """
    count, width = codes.shape
    buckets = 1 << int(widths_of(bounds, 64 * width)[table])
    check(
        calls().hm_fill(
            address(codes, np.uint64, count * width),
            count,
            width,
            int(bounds[table]),
            int(bounds[table + 1]),
            words,
            out(offsets, np.uint32, buckets + 1),
            out(entries, np.uint32, count),
            out(signatures, np.uint64, count * words),
        )
    )


class _Struct(ctypes.Structure):
    _fields_ = (
        *((name, ADDRESS) for name in ("codes", "offsets", "entries", "signatures")),
        *((name, ADDRESS) for name in ("origins", "bounds")),
        *((name, NUMBER) for name in ("count", "width", "tables")),
    )


class Tables:
    """Arrays that belong together, kept while they are searched; any threads may share them.

    Attributes:
        bounds: (chunks + 1,) int64.
        count: codes.
        width: 64-bit words of a code.
        reference: what the library takes.
    """

    __slots__ = ("_kept", "bounds", "count", "reference", "width")

    def __init__(
        self,
        codes: "NDArray[np.uint64]",
        offsets: "NDArray[np.uint32]",
        entries: "NDArray[np.uint32]",
        signatures: "NDArray[np.uint64]",
        bounds: "NDArray[np.int64]",
    ) -> None:
        """Take arrays that `fill` wrote, table by table.

        Raises:
            ValueError: they cannot belong together. Their values are checked where they are read.
        """
        self.count, self.width = codes.shape
        self.bounds = bounds
        widths = widths_of(bounds, 64 * self.width)
        tables, held = len(widths), min(self.width, 2)
        origins = np.concatenate((np.zeros(1, np.int64), np.cumsum((np.int64(1) << widths) + 1)))
        rows = held * (tables * self.count + PADDING)
        struct = _Struct(
            address(codes, np.uint64, self.count * self.width),
            address(offsets, np.uint32, int(origins[-1])),
            address(entries, np.uint32, tables * self.count),
            address(signatures, np.uint64, rows) if len(signatures) else None,
            address(origins, np.int64, tables + 1),
            address(bounds, np.int64, tables + 1),
            self.count,
            self.width,
            tables,
        )
        self._kept = (codes, offsets, entries, signatures, origins, bounds, struct)
        self.reference = ctypes.addressof(struct)
