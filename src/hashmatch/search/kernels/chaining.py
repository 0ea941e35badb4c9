"""Kernel for videos: the best paths through the pairs of near frames, one after the other."""

from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.search.kernels.codes import distance_at
from hashmatch.search.kernels.compiling import (
    FLOAT,
    FLOATS,
    FLOATS_OUT,
    INTEGER,
    PAIRS,
    WORDS,
    both,
    kernel,
    part,
)
from hashmatch.search.kernels.instructions import address_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAREST: Final = 32
"""Known frames that a frame of the query is paired with, the nearest: in a scene that does not move
for longer, some pairs are missing, and its place in time cannot be told anyway."""

LOOKED_BACK: Final = 64
"""Frames of the query that may lie between two steps, beside the limit in seconds: at more than 8
frames per second, a path bridges shorter gaps."""

_NOWHERE: Final = -1


@part
def put_in_order(
    rows: "NDArray[np.int64]",
    distances: "NDArray[np.int64]",
    held: int,
    row: int,
    distance: int,
) -> int:
    """Put a frame among those held, by distance, instead of the last if there is no room."""
    slot = np.int64(min(held, NEAREST - 1))
    while slot > 0 and distances[slot - 1] > distance:
        distances[slot] = distances[slot - 1]
        rows[slot] = rows[slot - 1]
        slot -= 1
    distances[slot] = distance
    rows[slot] = row
    return np.int64(min(held + 1, NEAREST))


@part
def near_pairs(
    queries: "NDArray[np.uint64]",
    codes: "NDArray[np.uint64]",
    most: int,
    first: "NDArray[np.int64]",
    pairs: "NDArray[np.int64]",
) -> "NDArray[np.int64]":
    """The pairs of frames within `most` bits, by query, and where those of each query begin."""
    width = codes.shape[1]
    rows = np.empty(NEAREST, np.int64)
    distances = np.empty(NEAREST, np.int64)
    count = np.int64(0)
    for number in range(queries.shape[0]):
        first[number] = count
        own = address_of(queries) + 8 * width * number
        held = np.int64(0)
        farthest = np.int64(most)
        for row in range(codes.shape[0]):
            distance = distance_at(own, address_of(codes) + 8 * width * row, width)
            if distance > farthest:
                continue
            held = put_in_order(rows, distances, held, row, distance)
            if held == NEAREST:
                farthest = distances[NEAREST - 1] - 1
        if count + held > pairs.shape[0]:
            longer = np.empty((2 * (count + held), 3), np.int64)
            for known in range(count):
                for column in range(3):
                    longer[known, column] = pairs[known, column]
            pairs = longer
        for slot in range(held):
            pairs[count + slot, 0] = number
            pairs[count + slot, 1] = rows[slot]
            pairs[count + slot, 2] = distances[slot]
        count += held
    first[queries.shape[0]] = count
    return pairs[:count]


@part
def score_paths(
    begin: int,
    end: int,
    first: "NDArray[np.int64]",
    pairs: "NDArray[np.int64]",
    query_times: "NDArray[np.float64]",
    times: "NDArray[np.float64]",
    steps: "NDArray[np.float64]",
    alive: "NDArray[np.int64]",
    scores: "NDArray[np.float64]",
    origins: "NDArray[np.int64]",
) -> None:
    """The score of the best path that ends in each pair of these queries, and its last step."""
    gap, slowest, fastest, slack, drift, lapse, decay, scale = steps
    for number in range(begin, end):
        if alive[number] == 0:
            continue
        for own in range(first[number], first[number + 1]):
            best = 0.0
            origin = np.int64(_NOWHERE)
            time = times[pairs[own, 1]]
            for back in range(1, min(LOOKED_BACK, number) + 1):
                passed = query_times[number] - query_times[number - back]
                if passed > gap:
                    break
                if passed <= 0 or alive[number - back] == 0:
                    continue
                shortest, longest = slowest * passed - slack, fastest * passed + slack
                for other in range(first[number - back], first[number - back + 1]):
                    moved = time - times[pairs[other, 1]]
                    if moved < shortest or moved > longest:
                        continue
                    score = scores[other] - drift * abs(moved - passed) - lapse * passed
                    if score > best:
                        best = score
                        origin = other
            scores[own] = best + 1 - decay * pairs[own, 2] / scale
            origins[own] = origin


@part
def best_end(
    pairs: "NDArray[np.int64]", alive: "NDArray[np.int64]", scores: "NDArray[np.float64]"
) -> int:
    """The pair with which the best path ends, the first of several; `_NOWHERE` if none is left."""
    last = np.int64(_NOWHERE)
    for pair in range(pairs.shape[0]):
        if alive[pairs[pair, 0]] and (last == _NOWHERE or scores[pair] > scores[last]):
            last = np.int64(pair)
    return last


@part
def take_path(
    last: int,
    path: int,
    pairs: "NDArray[np.int64]",
    origins: "NDArray[np.int64]",
    alive: "NDArray[np.int64]",
    found: "NDArray[np.int64]",
    count: int,
) -> tuple[int, int]:
    """Write the path that ends with a pair behind those that were found.

    Returns:
        The frame of the query with which it begins, and how many pairs were found by now.
    """
    beginning = pairs[last, 0]
    length = np.int64(0)
    pair = np.int64(last)
    while pair != _NOWHERE:
        beginning = pairs[pair, 0]
        alive[beginning] = 0
        length += 1
        pair = origins[pair]
    pair = np.int64(last)
    for slot in range(count + length - 1, count - 1, -1):
        found[slot, 0] = path
        for column in range(3):
            found[slot, column + 1] = pairs[pair, column]
        pair = origins[pair]
    return beginning, count + length


@kernel(
    both(PAIRS, FLOATS_OUT),
    WORDS, FLOATS, WORDS, FLOATS, FLOATS, INTEGER, FLOAT, INTEGER,
)  # fmt: skip
def chain(
    queries: "NDArray[np.uint64]",
    query_times: "NDArray[np.float64]",
    codes: "NDArray[np.uint64]",
    times: "NDArray[np.float64]",
    steps: "NDArray[np.float64]",
    most: int,
    least: float,
    rounds: int,
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """Find the best path, take the frames of the query on it away, and again.

    Args:
        query_times: ascending.
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
    first = np.empty(queries.shape[0] + 1, np.int64)
    pairs = near_pairs(queries, codes, most, first, np.empty((256, 3), np.int64))
    alive = np.ones(queries.shape[0], np.int64)
    scores = np.zeros(pairs.shape[0], np.float64)
    origins = np.zeros(pairs.shape[0], np.int64)
    found = np.empty((queries.shape[0], 4), np.int64)
    totals = np.empty(rounds, np.float64)
    score_paths(
        0, queries.shape[0], first, pairs, query_times, times, steps, alive, scores, origins
    )
    count = np.int64(0)
    paths = np.int64(0)
    while paths < rounds:
        last = best_end(pairs, alive, scores)
        if last == _NOWHERE or scores[last] < least:
            break
        totals[paths] = scores[last]
        ending = pairs[last, 0]
        beginning, count = take_path(last, paths, pairs, origins, alive, found, count)
        paths += 1
        # Paths that end before this one begins stay as they are, and those after the next gap.
        stop = ending + 1
        held = query_times[ending]
        while stop < queries.shape[0] and query_times[stop] - held <= steps[0]:
            if first[stop + 1] > first[stop]:
                held = query_times[stop]
            stop += 1
        score_paths(
            beginning, stop, first, pairs, query_times, times, steps, alive, scores, origins
        )
    return found[:count], totals[:paths]
