"""Kernels for few queries: each looks into its buckets, one after the other."""

from typing import TYPE_CHECKING

import numpy as np

from hashmatch.search.kernels.codes import appended, confirm
from hashmatch.search.kernels.compiling import (
    INTEGER,
    LARGE,
    NUMBERS,
    PAIRS,
    SIGNATURES,
    SMALL,
    WORDS,
    both,
    kernel,
)
from hashmatch.search.kernels.instructions import address_of, prefetch
from hashmatch.search.kernels.locating import locate
from hashmatch.search.kernels.scanning import scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AHEAD = 8  # buckets whose memory is asked for before they are read
_LINES = 5  # cache lines of a bucket that are asked for; the processor guesses the rest


@kernel(
    both(PAIRS, NUMBERS),
    WORDS, WORDS, SMALL, SMALL, SIGNATURES, LARGE, LARGE, SMALL, LARGE, LARGE, INTEGER, INTEGER,
)  # fmt: skip
def probe_signatures(
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
    limit: int,
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Find the neighbours of each query in tables with signatures.

    Returns:
        (pairs, 3) int64 query, row, distance; and the queries whose buckets hold more than `limit`
        codes, for which nothing was done.
    """
    pairs = np.empty((64, 3), np.int64)
    found = np.int64(0)
    refused = np.empty(queries.shape[0], np.int64)
    refusals = 0
    starts = np.empty(masks.size, np.int64)
    sizes = np.empty(masks.size, np.int64)
    hits = np.empty((64, 2), np.int64)
    width = codes.shape[1]
    words = min(width, 2)
    base = address_of(signatures)
    for number in range(queries.shape[0]):
        total = locate(
            queries[number], origins, offsets, bounds, masks, first, codes.shape[0], starts, sizes
        )
        if total > limit:
            refused[refusals] = number
            refusals += 1
            continue
        asked = np.int64(0)
        for table in range(first.size - 1):
            word = bounds[table] // 64
            own_left = queries[number, (word + 2) % width]
            own_right = queries[number, (word + 3) % width]
            probe = first[table]
            end = first[table + 1]
            while probe < end:
                for ahead in range(asked, min(probe + _AHEAD, starts.size)):
                    begin = base + 8 * words * starts[ahead]
                    for line in range(min(_LINES, (words * sizes[ahead] + 7) // 8)):
                        prefetch(begin + 64 * line)
                asked = max(asked, probe + _AHEAD)
                left = words * starts[probe]
                right = left + (words - 1) * sizes[probe]
                room = hits.shape[0]
                noted = scan(
                    base, left, right, sizes[probe], own_left, own_right, threshold,
                    number, address_of(hits), 0, room,
                )  # fmt: skip
                if noted > room:
                    hits = np.empty((2 * noted, 2), np.int64)
                    continue
                for hit in range(noted):
                    row = np.int64(entries[starts[probe] + hits[hit, 1]])
                    distance = confirm(queries, codes, number, row, table, bounds, radii, threshold)
                    if distance >= 0:
                        pairs = appended(pairs, found, number, row, distance)
                        found += 1
                probe += 1
    return pairs[:found], refused[:refusals]
