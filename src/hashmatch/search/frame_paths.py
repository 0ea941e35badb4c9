"""The best paths through the pairs of near frames of two videos, one after the other, in NumPy.

`csrc/chain.h` does the same with the same operations on floats in the same order, so that both give
the same pairs and the same scores.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAREST: Final = 32
"""Known frames that a frame of the query is paired with, the nearest: in a scene that does not move
for longer, some pairs are missing, and its place in time cannot be told anyway."""

LOOKED_BACK: Final = 64
"""Frames of the query that may lie between two steps, beside the limit in seconds: at more than 8
frames per second, a path bridges shorter gaps."""

_NOWHERE: Final = -1


class Video(NamedTuple):
    """Frames of a video, by time."""

    codes: "NDArray[np.uint64]"
    """(n, 64-bit words) uint64."""
    times: "NDArray[np.float64]"
    """(n,) float64 seconds, ascending."""


class _Paths:
    """Pairs of near frames, and the best path that ends in each."""

    def __init__(self, item: Video, known: Video, steps: "NDArray[np.float64]", most: int) -> None:
        near = [_nearest(query, known.codes, most) for query in item.codes]
        self.first = np.cumsum([0, *(len(rows) for rows, _ in near)])
        self.rows = np.concatenate([rows for rows, _ in near])
        self.distances = np.concatenate([distances for _, distances in near])
        self.numbers = np.repeat(np.arange(len(near)), np.diff(self.first))
        self.query_times, self.shown, self.steps = item.times, known.times[self.rows], steps
        self.alive = np.ones(len(near), bool)
        self.scores = np.zeros(len(self.rows))
        self.origins = np.full(len(self.rows), _NOWHERE)

    def score(self, begin: int, end: int) -> None:
        """The score of the best path that ends in each pair of these queries, and its last step."""
        decay, scale = self.steps[6:]
        for number in range(begin, end):
            own = slice(self.first[number], self.first[number + 1])
            if not self.alive[number] or own.start == own.stop:
                continue
            best, self.origins[own] = self._before(number, self.shown[own])
            self.scores[own] = best + 1 - decay * self.distances[own] / scale

    def _before(
        self, number: int, shown: "NDArray[np.float64]"
    ) -> "tuple[NDArray[np.float64], NDArray[np.int64]]":
        """What the best path before each pair of a query is worth, and where that ends."""
        gap, slowest, fastest, slack, drift, lapse = self.steps[:6]
        before: list[NDArray[np.int64]] = []
        passed: list[NDArray[np.float64]] = []
        for back in range(1, min(LOOKED_BACK, number) + 1):
            apart = self.query_times[number] - self.query_times[number - back]
            if apart > gap:
                break
            if apart > 0 and self.alive[number - back]:
                before.append(np.arange(self.first[number - back], self.first[number - back + 1]))
                passed.append(np.full(len(before[-1]), apart))
        if not sum(map(len, before)):
            return np.zeros(len(shown)), np.full(len(shown), _NOWHERE)
        others, since = np.concatenate(before), np.concatenate(passed)
        moved = shown[:, None] - self.shown[others]
        scores = self.scores[others] - drift * np.abs(moved - since) - lapse * since
        scores[(moved < slowest * since - slack) | (moved > fastest * since + slack)] = 0
        at = scores.argmax(axis=1)  # the first of several, as they are met
        best = scores[np.arange(len(shown)), at]
        return np.maximum(best, 0.0), np.where(best > 0, others[at], _NOWHERE)

    def best_end(self) -> int:
        """The pair with which the best path ends, the first of several."""
        left = np.flatnonzero(self.alive[self.numbers])
        return int(left[self.scores[left].argmax()]) if len(left) else _NOWHERE

    def take(self, last: int) -> list[int]:
        """The pairs of the path that ends with one, in order; their frames are taken away."""
        path = [last]
        while (origin := int(self.origins[path[-1]])) != _NOWHERE:
            path.append(origin)
        self.alive[self.numbers[path]] = False
        return path[::-1]

    def end_of_change(self, ending: int) -> int:
        """The query behind the last whose paths may lead through one that ended there."""
        stop, held = ending + 1, self.query_times[ending]
        while stop < len(self.alive) and self.query_times[stop] - held <= self.steps[0]:
            if self.first[stop + 1] > self.first[stop]:
                held = self.query_times[stop]
            stop += 1
        return stop


def chain(
    item: Video,
    known: Video,
    steps: "NDArray[np.float64]",
    *,
    most: int,
    least: float,
    rounds: int,
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """Find the best path, take the frames of the query on it away, and again.

    Args:
        item: the query, of at least one frame.
        known: the other video.
        steps: seconds of the largest gap, slowest and fastest speed, slack in seconds, penalties
            per second of drift and of lapse, what a farther pair loses, and the bits it is
            divided by.
        most: the largest distance of a pair, in bits.
        least: the score below which no path counts.
        rounds: the most paths.

    Returns:
        (pairs, 4) int64 number of the path, query, known frame, distance, by path, then query;
        and the score of each path.
    """
    paths = _Paths(item, known, steps, most)
    found: list[NDArray[np.int64]] = [np.empty((0, 4), np.int64)]
    totals: list[float] = []
    paths.score(0, len(item.codes))
    while len(totals) < rounds:
        last = paths.best_end()
        if last == _NOWHERE or paths.scores[last] < least:
            break
        number, ending = len(totals), int(paths.numbers[last])
        totals.append(float(paths.scores[last]))
        path = paths.take(last)
        held = paths.numbers[path], paths.rows[path], paths.distances[path]
        found.append(np.stack((np.full(len(path), number), *held), axis=1))
        # Paths that end before this one begins stay as they are, and those after the next gap.
        paths.score(int(paths.numbers[path[0]]), paths.end_of_change(ending))
    return np.concatenate(found), np.array(totals)


def _nearest(
    query: "NDArray[np.uint64]", codes: "NDArray[np.uint64]", most: int
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """The nearest known frames within `most` bits, by distance, then in order; and how far."""
    apart = np.bitwise_count(codes ^ query).sum(axis=1, dtype=np.int64)
    rows = np.flatnonzero(apart <= most)
    order = np.argsort(apart[rows], kind="stable")[:NEAREST]
    return rows[order], apart[rows[order]]
