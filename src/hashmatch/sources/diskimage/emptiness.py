"""Volumes without a signature: whether they are empty, or look encrypted."""

from typing import Final

import numpy as np

from hashmatch.sources.diskimage import contents
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.contents import Content
from hashmatch.sources.diskimage.reading import read_around
from hashmatch.sources.diskimage.spans import Span, without

_PIECE: Final = 1 << 20
_MOST_READ: Final = 256 << 20
"""Bytes that are read to find one that is not zero; of larger volumes samples are looked at."""
_SAMPLES: Final = 256
_SAMPLE: Final = 4096
_LEAST: Final = 64 << 10
"""Bytes below which nothing is said of how evenly values are spread."""
_EVEN: Final = 380.0
"""Chi-square of 256 values, of which equal chances give 255, and more than this never does."""


def look_of(volume: Bytes) -> Content:
    """What a volume without a signature looks like.

    Raises:
        OSError: it cannot be read.
    """
    if not volume.size:
        return contents.NOTHING
    stored = list(without(0, volume.size, volume.holes()))
    samples, is_whole = _samples(volume, stored)
    if not samples.strip(b"\0"):
        if not is_whole:
            return contents.UNKNOWN
        if sum(length for _, length in stored) > _MOST_READ:
            return contents.ZEROS_SAMPLED
        if all(not _any(volume, span) for span in stored):
            return contents.ZEROS
        return contents.UNKNOWN
    return contents.HIGH_ENTROPY if _is_even(samples) else contents.UNKNOWN


def _samples(volume: Bytes, stored: list[Span]) -> tuple[bytes, bool]:
    """Bytes from all over the volume, holes left out, and whether all of them could be read."""
    total = sum(length for _, length in stored)
    step = max(total // _SAMPLES // _SAMPLE * _SAMPLE, _SAMPLE)
    found = list[bytes]()
    passed = wanted = 0
    is_whole = True
    for start, length in stored:
        while wanted < passed + length and len(found) < _SAMPLES:
            at = start + max(wanted - passed, 0)
            size = min(_SAMPLE, start + length - at)
            data, bad = read_around(volume, at, size)
            is_whole = is_whole and not bad
            found.append(data)
            wanted += step
        passed += length
    return b"".join(found), is_whole


def _any(volume: Bytes, span: Span) -> bool:
    """Whether any byte of a range is not zero, or cannot be read."""
    start, length = span
    for at in range(start, start + length, _PIECE):
        data, bad = read_around(volume, at, min(_PIECE, start + length - at))
        if bad or data.strip(b"\0"):
            return True
    return False


def _is_even(data: bytes) -> bool:
    """Whether all values are as frequent as in random bytes: most compressed data are not."""
    if len(data) < _LEAST:
        return False
    counts = np.bincount(np.frombuffer(data, np.uint8), minlength=256)
    expected = len(data) / 256
    return float(((counts - expected) ** 2).sum() / expected) < _EVEN
