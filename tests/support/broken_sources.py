"""Sources that break one rule each, for the check of sources; workers import them from here."""

import io
import os
import random
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from hashmatch.sources.base import Found
from hashmatch.sources.byte_range import ByteRange
from hashmatch.sources.folder import Folder


class Shuffled(Folder):
    chance = random.Random(1)

    def __iter__(self) -> Iterator[Found]:
        files = list(super().__iter__())
        self.chance.shuffle(files)
        yield from files


class Twice(Folder):
    def __iter__(self) -> Iterator[Found]:
        yield from super().__iter__()
        yield from super().__iter__()


class Missing(Folder):
    def __iter__(self) -> Iterator[Found]:
        yield from super().__iter__()
        yield Found(self.roots[0] + "/not-there", "not-there", within="not-there")


class Writing(Folder):
    def __iter__(self) -> Iterator[Found]:
        for found in super().__iter__():
            yield found
            os.utime(found.path, (0, 0))


class Writable(Folder):
    def open(self, found: Found, /) -> BinaryIO:
        return Path(found.path).open("r+b")


class Unseekable(Folder):
    def open(self, found: Found, /) -> BinaryIO:
        file = super().open(found)
        file.seekable = lambda: False  # type: ignore[method-assign]
        return file


class Shared(Folder):
    """Every reader has the same file."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self._file = io.BytesIO(b"content")
        self._file.close = lambda: None  # type: ignore[method-assign]

    def open(self, found: Found, /) -> BinaryIO:
        return self._file


class Short(Folder):
    """All but the last byte."""

    def open(self, found: Found, /) -> BinaryIO:
        return ByteRange.of(super().open(found), 0, found.size - 1)


class HeldOpen(Folder):
    """It cannot be pickled."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self._lock = Lock()

    def open(self, found: Found, /) -> BinaryIO:
        return super().open(found)


class Narrow(Folder):
    """It says less than it reads."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self.roots = (self.roots[0] + "/a",)
        self._whole = os.fspath(path)

    def __iter__(self) -> Iterator[Found]:
        return iter(Folder(self._whole))


class ByProcess(Folder):
    """Other bytes in a worker."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self._here = os.getpid()

    def open(self, found: Found, /) -> BinaryIO:
        return io.BytesIO(b"a" if os.getpid() == self._here else b"b")

    def __iter__(self) -> Iterator[Found]:
        yield Found(self.roots[0], "inside", within="inside")


BROKEN = {
    Shuffled: "same files in the same order",
    Twice: "one of its kind",
    Missing: "can be opened",
    # Its files have other times the second time.
    Writing: "same files in the same order",
    Writable: "read-only",
    Unseekable: "sought in",
    Shared: "for each reader by itself",
    Short: "as its size says",
    HeldOpen: "cannot be pickled",
    Narrow: "may read its roots alone",
    ByProcess: "reads the same bytes",
}
"""Each with what the check says."""
