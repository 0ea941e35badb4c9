"""Brute force, exact by construction: FAISS compares every query with every code, in place."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.search.neighbours import Neighbours

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

_SHARD: Final = 16_384
"""Codes that a batch of queries is compared with at a time: half a megabyte stays in the
processor's second cache. `benchmarks/search.py`: 8,192 to 32,768 measure alike, all codes at once
take 2.5 times as long."""

_BATCH: Final = 16
"""Queries from which shards pay; for fewer, the calls cost more than the cache saves."""


class FlatIndex:
    """Compares with every code; keeps no copy of them, and nothing else."""

    def __init__(self, codes: "NDArray[np.uint8]") -> None:
        """Search in these codes.

        Args:
            codes: (n, bytes) uint8 packed hashes; the row is the code's id.
        """
        self._codes = np.ascontiguousarray(codes)

    def __len__(self) -> int:
        return len(self._codes)

    def search(self, queries: "NDArray[np.uint8]", threshold: int) -> Neighbours:
        """Every code within `threshold` bits, inclusive, of each query.

        Args:
            queries: (m, bytes) uint8 packed hashes.
            threshold: the largest distance that still counts, in bits.
        """
        if not len(queries) or not len(self):
            return Neighbours.none()
        asked = np.ascontiguousarray(queries)
        step = _SHARD if len(asked) >= _BATCH else len(self)
        parts = []
        with _one_thread():
            for begin in range(0, len(self), step):
                part = _compare(asked, self._codes[begin : begin + step], threshold)
                if len(part[0]):
                    parts.append((part[0], part[1] + begin, part[2]))
        if not parts:
            return Neighbours.none()
        owners, rows, distances = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Neighbours.in_order(owners, rows, distances)


@cache
def _faiss() -> "ModuleType":
    """FAISS, which searches of large lists never need."""
    import faiss

    return faiss


def _compare(
    queries: "NDArray[np.uint8]", codes: "NDArray[np.uint8]", threshold: int
) -> "tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]":
    faiss = _faiss()
    found = faiss.RangeSearchResult(len(queries))
    exclusive = int(threshold) + 1  # FAISS leaves out what lies at the radius
    faiss.hamming_range_search(
        faiss.swig_ptr(queries),
        faiss.swig_ptr(codes),
        len(queries),
        len(codes),
        exclusive,
        codes.shape[1],
        found,
    )
    limits = faiss.rev_swig_ptr(found.lims, len(queries) + 1).astype(np.int64)
    count = int(limits[-1])
    if not count:
        none = np.empty(0, np.int64)
        return none, none, none
    rows = faiss.rev_swig_ptr(found.labels, count).astype(np.int64)
    distances = faiss.rev_swig_ptr(found.distances, count).astype(np.int64)
    return np.repeat(np.arange(len(queries)), np.diff(limits)), rows, distances


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep FAISS from starting threads of its own: callers decide how many there are."""
    faiss = _faiss()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
