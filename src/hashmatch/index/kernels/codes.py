"""Parts of kernels: chunks of codes, distances, the rule that counts a pair once, a growing list."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.index.kernels.compiling import inlined
from hashmatch.index.kernels.instructions import popcount

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
def distance_of(words: "NDArray[np.uint64]", others: "NDArray[np.uint64]") -> int:
    """How many bits differ."""
    total = np.int64(0)
    for word in range(words.size):
        total += popcount(words[word] ^ others[word])
    return total


@inlined
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


@inlined
def appended(
    pairs: "NDArray[np.int64]", count: int, query: int, row: int, distance: int
) -> "NDArray[np.int64]":
    """The list with one more pair: the same array while there is room, else one twice as long."""
    if count == pairs.shape[0]:
        longer = np.empty((2 * count, 3), np.int64)
        longer[:count] = pairs
        pairs = longer
    pairs[count, 0] = query
    pairs[count, 1] = row
    pairs[count, 2] = distance
    return pairs
