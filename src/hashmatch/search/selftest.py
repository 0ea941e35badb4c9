"""Proof on the spot: neighbours are planted at every distance, and all must be found.

`hashmatch index verify` runs this on an index as it lies on disk. It compares the index with brute
force, which shares no code with it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hashmatch.search.flat import FlatIndex
from hashmatch.search.neighbours import Neighbours

if TYPE_CHECKING:
    from numpy.typing import NDArray


class RangeSearcher(Protocol):
    """Anything that finds neighbours."""

    def search(self, queries: "NDArray[np.uint8]", threshold: int) -> Neighbours:
        """Every indexed code within the threshold of each query."""
        ...


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What a self-test found.

    Attributes:
        threshold: the largest distance, in bits.
        planted: neighbours at each distance from 0 to the threshold.
        found: how many of those were found, with their distance, one at a time and all at once.
        missed: pairs that brute force finds and the index does not, planted or not.
        spurious: pairs that the index finds and brute force does not.
        compared: pairs of query and code that brute force compared.
    """

    threshold: int
    planted: tuple[int, ...]
    found: tuple[int, ...]
    missed: int
    spurious: int
    compared: int

    @property
    def passed(self) -> bool:
        """Whether the index is exact, as far as this test can see."""
        return self.planted == self.found and not self.missed and not self.spurious


def self_test(
    index: RangeSearcher,
    codes: "NDArray[np.uint8]",
    threshold: int,
    *,
    samples: int = 16,
    seed: int = 0,
) -> SelfTest:
    """Plant a neighbour at every distance up to the threshold around sampled codes; find them all.

    Args:
        index: what is tested.
        codes: (n, bytes) uint8, those that are indexed.
        threshold: the largest distance, in bits.
        samples: how many codes get neighbours, `threshold + 1` each.
        seed: of the choice of codes and bits.
    """
    random = np.random.default_rng(seed)
    threshold = min(threshold, 8 * codes.shape[1])
    chosen = random.permutation(len(codes))[:samples]
    rows = np.repeat(chosen, threshold + 1)
    distances = np.tile(np.arange(threshold + 1), len(chosen))
    queries = np.stack(
        [_flipped(codes[row], int(bits), random) for row, bits in zip(rows, distances, strict=True)]
        or [np.empty((0, codes.shape[1]), np.uint8)]
    ).reshape(-1, codes.shape[1])
    truth = _keys(FlatIndex(codes).search(queries, threshold), len(codes), threshold)
    planted = (np.arange(len(rows)) * len(codes) + rows) * (threshold + 1) + distances
    held = np.ones(len(rows), bool)
    missed = spurious = 0
    for found in (index.search(queries, threshold), _one_by_one(index, queries, threshold)):
        keys = _keys(found, len(codes), threshold)
        held &= np.isin(planted, keys)
        missed += len(np.setdiff1d(truth, keys))
        spurious += len(keys) - len(np.intersect1d(truth, keys))  # a pair that comes twice, too
    counts = np.bincount(distances[held], minlength=threshold + 1)
    return SelfTest(
        threshold,
        (len(chosen),) * (threshold + 1),
        tuple(counts.tolist()),
        missed,
        spurious,
        len(queries) * len(codes),
    )


def _one_by_one(index: RangeSearcher, queries: "NDArray[np.uint8]", threshold: int) -> Neighbours:
    parts = [Neighbours.none()]
    for number in range(len(queries)):
        part = index.search(queries[number : number + 1], threshold)
        parts.append(Neighbours(part.queries + number, part.rows, part.distances))
    return Neighbours.together(parts)


def _flipped(
    code: "NDArray[np.uint8]", bits: int, random: np.random.Generator
) -> "NDArray[np.uint8]":
    """The code with so many of its bits flipped."""
    flips = np.zeros(8 * len(code), np.uint8)
    flips[random.permutation(len(flips))[:bits]] = 1
    return code ^ np.packbits(flips)


def _keys(found: Neighbours, codes: int, threshold: int) -> "NDArray[np.int64]":
    """One number per pair and distance."""
    return (found.queries * codes + found.rows) * (threshold + 1) + found.distances
