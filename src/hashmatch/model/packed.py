"""Hashes of pictures as the bytes that they are: thousands a second are read, searched, recorded.

A picture in eight orientations has eight readings of one algorithm and one frame. As objects they
are some forty values, which take longer to make than to search.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple, overload

from hashmatch.model.hash import Hash
from hashmatch.model.media import Alpha, Reading
from hashmatch.model.orientation import Orientation

BESIDE: Final = 3
"""Bytes behind the bits of a reading: quality, orientation, and whether alpha was dropped."""

_ORIENTATIONS: Final = {each.value: each for each in Orientation}
_ALPHAS: Final = (Alpha.COMPOSITED, Alpha.DROPPED)


class Block(NamedTuple):
    """Readings of one algorithm and one frame that follow each other.

    Attributes:
        algorithm: of the hashes.
        frame: that they are of.
        width: bytes of each hash.
        data: of each reading its bits, and `BESIDE` bytes.
    """

    algorithm: str
    frame: int
    width: int
    data: bytes

    @property
    def size(self) -> int:
        """Bytes of a reading."""
        return self.width + BESIDE

    @property
    def held(self) -> int:
        """How many readings there are."""
        return len(self.data) // (self.width + BESIDE)

    def reading(self, number: int) -> Reading:
        """One of them, from 0 on."""
        at = number * self.size
        end = at + self.width
        quality, turned, dropped = self.data[end : end + BESIDE]
        known = Hash(self.algorithm, self.data[at:end])
        return Reading(known, quality, _ORIENTATIONS[turned], _ALPHAS[dropped], self.frame)


class PackedReadings(Sequence[Reading]):
    """Readings of a picture, each of which is made when it is asked for; equal to a tuple of them.

    Attributes:
        blocks: that hold them, in their order.
    """

    __slots__ = ("_count", "blocks")

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        """Hold what was packed."""
        self.blocks = blocks
        self._count = sum([each.held for each in blocks])

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Reading: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Reading, ...]: ...
    def __getitem__(self, at: int | slice) -> Reading | tuple[Reading, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        number = at if at >= 0 else len(self) + at
        for block in self.blocks:
            if 0 <= number < block.held:
                return block.reading(number)
            number -= block.held
        msg = f"there is no reading {at}"
        raise IndexError(msg)

    def __iter__(self) -> Iterator[Reading]:
        return (block.reading(at) for block in self.blocks for at in range(block.held))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PackedReadings):
            return self.blocks == other.blocks or tuple(self) == tuple(other)
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def blocks_of(readings: Sequence[Reading]) -> Sequence[Block]:
    """The readings of a picture in blocks, packed now unless they are already."""
    return readings.blocks if isinstance(readings, PackedReadings) else tuple(_packed(readings))


def first_of(readings: Sequence[Reading]) -> tuple[str, bytes, int]:
    """Algorithm, bits and quality of the first reading, which is not made for it."""
    if isinstance(readings, PackedReadings):
        algorithm, _, width, data = readings.blocks[0]
        return algorithm, data[:width], data[width]
    first = readings[0]
    return first.hash.algorithm, first.hash.value, first.quality


def _packed(readings: Iterable[Reading]) -> Iterator[Block]:
    for (algorithm, frame, width), some in groupby(readings, _shared):
        yield Block(algorithm, frame, width, b"".join(map(packed, some)))


def _shared(reading: Reading) -> tuple[str, int, int]:
    return reading.hash.algorithm, reading.frame, len(reading.hash.value)


def packed(reading: Reading) -> bytes:
    """The bytes of a reading in a block: all but what its block says, and when and where it was."""
    dropped = reading.alpha is Alpha.DROPPED
    return reading.hash.value + bytes((reading.quality, reading.orientation, dropped))
