"""Places in an AVI's table of frames: not each holds a frame.

The table has a place for every tick of the clock. Where frames are farther apart than a tick, the
places between them are empty: they only repeat the frame before. So are those behind the last
frame, as many as behind any other: a file that ends with them is whole.
"""

from collections import Counter
from typing import Final

_USUAL: Final = 10
"""A distance between frames is usual if one in so many has it, or a larger one."""


class Places:
    """The places of the frames that were read."""

    def __init__(self) -> None:
        """No frame was read yet."""
        self._last = -1
        self._frames = 0
        self._steps: Counter[int] = Counter()

    def take(self, place: int) -> None:
        """The next frame has this place, from 0."""
        if place > self._last:
            self._steps[place - self._last] += 1
            self._last = place
            self._frames += 1

    def empty(self, count: int) -> int:
        """How many of so many places are empty, as far as those of the frames tell."""
        behind = count - (self._last + 1)
        empty = self._last + 1 - self._frames
        return empty + behind if 0 < behind < self._usual_step() else empty

    def _usual_step(self) -> int:
        seen = 0
        for step in sorted(self._steps, reverse=True):
            seen += self._steps[step]
            if seen * _USUAL >= self._frames:
                return step
        return 1
