"""Alignment in time of a chain of frames: offset and speed, finer than frames were sampled."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.search.chaining import Chain, Frames

HOLD: Final = 2.0
"""Seconds that a known frame stands for at most: the reference sampling keeps one every 2 s."""

_SMOOTH: Final = 80
"""Bits. Up to twice the step of the reference sampling, the picture moved from one known frame to
the next and a frame between them shares bits with both; beyond, there was a cut between them."""

_SHARE: Final = 0.25
"""Tolerance to both sides, as a share of the time from one known frame to the next: how well the
bits tell where between them a frame is."""

_TOLERANCE: Final = 0.05
"""Seconds, for what containers round: one frame at 20 per second."""

_REGULAR: Final = 0.1
"""Known frames whose distances in time differ by no more than this share were taken by the clock,
as vPDQ does, and stand for the time around them; others for the time until the next."""

_PAIRS: Final = 128
"""Pairs looked at, spread evenly: more make the place no finer."""

_AGREEING: Final = 0.9
"""Speeds at which so large a share of the most pairs agree are possible ones."""

_PRECISE: Final = 0.1
"""The speed is told where the possible speeds differ by no more."""

_SPAN: Final = 3.0
"""Seconds of a chain from which a speed can be told."""

_LEAST: Final = 3
"""Pairs, the same."""

_SLOWEST: Final = 0.5
_FASTEST: Final = 2.0
_SPEEDS: Final = 161
_OFF: Final = 8.0
"""Seconds by which the ends of a chain may lie off a first straight line, in so many steps."""


@dataclass(frozen=True, slots=True)
class ChainPosition:
    """The stretch of the known video that a chain belongs to.

    Attributes:
        start: seconds, where the chain's first frame is.
        end: seconds, where its last one is.
        speed: of the known video in the item; None where that cannot be told.
    """

    start: float
    end: float
    speed: float | None


def place(chain: "Chain", item: "Frames", known: "Frames") -> ChainPosition:
    """The position of a chain: the speed and offset that agree with the most of its pairs.

    Every pair says in which stretch of the known video its frame lies (`_stretches`). The offset is
    the middle of what the most of them have in common, at normal speed if that is possible.

    Args:
        chain: its rows are those of `item` and `known`.
        item: by time.
        known: by time; all frames that were kept, as each says until when the one before stood.
    """
    times = item.times[chain.queries]
    which = np.unique(np.linspace(0, len(chain) - 1, min(len(chain), _PAIRS)).round().astype(int))
    low, high = _stretches(chain, item, known, which)
    seconds = times[which] - times[0]
    speed, offset, told = _fit(seconds, low, high)
    first, last = float(known.times[0]), float(known.times[-1]) + HOLD
    start = min(max(offset, first), last)
    end = min(max(offset + speed * float(times[-1] - times[0]), start), last)
    return ChainPosition(start, end, speed if told else None)


def _stretches(
    chain: "Chain", item: "Frames", known: "Frames", which: "NDArray[np.int64]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """The stretch of the known video in which each of these pairs says that its frame lies."""
    rows, times = chain.known[which], known.times
    codes, own = item.codes[chain.queries[which]], chain.distances[which]
    gaps = np.diff(times)
    before = np.concatenate(([0.0], gaps))[rows]
    after = np.concatenate((gaps, [HOLD]))[rows]
    middle = times[rows]
    if len(gaps) > _LEAST and np.ptp(gaps) <= _REGULAR * gaps.mean():
        half = gaps.mean() / 2 + _TOLERANCE
        return middle - half, middle + half
    left = _share(own, codes, known, rows, -1)
    right = _share(own, codes, known, rows, 1)
    near = middle + np.nan_to_num(right) * after - np.nan_to_num(left) * before
    low = np.where(np.isnan(left), middle, near - _SHARE * before)
    high = np.where(np.isnan(right), middle + np.minimum(after, HOLD), near + _SHARE * after)
    return low - _TOLERANCE, high + _TOLERANCE


def _share(
    own: "NDArray[np.int64]",
    codes: "NDArray[np.uint8]",
    known: "Frames",
    rows: "NDArray[np.int64]",
    step: int,
) -> "NDArray[np.float64]":
    """How far frames lie on the way to the neighbouring known frame, 0–1; NaN beyond a cut.

    With a bits to one, b to the other and g between these two: (a − b + g) / 2g, as on a line.
    """
    beside = np.clip(rows + step, 0, len(known) - 1)
    others = np.bitwise_count(codes ^ known.codes[beside]).sum(axis=1, dtype=np.int64)
    apart = np.bitwise_count(known.codes[rows] ^ known.codes[beside]).sum(axis=1, dtype=np.int64)
    share = np.clip((own - others + apart) / np.maximum(2 * apart, 1), 0, 1)
    return np.where((apart > _SMOOTH) | (apart == 0), np.nan, share)


def _fit(
    seconds: "NDArray[np.float64]", low: "NDArray[np.float64]", high: "NDArray[np.float64]"
) -> tuple[float, float, bool]:
    """Speed, offset, and whether the speed can be told."""
    span = float(seconds[-1])
    if len(seconds) < _LEAST or span <= 0:
        return 1.0, _common(seconds, low, high, np.ones(1))[1][0], False
    line = float(np.polyfit(seconds, (low + high) / 2, 1)[0])
    off = np.linspace(-_OFF, _OFF, _SPEEDS) / span
    speeds = np.append(np.clip(line + off, _SLOWEST, _FASTEST), 1.0)
    agreeing, offsets = _common(seconds, low, high, speeds)
    possible = agreeing >= _AGREEING * agreeing.max()
    told = bool(np.ptp(speeds[possible]) <= _PRECISE) and span >= _SPAN
    best = np.flatnonzero(agreeing == agreeing.max())
    if best[-1] == len(speeds) - 1 or (told and possible[-1]):
        return 1.0, float(offsets[-1]), told
    middle = best[len(best) // 2]
    return float(speeds[middle]), float(offsets[middle]), told


def _common(
    seconds: "NDArray[np.float64]",
    low: "NDArray[np.float64]",
    high: "NDArray[np.float64]",
    speeds: "NDArray[np.float64]",
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """How many stretches have an offset in common at each speed, and the middle of it."""
    moved = speeds[:, None] * seconds
    bounds = np.concatenate((low - moved, high - moved), axis=1)
    order = np.argsort(bounds, axis=1, kind="stable")
    held = np.cumsum(np.where(order < len(seconds), 1, -1), axis=1)
    bounds = np.take_along_axis(bounds, order, axis=1)
    most = held.max(axis=1)
    at = np.argmax(held, axis=1)
    rows = np.arange(len(speeds))
    return most, (bounds[rows, at] + bounds[rows, at + 1]) / 2
