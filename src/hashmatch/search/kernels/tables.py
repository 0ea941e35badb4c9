"""Kernels that build the tables of a multi-index: a counting sort by each chunk."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.search.kernels.codes import chunk_of
from hashmatch.search.kernels.compiling import (
    INTEGER,
    LARGE,
    NOTHING,
    SIGNATURES_OUT,
    SMALL_OUT,
    WORDS,
    kernel,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel(NOTHING, WORDS, LARGE, INTEGER, INTEGER, SMALL_OUT, SMALL_OUT, SIGNATURES_OUT)
def fill(
    codes: "NDArray[np.uint64]",
    bounds: "NDArray[np.int64]",
    table: int,
    words: int,
    offsets: "NDArray[np.uint32]",
    entries: "NDArray[np.uint32]",
    signatures: "NDArray[np.uint64]",
) -> None:
    """Sort the rows of all codes by one chunk, and lay their signatures out by bucket.

    Args:
        codes: (n, 64-bit words) uint64.
        bounds: (chunks + 1,) int64 bits where chunks begin.
        table: the chunk.
        words: 64-bit words of a signature; 0 for none, else 1 or 2.
        offsets: (buckets + 1,) uint32, written: where each bucket begins.
        entries: (n,) uint32, written: rows by bucket, ascending within each.
        signatures: (n · words,) uint64, written: of each bucket first all left halves, then all
            right halves, so that one instruction compares several codes.
    """
    start, end = bounds[table], bounds[table + 1]
    width = codes.shape[1]
    left, right = (start // 64 + 2) % width, (start // 64 + 3) % width
    for bucket in range(offsets.size):
        offsets[bucket] = np.uint32(0)
    for row in range(codes.shape[0]):
        offsets[chunk_of(codes[row], start, end) + 1] += np.uint32(1)
    for bucket in range(1, offsets.size):
        offsets[bucket] += offsets[bucket - 1]
    filled = offsets[:-1].copy()
    for row in range(codes.shape[0]):
        bucket = chunk_of(codes[row], start, end)
        position = np.int64(filled[bucket])
        filled[bucket] += np.uint32(1)
        entries[position] = np.uint32(row)
        if words == 1:
            signatures[position] = codes[row, 0]
        elif words == 2:
            begins, ends = np.int64(offsets[bucket]), np.int64(offsets[bucket + 1])
            signatures[begins + position] = codes[row, left]
            signatures[ends + position] = codes[row, right]
