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
        place = offset - self._start
        if place >= 0 < count and place + count <= len(self._block):
            return self._block[place : place + count]
        if count <= 0 or not 0 <= offset < self.size:
            return b""
        block, place = self.around(offset, count)
        return block[place : place + count]

    def around(self, offset: int, count: int) -> tuple[bytes, int]:
        """A block of the file with the bytes at a place, and where in it they begin: not copied.

        Args:
            offset: less than the size of the file.
            count: of the bytes; fewer are there at the end of the file alone.

        Raises:
            OSError: they cannot be read.
        """
        place = offset - self._start
        if not 0 <= place <= len(self._block) - min(count, self.size - offset):
            self.file.seek(offset)
            self._block = self.file.read(max(min(count, self.size - offset), _BLOCK))
            self._start, place = offset, 0
        return self._block, place

    def number(self, offset: int, width: int, *, big: bool = False) -> int:
        """The unsigned number at a place; 0 behind the end of the file."""
        return int.from_bytes(self.at(offset, width), "big" if big else "little")
