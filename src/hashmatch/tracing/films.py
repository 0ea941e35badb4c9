"""Videos near to one medoid: most frames of each have a near one in the other.

A video on record has the hashes of its upright frames. Those of a mirrored or turned copy follow
from them, but for a few bits: all frames of a video are turned in the same of eight ways.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.matching.dihedral import turned
from hashmatch.model.orientation import Orientation
from hashmatch.tracing.clustering import Joined
from hashmatch.tracing.growing import GrowingIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WIDTH: Final = 32
"""Bytes of a PDQ hash."""
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

    def __init__(self, threshold: int) -> None:
        """Begin without medoids.

        Args:
            threshold: the largest median distance of near frames, in bits.
        """
        self._threshold = threshold
        self._frames = GrowingIndex(_WIDTH)
        self._owner: list[int] = []
        self._counts: list[int] = []

    def add_medoid(self, codes: "NDArray[np.uint8]") -> None:
        """Take up the next medoid.

        Args:
            codes: (frames, 32) uint8 PDQ hashes, all different.
        """
        self._owner += [len(self._counts)] * len(codes)
        self._counts.append(len(codes))
        self._frames.add(codes)

    def join(self, codes: "NDArray[np.uint8]") -> Joined:
        """Where a video belongs; it becomes a medoid where it is near to none.

        Args:
            codes: (frames, 32) uint8 PDQ hashes, all different.
        """
        best: tuple[int, int, int] | None = None
        for (medoid, orientation), near in self._near(codes).items():
            enough = len(near.frames) >= min(_FEWEST, len(codes), self._counts[medoid])
            shares = (len(near.frames) / len(codes), len(near.of_medoid) / self._counts[medoid])
            distance = int(np.median([*near.frames.values()]))
            if enough and min(shares) >= _SHARE and distance <= self._threshold:
                place = distance, medoid, orientation
                best = min(best or place, place)
        if best is not None:
            distance, medoid, orientation = best
            return Joined(medoid, distance, orientation, is_medoid=False)
        self.add_medoid(codes)
        return Joined(len(self._counts) - 1, 0, 1, is_medoid=True)

    def _near(self, codes: "NDArray[np.uint8]") -> dict[tuple[int, int], _Near]:
        """Near frames by medoid, and by how the video is turned.

        Those of the video with the least distance, and those of the medoid.
        """
        found: dict[tuple[int, int], _Near] = {}
        ways = [*Orientation]
        pairs = self._frames.search(np.concatenate([turned(codes, way) for way in ways]), RADIUS)
        for query, row, distance in zip(
            pairs.queries.tolist(), pairs.rows.tolist(), pairs.distances.tolist(), strict=True
        ):
            way, frame = divmod(query, len(codes))
            near = found.setdefault((self._owner[row], int(ways[way])), _Near({}, set()))
            near.frames[frame] = min(distance, near.frames.get(frame, distance))
            near.of_medoid.add(row)
        return found
