"""Ranges of a file that its file system does not store."""

import errno
import os
from collections.abc import Callable, Iterator
from typing import Final

from hashmatch.sources.diskimage.spans import Span

_SEEK_DATA: Final[int | None] = getattr(os, "SEEK_DATA", None)
_SEEK_HOLE: Final[int | None] = getattr(os, "SEEK_HOLE", None)


def holes_of(number: Callable[[], int], size: int) -> Iterator[Span]:
    """The holes of an open file, in order; none where the system does not tell them.

    The place that the file is at stays as it was: others read from there.

    Args:
        number: gives the file's descriptor, whenever it is asked for: the file may be closed and
            opened again meanwhile.
        size: of the file, in bytes.

    Raises:
        OSError: the file cannot be read.
    """
    if _SEEK_DATA is None or _SEEK_HOLE is None:
        return
    place = 0
    while place < size:
        data = _seek(number(), place, _SEEK_DATA, size)
        if data > place:
            yield place, data - place
        if data >= size:
            return
        place = max(_seek(number(), data, _SEEK_HOLE, size), data + 1)


def _seek(number: int, place: int, what: int, size: int) -> int:
    """The next place with data or of a hole; the end of the file if there is none."""
    here = os.lseek(number, 0, os.SEEK_CUR)
    try:
        return min(os.lseek(number, place, what), size)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return size
        # A file system that does not know: all is data.
        return place if what == _SEEK_DATA else size
    finally:
        os.lseek(number, here, os.SEEK_SET)
