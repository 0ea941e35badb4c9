"""File systems in space that belongs to no partition: a partition that was removed left them."""

from collections.abc import Iterator
from heapq import merge
from typing import Final

from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.beginnings import LENGTH, may_begin, size_of
from hashmatch.sources.diskimage.contents import Content
from hashmatch.sources.diskimage.identifying import identify, is_file_system
from hashmatch.sources.diskimage.reading import Window, read_around
from hashmatch.sources.diskimage.spans import without

_STEP: Final = 1 << 20
"""Where partitions have begun since 2008: at whole mebibytes."""
_TRACK: Final = 63 * 512
_CYLINDER: Final = 255 * _TRACK
_STARTS: Final = ((_STEP, 0), (_CYLINDER, 0), (_CYLINDER, _TRACK))
"""Partitions before that began at whole cylinders, or a track behind one."""
_MOST_PLACES: Final = 1 << 15
"""Places that are looked at in one gap: more would take long on a disk that turns."""


def lost_in(gap: Bytes) -> Iterator[tuple[int, int, tuple[Content, ...]]]:
    """File systems in a gap: where each begins, how long it is, and what it is.

    They are looked for where partitions begin, not at every sector, and in the first 32 GiB or so
    that no other file system takes.

    Args:
        gap: the space.

    Raises:
        OSError: it cannot be read.
    """
    end = looked = 0
    for place in _places(gap):
        if place < end:
            continue
        looked += 1
        if looked > _MOST_PLACES:
            return
        head = read_around(gap, place, LENGTH)[0]
        if not may_begin(head):
            continue
        found = identify(Window(gap, place, gap.size))
        if is_file_system(found):
            size = min(size_of(head) or gap.size, gap.size - place)
            yield place, size, found
            end = place + size


def _places(gap: Bytes) -> Iterator[int]:
    """Where a partition may have begun and something is stored."""
    base = getattr(gap, "start", 0)
    last = -1
    for start, length in without(0, gap.size, gap.holes()):
        first, end = max(start - LENGTH + 1, last + 1), start + length
        begins = (first + (shift - base - first) % step for step, shift in _STARTS)
        steps = (range(begin, end, step) for begin, (step, _) in zip(begins, _STARTS, strict=True))
        for place in merge([0] if not first else [], *steps):
            if place > last:
                last = place
                yield place
