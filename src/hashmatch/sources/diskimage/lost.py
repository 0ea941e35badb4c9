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
_OLD_STARTS: Final = (0, 63 * 512)
"""Where the first one began before."""
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
    aligned = range(-base % _STEP, gap.size, _STEP)
    places = sorted({*_OLD_STARTS, *aligned[:_MOST_PLACES]})
    index = 0
    for place in places:
        while index < len(stored) and stored[index][0] + stored[index][1] <= place:
            index += 1
        if index < len(stored) and stored[index][0] < place + LENGTH:
            yield place
