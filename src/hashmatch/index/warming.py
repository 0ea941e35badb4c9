"""Reading of all that searches before the first of them: what is cold answers late.

Files of an index are read as far as searches need them. On a disk that turns, or under many
queries at once, the first answers of a large index that nobody read before wait for seconds.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from hashmatch.index.segment import Segment

OnRead: TypeAlias = Callable[[int, int], object]
"""Called with the bytes that were read so far, and those of all."""

_BITS: Final = 31
"""The distance of the search that loads what searches: that of the default profile for PDQ."""


def silent(_read: int, _all: int) -> None:
    """Nobody is told."""


def warm(segments: Iterable[Segment], on_read: OnRead = silent) -> int:
    """Read and check all of these segments, and search each once.

    Args:
        segments: of one or several indexes.
        on_read: told after every few MiB.

    Returns:
        How many bytes are in memory.

    Raises:
        DamagedIndexError: one is damaged, or there is no memory for its file.
    """
    files = [(segment, segment.file) for segment in segments]
    total = sum(file.held.size for _, file in files if file is not None)
    before = 0
    for segment, file in files:
        if file is not None:
            for read in file.read_all():
                on_read(before + read, total)
            before += file.held.size
        for algorithm in segment.algorithms:
            segment.near(algorithm, segment.codes(algorithm)[:1], _BITS)
    on_read(total, total)
    return total
