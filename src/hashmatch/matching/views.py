"""The frames of an item, looked at in several ways: each part of them, turned each way."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.matching.dihedral import turned
from hashmatch.model import Hash, MediaHashes, Reading
from hashmatch.model.alignment import source_and_look
from hashmatch.search.chaining import Frames

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.model.orientation import Orientation
    from hashmatch.profiles import VideoProfile

ALGORITHM: Final = "pdq"
"""The frames of videos carry it, in lists and out of `hashmatch.hashing.items`."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The frames of an item, looked at in one way.

    Attributes:
        subject: number of the item.
        frames: by time, turned.
        readings: what each was made from.
        places: (n,) int64 for each, which of the item's sampled frames it is.
        shares: (n,) float64 for each, for what share of the running time it stands: of the item, or
            of the clip or stream in it. Those of all sampled frames sum to 1.
        orientation: how the frames are turned.
        part: what of them was looked at.
    """

    subject: int
    frames: Frames
    readings: tuple[Reading, ...]
    places: "NDArray[np.int64]"
    shares: "NDArray[np.float64]"
    orientation: "Orientation"
    part: str


def views(subject: int, hashes: MediaHashes, *, profile: "VideoProfile") -> Iterator[View]:
    """The views of an item that have any frame good enough.

    Args:
        subject: number of the item.
        hashes: of its frames, in any order.
        profile: which quality is good enough, and which ways to turn.
    """
    timed = sorted(
        ((reading.time, reading) for reading in hashes.readings if reading.time is not None),
        key=lambda each: each[0],
    )
    timed = [each for each in timed if each[1].hash.algorithm == ALGORITHM]
    first = 0
    for of_source in _by_source(timed):
        # A clip or a further stream has times of its own.
        film = hashes.video if not source_and_look(of_source[0][1].part)[0] else None
        moments = np.unique(np.array([time for time, _ in of_source], np.float64))
        shares = shares_of(moments, film.duration if film else 0.0)
        kinds = {(reading.part, reading.alpha) for _, reading in of_source}
        for part, alpha in sorted(kinds):
            chosen = [
                each
                for each in of_source
                if (each[1].part, each[1].alpha) == (part, alpha)
                and each[1].quality >= profile.minimum_quality
            ]
            if not chosen:
                continue
            readings = tuple(reading for _, reading in chosen)
            codes = Hash.pack([reading.hash for reading in readings])
            times = np.array([time for time, _ in chosen], np.float64)
            qualities = np.array([reading.quality for reading in readings], np.uint8)
            at = np.searchsorted(moments, times).astype(np.int64)
            for way in profile.orientations:
                frames = Frames(turned(codes, way), times, qualities)
                yield View(subject, frames, readings, first + at, shares[at], way, part)
        # Frames of two sources never follow each other.
        first += len(moments) + 1


def shares_of(moments: "NDArray[np.float64]", duration: float) -> "NDArray[np.float64]":
    """The share of the running time for which each sampled frame stands: until the next one.

    Args:
        moments: (n,) seconds of the sampled frames, each once, in their order; n ≥ 1.
        duration: of the film in seconds. Where it ends with the last of these, or is not known,
            that one stands for as long as half of the others do at most.
    """
    gaps = np.diff(moments)
    rest = duration - float(moments[-1])
    if rest <= 0:
        rest = float(np.median(gaps)) if len(gaps) else 1.0
    each = np.append(gaps, rest)
    shares: NDArray[np.float64] = each / each.sum()
    return shares


def _by_source(timed: list[tuple[float, Reading]]) -> list[list[tuple[float, Reading]]]:
    """The readings of the film itself, then those of each clip or stream that has its own times."""
    sources: dict[str, list[tuple[float, Reading]]] = {}
    for each in timed:
        sources.setdefault(source_and_look(each[1].part)[0], []).append(each)
    return [sources[name] for name in sorted(sources)]
