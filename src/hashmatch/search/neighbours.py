"""What a search returns: columns, one row per pair of query and indexed code."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def __len__(self) -> int:
        return len(self.queries)

    @classmethod
    @cache
    def none(cls) -> Self:
        """No pair: what nearly every search finds."""
        empty = np.empty(0, np.int64)
        return cls(empty, empty, empty.astype(np.int32))

    @classmethod
    def in_order(
        cls, queries: "NDArray[np.int64]", rows: "NDArray[np.int64]", distances: "NDArray[np.int64]"
    ) -> Self:
        """These pairs, put in order."""
        if not len(queries):
            return cls.none()
        order = np.lexsort((rows, distances, queries))
        return cls(queries[order], rows[order], distances[order].astype(np.int32))

    @classmethod
    def together(cls, parts: "Sequence[Neighbours]") -> Self:
        """The pairs of several searches, put in order."""
        return cls.in_order(
            np.concatenate([part.queries for part in parts]),
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.distances for part in parts]).astype(np.int64),
        )
