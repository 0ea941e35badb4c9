"""The search that everything above uses: exact, and by whatever engine is the fastest."""

from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.model.layout import Layout
from hashmatch.native.library import library, tell_that_it_is_missing
from hashmatch.search import mih
from hashmatch.search.flat import FlatIndex
from hashmatch.search.made import Made
from hashmatch.search.plan import Engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from hashmatch.search.neighbours import Neighbours

SMALL: Final = 20_000
"""Codes below which all are compared: FAISS takes less than 0.1 ms per query."""


class RangeIndex:
    """Finds every code within a threshold of each query.

    Tables are those that were given, or are built by the first search that gains from them. Without
    compiled kernels every query is compared with every code: the same neighbours, later.
    """

    def __init__(
        self,
        codes: "NDArray[np.uint8]",
        arrays: "Mapping[str, NDArray[np.generic]] | None" = None,
    ) -> None:
        """Search in these codes.

        Args:
            codes: (n, bytes) uint8 packed hashes; the row is the code's id.
            arrays: the tables that `hashmatch.search.mih.build` made of them, if there are any.

        Raises:
            ValueError: the tables cannot belong to these codes.
        """
        self._codes = np.ascontiguousarray(codes)
        self._flat = FlatIndex(self._codes)
        self._lock = Lock()
        self._large = _pays(codes)
        if self._large and library() is None:
            tell_that_it_is_missing()
            self._large = False
        self._tables = mih.MultiIndex(self._codes, arrays) if arrays and self._large else None

    def __len__(self) -> int:
        return len(self._codes)

    def engine(self, threshold: int, queries: int = 1) -> Engine:
        """The engine that searches so many queries with this threshold."""
        if not self._large:
            return Engine.FLAT
        if self._tables:
            return self._tables.engine(threshold, queries)
        bounds = mih.bounds_for(len(self), self._codes.shape[1], Layout.INLINE)
        planner = mih.planner(len(self), bounds, Layout.INLINE)
        return planner.plan(queries, threshold).engine

    def search(self, queries: "NDArray[np.uint8]", threshold: int) -> "Neighbours":
        """Every code within `threshold` bits, inclusive, of each query.

        Args:
            queries: (m, bytes) uint8 packed hashes.
            threshold: the largest distance that still counts, in bits.
        """
        tables = self._tables
        if tables is None:
            if self.engine(threshold, len(queries)) == Engine.FLAT:
                return self._flat.search(queries, threshold)
            tables = self._built()
        return tables.search(queries, threshold)

    def touched(self, queries: "NDArray[np.uint8]", threshold: int) -> "NDArray[np.int64]":
        """The rows of the tables' `entries` and `signatures` that this search will read.

        Returns:
            (ranges, 2) int64 first row and the row after the last, ascending, apart.
        """
        if not self._tables:
            return np.empty((0, 2), np.int64)
        return self._tables.touched(queries, threshold)

    def _built(self) -> mih.MultiIndex:
        with self._lock:
            if self._tables is None:
                self._tables = mih.MultiIndex(self._codes, mih.build(self._codes))
            return self._tables


def tables(codes: "NDArray[np.uint8]", *, layout: Layout = Layout.INLINE) -> Made:
    """The tables worth keeping for these codes; none for few, which are compared one by one.

    Args:
        codes: (n, bytes) uint8 packed hashes.
        layout: as for `hashmatch.search.mih.build`.
    """
    if not _pays(codes) or library() is None:
        return Made({}, lambda: iter(()))
    return mih.made(codes, layout=layout)


def lead_to(codes: "NDArray[np.uint8]", arrays: "Mapping[str, NDArray[np.generic]]") -> bool:
    """Whether tables are those of these codes, or are not used here.

    Args:
        codes: (n, bytes) uint8 packed hashes.
        arrays: the tables, as `tables` made them.

    Raises:
        ValueError: the tables cannot belong to these codes.
    """
    if not _pays(codes) or library() is None:
        return True
    return mih.MultiIndex(codes, arrays).is_proven()


def _pays(codes: "NDArray[np.uint8]") -> bool:
    return len(codes) >= SMALL and mih.supports(codes.shape[1])
