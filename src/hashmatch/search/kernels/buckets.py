"""Parts of joins: queries sorted into the buckets that they probe, and compared there.

A bucket's key has a high and a low half. Queries are sorted by the high half; of those that look
into buckets with one high half, all looks are written down and sorted by the low half. What is
worked on at a time stays in the processor's cache: sorting all looks at once costs twenty times as
much.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.search.kernels.codes import DAMAGED, appended, chunk_of, confirm
from hashmatch.search.kernels.compiling import part
from hashmatch.search.kernels.instructions import (
    address_of,
    place_at,
    popcount,
    prefetch,
    put_at,
    small_at,
    word_at,
)
from hashmatch.search.kernels.scanning import scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOOKS: Final = 1 << 16
"""Looks that are sorted at once, at most: more only where most queries are like one another."""

_FEW: Final = 4096  # looks to sort at once, on average: they stay in the first cache, nearly
_AHEAD = 16


@part
def middle_of(start: int, end: int, looks: int) -> int:
    """The start of a key's high half: its middle, or an earlier bit where probes are many."""
    middle = (start + end) // 2
    while middle > start and looks >> (end - middle) > _FEW:
        middle -= 1
    return middle


@part
def sort_queries(
    queries: "NDArray[np.uint64]",
    start: int,
    middle: int,
    end: int,
    left: int,
    right: int,
    begins: "NDArray[np.uint32]",
    numbers: "NDArray[np.uint32]",
    looks: "NDArray[np.int64]",
    halves: "NDArray[np.uint64]",
) -> None:
    """Sort queries by the bits from middle to end, with looks into their own buckets."""
    for key in range(begins.size):
        begins[key] = np.uint32(0)
    for number in range(queries.shape[0]):
        begins[chunk_of(queries[number], middle, end) + 2] += np.uint32(1)
    for key in range(2, begins.size):
        begins[key] += begins[key - 1]
    for number in range(queries.shape[0]):
        key = chunk_of(queries[number], middle, end) + 1
        slot = begins[key]
        begins[key] += np.uint32(1)
        numbers[slot] = np.uint32(number)
        looks[slot] = chunk_of(queries[number], start, middle) << 32 | np.int64(slot)
        halves[slot, 0] = queries[number, left]
        halves[slot, 1] = queries[number, right]


@part
def split_flips(
    masks: "NDArray[np.uint32]",
    bits: int,
    highs: "NDArray[np.int64]",
    lows: "NDArray[np.int64]",
    until: "NDArray[np.int64]",
) -> int:
    """Split flips of a key, fewest first, into those of its high and of its low half.

    Args:
        masks: all flips up to a number of bits.
        bits: of the low half.
        highs: written, the flips that leave the low half alone, shifted down.
        lows: written, the flips that leave the high half alone, shifted to where looks have them.
        until: written, for each of `highs` how many of `lows` can go with it.

    Returns:
        How many flips of the high half there are.
    """
    high = low = np.int64(0)
    for each in range(masks.size):
        mask = np.int64(masks[each])
        if mask >> bits == 0:
            lows[low] = mask << 32
            low += 1
        if (mask >> bits) << bits == mask:
            highs[high] = mask >> bits
            high += 1
    most = popcount(np.uint64(masks[masks.size - 1]))
    for each in range(high):
        left = most - popcount(np.uint64(highs[each]))
        until[each] = 0
        while until[each] < low and popcount(np.uint64(lows[until[each]])) <= left:
            until[each] += 1
    return high


@part
def probes(
    high: int,
    turns: int,
    highs: "NDArray[np.int64]",
    flips: "NDArray[np.int64]",
    until: "NDArray[np.int64]",
    begins: "NDArray[np.uint32]",
    own: "NDArray[np.int64]",
    state: "NDArray[np.int64]",
    looks: "NDArray[np.int64]",
) -> int:
    """Write down looks into the buckets with one high half.

    Args:
        high: the high half.
        turns: how many flips of high halves there are.
        highs: those flips.
        flips: the flips of low halves.
        until: for each of the former how many of the latter can go with it.
        begins: where the queries of each high half begin.
        own: the looks of queries into their own buckets.
        state: where to go on, and written: the flip, and the query among those that it leads to.
        looks: written, the low half of a bucket above 32 bits for who looks into it.

    Returns:
        How many looks there are; all of them were written when `state` has reached `turns`.
    """
    count = np.int64(0)
    while state[0] < turns:
        group = high ^ highs[state[0]]
        more = until[state[0]]
        first, last = np.int64(begins[group]), np.int64(begins[group + 1])
        for slot in range(first + state[1], last):
            if count + more > looks.size:
                state[1] = slot - first
                return count
            look = own[slot]
            for flip in range(more):
                put_at(address_of(looks), count + flip, look ^ place_at(address_of(flips), flip))
            count += more
        state[0] += 1
        state[1] = 0
    return count


@part
def sort_looks(
    looks: "NDArray[np.int64]",
    count: int,
    ends: "NDArray[np.int64]",
    ordered: "NDArray[np.int64]",
) -> None:
    """Sort looks by bucket: those of bucket b lie from `ends[b]` to `ends[b + 1]`."""
    places = address_of(ends)
    for key in range(ends.size):
        ends[key] = 0
    for each in range(count):
        key = (place_at(address_of(looks), each) >> 32) + 2
        put_at(places, key, place_at(places, key) + 1)
    for key in range(2, ends.size):
        ends[key] += ends[key - 1]
    for each in range(count):
        look = place_at(address_of(looks), each)
        key = (look >> 32) + 1
        place = place_at(places, key)
        put_at(address_of(ordered), place, look & 0xFFFFFFFF)
        put_at(places, key, place + 1)


@part
def gather(
    codes: "NDArray[np.uint64]",
    rows: "NDArray[np.uint32]",
    offsets: int,
    buckets: int,
    ends: "NDArray[np.int64]",
    word_left: int,
    word_right: int,
    gathered: "NDArray[np.uint64]",
    right: int,
) -> None:
    """Write the signatures of the codes in those of some buckets that any query looks into.

    Args:
        codes: all of them.
        rows: of the table, by bucket.
        offsets: address of where the first of the buckets begins.
        buckets: how many there are.
        ends: where the looks into each end.
        word_left: which word of a code is the left half of its signature.
        word_right: the same of the right half.
        gathered: written, as the rows are ordered: left halves first.
        right: where right halves begin.

    Raises:
        ValueError: the table names a code that does not exist.
    """
    begin = small_at(offsets, 0)
    for bucket in range(buckets):
        if ends[bucket] == ends[bucket + 1]:
            continue
        for place in range(small_at(offsets, bucket), small_at(offsets, bucket + 1)):
            if place + _AHEAD < rows.size:
                ahead = np.int64(rows[place + _AHEAD])
                prefetch(address_of(codes) + 8 * codes.shape[1] * ahead)
            row = np.int64(rows[place])
            if row >= codes.shape[0]:
                raise ValueError(DAMAGED)
            gathered[place - begin] = codes[row, word_left]
            gathered[right + place - begin] = codes[row, word_right]


@part
def join_buckets(
    signatures: int,
    left: int,
    right: int,
    size: int,
    first: int,
    last: int,
    looking: int,
    halves: int,
    threshold: int,
    hits: int,
    room: int,
) -> int:
    """Note which codes of a bucket may be near to which of the queries that look into it.

    Arrays are passed by address. Hits are pairs of a query's slot and the position in the bucket.
    """
    count = np.int64(0)
    for each in range(first, last):
        slot = place_at(looking, each)
        count = scan(
            signatures, left, right, size, word_at(halves, 2 * slot),
            word_at(halves, 2 * slot + 1), threshold, slot, hits, count, room,
        )  # fmt: skip
    return count


@part
def emit_pairs(
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
