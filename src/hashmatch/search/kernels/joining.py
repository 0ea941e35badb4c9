"""Kernel for many queries: each table is walked once, each bucket compared with its queries."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.search.kernels.buckets import (
    LOOKS,
    emit_pairs,
    gather,
    join_buckets,
    middle_of,
    probes,
    sort_looks,
    sort_queries,
    split_flips,
)
from hashmatch.search.kernels.compiling import (
    INTEGER,
    LARGE,
    PAIRS,
    SIGNATURES,
    SMALL,
    WORDS,
    kernel,
    part,
)
from hashmatch.search.kernels.instructions import LANES, address_of, small_at

if TYPE_CHECKING:
    from numpy.typing import NDArray


@part
def meet_buckets(
    source: int,
    first_left: int,
    step: int,
    apart: int,
    words: int,
    offsets: int,
    buckets: int,
    ends: "NDArray[np.int64]",
    ordered: "NDArray[np.int64]",
    halves: "NDArray[np.uint64]",
    queries: "NDArray[np.uint64]",
    codes: "NDArray[np.uint64]",
    rows: "NDArray[np.uint32]",
    numbers: "NDArray[np.uint32]",
    table: int,
    bounds: "NDArray[np.int64]",
    radii: "NDArray[np.int64]",
    threshold: int,
    hits: "NDArray[np.int64]",
    pairs: "NDArray[np.int64]",
    found: int,
) -> "tuple[NDArray[np.int64], int, NDArray[np.int64]]":
    """Add the neighbours in buckets with one high half.

    The left half of the signature of the code in row r lies at `step · (first_left + r)` words from
    `source`; right halves lie `apart` words behind, or 0 for as many as the bucket has codes.
    """
    bucket = np.int64(0)
    while bucket < buckets:
        from_row = small_at(offsets, bucket)
        size = small_at(offsets, bucket + 1) - from_row
        if size == 0 or ends[bucket] == ends[bucket + 1]:
            bucket += 1
            continue
        left = step * (first_left + from_row)
        right = left + (apart or (words - 1) * size)
        room = hits.shape[0]
        noted = join_buckets(
            source, left, right, size, ends[bucket], ends[bucket + 1], address_of(ordered),
            address_of(halves), threshold, address_of(hits), room,
        )  # fmt: skip
        if noted > room:
            hits = np.empty((2 * noted, 2), np.int64)
            continue
        if noted:
            pairs, found = emit_pairs(
                queries, codes, rows, from_row, numbers, hits, noted, table, bounds, radii,
                threshold, pairs, found,
            )  # fmt: skip
        bucket += 1
    return pairs, found, hits


@part
def turns_of(
    flips: "NDArray[np.uint32]", shift: int
) -> "tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]":
    """The flips of a table by their high halves, see `split_flips`."""
    high = np.empty(flips.size, np.int64)
    low = np.empty(flips.size, np.int64)
    until = np.empty(flips.size, np.int64)
    return split_flips(flips, shift, high, low, until), high, low, until


@part
def gather_buckets(
    codes: "NDArray[np.uint64]",
    rows: "NDArray[np.uint32]",
    place: int,
    buckets: int,
    ends: "NDArray[np.int64]",
    word_left: int,
    word_right: int,
    words: int,
    gathered: "NDArray[np.uint64]",
) -> "NDArray[np.uint64]":
    """Gather the signatures of buckets with one high half, in a larger array where it takes one."""
    held = small_at(place, buckets) - small_at(place, 0) + LANES
    if 2 * held > gathered.size:
        gathered = np.zeros(4 * held, np.uint64)
    apart = (words - 1) * (gathered.size // 2)
    gather(codes, rows, place, buckets, ends, word_left, word_right, gathered, apart)
    return gathered


@part
def join_table(
    queries: "NDArray[np.uint64]",
    codes: "NDArray[np.uint64]",
    offsets: "NDArray[np.uint32]",
    rows: "NDArray[np.uint32]",
    signatures: "NDArray[np.uint64]",
    origin: int,
    buckets: int,
    word_left: int,
    word_right: int,
    turns: int,
    high_flips: "NDArray[np.int64]",
    low_flips: "NDArray[np.int64]",
    until: "NDArray[np.int64]",
    begins: "NDArray[np.uint32]",
    ends: "NDArray[np.int64]",
    own: "NDArray[np.int64]",
    halves: "NDArray[np.uint64]",
    numbers: "NDArray[np.uint32]",
    table: int,
    bounds: "NDArray[np.int64]",
    radii: "NDArray[np.int64]",
    threshold: int,
    hits: "NDArray[np.int64]",
    gathered: "NDArray[np.uint64]",
    pairs: "NDArray[np.int64]",
    found: int,
) -> "tuple[NDArray[np.int64], int, NDArray[np.int64], NDArray[np.uint64]]":
    """Add the neighbours in one table, whose queries are sorted."""
    words = min(codes.shape[1], 2)
    looks, ordered = np.empty(LOOKS, np.int64), np.empty(LOOKS, np.int64)
    state = np.empty(2, np.int64)
    for high in range(begins.size - 2):
        state[:] = 0
        while state[0] < turns:
            count = probes(high, turns, high_flips, low_flips, until, begins, own, state, looks)
            sort_looks(looks, count, ends, ordered)
            place = address_of(offsets) + 4 * (origin + high * buckets)
            source, first_left = address_of(signatures), table * codes.shape[0]
            step, apart = words, 0
            if not signatures.size:
                gathered = gather_buckets(
                    codes, rows, place, buckets, ends, word_left, word_right, words, gathered
                )
                source, first_left, step = address_of(gathered), -small_at(place, 0), 1
                apart = (words - 1) * (gathered.size // 2)
            pairs, found, hits = meet_buckets(
                source, first_left, step, apart, words, place, buckets, ends, ordered, halves,
                queries, codes, rows, numbers, table, bounds, radii, threshold, hits, pairs, found,
            )  # fmt: skip
    return pairs, found, hits, gathered


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
    numbers = np.empty(queries.shape[0], np.uint32)
    own = np.empty(queries.shape[0], np.int64)
    halves = np.empty((queries.shape[0], 2), np.uint64)
    gathered = np.zeros(128, np.uint64)
    for table in range(first.size - 1):
        flips = masks[first[table] : first[table + 1]]
        if flips.size == 0:
            continue
        start, end = bounds[table], bounds[table + 1]
        middle = middle_of(start, end, queries.shape[0] * flips.size)
        buckets = np.int64(1) << (middle - start)
        turns, high_flips, low_flips, until = turns_of(flips, middle - start)
        begins = np.empty((np.int64(1) << (end - middle)) + 2, np.uint32)
        ends = np.empty(buckets + 2, np.int64)
        word_left, word_right = (start // 64 + 2) % width, (start // 64 + 3) % width
        sort_queries(
            queries, start, middle, end, word_left, word_right, begins, numbers, own, halves
        )
        rows = entries[table * codes.shape[0] : (table + 1) * codes.shape[0]]
        pairs, found, hits, gathered = join_table(
            queries, codes, offsets, rows, signatures, origins[table], buckets, word_left,
            word_right, turns, high_flips, low_flips, until, begins, ends, own, halves, numbers,
            table, bounds, radii, threshold, hits, gathered, pairs, found,
        )  # fmt: skip
    return pairs[:found]
