"""Ranges of a file that its file system does not store."""

import errno
import os
from collections.abc import Iterator
from typing import Final

from hashmatch.sources.diskimage.spans import Span

_SEEK_DATA: Final[int | None] = getattr(os, "SEEK_DATA", None)
_SEEK_HOLE: Final[int | None] = getattr(os, "SEEK_HOLE", None)


def holes_of(number: int, size: int) -> Iterator[Span]:
    """The holes of an open file, in order; none where the system does not tell them.

    Args:
        number: the file's descriptor.
        size: of the file, in bytes.

    Raises:
        OSError: the file cannot be read.
    """
    if _SEEK_DATA is None or _SEEK_HOLE is None:
        return
    place = 0
    while place < size:
        data = _seek(number, place, _SEEK_DATA, size)
        if data > place:
            yield place, data - place
        if data >= size:
            return
        place = max(_seek(number, data, _SEEK_HOLE, size), data + 1)


def _seek(number: int, place: int, what: int, size: int) -> int:
    """The next place with data or of a hole; the end of the file if there is none."""
    try:
        return min(os.lseek(number, place, what), size)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return size
        # A file system that does not know: all is data.
        return place if what == _SEEK_DATA else size
