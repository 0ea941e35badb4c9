"""Bytes that are made when they are first read."""

from collections.abc import Callable
from typing import BinaryIO

from hashmatch.sources.inside.streams import Stream


class Later(Stream):
    """The bytes of a file that is opened, or made, when it is first read."""

    def __init__(self, make: Callable[[], BinaryIO]) -> None:
        """Make nothing yet.

        Args:
            make: gives the bytes; raises `UnreadableError` where they cannot be read.
        """
        self._make = make
        self._made: BinaryIO | None = None

    def piece(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            UnreadableError: they cannot be read.
        """
        if self._made is None:
            self._made = self._make()
        return self._made.read(size)


def later(make: Callable[[], BinaryIO]) -> Callable[[], BinaryIO]:
    """What opens such bytes."""
    return lambda: Later(make).as_file()
