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
    part,
)
from hashmatch.search.kernels.instructions import address_of, prefetch
from hashmatch.search.kernels.locating import locate
from hashmatch.search.kernels.scanning import scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AHEAD = 8  # buckets whose memory is asked for before they are read
_LINES = 5  # cache lines of a bucket that are asked for; the processor guesses the rest


@part
def fetch_ahead(
    base: int,
    words: int,
    starts: "NDArray[np.int64]",
    sizes: "NDArray[np.int64]",
    asked: int,
    until: int,
) -> int:
    """Ask for the signatures of the buckets from `asked` on, and say up to which it was done."""
    for ahead in range(asked, min(until, starts.size)):
        begin = base + 8 * words * starts[ahead]
        for line in range(min(_LINES, (words * sizes[ahead] + 7) // 8)):
            prefetch(begin + 64 * line)
    return max(asked, until)


@part
def scan_bucket(
    base: int,
    words: int,
    start: int,
    size: int,
    own_left: int,
    own_right: int,
    threshold: int,
    number: int,
    hits: "NDArray[np.int64]",
) -> "tuple[int, NDArray[np.int64]]":
    """Note the codes of a bucket that may be near, in a larger array where it takes one."""
    left = words * start
    right = left + (words - 1) * size
    noted = scan(
        base, left, right, size, own_left, own_right, threshold,
        number, address_of(hits), 0, hits.shape[0],
    )  # fmt: skip
    if noted > hits.shape[0]:
        hits = np.empty((2 * noted, 2), np.int64)
        noted = scan(
            base, left, right, size, own_left, own_right, threshold,
            number, address_of(hits), 0, hits.shape[0],
        )  # fmt: skip
    return noted, hits


@part
def confirm_hits(
    queries: "NDArray[np.uint64]",
    codes: "NDArray[np.uint64]",
    number: int,
    entries: "NDArray[np.uint32]",
    start: int,
    hits: "NDArray[np.int64]",
    noted: int,
    table: int,
    bounds: "NDArray[np.int64]",
    radii: "NDArray[np.int64]",
    threshold: int,
    pairs: "NDArray[np.int64]",
    found: int,
) -> "tuple[NDArray[np.int64], int]":
    """Add the neighbours among the hits of one bucket, whose entries begin at `start`."""
    for hit in range(noted):
        row = np.int64(entries[start + hits[hit, 1]])
        distance = confirm(queries, codes, number, row, table, bounds, radii, threshold)
        if distance >= 0:
            pairs = appended(pairs, found, number, row, distance)
            found += 1
    return pairs, found


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
            for probe in range(first[table], first[table + 1]):
                asked = fetch_ahead(base, words, starts, sizes, asked, probe + _AHEAD)
                noted, hits = scan_bucket(
                    base, words, starts[probe], sizes[probe], own_left, own_right, threshold,
                    number, hits,
                )  # fmt: skip
                pairs, found = confirm_hits(
                    queries, codes, number, entries, starts[probe], hits, noted, table, bounds,
                    radii, threshold, pairs, found,
                )  # fmt: skip
    return pairs[:found], refused[:refusals]
