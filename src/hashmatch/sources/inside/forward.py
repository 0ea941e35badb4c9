"""Members that lie one behind the other in a file, which need not be seekable."""

import os
from collections.abc import Generator, Iterator
from functools import partial
from io import BytesIO
from typing import BinaryIO, Final

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Range
from hashmatch.sources.inside.base import PIECE, Budget, Inner
from hashmatch.sources.inside.streams import MOST_SAID, Stream, Take, rest, stored

BEHIND: Final = "bytes behind its end mark, which were not searched: expand it, and scan that"


class _Ahead(Stream):
    """A file of which some bytes were read too early.

    Attributes:
        held: these bytes.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.held = b""

    def piece(self, size: int) -> bytes:
        if not self.held:
            return self._file.read(size)
        data, self.held = self.held[:size], self.held[size:]
        return data


class Forward:
    """A file that is read from its beginning on.

    Attributes:
        place: of the next byte.
    """

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        """Begin at the first byte."""
        self.budget = budget
        self.place = 0
        self.is_seekable = file.seekable()
        self._ahead = _Ahead(file)
        self.file = file if self.is_seekable else self._ahead.as_file()
        self.size = file.seek(0, os.SEEK_END) if self.is_seekable else 0

    def read(self, size: int) -> bytes:
        """The next bytes: so many, or all that are left."""
        if self.is_seekable:
            self.file.seek(self.place)
        data = b""
        while len(data) < size and (more := self.file.read(size - len(data))):
            data += more
        self.place += len(data)
        return data

    def unread(self, data: bytes) -> None:
        """Go back before bytes that were read last."""
        self.place -= len(data)
        if not self.is_seekable:
            self._ahead.held = data

    def skip(self, size: int) -> bool:
        """Go on; whether all of it was there."""
        if self.is_seekable:
            self.place += size
            return self.place <= self.size
        taking = Take(self.file, size)
        is_there = taking.skip(self.budget)
        self.place += size - taking.left
        return is_there

    def align(self, step: int) -> bool:
        """Go to a place that is a multiple of `step`; whether the file reaches so far."""
        return self.skip(-self.place % step)

    def rest(self, start: int) -> Iterator[Inner | Unreadable]:
        """What lies behind the last member, if it is more than zeros.

        Args:
            start: of it: the next byte, or one before it.
        """
        if self.is_seekable:
            yield from rest(self.file, start)
            return
        is_more = self.place > start
        while data := self.file.read(PIECE):
            self.budget.check()
            is_more = is_more or bool(data.strip(b"\0"))
        if is_more:
            yield Unreadable(Reason.CORRUPT_DATA, BEHIND)

    def said(self, size: int) -> Generator[Inner, None, bytes]:
        """The next bytes, which say something of members; many of them are an item, too."""
        place = self.place
        data = self.read(size)
        if len(data) > MOST_SAID:
            self.budget.member()
            yield Inner(Range(place, len(data)), len(data), open=partial(BytesIO, data))
        return data

    def member(self, size: int) -> "Following":
        """A member that begins here."""
        return Following(self, size)


class Following:
    """A member of so many bytes, to be read before what follows."""

    def __init__(self, walk: Forward, size: int) -> None:
        """Take what follows."""
        self._walk, self._size = walk, size
        self._start = walk.place
        self._taking = Take(walk.file, size)

    def open(self) -> BinaryIO:
        """Its bytes."""
        walk = self._walk
        if walk.is_seekable:
            return stored(walk.file, self._start, self._size, walk.budget)
        return self._taking.as_file()

    def skip(self) -> bool:
        """Go behind it; whether all of it was there."""
        walk = self._walk
        if walk.is_seekable:
            return walk.skip(self._size)
        is_there = self._taking.skip(walk.budget)
        walk.place += self._size - self._taking.left
        return is_there
