"""Kernel for many queries: each table is walked once, and every bucket meets its queries."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.index.kernels.compiling import (
    INTEGER,
    LARGE,
    PAIRS,
    SIGNATURES,
    SMALL,
    WORDS,
    kernel,
)
from hashmatch.index.kernels.instructions import LANES, address_of, small_at
from hashmatch.index.kernels.meeting import (
    LOOKS,
    gather,
    keep,
    looks_into,
    meet,
    sort_looks,
    sort_queries,
    split_flips,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel(
    PAIRS,
    WORDS, WORDS, SMALL, SMALL, SIGNATURES, LARGE, LARGE, SMALL, LARGE, LARGE, INTEGER,
)  # fmt: skip
def join(
    queries: "NDArray[np.uint64]",
    codes: "NDArray[np.uint64]",
    offsets: "NDArray[np.uint32]",
    entries: "NDArray[np.uint32]",
    signatures: "NDArray[np.uint64]",
    origins: "NDArray[np.int64]",
    bounds: "NDArray[np.int64]",
    masks: "NDArray[np.uint32]",
    first: "NDArray[np.int64]",
    radii: "NDArray[np.int64]",
    threshold: int,
) -> "NDArray[np.int64]":
    """Find the neighbours of all queries: (pairs, 3) int64.

    In tables without signatures those of a bucket are gathered from the codes, once for all
    queries that look into it.
    """
    pairs = np.empty((64, 3), np.int64)
    found = np.int64(0)
    hits = np.empty((64, 2), np.int64)
    width = codes.shape[1]
    words = min(width, 2)
    numbers = np.empty(queries.shape[0], np.uint32)
    own = np.empty(queries.shape[0], np.int64)
    halves = np.empty((queries.shape[0], 2), np.uint64)
    looks = np.empty(LOOKS, np.int64)
    ordered = np.empty(LOOKS, np.int64)
    state = np.empty(2, np.int64)
    capacity = np.int64(64)
    gathered = np.zeros(2 * capacity, np.uint64)
    for table in range(first.size - 1):
        flips = masks[first[table] : first[table + 1]]
        if flips.size == 0:
            continue
        start, end = bounds[table], bounds[table + 1]
        middle = (start + end) // 2
        buckets = np.int64(1) << (middle - start)
        high_flips = np.empty(flips.size, np.int64)
        low_flips = np.empty(flips.size, np.int64)
        until = np.empty(flips.size, np.int64)
        turns = split_flips(flips, middle - start, high_flips, low_flips, until)
        begins = np.empty((np.int64(1) << (end - middle)) + 2, np.uint32)
        ends = np.empty(buckets + 2, np.int64)
        word_left, word_right = (start // 64 + 2) % width, (start // 64 + 3) % width
        sort_queries(
            queries, start, middle, end, word_left, word_right, begins, numbers, own, halves
        )
        rows = entries[table * codes.shape[0] : (table + 1) * codes.shape[0]]
        for high in range(begins.size - 2):
            state[0] = state[1] = 0
            while state[0] < turns:
                count = looks_into(
                    high, turns, high_flips, low_flips, until, begins, own, state, looks
                )
                sort_looks(looks, count, ends, ordered)
                place = address_of(offsets) + 4 * (origins[table] + high * buckets)
                begin = small_at(place, 0)
                if signatures.size == 0:
                    held = small_at(place, buckets) - begin + LANES
                    if held > capacity:
                        capacity = 2 * held
                        gathered = np.zeros(2 * capacity, np.uint64)
                    gather(
                        codes, rows, place, buckets, ends, word_left, word_right,
                        gathered, (words - 1) * capacity,
                    )  # fmt: skip
                bucket = np.int64(0)
                while bucket < buckets:
                    from_row = small_at(place, bucket)
                    size = small_at(place, bucket + 1) - from_row
                    if size == 0 or ends[bucket] == ends[bucket + 1]:
                        bucket += 1
                        continue
                    if signatures.size:
                        source = address_of(signatures)
                        left = words * (table * codes.shape[0] + from_row)
                        right = left + (words - 1) * size
                    else:
                        source, left = address_of(gathered), from_row - begin
                        right = left + (words - 1) * capacity
                    room = hits.shape[0]
                    noted = meet(
                        source, left, right, size, ends[bucket], ends[bucket + 1],
                        address_of(ordered), address_of(halves), threshold, address_of(hits), room,
                    )  # fmt: skip
                    if noted > room:
                        hits = np.empty((2 * noted, 2), np.int64)
                        continue
                    if noted:
                        pairs, found = keep(
                            queries, codes, rows, from_row, numbers, hits, noted, table, bounds,
                            radii, threshold, pairs, found,
                        )  # fmt: skip
                    bucket += 1
    return pairs[:found]
