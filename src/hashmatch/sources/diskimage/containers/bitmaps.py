"""Bits that say of each sector whether an image has it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np


def runs_of_bits(
    bits: bytes, start: int, size: int, sector: int, *, most_first: bool
) -> Iterator[tuple[bool, int, int]]:
    r"""Ranges of bytes whose bits are the same: the bit, where the range begins, how long it is.

    Args:
        bits: one for each sector.
        start: of the bytes.
        size: of them.
        sector: bytes that a bit stands for.
        most_first: whether the highest bit of a byte stands for the first sector of its eight.

    >>> list(runs_of_bits(b"\x0f", 2, 14, 2, most_first=False))
    [(True, 2, 6), (False, 8, 8)]
    """
    order: Literal["big", "little"] = "big" if most_first else "little"
    first, last = start // sector, (start + size - 1) // sector
    used = np.frombuffer(bits[first // 8 : last // 8 + 1], np.uint8)
    flags = np.unpackbits(used, bitorder=order)[first % 8 :][: last - first + 1]
    edges = [0, *(np.flatnonzero(np.diff(flags)) + 1).tolist(), len(flags)]
    for begin, end in pairwise(edges):
        at = max((first + begin) * sector, start)
        yield bool(flags[begin]), at, min((first + end) * sector, start + size) - at
