"""Which further frames are read: those of an animation, and each page of a document."""

from collections.abc import Callable
from typing import Final

from hashmatch.decoding.decoded import Frame
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits

MOST_FRAMES: Final = 4000
"""Pages that are walked to; in some formats only a walk tells how many there are."""
_WALKED: Final = 4
"""Frames of an animation are looked at up to so many times the pixels of the largest picture."""


class Pages:
    """The pages of a document behind its first picture, one after the other, within the limits.

    Attributes:
        frames: those that were read.
        reason: why one is missing; None if none is.
    """

    def __init__(self, first: tuple[int, int], limits: Limits) -> None:
        """Begin behind the first picture, of this size."""
        self.frames: list[Frame] = []
        self.reason: Reason | None = None
        self._left = limits.max_pages - 1
        self._pixels = limits.max_pixels - first[0] * first[1]

    def add(self, read: Callable[[], Frame]) -> bool:
        """Read the next page; whether the limits allow any more."""
        if self._left <= 0 or self._pixels <= 0:
            self.reason = self.reason or Reason.TOO_LONG
            return False
        self._left -= 1
        try:
            frame = read()
        except UnreadableImageError:
            self.reason = self.reason or Reason.CORRUPT_DATA
            return True
        self._pixels -= frame.raster.width * frame.raster.height
        if self._pixels < 0:
            self.reason = self.reason or Reason.TOO_LONG
            return False
        self.frames.append(frame)
        return True


def walked(count: int, size: tuple[int, int], limits: Limits) -> int:
    """How many of the frames of an animation are looked at, of so many of this size."""
    return max(1, min(count, _WALKED * limits.max_pixels // (size[0] * size[1])))
