"""Bytes at any place of an open file."""

import io
from typing import BinaryIO, Final

_BLOCK: Final = 1 << 18


class View:
    """Bytes at any place of a file, of which one block is kept.

    Attributes:
        file: that is read.
        size: of it, in bytes.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Take a seekable file.

        Raises:
            OSError: it cannot be read.
        """
        self.file = file
        self.size = file.seek(0, io.SEEK_END)
        self._start = 0
        self._block = b""

    def at(self, offset: int, count: int) -> bytes:
        """The bytes at a place: fewer, or none, at the end of the file.

        Raises:
            OSError: they cannot be read.
        """
        if count <= 0 or not 0 <= offset < self.size:
            return b""
        place = offset - self._start
        if not 0 <= place <= len(self._block) - min(count, self.size - offset):
            self.file.seek(offset)
            self._block = self.file.read(max(min(count, self.size - offset), _BLOCK))
            self._start, place = offset, 0
        return self._block[place : place + count]

    def number(self, offset: int, width: int, *, big: bool = False) -> int:
        """The unsigned number at a place; 0 behind the end of the file."""
        return int.from_bytes(self.at(offset, width), "big" if big else "little")
