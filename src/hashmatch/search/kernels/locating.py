"""The buckets that a query must read, and the kernel that tells which memory that is."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.search.kernels.codes import chunk_of
from hashmatch.search.kernels.compiling import INTEGER, LARGE, PAIRS, SMALL, WORDS, kernel, part
from hashmatch.search.kernels.instructions import address_of, small_at

if TYPE_CHECKING:
    from numpy.typing import NDArray


@part
def locate(
    query: "NDArray[np.uint64]",
    origins: "NDArray[np.int64]",
    offsets: "NDArray[np.uint32]",
    bounds: "NDArray[np.int64]",
    masks: "NDArray[np.uint32]",
    first: "NDArray[np.int64]",
    codes: int,
    starts: "NDArray[np.int64]",
    sizes: "NDArray[np.int64]",
) -> int:
    """Find the buckets of a query; return how many codes they hold."""
    total = np.int64(0)
    places = address_of(offsets)
    for table in range(first.size - 1):
        key = chunk_of(query, bounds[table], bounds[table + 1])
        origin = origins[table]
        for probe in range(first[table], first[table + 1]):
            bucket = origin + (key ^ np.int64(masks[probe]))
            start = small_at(places, bucket)
            size = small_at(places, bucket + 1) - start
            starts[probe] = table * codes + start
            sizes[probe] = size
            total += size
    return total


@kernel(PAIRS, WORDS, SMALL, LARGE, LARGE, SMALL, LARGE, INTEGER, INTEGER)
def ranges(
    queries: "NDArray[np.uint64]",
    offsets: "NDArray[np.uint32]",
    origins: "NDArray[np.int64]",
    bounds: "NDArray[np.int64]",
    masks: "NDArray[np.uint32]",
    first: "NDArray[np.int64]",
    codes: int,
    limit: int,
) -> "NDArray[np.int64]":
    """Find the rows of the tables that probing will read: (queries · masks, 2) start and end.

    The buckets of a query that is refused are empty ranges, as are empty buckets.
    """
    result = np.empty((queries.shape[0] * masks.size, 2), np.int64)
    starts = np.empty(masks.size, np.int64)
    sizes = np.empty(masks.size, np.int64)
    for number in range(queries.shape[0]):
        total = locate(
            queries[number], origins, offsets, bounds, masks, first, codes, starts, sizes
        )
        for probe in range(masks.size):
            size = 0 if total > limit else sizes[probe]
            result[number * masks.size + probe, 0] = starts[probe]
            result[number * masks.size + probe, 1] = starts[probe] + size
    return result
