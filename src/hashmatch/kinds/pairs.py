"""Places in many bytes at which one of some pairs of bytes stands: a gigabyte takes a second."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 1 << 18
_EIGHT: Final = 8
_ZEROS: Final = bytes(_BLOCK + 1)


def pairs_of(*pairs: bytes) -> NDArray[np.uint16]:
    """Pairs as `places` takes them: the first two of these bytes, of which not both are zeros."""
    return np.array(sorted({int.from_bytes(each[:2], "little") for each in pairs}), np.uint16)


def places(data: bytes, pairs: NDArray[np.uint16], count: int) -> NDArray[np.intp]:
    """The places of all pairs that begin in the first bytes, in their order.

    Args:
        data: that is searched. Zeros are passed over at the speed of memory.
        pairs: as `pairs_of` gives them.
        count: of the bytes in which a pair may begin.
    """
    held = np.frombuffer(data, np.uint8)
    found = []
    # One block after the other, as they stay in the processor's cache.
    for at in range(0, count, _BLOCK):
        if len(data) - at > _BLOCK and data.startswith(_ZEROS, at):
            continue
        block, shown = held[at : at + _BLOCK + 2], min(_BLOCK, count - at)
        both = np.concatenate([_places(block, pairs, shown, odd) for odd in (0, 1)])
        both.sort()
        found.append(at + both)
    return np.concatenate(found) if found else np.empty(0, np.intp)


def _places(
    block: NDArray[np.uint8], pairs: NDArray[np.uint16], count: int, odd: int
) -> NDArray[np.intp]:
    """The same of the even or odd places of a block."""
    # A copy, as words that lie across those of the processor are compared more slowly.
    words = block[odd : odd + (len(block) - odd) // 2 * 2].copy().view("<u2")
    # Eight neighbours at a time: if none of them is a start, all are passed over at once.
    padded = np.zeros(-(-len(words) // _EIGHT) * _EIGHT, np.bool_)
    is_hit, is_pair = padded[: len(words)], np.empty(len(words), np.bool_)
    for pair in pairs:
        np.equal(words, pair, out=is_pair)
        np.logical_or(is_hit, is_pair, out=is_hit)
    eights = np.flatnonzero(padded.view(np.uint64))
    rows, columns = np.nonzero(padded.reshape(-1, _EIGHT)[eights])
    found = (eights[rows] * _EIGHT + columns) * 2 + odd
    return found[found < count]
