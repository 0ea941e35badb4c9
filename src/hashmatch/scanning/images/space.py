"""The space of a volume that belongs to no file: the next part of it that is searched."""

from array import array
from bisect import bisect_left, bisect_right
from typing import Final

from hashmatch.model import AllocationState
from hashmatch.scanning.images.orders import Stretch

_SMALLEST: Final = 64 << 20
_MOST_PARTS: Final = 256
_MEBIBYTE: Final = 1 << 20
_BEFORE: Final = 1 << 16
"""Bytes before a part that a search may look at."""
_BEHIND: Final = 4 << 30
_MOST_RANGES: Final = 1 << 16
"""Bytes and ranges behind a part that what begins in it may reach to."""


class FreeSpace:
    """Ranges of a volume, joined.

    Attributes:
        size: of all of them, in bytes.
    """

    def __init__(self) -> None:
        """None is known yet."""
        self.size = 0
        self._starts, self._lengths, self._ends = array("Q"), array("Q"), array("Q")
        self._given: set[tuple[int, int]] = set()

    def add(self, spans: tuple[tuple[int, int], ...]) -> bool:
        """Take further ranges; whether they lie behind those that are known."""
        if self._starts and spans[0][0] < self._starts[-1] + self._lengths[-1]:
            return False
        for start, length in spans:
            self.size += length
            self._starts.append(start)
            self._lengths.append(length)
            self._ends.append(self.size)
        return True

    def give(self, span: tuple[int, int]) -> None:
        """Take note of a deleted file that is given by its name."""
        self._given.add(span)

    def part(self, begin: int, number: int, state: AllocationState) -> Stretch:
        """The part that begins at a place of the joined space.

        Parts are as many as there would be without an interruption, wherever one began.

        Args:
            begin: of the part.
            number: of the space on the volume.
            state: of what is found.
        """
        length = max(_SMALLEST, -(-self.size // _MOST_PARTS // _MEBIBYTE) * _MEBIBYTE)
        end = min(begin + length, self.size)
        first = bisect_right(self._ends, max(begin - _BEFORE, 0))
        last = 1 + bisect_left(self._ends, min(end + _BEHIND, self.size))
        last = min(last, bisect_left(self._ends, end) + _MOST_RANGES)
        spans = [*zip(self._starts[first:last], self._lengths[first:last], strict=True)]
        left_out = 0
        if first:
            # The first bytes of all say what kind of text it is.
            left_out = self._ends[first - 1] - self._lengths[0]
            spans.insert(0, (self._starts[0], self._lengths[0]))
        place, stop = spans[bool(first)][0], sum(spans[-1])
        given = frozenset(each for each in self._given if place <= each[0] < stop)
        return Stretch(
            tuple(spans), (1 if first else 0, left_out), (begin, end), given, number, state
        )
