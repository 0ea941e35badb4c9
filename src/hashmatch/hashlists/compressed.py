"""Compressed streams that follow each other in one file, as they expand, up to what is none.

Python's own readers of whole files pass in silence over what lies behind the last stream.
"""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import IO, Final, Protocol, TypeAlias

_CHUNK: Final = 1 << 16


class Decompressor(Protocol):
    """What expands one stream, as `bz2.BZ2Decompressor`."""

    @property
    def eof(self) -> bool:
        """Whether the stream ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether it gives no more until it is fed."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What it was fed with behind the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """What this and what it was fed with before expand to, at most so many bytes."""
        ...


class _Gunzip:
    """One member of a gzip file, with the interface of the other decompressors."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflater.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        return self._inflater.decompress(self._inflater.unconsumed_tail + data, max_length)


Start: TypeAlias = Callable[[], Decompressor]

STREAMS: Final[tuple[tuple[bytes, str, Start], ...]] = (
    (b"\x1f\x8b\x08", "gzip file", _Gunzip),
    (b"\xfd7zXZ\0", "xz file", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ)),
    (b"BZh", "bzip2 file", bz2.BZ2Decompressor),
)
"""Kinds of compressed files: how each stream begins, in words, and what expands one."""


class Streams:
    """All streams of a compressed file, expanded one behind the other.

    Attributes:
        behind: bytes behind the last stream that are none, but for zeros, which fill up blocks;
            known once all was read.
    """

    def __init__(self, file: IO[bytes], magic: bytes, start: Start) -> None:
        """Read a file from its begin; see `STREAMS`."""
        self._file, self._magic, self._start = file, magic, start
        self._begin()

    def _begin(self) -> None:
        self._current = self._start()
        self._ended = False
        self.behind = 0

    def read1(self, size: int, /) -> bytes:
        """The next bytes, at most so many; none at the end.

        Raises:
            EOFError: the file ends in the middle of a stream.
            OSError, zlib.error, lzma.LZMAError: it is damaged.
        """
        while not self._ended:
            fed = self._file.read(_CHUNK) if self._current.needs_input else b""
            if self._current.needs_input and not fed:
                msg = "the file ends in the middle of a stream"
                raise EOFError(msg)
            data = self._current.decompress(fed, size)
            if self._current.eof:
                self._next()
            if data:
                return data
        return b""

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a byte of what it expands to, from the begin.

        Raises:
            EOFError, OSError, zlib.error, lzma.LZMAError: as `read1`.
        """
        if whence != io.SEEK_SET:
            msg = "positions in a compressed file are counted from its start"
            raise io.UnsupportedOperation(msg)
        self._file.seek(0)
        self._begin()
        left = offset
        while left and (passed := self.read1(min(left, _CHUNK))):
            left -= len(passed)
        return offset - left

    def close(self) -> None:
        """Do nothing: the file is closed by who opened it."""

    def _next(self) -> None:
        """Go on to the stream behind the one that ended, if there is one."""
        rest = self._current.unused_data.lstrip(b"\0")
        while len(rest) < len(self._magic) and (more := self._file.read(_CHUNK)):
            rest = (rest + more).lstrip(b"\0")
        if rest and self._magic.startswith(rest[: len(self._magic)]):
            at = self._file.tell() - len(rest)
            self._file.seek(at)
            self._current = self._start()
            return
        self._ended = True
        self.behind = len(rest)
        while more := self._file.read(_CHUNK):
            self.behind += len(more)
