"""File systems in space that belongs to no partition: a partition that was removed left them."""

from collections.abc import Iterator
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
"""Before, they began at whole cylinders, and the first one and logical ones a track behind one."""
_MOST_PLACES: Final = 1 << 16


def lost_in(gap: Bytes) -> Iterator[tuple[int, int, tuple[Content, ...]]]:
    """File systems in a gap: where each begins, how long it is, and what it is.

    They are looked for where partitions begin, not at every sector.

    Args:
        gap: the space.

    Raises:
        OSError: it cannot be read.
    """
    end = 0
    for place in _places(gap):
        if place < end or not may_begin(read_around(gap, place, LENGTH)[0]):
            continue
        found = identify(Window(gap, place, gap.size))
        if is_file_system(found):
            size = min(size_of(read_around(gap, place, LENGTH)[0]) or gap.size, gap.size - place)
            yield place, size, found
            end = place + size


def _places(gap: Bytes) -> Iterator[int]:
    """Where a partition may have begun and something is stored."""
    base = getattr(gap, "start", 0)
    stored = list(without(0, gap.size, gap.holes()))
    starts = ((_STEP, 0), (_CYLINDER, 0), (_CYLINDER, _TRACK))
    ranges = (range((first - base) % step, gap.size, step) for step, first in starts)
    places = sorted({0, *(place for each in ranges for place in each[:_MOST_PLACES])})
    index = 0
    for place in places:
        while index < len(stored) and stored[index][0] + stored[index][1] <= place:
            index += 1
        if index < len(stored) and stored[index][0] < place + LENGTH:
            yield place
