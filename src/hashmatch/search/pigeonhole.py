"""Which buckets must be looked into, so that no neighbour can be missed.

A code is cut into chunks. If two codes differ in at most t bits, and the chunks' thresholds τ obey
Σ (τ + 1) = t + 1, then in at least one chunk they differ in at most its τ bits: else they would
differ in at least Σ (τ + 1) = t + 1 bits. A chunk with τ = −1 is not looked at. (Norouzi, Punjani
and Fleet, "Fast exact search in Hamming space with multi-index hashing", 2014; uneven thresholds:
Qin et al., "GPH: similarity search in Hamming space", 2018.)
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PROBES: Final = 1 << 18
"""Beyond this many buckets per query, comparing with every code is cheaper at any size."""


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """The buckets to look into for one threshold: the query's own key, with these bits flipped.

    Attributes:
        radii: (chunks,) int64 τ of each chunk.
        masks: (probes,) uint32, those of the first chunk first, fewest flips first.
        first: (chunks + 1,) int64 where the masks of each chunk begin.
    """

    radii: "NDArray[np.int64]"
    masks: "NDArray[np.uint32]"
    first: "NDArray[np.int64]"


def bounds_of(bits: int, chunks: int) -> tuple[int, ...]:
    """The bounds of chunks of nearly equal width, with the end of the last one."""
    return tuple(bits * chunk // chunks for chunk in range(chunks + 1))


def radii_for(bounds: Sequence[int], threshold: int, *, codes: int, probe: float) -> list[int]:
    """The cheapest τ of each chunk for a threshold.

    The cost of one more bit in a chunk is the buckets that it adds; it grows with the bits already
    given, up to half of the chunk, so that always taking the cheapest one is optimal.

    Args:
        bounds: where chunks begin and end.
        threshold: the largest distance that still counts.
        codes: how many codes are indexed.
        probe: the cost of looking into an empty bucket, in that of reading one code.

    Returns:
        τ by chunk; nothing if some chunk would need more than half of its bits flipped.
    """
    widths = np.diff(bounds).tolist()
    radii = [-1] * len(widths)

    def next_cost(chunk: int) -> float:
        buckets = comb(widths[chunk], radii[chunk] + 1)
        return float(buckets * (probe + codes / (1 << widths[chunk])))

    queue = [(next_cost(chunk), chunk) for chunk in range(len(widths))]
    heapq.heapify(queue)
    for _ in range(threshold + 1):
        if not queue:
            return []
        _, chunk = heapq.heappop(queue)
        radii[chunk] += 1
        if radii[chunk] < widths[chunk] // 2:
            heapq.heappush(queue, (next_cost(chunk), chunk))
    return radii


def count(bounds: Sequence[int], radii: Sequence[int]) -> int:
    """How many buckets these thresholds look into."""
    widths = np.diff(bounds).tolist()
    return sum(
        comb(width, flips)
        for width, radius in zip(widths, radii, strict=True)
        for flips in range(radius + 1)
    )


def probes(bounds: Sequence[int], radii: Sequence[int]) -> Probes:
    """The flips of every chunk."""
    masks: list[int] = []
    first = [0]
    for width, radius in zip(np.diff(bounds).tolist(), radii, strict=True):
        masks += _flips(width, radius)
        first.append(len(masks))
    return Probes(np.array(radii, np.int64), np.array(masks, np.uint32), np.array(first, np.int64))


def _flips(width: int, radius: int) -> Iterator[int]:
    for flips in range(radius + 1):
        for bits in combinations(range(width), flips):
            yield sum(1 << bit for bit in bits)
