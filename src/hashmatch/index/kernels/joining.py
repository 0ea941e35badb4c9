"""Kernels for many queries: each table is walked once, and every bucket meets its queries."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.index.kernels.codes import appended, chunk_of, distance_of, is_first
from hashmatch.index.kernels.compiling import (
    INTEGER,
    LARGE,
    PAIRS,
    SIGNATURES,
    SMALL,
    WORDS,
    inlined,
    kernel,
)
from hashmatch.index.kernels.instructions import (
    LANES,
    address_of,
    place_at,
    prefetch,
    put_at,
    small_at,
    word_at,
)
from hashmatch.index.kernels.scanning import scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AHEAD = 32  # rows whose codes are asked for before they are gathered


@inlined
def sort_queries(
    queries: "NDArray[np.uint64]",
    start: int,
    end: int,
    left: int,
    right: int,
    begins: "NDArray[np.uint32]",
    numbers: "NDArray[np.uint32]",
    halves: "NDArray[np.uint64]",
) -> None:
    """Sort queries by one chunk, and their signatures with them."""
    begins[:] = np.uint32(0)
    for number in range(queries.shape[0]):
        begins[chunk_of(queries[number], start, end) + 2] += np.uint32(1)
    for key in range(2, begins.size):
        begins[key] += begins[key - 1]
    for number in range(queries.shape[0]):
        key = chunk_of(queries[number], start, end) + 1
        slot = begins[key]
        begins[key] += np.uint32(1)
        numbers[slot] = np.uint32(number)
        halves[slot, 0] = queries[number, left]
        halves[slot, 1] = queries[number, right]


@inlined
def meet(
    signatures: int,
    left: int,
    right: int,
    size: int,
    bucket: int,
    masks: int,
    first: int,
    end: int,
    begins: int,
    halves: int,
    slots: int,
    threshold: int,
    hits: int,
    room: int,
) -> int:
    """Note which codes of a bucket may be near to which of the queries that look into it.

    Arrays are passed by address. Hits are pairs of a query's slot and the position in the bucket.
    """
    meeting = np.int64(0)
    for probe in range(first, end):
        key = bucket ^ small_at(masks, probe)
        slot = small_at(begins, key)
        several = small_at(begins, key + 1) - slot
        # Mostly there are few: four are written, however many there are, without a branch.
        for each in range(LANES):
            put_at(slots, meeting + each, slot + each)
        for each in range(LANES, several):
            put_at(slots, meeting + each, slot + each)
        meeting += several
    count = np.int64(0)
    for each in range(meeting):
        slot = place_at(slots, each)
        count = scan(
            signatures, left, right, size, word_at(halves, 2 * slot),
            word_at(halves, 2 * slot + 1), threshold, slot, hits, count, room,
        )  # fmt: skip
    return count


@inlined
def confirm(
    queries: "NDArray[np.uint64]",
    codes: "NDArray[np.uint64]",
    entries: "NDArray[np.uint32]",
    from_row: int,
    numbers: "NDArray[np.uint32]",
    hits: "NDArray[np.int64]",
    noted: int,
    table: int,
    bounds: "NDArray[np.int64]",
    radii: "NDArray[np.int64]",
    threshold: int,
    pairs: "NDArray[np.int64]",
    found: int,
) -> "tuple[NDArray[np.int64], int]":
    """Keep the hits of a bucket that are within the threshold, and in no earlier table."""
    for hit in range(noted):
        number = np.int64(numbers[hits[hit, 0]])
        row = np.int64(entries[from_row + hits[hit, 1]])
        distance = distance_of(queries[number], codes[row])
        if distance <= threshold and is_first(queries[number], codes[row], table, bounds, radii):
            pairs = appended(pairs, found, number, row, distance)
            found += 1
    return pairs, found


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
            from_row += table * codes.shape[0]
            left = words * from_row
            room = hits.shape[0]
            noted = meet(
                address_of(signatures), left, left + (words - 1) * size, size, bucket, address_of(masks),
                first[table], first[table + 1], address_of(begins), address_of(halves),
                address_of(slots), threshold, address_of(hits), room,
            )  # fmt: skip
            if noted > room:
                hits = np.empty((2 * noted, 2), np.int64)
                continue
            if noted:
                pairs, found = confirm(
                    queries, codes, entries, from_row, numbers, hits, noted, table, bounds, radii,
                    threshold, pairs, found,
                )  # fmt: skip
            bucket += 1
    return pairs[:found]


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
            if size + LANES > capacity:
                capacity = 2 * size + LANES
                gathered = np.zeros(2 * capacity, np.uint64)
            right = capacity if width > 1 else 0  # one word has no second half
            for position in range(from_row, from_row + size):
                if position + _AHEAD < rows.size:
                    prefetch(address_of(codes) + 8 * width * np.int64(rows[position + _AHEAD]))
                row = np.int64(rows[position])
                gathered[position - from_row] = codes[row, word_left]
                gathered[right + position - from_row] = codes[row, word_right]
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
                pairs, found = confirm(
                    queries, codes, rows, from_row, numbers, hits, noted, table, bounds, radii,
                    threshold, pairs, found,
                )  # fmt: skip
            bucket += 1
    return pairs[:found]
