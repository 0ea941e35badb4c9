"""Kernel for many queries in tables of many buckets: each query is sorted into all of its own."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.index.kernels.codes import chunk_of
from hashmatch.index.kernels.compiling import INTEGER, LARGE, PAIRS, SMALL, WORDS, kernel, part
from hashmatch.index.kernels.instructions import LANES, address_of, small_at, word_at
from hashmatch.index.kernels.meeting import gather, keep
from hashmatch.index.kernels.scanning import scan

if TYPE_CHECKING:
    from numpy.typing import NDArray


@part
def spread(
    queries: "NDArray[np.uint64]",
    start: int,
    end: int,
    masks: "NDArray[np.uint32]",
    begins: "NDArray[np.uint32]",
    numbers: "NDArray[np.uint32]",
) -> None:
    """Sort queries by the buckets of one table that they look into."""
    for key in range(begins.size):
        begins[key] = np.uint32(0)
    for number in range(queries.shape[0]):
        key = chunk_of(queries[number], start, end)
        for probe in range(masks.size):
            begins[(key ^ np.int64(masks[probe])) + 2] += np.uint32(1)
    for key in range(2, begins.size):
        begins[key] += begins[key - 1]
    for number in range(queries.shape[0]):
        key = chunk_of(queries[number], start, end)
        for probe in range(masks.size):
            bucket = (key ^ np.int64(masks[probe])) + 1
            numbers[begins[bucket]] = np.uint32(number)
            begins[bucket] += np.uint32(1)


@part
def meet_sorted(
    signatures: int,
    left: int,
    right: int,
    size: int,
    bucket: int,
    begins: int,
    numbers: int,
    queries: int,
    width: int,
    word_left: int,
    word_right: int,
    threshold: int,
    hits: int,
    room: int,
) -> int:
    """Note which codes of a bucket may be near to which of its queries; arrays by address."""
    count = np.int64(0)
    for slot in range(small_at(begins, bucket), small_at(begins, bucket + 1)):
        number = small_at(numbers, slot)
        place = queries + 8 * width * number
        count = scan(
            signatures, left, right, size, word_at(place, word_left), word_at(place, word_right),
            threshold, number, hits, count, room,
        )  # fmt: skip
    return count


@kernel(
    PAIRS,
    WORDS, WORDS, SMALL, SMALL, LARGE, LARGE, SMALL, LARGE, LARGE, INTEGER,
)  # fmt: skip
def spread_codes(
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

    Signatures are gathered from the codes for the buckets that any query looks into.
    """
    pairs = np.empty((64, 3), np.int64)
    found = np.int64(0)
    hits = np.empty((64, 2), np.int64)
    width = codes.shape[1]
    own = np.arange(queries.shape[0]).astype(np.uint32)
    capacity = 64
    gathered = np.zeros(2 * capacity, np.uint64)
    for table in range(first.size - 1):
        looks = masks[first[table] : first[table + 1]]
        start, end = bounds[table], bounds[table + 1]
        begins = np.empty((np.int64(1) << (end - start)) + 2, np.uint32)
        numbers = np.empty(queries.shape[0] * looks.size, np.uint32)
        spread(queries, start, end, looks, begins, numbers)
        word_left, word_right = (start // 64 + 2) % width, (start // 64 + 3) % width
        rows = entries[table * codes.shape[0] : (table + 1) * codes.shape[0]]
        bucket = np.int64(0)
        while bucket < begins.size - 2:
            from_row = small_at(address_of(offsets), origins[table] + bucket)
            size = small_at(address_of(offsets), origins[table] + bucket + 1) - from_row
            if size == 0 or begins[bucket] == begins[bucket + 1]:
                bucket += 1
                continue
            if size + LANES > capacity:
                capacity = 2 * size + LANES
                gathered = np.zeros(2 * capacity, np.uint64)
            right = capacity if width > 1 else 0  # one word has no second half
            gather(codes, rows, from_row, size, word_left, word_right, gathered, right)
            room = hits.shape[0]
            noted = meet_sorted(
                address_of(gathered), 0, right, size, bucket, address_of(begins),
                address_of(numbers), address_of(queries), width, word_left, word_right, threshold,
                address_of(hits), room,
            )  # fmt: skip
            if noted > room:
                hits = np.empty((2 * noted, 2), np.int64)
                continue
            if noted:
                pairs, found = keep(
                    queries, codes, rows, from_row, own, hits, noted, table, bounds, radii,
                    threshold, pairs, found,
                )  # fmt: skip
            bucket += 1
    return pairs[:found]
