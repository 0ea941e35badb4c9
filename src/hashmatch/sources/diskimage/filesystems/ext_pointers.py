"""Blocks of deleted files of ext2 and ext3 that say where others lie: they lie amid their bytes.

Behind the first twelve blocks of a file comes one that lists the next ones, and so on. Deleting
wipes the entry of the file, not these lists: a search of free space that passes over them finds
what lay in one piece but for them.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.sources.diskimage.reading import read_around
from hashmatch.sources.diskimage.spans import Span, merged, without

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes

_PIECE: Final = 4 << 20


def without_pointers(volume: "Bytes", spans: Iterable[Span], block: int) -> Iterator[Span]:
    """The ranges without the blocks in them that list the blocks behind them.

    Args:
        volume: that the file system lies on.
        spans: offset and length of each range, in order; they begin where blocks do.
        block: bytes of a block.

    Raises:
        OSError: it cannot be read.
    """
    holes = list(merged(volume.holes()))
    for start, length in spans:
        pointers: list[Span] = []
        for place, size in without(start, length, holes):
            pointers += _pointers(volume, place, size, block)
        yield from without(start, length, pointers)


def _pointers(volume: "Bytes", start: int, length: int, block: int) -> Iterator[Span]:
    """The blocks of a range that list others, the first of them the one right behind."""
    first = -(-start // block) * block
    piece = max(_PIECE // block, 1) * block
    for place in range(first, start + length - block + 1, piece):
        size = min(piece, start + length - place) // block * block
        data = read_around(volume, place, size)[0]
        rows = np.frombuffer(data[: len(data) // block * block], "<u4").reshape(-1, block // 4)
        numbers = np.arange(place // block + 1, place // block + 1 + len(rows))
        for row in np.flatnonzero(rows[:, 0] == numbers).tolist():
            if _is_list(rows[row], volume.size // block):
                yield place + row * block, block


def _is_list(row: "np.ndarray[tuple[int], np.dtype[np.uint32]]", blocks: int) -> bool:
    """Whether it is numbers of blocks and zeros behind them."""
    count = int(np.count_nonzero(row))
    return bool(row[:count].all()) and bool((row[:count] < blocks).all())
