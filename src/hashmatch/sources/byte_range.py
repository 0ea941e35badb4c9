"""A range of a file as a file of its own: what lies stored in an archive, an image or a cache."""

import errno
import io
from typing import BinaryIO, Final

from hashmatch.sources.access import Stamp, stamp_of

_BUFFER: Final = 1 << 16


class ByteRange(io.RawIOBase):
    """Some bytes of an open file, read-only and seekable; closing it closes that file.

    `ByteRange.of` gives it with a buffer, as `Source.open` should. It is noticed when the file that
    holds the bytes is written to while they are read.
    """

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        """Take a range.

        Args:
            file: open for reading, and used for nothing else.
            start: of the range in it, in bytes.
            size: of the range, in bytes.

        Raises:
            ValueError: the range begins before the file, or has less than no bytes.
        """
        # Python closes what it collects, also where the range is refused.
        self._file: BinaryIO = io.BytesIO()
        if start < 0 or size < 0:
            msg = f"{size:,} bytes at {start:,} are not a valid range"
            raise ValueError(msg)
        self._file, self._start, self._size = file, start, size
        self._place = 0

    @classmethod
    def of(cls, file: BinaryIO, start: int, size: int) -> BinaryIO:
        """A range with a buffer."""
        return io.BufferedReader(cls(file, start, size), _BUFFER)

    @property
    def stamp(self) -> Stamp | None:
        """What is another value once the file that holds the bytes is written to."""
        whole = stamp_of(self._file)
        return None if whole is None else whole._replace(size=self._size)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place in the range; returns it.

        Raises:
            ValueError: it lies before the range.
        """
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            msg = "negative seek position"
            raise ValueError(msg)
        self._place = base + offset
        return self._place

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill a buffer with what follows, and say how many bytes those were.

        Raises:
            OSError: the file ends before the range does, or cannot be read.
        """
        wanted = min(len(buffer), max(0, self._size - self._place))
        if not wanted:
            return 0
        self._file.seek(self._start + self._place)
        data = self._file.read(wanted)
        if not data:
            raise OSError(errno.EIO, "the file that holds it ends before it")
        memoryview(buffer)[: len(data)] = data
        self._place += len(data)
        return len(data)

    def close(self) -> None:
        """Close the file that holds the bytes."""
        try:
            self._file.close()
        finally:
            super().close()
