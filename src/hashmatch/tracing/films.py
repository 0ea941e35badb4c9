"""Videos near to one medoid: most frames of each have a near one in the other."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.tracing.clustering import Joined
from hashmatch.tracing.growing import GrowingIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

RADIUS: Final = 31
"""Bits within which two frames are near: those of a copy were taken at other times."""
_SHARE: Final = 0.5
_FEWEST: Final = 3
"""Frames that must be near; of shorter videos all."""


@dataclass(slots=True)
class _Near:
    """What a video and a medoid have in common."""

    frames: dict[int, int]
    of_medoid: set[int]


class FilmClusters:
    """Medoids of videos, and what joins them."""

    def __init__(self, threshold: int, width: int = 32) -> None:
        """Begin without medoids.

        Args:
            threshold: the largest median distance of near frames, in bits.
            width: bytes of a code.
        """
        self._threshold = threshold
        self._frames = GrowingIndex(width)
        self._owner: list[int] = []
        self._counts: list[int] = []

    def add_medoid(self, codes: "NDArray[np.uint8]") -> None:
        """Take up the next medoid.

        Args:
            codes: (frames, bytes) uint8, all different.
        """
        self._owner += [len(self._counts)] * len(codes)
        self._counts.append(len(codes))
        self._frames.add(codes)

    def join(self, codes: "NDArray[np.uint8]") -> Joined:
        """Where a video belongs; it becomes a medoid where it is near to none.

        Args:
            codes: (frames, bytes) uint8, all different.
        """
        best: tuple[int, int] | None = None
        for medoid, near in self._near(codes).items():
            enough = len(near.frames) >= min(_FEWEST, len(codes), self._counts[medoid])
            shares = (len(near.frames) / len(codes), len(near.of_medoid) / self._counts[medoid])
            distance = int(np.median([*near.frames.values()]))
            if enough and min(shares) >= _SHARE and distance <= self._threshold:
                best = min(best or (distance, medoid), (distance, medoid))
        if best is not None:
            return Joined(best[1], best[0], 1, is_medoid=False)
        self.add_medoid(codes)
        return Joined(len(self._counts) - 1, 0, 1, is_medoid=True)

    def _near(self, codes: "NDArray[np.uint8]") -> dict[int, _Near]:
        """Near frames by medoid: of the video with the least distance, and of the medoid."""
        found: dict[int, _Near] = {}
        pairs = self._frames.search(codes, RADIUS)
        for query, row, distance in zip(
            pairs.queries.tolist(), pairs.rows.tolist(), pairs.distances.tolist(), strict=True
        ):
            near = found.setdefault(self._owner[row], _Near({}, set()))
            near.frames[query] = min(distance, near.frames.get(query, distance))
            near.of_medoid.add(row)
        return found
