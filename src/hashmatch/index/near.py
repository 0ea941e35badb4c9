"""Known hashes that lie near to those that are looked for."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Hashes of a segment within a threshold of queries, by query, then distance.

    Attributes:
        queries: (pairs,) int64 row of the query array.
        numbers: (pairs,) int64 place in the column of the algorithm.
        rows: (pairs,) int64 row of the entry.
        distances: (pairs,) int32 differing bits.
        qualities: (pairs,) uint8 of the known hash; 255 where unknown.
        flat_cards: (pairs,) bool, whether the known hash is of a flat card.
    """

    queries: "NDArray[np.int64]"
    numbers: "NDArray[np.int64]"
    rows: "NDArray[np.int64]"
    distances: "NDArray[np.int32]"
    qualities: "NDArray[np.uint8]"
    flat_cards: "NDArray[np.bool_]"

    def some(self, which: "NDArray[np.bool_] | NDArray[np.intp]") -> "Near":
        """Some of the pairs."""
        return Near(*(getattr(self, each.name)[which] for each in fields(Near)))
