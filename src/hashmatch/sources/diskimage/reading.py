"""Bytes that are parts of others, or made of several."""

import errno
import io
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.files.regular import descriptor_of
from hashmatch.sources.diskimage.base import BadRange, Bytes, UnreadRangeError
from hashmatch.sources.diskimage.holes import holes_of
from hashmatch.sources.diskimage.spans import Span, merged, within

_BUFFER: Final = 1 << 16
_BLOCK: Final = 1 << 12
"""Bytes that a disk reads at once, or cannot read."""
_LARGE_HOLE: Final = 1 << 20
_MOST_HOLES: Final = 1 << 18


def clamped(size: int, offset: int, wanted: int) -> int:
    """How many bytes there are at a place, of those that are wanted.

    Raises:
        ValueError: the place lies before the first byte.
    """
    if offset < 0 or wanted < 0:
        msg = f"no place to read at: {wanted:,} bytes at {offset:,}"
        raise ValueError(msg)
    return max(0, min(wanted, size - offset))


class Held:
    """Bytes in memory."""

    def __init__(self, data: bytes, name: str = "") -> None:
        """Take the bytes."""
        self.name, self.size, self._data = name, len(data), data

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place."""
        size = clamped(self.size, offset, size)
        return self._data if size == self.size else self._data[offset : offset + size]

    def holes(self) -> Iterator[Span]:
        """None is known."""
        return iter(())


class Zeros:
    """Nothing but zeros, of any length."""

    def __init__(self, size: int, name: str = "") -> None:
        """Take their number."""
        self.name, self.size = name, size

    def pread(self, offset: int, size: int, /) -> bytes:
        """So many zeros."""
        return bytes(clamped(self.size, offset, size))

    def holes(self) -> Iterator[Span]:
        """All of it."""
        return iter([(0, self.size)] if self.size else [])


class Missing:
    """Bytes that are not there, of a certain length."""

    def __init__(self, name: str, size: int, why: str) -> None:
        """Take their number.

        Args:
            name: of what they would lie in.
            size: in bytes.
            why: they are not there, and what to do, in one sentence.
        """
        self.name, self.size, self._why = name, size, why

    def pread(self, offset: int, size: int, /) -> bytes:
        """Nothing.

        Raises:
            UnreadRangeError: always, where there is anything to read.
        """
        size = clamped(self.size, offset, size)
        if not size:
            return b""
        raise UnreadRangeError(Reason.TRUNCATED, self._why, offset, self.size - offset)

    def holes(self) -> Iterator[Span]:
        """None."""
        return iter(())


class Window:
    """A part of other bytes.

    Attributes:
        source: what it is a part of.
        start: of it there.
    """

    def __init__(self, source: Bytes, start: int, size: int) -> None:
        """Take the part; what lies behind the end of the others is not in it."""
        self.source, self.start = source, start
        self.size = max(0, min(size, source.size - start))
        self.name = source.name

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place of the part."""
        try:
            size = clamped(self.size, offset, size)
            return self.source.pread(self.start + offset, size)
        except UnreadRangeError as error:
            raise error.at(error.offset - self.start, error.length) from None

    def holes(self) -> Iterator[Span]:
        """Those of the others, as far as they lie in the part."""
        return within(self.source.holes(), self.start, self.size, -self.start)


class Remembered:
    """Bytes whose larger holes are looked up once: by who asks for them again and again."""

    def __init__(self, source: Bytes) -> None:
        """Look up the holes.

        Raises:
            OSError: the bytes cannot be read.
        """
        self.name, self.size, self._source = source.name, source.size, source
        large = (each for each in source.holes() if each[1] >= _LARGE_HOLE)
        self._holes = list(islice(large, _MOST_HOLES))

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place."""
        return self._source.pread(offset, size)

    def holes(self) -> Iterator[Span]:
        """Those that are remembered."""
        return iter(self._holes)


class Changed:
    """Bytes of which some are others."""

    def __init__(self, source: Bytes, changes: Mapping[int, bytes]) -> None:
        """Take them, and what stands at some places instead."""
        self.name, self.size = source.name, source.size
        self._source, self._changes = source, changes

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place."""
        data = bytearray(self._source.pread(offset, size))
        for place, new in self._changes.items():
            first, last = max(place, offset), min(place + len(new), offset + len(data))
            if first < last:
                data[first - offset : last - offset] = new[first - place : last - place]
        return bytes(data)

    def holes(self) -> Iterator[Span]:
        """Those of the others: a change to what is not stored is of no use."""
        return self._source.holes()


class Joined:
    """Bytes behind each other.

    Attributes:
        parts: in their order.
    """

    def __init__(self, parts: Sequence[Bytes], name: str = "") -> None:
        """Join them."""
        self.parts = [part for part in parts if part.size]
        self.name = name or (parts[0].name if parts else "")
        self._starts = [0, *accumulate(part.size for part in self.parts)]
        self.size = self._starts.pop()

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place, of as many parts as they lie in."""
        size = clamped(self.size, offset, size)
        pieces = []
        while size:
            number = bisect_right(self._starts, offset) - 1
            start = self._starts[number]
            try:
                piece = self.parts[number].pread(offset - start, size)
            except UnreadRangeError as error:
                raise error.at(error.offset + start, error.length) from None
            pieces.append(piece)
            offset, size = offset + len(piece), size - len(piece)
            if not piece:
                break
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def holes(self) -> Iterator[Span]:
        """Those of all parts."""
        return merged(
            (start + offset, length)
            for start, part in zip(self._starts, self.parts, strict=True)
            for offset, length in part.holes()
        )


class Padded:
    """Bytes with zeros behind them, or without their end: as long as someone says."""

    def __init__(self, source: Bytes, size: int) -> None:
        """Take the bytes, and the length to give them."""
        self.name, self.size, self._source = source.name, size, source

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place."""
        size = clamped(self.size, offset, size)
        data = self._source.pread(offset, size) if offset < self._source.size else b""
        return data.ljust(size, b"\0")

    def holes(self) -> Iterator[Span]:
        """Those of the bytes, and the zeros behind them."""
        own = within(self._source.holes(), 0, self.size)
        behind = self.size - self._source.size
        more = [(self._source.size, behind)] if behind > 0 else []
        return merged([*own, *more]) if more else own


def read_around(source: Bytes, offset: int, size: int) -> tuple[bytes, list[BadRange]]:
    """The bytes at a place, with zeros in place of what cannot be read, and which that is.

    For who can use a part, as a search for pictures by content; the ranges go on record.

    Raises:
        OSError: the system cannot read them.
    """
    size = clamped(source.size, offset, size)
    pieces, bad = [], list[BadRange]()
    while size:
        try:
            piece = source.pread(offset, size)
        except UnreadRangeError as error:
            end = min(offset + size, max(error.offset + error.length, offset + 1))
            start = min(max(error.offset, offset), end - 1)
            piece = b""
            if start > offset:
                # What lies before may be bad as well: it is read by itself.
                piece, before = read_around(source, offset, start - offset)
                bad += before
            bad.append(BadRange(start, end - start, error.detail))
            piece += bytes(end - start)
        if not piece:
            break
        pieces.append(piece)
        offset, size = offset + len(piece), size - len(piece)
    return b"".join(pieces), bad


def first_unread(source: Bytes) -> tuple[str, ...]:
    """Why the first bytes cannot be read, by which anything is recognised, in a sentence.

    Raises:
        OSError: the system cannot read them.
    """
    bad = read_around(source, 0, _BLOCK)[1]
    return (f"its first bytes cannot be read: {bad[0].reason}",) if bad else ()


class _Raw(io.RawIOBase):
    """Bytes at any place as a file, which has a place of its own."""

    def __init__(self, source: Bytes) -> None:
        self._source, self._place = source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._source.size}[whence]
        if base + offset < 0:
            msg = "negative seek position"
            raise ValueError(msg)
        self._place = base + offset
        return self._place

    def readall(self) -> bytes:
        pieces = []
        while piece := self._source.pread(self._place, max(0, self._source.size - self._place)):
            pieces.append(piece)
            self._place += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        data = self._source.pread(self._place, len(buffer))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)


def as_file(source: Bytes) -> BinaryIO:
    """The bytes as a file: seekable, read-only, at its start."""
    return io.BufferedReader(_Raw(source), _BUFFER)


def held(file: BinaryIO, most: int) -> BinaryIO:
    """A file that `as_file` made, in memory if it is small: who reads it several times needs less.

    Args:
        file: that nobody has read.
        most: bytes that are held; a file with more, or that cannot be read whole, stays as it is.
    """
    raw = getattr(file, "raw", None)
    if not isinstance(raw, _Raw) or raw.seek(0, io.SEEK_END) > most:
        file.seek(0)
        return file
    raw.seek(0)
    try:
        return io.BytesIO(raw.readall())
    except (OSError, UnreadableError):
        # What lies before the damage can be read.
        raw.seek(0)
        return file


class FromFile:
    """A file that is open already, as one that lies in another container.

    Attributes:
        name: what to call it.
        size: in bytes.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Take a seekable file that nobody else reads."""
        self._file, self.name = file, name
        self.size = file.seek(0, io.SEEK_END)

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: they cannot be read.
            UnreadRangeError: the disk that they lie on cannot read some of them; others may be
                sound.
        """
        size = clamped(self.size, offset, size)
        try:
            return self._read(offset, size)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
        return b"".join(self._sound(offset, size))

    def _read(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        pieces = []
        while size and (piece := self._file.read(size)):
            pieces.append(piece)
            size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _sound(self, offset: int, size: int) -> Iterator[bytes]:
        """The bytes block by block, up to the first one that cannot be read."""
        end = offset + size
        while offset < end:
            length = min(end - offset, _BLOCK - offset % _BLOCK)
            try:
                yield self._read(offset, length)
            except OSError as error:
                why = f"the system cannot read it: {error.strerror}"
                raise UnreadRangeError(Reason.IO_ERROR, why, offset, length) from None
            offset += length

    def holes(self) -> Iterator[Span]:
        """Those that the file system does not store; of a file in another one none is known."""
        number = descriptor_of(self._file)
        return iter(()) if number is None else holes_of(lambda: number, self.size)
