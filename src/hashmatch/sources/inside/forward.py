"""Members that lie one behind the other in a file, which need not be seekable."""

import os
from typing import BinaryIO

from hashmatch.sources.inside.base import Budget
from hashmatch.sources.inside.streams import Take, stored


class Forward:
    """A file that is read from its beginning on.

    Attributes:
        place: of the next byte.
    """

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        """Begin at the first byte."""
        self.file, self.budget = file, budget
        self.place = 0
        self.is_seekable = file.seekable()
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
