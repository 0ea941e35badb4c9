"""Distances of pictures by all that is hashed of them, compared one by one, without an index."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.model import Hash, MediaHashes
from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

FARTHEST: Final = 256
"""Bits of the longest hash; distances are counted from 0 to here."""

_WORD: Final = 8


class Codes:
    """The upright hashes of pictures, of one algorithm; a picture may have several."""

    def __init__(self, packed: "NDArray[np.uint8]", starts: Sequence[int] | None = None) -> None:
        """Hold these.

        Args:
            packed: (n, bytes) uint8.
            starts: the row of each picture's first hash; each picture has one by default.
        """
        self._words = _words(packed)
        self._starts = None if starts is None else np.asarray(starts, np.int64)

    def __len__(self) -> int:
        return len(self._words if self._starts is None else self._starts)

    def from_readings(self, readings: "NDArray[np.uint8]") -> "NDArray[np.int64]":
        """(pictures,) the smallest distance of any of these readings to each picture."""
        apart = np.full(len(self._words), FARTHEST, np.uint16)
        for reading in np.unique(_words(readings), axis=0):
            bits = np.bitwise_count(self._words ^ reading).sum(axis=1, dtype=np.uint16)
            np.minimum(apart, bits, out=apart)
        if self._starts is not None and len(apart):
            apart = np.minimum.reduceat(apart, self._starts)
        return apart.astype(np.int64)


def _words(packed: "NDArray[np.uint8]") -> "NDArray[np.uint64]":
    """The codes as whole words, with zero bits in front."""
    missing = -packed.shape[1] % _WORD
    filled = np.pad(packed, ((0, 0), (missing, 0))) if missing else packed
    return np.ascontiguousarray(filled).view(np.uint64)


def codes_of(pictures: Sequence[Sequence[Hash]]) -> Codes:
    """The codes of pictures with these hashes; every picture has at least one."""
    counts = [len(each) for each in pictures]
    packed = Hash.pack([one for each in pictures for one in each])
    if all(count == 1 for count in counts):
        return Codes(packed)
    return Codes(packed, [0, *np.cumsum(counts[:-1]).tolist()])


def upright(media: MediaHashes, algorithm: str) -> list[Hash]:
    """What a plain list says of a picture: the hashes of the whole, as a viewer shows it."""
    return [
        each.hash
        for each in media.readings
        if each.hash.algorithm == algorithm and each.canonical and not each.frame and not each.part
    ]


def readings(media: MediaHashes, algorithm: str, least: int) -> "NDArray[np.uint8]":
    """(n, bytes) every hash of a picture that is looked for, the photographic negative too.

    Args:
        media: of the picture.
        algorithm: of the hashes.
        least: the quality below which a reading is not looked for.
    """
    good = [
        each
        for each in media.readings
        if each.hash.algorithm == algorithm and each.quality >= least and each.time is None
    ]
    inverted = [~each.hash for each in good if each.orientation is Orientation.UPRIGHT]
    return Hash.pack([*(each.hash for each in good), *inverted])
