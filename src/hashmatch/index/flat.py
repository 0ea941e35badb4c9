"""Brute force, exact by construction: FAISS compares every query with every code."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import faiss
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """All pairs within the threshold, by query, then distance, then row.

    Attributes:
        queries: (pairs,) int64 row of the query array.
        rows: (pairs,) int64 row of the indexed array.
        distances: (pairs,) int32 differing bits.
    """

    queries: "NDArray[np.int64]"
    rows: "NDArray[np.int64]"
    distances: "NDArray[np.int32]"


class FlatIndex:
    """An in-memory index of hashes of one algorithm."""

    def __init__(self, codes: "NDArray[np.uint8]") -> None:
        """Index these codes.

        Args:
            codes: (n, bytes) uint8 packed hashes; the row is the code's id.
        """
        self._index = faiss.IndexBinaryFlat(8 * max(1, codes.shape[1]))
        if len(codes):
            self._index.add(np.ascontiguousarray(codes))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, queries: "NDArray[np.uint8]", threshold: int) -> Neighbours:
        """Every indexed code within `threshold` bits, inclusive, of each query.

        Args:
            queries: (m, bytes) uint8 packed hashes.
            threshold: the largest distance that still counts, in bits.
        """
        if not len(queries) or not len(self):
            none = np.empty(0, np.int64)
            return Neighbours(none, none, none.astype(np.int32))
        exclusive = int(threshold) + 1
        limits, distances, rows = self._index.range_search(np.ascontiguousarray(queries), exclusive)
        owners = np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64)))
        distances = distances.astype(np.int32)
        order = np.lexsort((rows, distances, owners))
        return Neighbours(owners[order], rows[order].astype(np.int64), distances[order])
