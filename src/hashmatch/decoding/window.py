"""A part of an open file, as a file of its own."""

import os
from typing import BinaryIO

from hashmatch.decoding.inputs import read_failures


class Window:
    """What lies between two places of a file: all that FFmpeg gets to see of it.

    It has no name, so that no decoder guesses anything from what the file is called.
    """

    def __init__(
        self,
        file: BinaryIO,
        start: int = 0,
        stop: int | None = None,
        *,
        budget: int | None = None,
    ) -> None:
        """A part of a file.

        Args:
            file: opened for reading and seekable.
            start: its first byte.
            stop: the byte behind its last one; None for the file's end.
            budget: bytes that are read in all, at most; behind them everything seems to end.
        """
        self._file, self._start = file, start
        end = file.seek(0, os.SEEK_END)
        self._size = max((end if stop is None else min(stop, end)) - start, 0)
        self._at = 0
        self._budget = budget

    def read(self, size: int = -1) -> bytes:
        """The next bytes, so many at most.

        Raises:
            UnreadableError: the storage cannot read them; with the reason.
        """
        left = max(self._size - self._at, 0)
        if self._budget is not None:
            left = min(left, self._budget)
        with read_failures():
            self._file.seek(self._start + self._at)
            data = self._file.read(left if size < 0 else min(size, left))
        self._at += len(data)
        if self._budget is not None:
            self._budget -= len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, and say which that is."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        """The place where the next byte will be read."""
        return self._at

    def seekable(self) -> bool:
        """Always."""
        return True

    def readable(self) -> bool:
        """Always."""
        return True
