"""Parts of kernels: chunks of codes, and what makes a hit a neighbour."""

from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.search.kernels.compiling import inlined, part
from hashmatch.search.kernels.instructions import address_of, popcount, word_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAMAGED: Final = "a table names a code that does not exist"


@inlined
def chunk_of(words: "NDArray[np.uint64]", start: int, end: int) -> int:
    """Bits start to end (at most 32 of them) of a code."""
    word = start >> 6
    shift = start & 63
    value = words[word] >> np.uint64(shift)
    if shift + end - start > 64:
        value |= words[word + 1] << np.uint64(64 - shift)
    return np.int64(value & ((np.uint64(1) << np.uint64(end - start)) - np.uint64(1)))


@inlined
def distance_at(code: int, other: int, width: int) -> int:
    """How many bits differ between the codes of `width` words at two addresses."""
    total = np.int64(0)
    for word in range(width):
        total += popcount(word_at(code, word) ^ word_at(other, word))
    return total


@part
def is_first(
    words: "NDArray[np.uint64]",
    others: "NDArray[np.uint64]",
    table: int,
    bounds: "NDArray[np.int64]",
    radii: "NDArray[np.int64]",
) -> bool:
    """Whether no earlier table holds this pair too: a pair counts in the first that holds it."""
    for earlier in range(table):
        start, end = bounds[earlier], bounds[earlier + 1]
        apart = np.uint64(chunk_of(words, start, end) ^ chunk_of(others, start, end))
        if popcount(apart) <= radii[earlier]:
            return False
    return True


@part
def appended(
    pairs: "NDArray[np.int64]", count: int, query: int, row: int, distance: int
) -> "NDArray[np.int64]":
    """The list with one more pair: the same array while there is room, else one twice as long."""
    if count == pairs.shape[0]:
        longer = np.empty((2 * count, 3), np.int64)
        for known in range(count):  # a copy by slice takes a second to compile
            for column in range(3):
                longer[known, column] = pairs[known, column]
        pairs = longer
    pairs[count, 0] = query
    pairs[count, 1] = row
    pairs[count, 2] = distance
    return pairs


@part
def confirm(
    queries: "NDArray[np.uint64]",
    codes: "NDArray[np.uint64]",
    number: int,
    row: int,
    table: int,
    bounds: "NDArray[np.int64]",
    radii: "NDArray[np.int64]",
    threshold: int,
) -> int:
    """The distance of a hit that is within the threshold, and in no earlier table; else −1.

    Raises:
        ValueError: the table names a code that does not exist.
    """
    if row >= codes.shape[0]:
        raise ValueError(DAMAGED)
    width = codes.shape[1]
    distance = distance_at(
        address_of(queries) + 8 * width * number, address_of(codes) + 8 * width * row, width
    )
    if distance <= threshold and is_first(queries[number], codes[row], table, bounds, radii):
        return distance
    return np.int64(-1)
