"""Pictures that are seen in videos: a known one in an item, or one of an item in a known video."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hashmatch.model import Alignment, Band, Grade, Match

if TYPE_CHECKING:
    from hashmatch.matching.views import View
    from hashmatch.model import KnownHash
    from hashmatch.search.chaining import Frames


class Shown(NamedTuple):
    """A frame of an item that is near to a known picture.

    Attributes:
        view: how the item was looked at.
        row: of the frame, among those of the view.
        distance: differing bits.
        band: how sure it is.
        threshold: of the band.
        number: of the known hash, in its column.
    """

    view: "View"
    row: int
    distance: int
    band: Band
    threshold: int
    number: int

    @property
    def place(self) -> int:
        """Which of the item's sampled frames it is."""
        return int(self.view.places[self.row])

    @property
    def order(self) -> tuple[bool, int, int]:
        """The surest first."""
        return self.band is not Band.MATCH, self.distance, self.place


def shown(match: Match, frames: Sequence[Shown], known_hash: "Callable[[int], KnownHash]") -> Match:
    """The match of an item with a known picture that is seen in it, for some time or several times.

    Args:
        match: with the entry, as `hashmatch.matching.rules.match_of` gives it.
        frames: those near to it, of any view; the surest decides.
        known_hash: gives the known hash of a number.

    Returns:
        Its segments are the nearest first: that of the frame which the match names leads.
    """
    best = min(frames, key=lambda one: one.order)
    surest: dict[int, Shown] = {}
    for one in sorted(frames, key=lambda one: (one.place, one.order)):
        surest.setdefault(one.place, one)
    runs = sorted(_runs(list(surest.values())), key=lambda run: min(one.order for one in run))
    reading, met = best.view.readings[best.row], known_hash(best.number)
    return replace(
        match,
        distance=best.distance,
        threshold=best.threshold,
        band=best.band,
        orientation=best.view.orientation,
        frame=reading.frame,
        quality=reading.quality,
        alpha=reading.alpha,
        part=met.part,
        entry_quality=met.quality,
        entry_hash=str(met.hash),
        segments=tuple(map(_segment, runs)),
    )


def _runs(frames: list[Shown]) -> Iterator[list[Shown]]:
    """Sampled frames that follow each other, together."""
    for _, run in groupby(enumerate(frames), key=lambda each: each[1].place - each[0]):
        yield [one for _, one in run]


def _segment(run: list[Shown]) -> Alignment:
    best = min(run, key=lambda one: one.order)
    times = [float(one.view.frames.times[one.row]) for one in run]
    return Alignment(
        start=times[0],
        end=times[-1],
        known_start=0.0,
        known_end=0.0,
        grade=Grade.STILL,
        frames=len(run),
        distance=sum(one.distance for one in run) / len(run),
        coverage=min(float(sum(one.view.shares[one.row] for one in run)), 1.0),
        orientation=best.view.orientation,
        part=best.view.part,
    )


def stretches(
    known: "Mapping[str, Frames]", met: Sequence[tuple[str, float, int]]
) -> tuple[Alignment, ...]:
    """The times at which a picture is seen in a known video: a segment for consecutive frames.

    Args:
        known: the frames of the known video, by part.
        met: part, seconds and distance of each frame that the picture is near to.

    Returns:
        The nearest first; their distance is that of the nearest frame.
    """
    found = []
    for name, frames in known.items():
        nearest: dict[int, int] = {}
        for part, time, distance in met:
            if part == name:
                row = int(np.searchsorted(frames.times, time))
                nearest[row] = min(distance, nearest.get(row, distance))
        rows = sorted(nearest)
        cuts = [at for at in range(1, len(rows)) if rows[at] > rows[at - 1] + 1]
        for begin, end in pairwise([0, *cuts, len(rows)] if rows else []):
            run = rows[begin:end]
            length = float(frames.times[-1] - frames.times[0])
            start, stop = float(frames.times[run[0]]), float(frames.times[run[-1]])
            found.append(
                Alignment(
                    start=0.0,
                    end=0.0,
                    known_start=start,
                    known_end=stop,
                    grade=Grade.STILL,
                    distance=float(min(nearest[row] for row in run)),
                    known_coverage=(stop - start) / length if length > 0 else 1.0,
                )
            )
    return tuple(sorted(found, key=lambda each: (each.distance, each.known_start)))
