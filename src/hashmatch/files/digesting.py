"""MD5, SHA-1 and SHA-256 of a file, in one pass."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterable
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.files.regular import descriptor_of
from hashmatch.model.digests import DIGESTS, Digests

_CHUNK: Final = 1 << 20
_BLOCK: Final = 512
"""Bytes of what file systems count as one block, whatever the size of their own."""
_DATA: Final[int | None] = getattr(os, "SEEK_DATA", None)
_HOLE: Final[int | None] = getattr(os, "SEEK_HOLE", None)
_MOST_HOLES: Final = 16 << 30
"""Bytes of holes in a file: digests of more zeros than these cost minutes or days."""

_BEGUN: Final = {name: hashlib.new(name, usedforsecurity=False) for name in DIGESTS}
"""Digests of no bytes yet."""


class Digester:
    """All digests of a stream of bytes.

    Attributes:
        size: bytes taken in so far.
    """

    def __init__(self, *, counts_only: bool = False, names: Iterable[str] = DIGESTS) -> None:
        """Start with no bytes.

        Args:
            counts_only: whether digests are known already, and `value` has none.
            names: of the digests that are computed; `value` has no others.
        """
        self.size = 0
        # A copy is made in a fifth of the time.
        self._running = {} if counts_only else {each: _BEGUN[each].copy() for each in names}

    def update(self, data: bytes) -> None:
        """Take in the next bytes."""
        self.size += len(data)
        for running in self._running.values():
            running.update(data)

    def update_to(
        self, size: int, file: BinaryIO, on_progress: Callable[[float], object] = lambda _: None
    ) -> bytes:
        """Take in what follows in a file until so many bytes were taken in, or it ends.

        Args:
            size: of the file: one that goes on growing does not keep anyone busy.
            file: opened for reading.
            on_progress: called now and then with the bytes read so far.

        Returns:
            The first of these bytes, a mebibyte of them or all.
        """
        if not self._running:
            self.size = size
            return b""
        begin = b""
        while chunk := file.read(min(_CHUNK, size - self.size)):
            begin = begin or chunk
            self.update(chunk)
            on_progress(self.size)
        return begin

    def value(self) -> Digests:
        """The digests of all that was taken in."""
        return Digests(**{name: running.hexdigest() for name, running in self._running.items()})


def stored_bytes(file: BinaryIO) -> int:
    """How many bytes of an open file are stored, as far as the system says; its size at most.

    Of a stream that is no file of the system, its size. It is left at any place.
    """
    number = descriptor_of(file)
    status = None if number is None else os.fstat(number)
    if status is None or stat.S_ISBLK(status.st_mode):
        return file.seek(0, os.SEEK_END)
    return _stored(status)


def _stored(status: os.stat_result) -> int:
    blocks = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else min(status.st_size, blocks * _BLOCK)


def check_holes(file: BinaryIO) -> None:
    """Refuse a file that claims far more bytes than are stored. It is left at its start.

    Raises:
        UnreadableError: `too-many-bytes`.
        OSError: it cannot be read.
    """
    number = descriptor_of(file)
    if number is None or _DATA is None or _HOLE is None:
        return
    status = os.fstat(number)
    size, stored = status.st_size, _stored(status)
    if size - stored <= _MOST_HOLES:
        return
    # A file system that compresses stores less than there is: only holes count.
    holes, place = 0, 0
    while place < size:
        data = _next_data(number, place, size, _DATA)
        holes += data - place
        if holes > _MOST_HOLES:
            detail = (
                f"{size:,} bytes, of which {stored:,} at most are stored: the rest are "
                "holes, of which no digests are computed"
            )
            raise UnreadableError(Reason.TOO_MANY_BYTES, detail)
        place = os.lseek(number, data, _HOLE) if data < size else size
    file.seek(0)


def _next_data(number: int, place: int, size: int, how: int) -> int:
    try:
        return os.lseek(number, place, how)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        return size
