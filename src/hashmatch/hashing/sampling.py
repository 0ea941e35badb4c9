"""Which frames of a video are hashed, and their PDQ.

PDQ's own 64×64 grid is the frame itself, shrunk by means over areas: it differs less between
encodings than a hash of the full frame, and matches imported hashes of full frames as well
(median 4 bits from one encoding to another, against 14). Known videos are sampled adaptively:
a frame is kept when it differs from the last one kept, so that any frame of a copy is near one.

What is inside borders is hashed beside the whole: a copy may have borders that the known video
has not, the other way round, or both. Of query frames (not enrolled ones) parts are hashed that may
be one of several videos: what lies on a page, in a grid, or beside another. They are hashed once
more with edge pixels replicated on each side: a cropped copy then matches its original.

Of a small film every frame that differs is hashed besides, as of an animated picture: it is decoded
as a whole all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.hashers.pdq import Pdq, finish
from hashmatch.hashing.content import SIDE, content_boxes, widened
from hashmatch.hashing.regions import seems_flat_card
from hashmatch.model import Hash, Reading, Sampling
from hashmatch.model.alignment import CONTENT, WIDENED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hashmatch.hashing.content import Box

    Look = Callable[[int], NDArray[np.uint8]]

_INTERVALS: Final = {Sampling.QUERY: 1.0, Sampling.THOROUGH: 0.5, Sampling.TRIAGE: 0.0}
"""Seconds between sampled frames; 0 takes every decoded one."""

_ADAPTIVE: Final = {Sampling.REFERENCE: (40, 2.0), Sampling.ADAPTIVE: (24, 1.0)}
"""Bits between a frame and the last one kept, above which it is kept too, and seconds after which
it is kept all the same."""
_DIFFERENT: Final = 24
"""The same for every frame of a small film."""
_MOST_ADAPTIVE: Final = 60_000
"""Frames of a query that are kept for differing: more would be no answer that a worker can give."""
_SHORTEST_GAP: Final = 0.125
"""Seconds before which none is kept, but for the first one behind a cut: 8 a second."""
_CUT: Final = 90
"""Bits between a frame and the last one kept, above which it is of another shot. A frame whose time
is a guess is kept where it is that much from the one before it: slides that are shown for minutes
may seem to follow each other within a second."""

_JITTER: Final = 0.001
"""Seconds."""
_LATER: Final = 0.05
"""Share of the interval."""

_BATCH: Final = 64
_TOGETHER: Final = 12
"""Frames whose content is looked for together; those that a small film has besides are no part."""
_MOST_TOGETHER: Final = 256
"""Frames that are hashed together, those included: 16 MB."""


@dataclass(slots=True)
class _Waiting:
    """Frames that were looked at and are not yet hashed."""

    times: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    squares: "list[NDArray[np.uint8]]" = field(default_factory=list)
    due: list[bool] = field(default_factory=list)

    def add(self, time: float, number: int, square: "NDArray[np.uint8]", *, due: bool) -> None:
        """Take a frame up."""
        self.times.append(time)
        self.numbers.append(number)
        self.squares.append(square)
        self.due.append(due)

    def split(self, count: int) -> "tuple[_Waiting, _Waiting]":
        """The first so many frames, and the others."""
        first, later = (
            _Waiting(self.times[part], self.numbers[part], self.squares[part], self.due[part])
            for part in (slice(None, count), slice(count, None))
        )
        return first, later


class FrameHasher:
    """Takes the frames of one video in their order, and gives the readings of those sampled.

    Attributes:
        dense: whether every frame that differs from the last one hashed is hashed besides, however
            soon it follows. May be changed between frames: those that the sampling chooses are the
            same, and so are their readings.
    """

    def __init__(self, sampling: Sampling, *, dense: bool = False) -> None:
        """Start a video.

        Args:
            sampling: `query` hashes a frame a second, `thorough` two, `triage` all that it is
                given, `adaptive` and `reference` as many as differ.
            dense: as the attribute.
        """
        self.dense = dense
        self._rule = _ADAPTIVE.get(sampling)
        self._widened = sampling != Sampling.REFERENCE
        self._interval = _INTERVALS.get(sampling, 0.0)
        self._due = 0.0
        self._waiting = _Waiting()
        self._chosen = _Waiting()
        self._last_kept: tuple[float, int] | None = None
        self._last_seen = self._last_hashed = 0
        self._boxes: list[Box] = []
        self._kept = 0
        self._most = _MOST_ADAPTIVE if sampling == Sampling.ADAPTIVE else 0
        self._is_due = False
        self._flat: dict[bytes, bool] = {}

    @property
    def awaited(self) -> tuple[float, float]:
        """The time at which the next frame is due, and the latest time if a later one costs less.

        Both in seconds from the first frame.
        """
        return self._due, self._due + self._interval * _LATER

    @property
    def is_thinned(self) -> bool:
        """Whether so many frames differed that of those behind them only one a second is kept."""
        return 0 < self._most <= self._kept

    @property
    def is_flat_card(self) -> bool:
        """Whether half of the frames given so far, or more, are flat cards.

        Equal ones count once, and those of low quality not at all: they are those that say which
        other videos are alike.
        """
        return 0 < len(self._flat) <= 2 * sum(self._flat.values())

    def wants(self, time: float, *, after_seek: bool = False, is_guess: bool = False) -> bool:
        """Whether a frame of this time is to be added.

        Args:
            time: in seconds from the first frame.
            is_guess: whether the file does not say how long the frame before it was shown. It is
                looked at, and kept if it is due or of another shot.
            after_seek: whether it is the first one behind some that were left out. It is taken
                before its time, unless too soon, and those to come are due at full intervals from
                it.
        """
        self._is_due = self._rule is not None or self._reaches(time, after_seek=after_seek)
        return self._is_due or is_guess or self.dense

    def _reaches(self, time: float, *, after_seek: bool) -> bool:
        """Whether a frame is due at this time; then the next one is due an interval later."""
        # Times that are sums come out a little less than they are.
        reached = time + _JITTER
        if after_seek and reached >= self._due - self._interval / 2:
            self._due = time
        if reached < self._due:
            return False
        if self._interval:
            self._due += ((reached - self._due) // self._interval + 1) * self._interval
        return True

    def add(self, time: float, number: int, look: "Look") -> Iterator[Reading]:
        """Take a frame that `wants` was just asked about, and said so.

        Args:
            time: in seconds from the first frame.
            number: of the frame.
            look: gives its luma as a square of so many pixels.

        Returns:
            Readings that are settled, of earlier frames too.
        """
        # Before anything else: it may raise.
        square = look(SIDE)
        self._waiting.add(time, number, square, due=self._is_due)
        if len(self._waiting.times) >= _BATCH:
            self._choose()
        while sum(self._chosen.due) >= _TOGETHER or len(self._chosen.times) >= _MOST_TOGETHER:
            yield from self._given()

    def rest(self) -> Iterator[Reading]:
        """The readings of all frames taken so far that were not given yet."""
        self._choose()
        while self._chosen.times:
            yield from self._given()

    def _given(self) -> Iterator[Reading]:
        """The readings of the frames that stand first among those chosen."""
        sampled = np.flatnonzero(self._chosen.due)
        count = int(sampled[_TOGETHER - 1]) + 1 if len(sampled) >= _TOGETHER else _MOST_TOGETHER
        chosen, self._chosen = self._chosen.split(min(count, _MOST_TOGETHER))
        squares = np.stack(chosen.squares)
        if any(chosen.due):
            self._boxes = content_boxes(squares[chosen.due], parts=self._widened)
        place = 0
        for reading in _views(chosen, squares, self._boxes, wider=self._widened):
            if not reading.part:
                self._look_for_flat(reading, squares[place])
                place += 1
            yield reading

    def _look_for_flat(self, whole: Reading, square: "NDArray[np.uint8]") -> None:
        code = whole.hash.value
        if whole.quality >= Pdq.minimum_quality and code not in self._flat:
            self._flat[code] = seems_flat_card(square)

    def _choose(self) -> None:
        """Keep those waiting frames that are due or differ from the one kept before."""
        waiting, self._waiting = self._waiting, _Waiting()
        if not waiting.times:
            return
        codes, _ = finish(_quartered(np.stack(waiting.squares)))
        frames = zip(waiting.times, waiting.numbers, waiting.squares, waiting.due, strict=True)
        for code, (time, number, square, due) in zip(codes, frames, strict=True):
            bits = int.from_bytes(code.tobytes())
            sampled = self._keeps(time, bits, due=due)
            if sampled:
                self._last_kept = time, bits
                self._kept += 1
            if sampled or (self.dense and (bits ^ self._last_hashed).bit_count() > _DIFFERENT):
                self._last_hashed = bits
                self._chosen.add(time, number, square, due=sampled)
            self._last_seen = bits

    def _keeps(self, time: float, bits: int, *, due: bool) -> bool:
        """Whether a frame of this time and these bits is kept."""
        if self._last_kept is None:
            return True
        if self._rule is None:
            return due or (bits ^ self._last_seen).bit_count() > _CUT
        before, last = self._last_kept
        gap, differ = time - before, (bits ^ last).bit_count()
        if gap < _SHORTEST_GAP:
            return differ > _CUT and not self.is_thinned
        different, longest = self._rule
        return (differ > different and not self.is_thinned) or gap + _JITTER >= longest


def _views(
    waiting: _Waiting, squares: "NDArray[np.uint8]", boxes: "list[Box]", *, wider: bool
) -> Iterator[Reading]:
    """The readings of the whole frames, of the content where that is less, and of more."""
    parts = [("", _quartered(squares))]
    for count, box in enumerate(boxes):
        parts.append((f"{CONTENT}-{count + 1}" if count else CONTENT, box.grids(squares)))
    if wider:
        parts.append((WIDENED, widened(squares)))
    hashed = [(part, *finish(grids)) for part, grids in parts]
    for place, (time, number) in enumerate(zip(waiting.times, waiting.numbers, strict=True)):
        for part, codes, qualities in hashed:
            yield Reading(
                Hash("pdq", codes[place].tobytes()),
                int(qualities[place]),
                frame=number,
                time=time,
                part=part,
            )


def _quartered(squares: "NDArray[np.uint8]") -> "NDArray[np.float32]":
    """(n, 64, 64) means of blocks of 4×4."""
    wide = squares[:, :, 0::4].astype(np.uint16)
    for column in range(1, 4):
        wide += squares[:, :, column::4]
    sums = wide[:, 0::4].astype(np.float32)
    for row in range(1, 4):
        sums += wide[:, row::4]
    sums /= 16
    return sums
