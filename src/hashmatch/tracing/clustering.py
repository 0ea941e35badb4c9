"""Pictures near to one medoid: clusters that grow as pictures come in, and do not drift.

The first picture that is near to no medoid becomes one, and stays it; each further one joins the
nearest medoid within the threshold. So every member is near to the same picture: frames of a pan,
of which each is near to the next, do not end in one cluster. The number of a cluster is that of
its medoid, and new members do not change it.

One orientation of each medoid is searched with all eight of each new picture: as many pairs as if
eight were stored and one was searched, with an eighth of the memory. They are not quite the same
ones: PDQ compares with a median, which turning moves, so that distances of turned copies differ by
some bits from one way to the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.search.flat import FlatIndex
from hashmatch.tracing.growing import GrowingIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORIENTATIONS: Final = 8
_AT_ONCE: Final = 1024
"""Pictures that are compared with each other at once."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Where a picture belongs.

    Attributes:
        medoid: row of its medoid among those of the clusters.
        distance: to it, in bits; 0 of the medoid itself.
        orientation: of the picture in which it is that near, 1 to 8.
        is_medoid: whether it is the first of its cluster.
    """

    medoid: int
    distance: int
    orientation: int
    is_medoid: bool


class Clusters:
    """Medoids, and what joins them."""

    def __init__(self, threshold: int, width: int = 32) -> None:
        """Begin without medoids.

        Args:
            threshold: the largest distance to a medoid, in bits.
            width: bytes of a code.
        """
        self._threshold = threshold
        self._medoids = GrowingIndex(width)

    def __len__(self) -> int:
        return len(self._medoids)

    def add_medoids(self, codes: "NDArray[np.uint8]") -> None:
        """Take up the medoids of clusters that are there already.

        Args:
            codes: (n, bytes) uint8, of their first orientation.
        """
        self._medoids.add(codes)

    def join(self, codes: "NDArray[np.uint8]") -> Iterator[Joined]:
        """Where each of these pictures belongs, in their order.

        Args:
            codes: (n, 8, bytes) uint8: of each picture all orientations, the first as it is.
        """
        for first in range(0, len(codes), _AT_ONCE):
            yield from self._join(codes[first : first + _AT_ONCE])

    def _join(self, codes: "NDArray[np.uint8]") -> Iterator[Joined]:
        """The same of so few that they can be compared with each other."""
        # A picture that is often sent comes often as the very same bits.
        _, firsts, which = np.unique(codes[:, 0], axis=0, return_index=True, return_inverse=True)
        which = which.reshape(-1)
        order = np.argsort(firsts)
        distinct = firsts[order]
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        joined = self._join_distinct(codes[distinct])
        for number, group in enumerate(place[which].tolist()):
            found = joined[group]
            is_first = number == distinct[group]
            yield (
                found
                if is_first
                else Joined(found.medoid, found.distance, found.orientation, is_medoid=False)
            )

    def _join_distinct(self, codes: "NDArray[np.uint8]") -> list[Joined]:
        count = len(codes)
        queries = codes.reshape(count * ORIENTATIONS, -1)
        best = self._nearest(queries, count)
        near = self._near_new(queries, codes, [n for n in range(count) if best[n] is None])
        made: dict[int, int] = {}
        for number in range(count):
            before = best[number]
            options = [] if before is None else [before]
            options += [
                Joined(made[other], distance, turned, is_medoid=False)
                for distance, other, turned in near.get(number, ())
                if other in made
            ]
            if options:
                best[number] = min(options, key=lambda each: (each.distance, each.medoid))
            else:
                made[number] = len(self._medoids) + len(made)
                best[number] = Joined(made[number], 0, 1, is_medoid=True)
        self._medoids.add(np.ascontiguousarray(codes[[*made], 0]))
        return [each for each in best if each is not None]

    def _near_new(
        self, queries: "NDArray[np.uint8]", codes: "NDArray[np.uint8]", alone: list[int]
    ) -> dict[int, list[tuple[int, int, int]]]:
        """Earlier pictures that may become medoids, near to each: distance, which, orientation."""
        near: dict[int, list[tuple[int, int, int]]] = {}
        if alone:
            found = FlatIndex(np.ascontiguousarray(codes[alone, 0])).search(
                queries, self._threshold
            )
            for query, row, distance in zip(
                found.queries.tolist(), found.rows.tolist(), found.distances.tolist(), strict=True
            ):
                number, turned = divmod(query, ORIENTATIONS)
                if alone[row] < number:
                    near.setdefault(number, []).append((distance, alone[row], turned + 1))
        return near

    def _nearest(self, queries: "NDArray[np.uint8]", count: int) -> list[Joined | None]:
        """The nearest medoid of each picture; of several, the oldest."""
        best: list[Joined | None] = [None] * count
        found = self._medoids.search(queries, self._threshold)
        for query, row, distance in zip(
            found.queries.tolist(), found.rows.tolist(), found.distances.tolist(), strict=True
        ):
            number, turned = divmod(query, ORIENTATIONS)
            before = best[number]
            if before is None or (distance, row) < (before.distance, before.medoid):
                best[number] = Joined(row, distance, turned + 1, is_medoid=False)
        return best
