"""Bytes that are dealt to several others in turn."""

from collections.abc import Iterator, Sequence

from hashmatch.sources.diskimage.base import Bytes, UnreadRangeError, exactly
from hashmatch.sources.diskimage.reading import clamped
from hashmatch.sources.diskimage.spans import Span


class Striped:
    """A volume of which each stripe lies on the next of several others."""

    def __init__(self, parts: Sequence[Bytes], stripe: int) -> None:
        """Take what it lies on.

        Args:
            parts: of the same size.
            stripe: bytes on one before the next.
        """
        self._parts, self._stripe = parts, stripe
        self.name = parts[0].name
        self.size = min(part.size for part in parts) * len(parts)

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: they cannot be read.
            UnreadRangeError: some of them are damaged or missing.
        """
        size = clamped(self.size, offset, size)
        pieces = []
        while size:
            number, start = divmod(offset, self._stripe)
            row, which = divmod(number, len(self._parts))
            length = min(size, self._stripe - start)
            place = row * self._stripe + start
            try:
                pieces.append(exactly(self._parts[which], place, length))
            except UnreadRangeError as error:
                raise error.at(offset, length) from None
            offset, size = offset + length, size - length
        return b"".join(pieces)

    def holes(self) -> Iterator[Span]:
        """None: a hole of one part is one of few bytes here."""
        return iter(())
