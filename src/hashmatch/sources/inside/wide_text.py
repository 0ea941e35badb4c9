"""Text of two bytes a character (UTF-16), read as text of one byte a character."""

import io
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HEAD: Final = 1 << 12
_SHORTEST: Final = 64
_MARKS: Final = {b"\xff\xfe": 0, b"\xfe\xff": 1}
"""Marks of the order of bytes, and which byte of two is that of a Latin letter."""
_MOST: Final = 0.9
_LEAST: Final = 0.1


def narrowed(file: BinaryIO) -> BinaryIO:
    """The low bytes of UTF-16 text; any other file as it is.

    Letters that need both bytes become others. What is searched for, as base64, has none of them.

    Args:
        file: seekable, at any place. It stays open when the text is closed.

    Raises:
        OSError: the file cannot be read.
    """
    file.seek(0)
    low = _low_byte(file.read(_HEAD))
    return file if low is None else io.BufferedReader(_Narrowed(file, low))


def _low_byte(head: bytes) -> int | None:
    """The byte of each two that has the letters of UTF-16 text; None for other files."""
    if len(head) < _SHORTEST:
        return None
    if (low := _MARKS.get(head[:2])) is not None:
        return low
    zeros = [head[at::2].count(0) / len(head[at::2]) for at in (0, 1)]
    return next((at for at in (0, 1) if zeros[at] < _LEAST and zeros[1 - at] > _MOST), None)


class _Narrowed(io.RawIOBase):
    def __init__(self, file: BinaryIO, low: int) -> None:
        self._file, self._low = file, low
        self._size = file.seek(0, io.SEEK_END) // 2
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), max(0, self._size - self._place))
        self._file.seek(2 * self._place)
        data = self._file.read(2 * wanted)[self._low :: 2]
        view[: len(data)] = data
        self._place += len(data)
        return len(data)
