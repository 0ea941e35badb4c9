"""Kernel for many queries in tables of rows alone: signatures are gathered for each bucket."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.index.kernels.compiling import INTEGER, LARGE, PAIRS, SMALL, WORDS, kernel
from hashmatch.index.kernels.instructions import LANES, address_of, small_at
from hashmatch.index.kernels.meeting import gather, keep, meet, sort_queries

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel(
    PAIRS,
    WORDS, WORDS, SMALL, SMALL, LARGE, LARGE, SMALL, LARGE, LARGE, INTEGER,
)  # fmt: skip
def join_codes(
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
) -> "NDArray[np.int64]":
    """Find the neighbours of all queries in tables of rows alone: (pairs, 3) int64.

    The signatures of a bucket are gathered from the codes once, for all queries that look into it.
    """
    pairs = np.empty((64, 3), np.int64)
    found = np.int64(0)
    hits = np.empty((64, 2), np.int64)
    width = codes.shape[1]
    numbers = np.empty(queries.shape[0], np.uint32)
    halves = np.empty((queries.shape[0], 2), np.uint64)
    slots = np.empty(queries.shape[0] + LANES, np.int64)
    capacity = 64
    gathered = np.zeros(2 * capacity, np.uint64)
    for table in range(first.size - 1):
        if first[table] == first[table + 1]:
            continue
        start, end = bounds[table], bounds[table + 1]
        begins = np.empty((np.int64(1) << (end - start)) + 2, np.uint32)
        word_left, word_right = (start // 64 + 2) % width, (start // 64 + 3) % width
        sort_queries(queries, start, end, word_left, word_right, begins, numbers, halves)
        rows = entries[table * codes.shape[0] : (table + 1) * codes.shape[0]]
        bucket = np.int64(0)
        while bucket < begins.size - 2:
            from_row = small_at(address_of(offsets), origins[table] + bucket)
            size = small_at(address_of(offsets), origins[table] + bucket + 1) - from_row
            if size == 0:
                bucket += 1
                continue
            if size + LANES > capacity:
                capacity = 2 * size + LANES
                gathered = np.zeros(2 * capacity, np.uint64)
            right = capacity if width > 1 else 0  # one word has no second half
            gather(codes, rows, from_row, size, word_left, word_right, gathered, right)
            room = hits.shape[0]
            noted = meet(
                address_of(gathered), 0, right, size, bucket, address_of(masks),
                first[table], first[table + 1], address_of(begins), address_of(halves),
                address_of(slots), threshold, address_of(hits), room,
            )  # fmt: skip
            if noted > room:
                hits = np.empty((2 * noted, 2), np.int64)
                continue
            if noted:
                pairs, found = keep(
                    queries, codes, rows, from_row, numbers, hits, noted, table, bounds, radii,
                    threshold, pairs, found,
                )  # fmt: skip
            bucket += 1
    return pairs[:found]
