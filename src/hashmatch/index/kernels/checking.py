"""Kernels for few queries in tables of rows alone, and for what a search will read."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.index.kernels.codes import appended, distance_of, is_first
from hashmatch.index.kernels.compiling import (
    INTEGER,
    LARGE,
    NUMBERS,
    PAIRS,
    SMALL,
    WORDS,
    both,
    kernel,
)
from hashmatch.index.kernels.instructions import address_of, prefetch, small_at
from hashmatch.index.kernels.probing import locate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BUCKETS_AHEAD = 16  # buckets whose rows are asked for before they are read
_CODES_AHEAD = 16  # rows whose codes are asked for before they are compared


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
    for number in range(queries.shape[0]):
        query = queries[number]
        total = locate(query, origins, offsets, bounds, masks, first, codes.shape[0], starts, sizes)
        if total > limit:
            refused[refusals] = number
            refusals += 1
            continue
        if total > rows.size:
            rows = np.empty(2 * total, np.uint32)
        for table in range(first.size - 1):
            held = 0
            for probe in range(first[table], first[table + 1]):
                ahead = min(probe + _BUCKETS_AHEAD, starts.size - 1)
                prefetch(address_of(entries) + 4 * starts[ahead])
                start = starts[probe]
                for position in range(sizes[probe]):
                    rows[held + position] = small_at(address_of(entries), start + position)
                held += sizes[probe]
            for position in range(held):
                ahead = min(position + _CODES_AHEAD, held - 1)
                prefetch(address_of(codes) + 8 * width * np.int64(rows[ahead]))
                row = np.int64(rows[position])
                distance = distance_of(query, codes[row])
                if distance <= threshold and is_first(query, codes[row], table, bounds, radii):
                    pairs = appended(pairs, found, number, row, distance)
                    found += 1
    return pairs[:found], refused[:refusals]


@kernel(PAIRS, WORDS, SMALL, LARGE, LARGE, SMALL, LARGE, INTEGER, INTEGER)
def ranges(
    queries: "NDArray[np.uint64]",
    offsets: "NDArray[np.uint32]",
    origins: "NDArray[np.int64]",
    bounds: "NDArray[np.int64]",
    masks: "NDArray[np.uint32]",
    first: "NDArray[np.int64]",
    codes: int,
    limit: int,
) -> "NDArray[np.int64]":
    """Find the rows of the tables that probing will read: (queries · masks, 2) start and end.

    The buckets of a query that is refused are empty ranges, as are empty buckets.
    """
    result = np.empty((queries.shape[0] * masks.size, 2), np.int64)
    starts = np.empty(masks.size, np.int64)
    sizes = np.empty(masks.size, np.int64)
    for number in range(queries.shape[0]):
        total = locate(
            queries[number], origins, offsets, bounds, masks, first, codes, starts, sizes
        )
        for probe in range(masks.size):
            size = 0 if total > limit else sizes[probe]
            result[number * masks.size + probe, 0] = starts[probe]
            result[number * masks.size + probe, 1] = starts[probe] + size
    return result
