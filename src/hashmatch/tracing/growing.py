"""Exact search in codes that grow: most of them in tables, the newest compared one by one."""

from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.search.flat import FlatIndex
from hashmatch.search.neighbours import Neighbours
from hashmatch.search.ranges import RangeIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST: Final = 20_480
"""Codes that are compared one by one before tables are made of them."""


class GrowingIndex:
    """Codes in the order in which they were added; the row is the code's id.

    Tables are made of the newest codes when there are enough of them, and two tables become one
    when the newer has grown as large as the older: every code is put into tables a few times.
    """

    def __init__(self, width: int) -> None:
        """Begin without codes, of so many bytes each."""
        self._codes = np.empty((0, width), np.uint8)
        self._count = 0
        self._tables: list[tuple[int, int, RangeIndex]] = []

    def __len__(self) -> int:
        return self._count

    def add(self, codes: "NDArray[np.uint8]") -> None:
        """Add codes behind those that are there.

        Args:
            codes: (n, width) uint8.
        """
        needed = self._count + len(codes)
        if needed > len(self._codes):
            grown = np.empty((max(needed, 2 * len(self._codes)), codes.shape[1]), np.uint8)
            grown[: self._count] = self._codes[: self._count]
            self._codes = grown
        self._codes[self._count : needed] = codes
        self._count = needed
        if needed - self._in_tables >= _LEAST:
            first = self._in_tables
            while self._tables and needed - first >= self._tables[-1][1] - self._tables[-1][0]:
                first = self._tables.pop()[0]
            made = RangeIndex(self._codes[first:needed].copy())
            self._tables.append((first, needed, made))

    @property
    def _in_tables(self) -> int:
        return self._tables[-1][1] if self._tables else 0

    def search(self, queries: "NDArray[np.uint8]", threshold: int) -> Neighbours:
        """Every code within `threshold` bits, inclusive, of each query.

        Args:
            queries: (m, width) uint8.
            threshold: the largest distance that still counts.
        """
        if not self._count or not len(queries):
            return Neighbours.none()
        parts = [(first, made.search(queries, threshold)) for first, _, made in self._tables]
        first = self._in_tables
        if first < self._count:
            newest = FlatIndex(self._codes[first : self._count])
            parts.append((first, newest.search(queries, threshold)))
        return Neighbours.together(
            [Neighbours(each.queries, each.rows + first, each.distances) for first, each in parts]
        )
