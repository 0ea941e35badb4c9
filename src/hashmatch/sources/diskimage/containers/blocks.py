"""Images of blocks of one size, each of which lies somewhere, or nowhere."""

from collections.abc import Callable, Iterator
from heapq import merge
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import BadRange, Bytes, Facts, UnreadRangeError, exactly
from hashmatch.sources.diskimage.containers.tables import Table
from hashmatch.sources.diskimage.reading import Padded, clamped
from hashmatch.sources.diskimage.spans import Span, common, merged, of_blocks

ZEROS, PARENT, STORED = 0, 1, 2
"""States of blocks: nothing but zeros, those of the image that this one builds on, its own."""
Piece = tuple[Bytes | None, int, int]
"""Where bytes lie: in what, at which place, how many; zeros where it is in nothing."""
States = tuple[int, NDArray[np.uint8], int]
"""Where some blocks begin on the medium, their states, and bytes that each state stands for."""
_LARGEST_BLOCK: Final = 1 << 28


class BlockImage:
    """A medium of blocks of one size; a subclass says where they lie.

    Attributes:
        name: of its first file.
        size: of the medium, in bytes.
        block_size: in bytes.
        facts: what the container says of the medium.
        problems: what is wrong though it can be read.
        unread: ranges that are known to be missing.
    """

    def __init__(self, name: str, size: int, block_size: int, parent: Bytes | None = None) -> None:
        """Take what the container says.

        Raises:
            UnreadableError: no disk has such blocks.
        """
        if not 0 < block_size <= _LARGEST_BLOCK or size < 0:
            raise UnreadableError(
                Reason.DAMAGED, f"{name}: no disk has blocks of {block_size:,} bytes"
            )
        self.name, self.size, self.block_size = name, size, block_size
        self.facts = Facts()
        self.problems: list[str] = []
        self.unread: list[BadRange] = []
        self._below = None if parent is None else Padded(parent, size)

    def block(self, number: int) -> tuple[Bytes | None, int]:
        """What a block lies in and where it begins there; None where it is not in the image.

        Raises:
            OSError: the image cannot be read.
            UnreadableError: the block is damaged.
        """
        raise NotImplementedError

    def states(self) -> Iterator[States]:
        """The states of all blocks, some at a time, in their order."""
        raise NotImplementedError

    def pieces(self, number: int, start: int, size: int) -> Iterator[Piece]:
        """Where bytes of one block lie."""
        file, place = self.block(number)
        if file is None:
            yield self.below(number * self.block_size + start, size)
        else:
            yield file, place + start, size

    def below(self, offset: int, size: int) -> Piece:
        """Bytes that are not in this image: those of the one that it builds on, or zeros."""
        return self._below, offset if self._below else 0, size

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: they cannot be read.
            UnreadRangeError: blocks of them are damaged or missing.
        """
        size = clamped(self.size, offset, size)
        pieces = []
        for start, (file, place, length) in self._runs(offset, size):
            if file is None:
                pieces.append(bytes(length))
                continue
            try:
                pieces.append(exactly(file, place, length))
            except UnreadRangeError as error:
                raise error.at(error.offset - place + start, error.length) from None
            except UnreadableError as error:
                raise UnreadRangeError(error.reason, error.detail, start, length) from None
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def holes(self) -> Iterator[Span]:
        """Zeros that are not stored, in this image or the one that it builds on."""
        own = self._spans(ZEROS)
        if self._below is None:
            # Without such an image the two states say the same.
            return merged(merge(own, self._spans(PARENT)))
        return merged(merge(own, common(self._spans(PARENT), self._below.holes())))

    def _runs(self, offset: int, size: int) -> Iterator[tuple[int, Piece]]:
        """Where bytes lie: their place on the medium, and their place; neighbours are one piece."""
        at, last = offset, None
        end = offset + size
        while offset < end:
            number, start = divmod(offset, self.block_size)
            length = min(end - offset, self.block_size - start)
            for file, place, count in self._checked(number, start, length):
                if last and last[0] is file and (file is None or last[1] + last[2] == place):
                    last = (file, last[1], last[2] + count)
                else:
                    if last:
                        yield at, last
                        at += last[2]
                    last = (file, place, count)
            offset += length
        if last:
            yield at, last

    def _checked(self, number: int, start: int, size: int) -> Iterator[Piece]:
        try:
            yield from self.pieces(number, start, size)
        except UnreadableError as error:
            begin = number * self.block_size
            length = min(self.block_size, self.size - begin)
            raise UnreadRangeError(error.reason, error.detail, begin, length) from None

    def _spans(self, state: int) -> Iterator[Span]:
        end = self.size
        for start, states, size in self.states():
            for offset, length in of_blocks(start, states == state, size):
                if offset < end:
                    yield offset, min(length, end - offset)


class Tables(NamedTuple):
    """Tables of blocks, which a table finds.

    Attributes:
        roots: where each of them lies; of one that is not there no place.
        per_root: blocks of each of them.
        mask: of the bits of a root that are its place.
        unit: bytes that places count.
    """

    roots: Table
    per_root: int
    mask: int
    unit: int

    def states(
        self, end: int, entries: Callable[[int], Iterator[tuple[int, NDArray[np.uint8]]]]
    ) -> Iterator[tuple[int, NDArray[np.uint8], int]]:
        """The states of all blocks.

        Args:
            end: of the file, in bytes: no table lies behind it.
            entries: the states of the blocks of a table by its number, some at a time: which of
                them is the first, and they.

        Yields:
            Number of the first block, states, and blocks that each state stands for.
        """
        for first, roots in self.roots.pages():
            places = (roots.astype(np.uint64) & np.uint64(self.mask)).astype(np.float64) * self.unit
            absent = places == 0
            edges = np.flatnonzero(np.diff(absent)) + 1
            for start, stop in pairwise([0, *edges.tolist(), len(places)]):
                if start < stop and absent[start]:
                    states = np.full(stop - start, PARENT, np.uint8)
                    yield (first + start) * self.per_root, states, self.per_root
                    continue
                for number in np.flatnonzero(places[start:stop] < end).tolist():
                    root = first + start + number
                    for further, states in entries(root):
                        yield root * self.per_root + further, states, 1
