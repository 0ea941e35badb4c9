"""Places in an AVI's table of frames: not each holds a frame.

The table has a place for every tick of the clock. Where frames are farther apart than a tick, the
places between them are empty: they only repeat the frame before. So are those behind the last
frame, as many as behind any other: a file that ends with them is whole. So is one that ends with
more of them, if each has its chunk in the file.
"""

import os
from collections import Counter
from typing import Final

from hashmatch.decoding.window import Window

_USUAL: Final = 10
"""A distance between frames is usual if one in so many has it, or a larger one."""


_MOST_CHUNKS: Final = 4_000_000
"""Chunks that are counted."""


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


def chunks_of(file: Window, stream: int) -> tuple[int, int] | None:
    """How many chunks of a stream are in an AVI: with a frame, and empty; None where it is cut.

    Empty places behind the last frame may have chunks, of no bytes. The file is left at any place.

    Args:
        file: from the begin of the AVI on.
        stream: its number.

    Raises:
        OSError, UnreadableError: it cannot be read.
    """
    size, at = file.seek(0, os.SEEK_END), 0
    full = empty = end = 0
    for _ in range(_MOST_CHUNKS):
        if at >= size:
            return full, empty
        file.seek(at)
        head = file.read(12)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] == b"RIFF" and at >= end:
            end = at + 8 + length
            if end > size:
                return None
        elif at >= end:
            # What follows is no part of it.
            return full, empty
        if head[:4] == b"RIFF" or (head[:4] == b"LIST" and head[8:12] in (b"movi", b"rec ")):
            at += 12
            continue
        at += 8 + length + length % 2
        if at > end + 1:
            return None
        if head[:2] == b"%02d" % stream and head[2:4].lower() in (b"dc", b"db"):
            full, empty = full + (length > 0), empty + (length == 0)
    return None
