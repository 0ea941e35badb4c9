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
from hashmatch.index.kernels.meeting import keep, meet, sort_queries

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel(
    PAIRS,
    WORDS, WORDS, SMALL, SMALL, SIGNATURES, LARGE, LARGE, SMALL, LARGE, LARGE, INTEGER,
)  # fmt: skip
def join_signatures(
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
    """Find the neighbours of all queries in tables with signatures: (pairs, 3) int64."""
    pairs = np.empty((64, 3), np.int64)
    found = np.int64(0)
    hits = np.empty((64, 2), np.int64)
    width = codes.shape[1]
    words = min(width, 2)
    numbers = np.empty(queries.shape[0], np.uint32)
    halves = np.empty((queries.shape[0], 2), np.uint64)
    slots = np.empty(queries.shape[0] + LANES, np.int64)
    for table in range(first.size - 1):
        if first[table] == first[table + 1]:
            continue
        start, end = bounds[table], bounds[table + 1]
        begins = np.empty((np.int64(1) << (end - start)) + 2, np.uint32)
        word = start // 64
        sort_queries(
            queries, start, end, (word + 2) % width, (word + 3) % width, begins, numbers, halves
        )
        bucket = np.int64(0)
        while bucket < begins.size - 2:
            from_row = small_at(address_of(offsets), origins[table] + bucket)
            size = small_at(address_of(offsets), origins[table] + bucket + 1) - from_row
            if size == 0:
                bucket += 1
                continue
            from_row += table * codes.shape[0]
            left = words * from_row
            room = hits.shape[0]
            noted = meet(
                address_of(signatures), left, left + (words - 1) * size, size, bucket,
                address_of(masks), first[table], first[table + 1], address_of(begins),
                address_of(halves), address_of(slots), threshold, address_of(hits), room,
            )  # fmt: skip
            if noted > room:
                hits = np.empty((2 * noted, 2), np.int64)
                continue
            if noted:
                pairs, found = keep(
                    queries, codes, entries, from_row, numbers, hits, noted, table, bounds, radii,
                    threshold, pairs, found,
                )  # fmt: skip
            bucket += 1
    return pairs[:found]
