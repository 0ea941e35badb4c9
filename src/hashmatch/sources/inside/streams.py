"""Bytes of members as files: ranges of the file around them, and what expands piece by piece."""

import io
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, TypeAlias, cast

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model.locator import Range
from hashmatch.sources.byte_range import ByteRange
from hashmatch.sources.inside.base import PIECE, Budget, Inner

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BUFFER: Final = 1 << 16
_PIECE: Final = 1 << 20
_MOST_COPIED: Final = 8 << 20
LONGEST_LINK: Final = 4096
"""Bytes of a symbolic link, at most: what is longer leads nowhere, and is read as a file."""
MOST_SAID: Final = 512
"""Bytes that are said of a member and not searched: names of files are as long."""
UNSEARCHED: Final = 128
"""Bytes between members, and of fields, that are not searched: programs leave as many, and no
picture that shows anything is as small."""


class _Window(ByteRange):
    """A range of a file that others read too: closing it leaves that file open."""

    def close(self) -> None:
        """Close the range alone."""
        io.RawIOBase.close(self)

    def begins_in(self, outer: BinaryIO) -> int | None:
        """The start of its bytes in the file around it; None where they do not lie in one."""
        if self._file is outer:
            return self._start
        around = getattr(self._file, "raw", None)
        begin = around.begins_in(outer) if isinstance(around, _Window) else None
        return None if begin is None else begin + self._start


class _Copy(io.BytesIO):
    """The bytes of a window in memory."""

    def __init__(self, data: bytes, raw: _Window) -> None:
        super().__init__(data)
        self.raw = raw


def copied(file: BinaryIO, size: int) -> BinaryIO:
    """A small member in memory: it is looked at a dozen times; any other as it is.

    Args:
        file: of the member; closing it closes what is given.
        size: of it, in bytes.
    """
    raw = getattr(file, "raw", None)
    if not isinstance(raw, _Window) or size > _MOST_COPIED:
        return file
    file.seek(0)
    try:
        data = file.read(size)
    except (OSError, UnreadableError):
        # What can be read of it is found piece by piece.
        return file
    return _Copy(data, raw) if len(data) == size else file


def extent_in(file: BinaryIO, outer: BinaryIO) -> tuple[int, int] | None:
    """Offset and length of a member's bytes in a file around it, where they lie there as they are.

    Args:
        file: of the member.
        outer: the file around it, as it was given to who found the member.
    """
    raw = getattr(file, "raw", None)
    begin = raw.begins_in(outer) if isinstance(raw, _Window) else None
    return None if begin is None else (begin, file.seek(0, io.SEEK_END))


def window(file: BinaryIO, start: int, size: int) -> BinaryIO:
    """A range of a seekable file as a file of its own; the bytes are not copied."""
    return io.BufferedReader(_Window(file, start, size), _BUFFER)


class Stream(io.RawIOBase):
    """Bytes that are read once, from the beginning; a subclass gives `piece`.

    Attributes:
        ahead: bytes that may be asked for before they are needed: what lies before damage is given
            first. 0 where damage costs all that was asked for with it.
    """

    ahead: int = 0

    def piece(self, size: int) -> bytes:
        """The next bytes: at least one and at most `size`, or none at the end.

        Raises:
            UnreadableError: what follows cannot be read.
        """
        raise NotImplementedError

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes, at most so many; all that are left if it is negative or None.

        Raises:
            UnreadableError: what follows cannot be read.
        """
        if size is not None and size >= 0:
            return self.piece(size) if size else b""
        return b"".join(iter(lambda: self.piece(PIECE), b""))

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill a buffer with what follows, and say how many bytes those were.

        Raises:
            UnreadableError: what follows cannot be read.
        """
        view = memoryview(buffer).cast("B")
        data = self.piece(len(view)) if len(view) else b""
        view[: len(data)] = data
        return len(data)

    def as_file(self) -> BinaryIO:
        """Itself, for who asks for a file."""
        return cast("BinaryIO", self)


class Take(Stream):
    """The next bytes of a file that cannot be sought, as many as belong to a member."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        """Take so many bytes."""
        self._file = file
        self.left = size

    def piece(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            UnreadableError: the file ends before them.
        """
        data = self._file.read(min(size, self.left)) if self.left else b""
        if self.left and not data:
            raise UnreadableError(Reason.TRUNCATED, "its container ends before it")
        self.left -= len(data)
        return data

    def skip(self, budget: Budget) -> bool:
        """Go behind them; whether all were there."""
        while self.left and (data := self._file.read(min(PIECE, self.left))):
            self.left -= len(data)
            budget.check()
        return not self.left


def stored(file: BinaryIO, start: int, size: int, budget: Budget) -> BinaryIO:
    """Bytes that lie in a seekable file as they are: a window, or what is there of them.

    Where the file ends before them, whoever reads them to their end is told.

    Raises:
        LimitError: of the budget, which counts them: members may share bytes.
    """
    there = max(min(size, file.seek(0, os.SEEK_END) - start), 0)
    budget.bytes(there)
    whole = window(file, start, there)
    return whole if there == size else Take(whole, size).as_file()


def rest(file: BinaryIO, start: int, end: int | None = None) -> Iterator[Inner]:
    """What lies in a seekable file where its container has nothing, if it is more than zeros.

    Args:
        file: of the container.
        start: behind what belongs to it, as far as the container tells: any number.
        end: of the rest; that of the file where it is None.
    """
    size = file.seek(0, os.SEEK_END)
    place, end = start, size if end is None else min(end, size)
    if not 0 <= place < end:
        return
    file.seek(place)
    while place < end and (data := file.read(min(_PIECE, end - place))):
        there = data.lstrip(b"\0")
        place += len(data) - len(there)
        if there:
            size = end - place
            yield Inner(Range(place, size), size, open=partial(window, file, place, size))
            return


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


Start: TypeAlias = Callable[[], Decompressor]


BROKEN: Final = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, MemoryError)
"""What decompressors raise of data that is none."""


class Expanding(Stream):
    """What compressed data expand to, piece by piece, within a budget.

    Attributes:
        given: bytes given so far.
        taken: compressed bytes read so far.
        is_whole: whether the end was reached.
        unused: compressed bytes that were read and lie behind the end.
    """

    def __init__(
        self,
        read: Callable[[int], bytes],
        decompressor: Decompressor,
        budget: Budget,
        *,
        crc: int | None = None,
        size: int | None = None,
        has_end: bool = True,
    ) -> None:
        """Begin with no bytes read.

        Args:
            read: gives the next compressed bytes, at most so many; none at the end.
            decompressor: of one stream.
            budget: to be told of bytes.
            crc: that the bytes should have (CRC-32); None where unknown.
            size: that they should have; None where unknown.
            has_end: whether the stream has a mark of its end; else it ends with its data.
        """
        self._read, self._decompressor, self._budget = read, decompressor, budget
        self._crc, self._size, self._has_end = crc, size, has_end
        self._running = 0
        self.given = self.taken = 0
        self.is_whole = False
        self.unused = b""

    def piece(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            UnreadableError: the data are damaged, cut, or have another checksum or size.
        """
        while not self.is_whole:
            data = self._expanded(size)
            if self._decompressor.eof:
                self.is_whole = True
                self.unused = self._decompressor.unused_data
            if data:
                self._budget.bytes(len(data))
                self.given += len(data)
                if self._crc is not None:
                    self._running = zlib.crc32(data, self._running)
                return data
        self._check()
        return b""

    def _expanded(self, size: int) -> bytes:
        fed = b""
        if self._decompressor.needs_input:
            fed = self._read(PIECE)
            self.taken += len(fed)
            if not fed and self.given == self._size:
                # Some streams have no mark of their end.
                self.is_whole = True
                return b""
            if not fed and self._has_end:
                raise UnreadableError(Reason.TRUNCATED, "its compressed data end before it does")
        is_last = not fed and self._decompressor.needs_input
        try:
            data = self._decompressor.decompress(fed, size)
        except BROKEN as error:
            what = type(error).__name__
            raise UnreadableError(
                Reason.CORRUPT_DATA, f"its compressed data are damaged ({what})"
            ) from None
        self.is_whole = is_last and not data
        return data

    def _check(self) -> None:
        if self._size is not None and self._size != self.given:
            detail = f"it has {self.given:,} bytes, where {self._size:,} are announced"
            raise UnreadableError(Reason.CORRUPT_DATA, detail)
        if self._crc is not None and self._crc != self._running:
            raise UnreadableError(Reason.CORRUPT_DATA, "its checksum does not match its bytes")
