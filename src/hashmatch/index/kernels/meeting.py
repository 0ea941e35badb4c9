"""Parts of joins: queries sorted by a chunk, and all those that look into a bucket."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.index.kernels.codes import DAMAGED, appended, chunk_of, confirm
from hashmatch.index.kernels.compiling import part
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


@part
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
    for key in range(begins.size):
        begins[key] = np.uint32(0)
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


@part
def gather(
    codes: "NDArray[np.uint64]",
    rows: "NDArray[np.uint32]",
    from_row: int,
    size: int,
    word_left: int,
    word_right: int,
    gathered: "NDArray[np.uint64]",
    right: int,
) -> None:
    """Write the signatures of a bucket's codes: left halves first, right halves from `right` on.

    Raises:
        ValueError: the table names a code that does not exist.
    """
    for place in range(size):
        if from_row + place + _AHEAD < rows.size:
            ahead = np.int64(rows[from_row + place + _AHEAD])
            prefetch(address_of(codes) + 8 * codes.shape[1] * ahead)
        row = np.int64(rows[from_row + place])
        if row >= codes.shape[0]:
            raise ValueError(DAMAGED)
        gathered[place] = codes[row, word_left]
        gathered[right + place] = codes[row, word_right]


@part
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


@part
def keep(
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
    """Add the hits of a bucket that are neighbours."""
    for hit in range(noted):
        number = np.int64(numbers[hits[hit, 0]])
        row = np.int64(entries[from_row + hits[hit, 1]])
        distance = confirm(queries, codes, number, row, table, bounds, radii, threshold)
        if distance >= 0:
            pairs = appended(pairs, found, number, row, distance)
            found += 1
    return pairs, found
