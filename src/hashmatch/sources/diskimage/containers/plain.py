"""Media whose bytes lie in their files as they are."""

from collections.abc import Iterator

from hashmatch.sources.diskimage.base import BadRange, Bytes, Facts
from hashmatch.sources.diskimage.spans import Span


class Plain:
    """A medium whose bytes lie in its files as they are.

    Attributes:
        name: of its first file.
        size: in bytes.
        facts: none are known.
        problems: what is wrong though it can be read.
        unread: nothing is known to be missing.
    """

    def __init__(self, data: Bytes) -> None:
        """Take the bytes."""
        self.name, self.size, self._data = data.name, data.size, data
        self.facts = Facts()
        self.problems: list[str] = []
        self.unread: list[BadRange] = []

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place."""
        return self._data.pread(offset, size)

    def holes(self) -> Iterator[Span]:
        """What the file system does not store."""
        return self._data.holes()
