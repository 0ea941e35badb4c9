"""Kernel for few queries in tables of rows alone: every code in a bucket is compared."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.search.kernels.codes import DAMAGED, appended, distance_at, is_first
from hashmatch.search.kernels.compiling import (
    INTEGER,
    LARGE,
    NUMBERS,
    PAIRS,
    SMALL,
    WORDS,
    both,
    kernel,
    part,
)
from hashmatch.search.kernels.instructions import address_of, prefetch, small_at
from hashmatch.search.kernels.locating import locate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BUCKETS_AHEAD = 16  # buckets whose rows are asked for before they are read
_CODES_AHEAD = 16  # rows whose codes are asked for before they are compared


@part
def gather_rows(
    entries: "NDArray[np.uint32]",
    starts: "NDArray[np.int64]",
    sizes: "NDArray[np.int64]",
    first: int,
    end: int,
    rows: "NDArray[np.uint32]",
) -> int:
    """Copy the rows of all buckets from `first` to `end`, and say how many there are."""
    held = 0
    for probe in range(first, end):
        ahead = min(probe + _BUCKETS_AHEAD, starts.size - 1)
        prefetch(address_of(entries) + 4 * starts[ahead])
        start = starts[probe]
        for position in range(sizes[probe]):
            rows[held + position] = small_at(address_of(entries), start + position)
        held += sizes[probe]
    return held


@kernel(
    both(PAIRS, NUMBERS),
    WORDS, WORDS, SMALL, SMALL, LARGE, LARGE, SMALL, LARGE, LARGE, INTEGER, INTEGER,
)  # fmt: skip
def probe_codes(
    queries: "NDArray[np.uint64]",
    codes: "NDArray[np.uint64]",
    offsets: "NDArray[np.uint32]",
    entries: "NDArray[np.uint32]",
    origins: "NDArray[np.int64]",
    bounds: "NDArray[np.int64]",
    masks: "NDArray[np.uint32]",
    first: "NDArray[np.int64]",
    radii: "NDArray[np.int64]",
    threshold: int,
    limit: int,
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Find the neighbours of each query in tables of rows alone.

    Returns:
        (pairs, 3) int64 query, row, distance; and the queries whose buckets hold more than `limit`
        codes, for which nothing was done.
    """
    pairs = np.empty((64, 3), np.int64)
    found = np.int64(0)
    refused = np.empty(queries.shape[0], np.int64)
    refusals = 0
    starts = np.empty(masks.size, np.int64)
    sizes = np.empty(masks.size, np.int64)
    rows = np.empty(1024, np.uint32)
    width = codes.shape[1]
    size_of_code = 8 * width
    for number in range(queries.shape[0]):
        own = address_of(queries) + size_of_code * number
        total = locate(
            queries[number], origins, offsets, bounds, masks, first, codes.shape[0], starts, sizes
        )
        if total > limit:
            refused[refusals] = number
            refusals += 1
            continue
        if total > rows.size:
            rows = np.empty(2 * total, np.uint32)
        for table in range(first.size - 1):
            held = gather_rows(entries, starts, sizes, first[table], first[table + 1], rows)
            for position in range(held):
                ahead = min(position + _CODES_AHEAD, held - 1)
                prefetch(address_of(codes) + size_of_code * np.int64(rows[ahead]))
                row = np.int64(rows[position])
                if row >= codes.shape[0]:
                    raise ValueError(DAMAGED)
                distance = distance_at(own, address_of(codes) + size_of_code * row, width)
                if distance <= threshold and is_first(
                    queries[number], codes[row], table, bounds, radii
                ):
                    pairs = appended(pairs, found, number, row, distance)
                    found += 1
    return pairs[:found], refused[:refusals]
