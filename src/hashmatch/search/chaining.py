"""Frames of two videos in the order of time: the stretches in which they go together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.native.library import library
from hashmatch.profiles import Steps
from hashmatch.search import frame_paths
from hashmatch.search.frame_paths import Video
from hashmatch.search.kernels import chaining

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST: Final = 64
"""Stretches that two videos may have in common: what is left after so many is not looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Frames of a video, by time.

    Attributes:
        codes: (n, 32) uint8 packed hashes.
        times: (n,) float64 seconds, ascending.
        qualities: (n,) uint8, 0–100; 255 where unknown.
    """

    codes: "NDArray[np.uint8]"
    times: "NDArray[np.float64]"
    qualities: "NDArray[np.uint8]"

    def __len__(self) -> int:
        return len(self.times)

    def of(self, which: "NDArray[np.bool_] | NDArray[np.intp]") -> "Frames":
        """Some of the frames."""
        return Frames(self.codes[which], self.times[which], self.qualities[which])


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Frames of two videos that go together.

    Attributes:
        queries: (n,) int64 frames of the item, ascending.
        known: (n,) int64 the frame of the known video that each matches.
        distances: (n,) int64 differing bits of each pair.
        score: the weights of the pairs less what the steps cost.
    """

    queries: "NDArray[np.int64]"
    known: "NDArray[np.int64]"
    distances: "NDArray[np.int64]"
    score: float

    def __len__(self) -> int:
        return len(self.queries)


def chains(item: Frames, known: Frames, *, steps: Steps, least: float) -> list[Chain]:
    """The best path through the pairs of near frames, then the best of what is left, and so on.

    A frame of the item belongs to one path at most. Each is paired with the 32 nearest frames of
    the known video, so that scenes that do not move cost no more than others: about 10 ns per frame
    of the item and step. Comparing costs 3 ns per frame of the item and of the known video.

    Args:
        item: by time.
        known: by time.
        steps: what may follow what.
        least: the score below which no path counts.

    Returns:
        By falling score, at most `MOST`.
    """
    if not len(item) or not len(known):
        return []
    limits = np.array(
        [
            steps.gap,
            steps.slowest,
            steps.fastest,
            steps.slack,
            steps.drift,
            steps.lapse,
            steps.decay,
            steps.pair + 1,
        ]
    )
    chain = frame_paths.chain if library() is None else chaining.chain
    found, scores = chain(
        _video(item), _video(known), limits, most=steps.pair, least=float(least), rounds=MOST
    )
    ends = np.searchsorted(found[:, 0], np.arange(len(scores) + 1))
    return [
        Chain(found[start:end, 1], found[start:end, 2], found[start:end, 3], float(score))
        for start, end, score in zip(ends, ends[1:], scores, strict=False)
    ]


def _video(frames: Frames) -> Video:
    words = np.ascontiguousarray(frames.codes).view(np.uint64)
    return Video(
        words if words.flags.aligned else words.copy(),
        np.ascontiguousarray(frames.times, np.float64),
    )
