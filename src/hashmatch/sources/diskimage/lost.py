"""What lies in space that belongs to no partition: a partition that was removed left it."""

from collections.abc import Iterator
from heapq import merge
from typing import Final

from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.beginnings import LENGTH, may_begin, size_of
from hashmatch.sources.diskimage.contents import BY_PLACE, Content, Nature
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

    What is encrypted, or of a kind that is not read, is told too, with a length of 0. They are
    looked for where partitions begin, not at every sector, and in the first 32 GiB or so
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
            if _is_marked(gap, place, head):
                yield place, 0, identify(Window(gap, place, gap.size))
            continue
        found = identify(Window(gap, place, gap.size))
        if not is_file_system(found):
            if found[0].nature is Nature.LOCKED:
                yield place, 0, found
        else:
            size = min(size_of(head) or gap.size, gap.size - place)
            yield place, size, found
            end = place + size


def removed(place: int, found: tuple[Content, ...]) -> str:
    """What is to be said of something that is not read, and whose partition was removed.

    Args:
        place: of its first byte on the medium.
        found: what it is.
    """
    titles = ", ".join(each.title for each in found)
    is_locked = any(each.nature is Nature.LOCKED for each in found)
    what = "is encrypted" if is_locked else "is not read: this space is searched for pictures"
    return f"{titles} begins at {place:,} of the medium and belongs to no partition; it {what}"


def _is_marked(gap: Bytes, place: int, head: bytes) -> bool:
    """Whether the signature of something stands there whose length is not known."""
    for at, length, marks in _MARKED:
        data = head if not at else read_around(gap, place + at, length)[0]
        if any(data[begin - at : begin - at + len(mark)] == mark for begin, mark in marks):
            return True
    return False


def _marks(at: int, length: int) -> list[tuple[int, bytes]]:
    """Signatures of file systems and encrypted volumes that stand there, and their places."""
    return [
        (place, mark)
        for content, place, mark in BY_PLACE
        if at <= place < at + length
        and len(mark) >= _LEAST_MARK
        and content.nature in (Nature.FILE_SYSTEM, Nature.LOCKED)
    ]


_LEAST_MARK: Final = 4
_PARTS: Final = ((0, LENGTH), (4120, 16), (0x8000, 4), (0x10000, 72))
_MARKED: Final = [(at, length, _marks(at, length)) for at, length in _PARTS]


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
