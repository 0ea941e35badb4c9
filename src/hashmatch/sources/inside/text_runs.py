"""Long runs of letters and digits in a file: whatever is encoded in text is such a run."""

import string
from collections.abc import Iterator
from typing import BinaryIO, Final

import numpy as np

from hashmatch.kinds.fill import behind_run
from hashmatch.sources.inside.base import Budget

PIECE: Final = 1 << 20
"""Bytes that are looked at together."""
OVERLAP: Final = 1 << 10
"""Bytes before and behind a beginning that its reader may look at."""

_CHARACTERS: Final = frozenset((string.ascii_letters + string.digits + "+/=_-%\\").encode())
_TABLE: Final = bytes(each in _CHARACTERS for each in range(256))
_WORD: Final = 8
_ALL: Final = np.uint64(0x0101010101010101)


def pieces(
    file: BinaryIO, first: int, last: int, budget: Budget
) -> Iterator[tuple[bytes, int, int, int]]:
    """The pieces of a part of a file, each with what lies around it.

    Gives the bytes, where the piece begins and ends in them, and where they begin in the file.

    Raises:
        LimitError: of the budget.
        OSError: the file cannot be read.
    """
    for start in range(first, last, PIECE):
        budget.check()
        before = min(start, OVERLAP)
        length = min(PIECE, last - start)
        # What was read meanwhile has moved the file.
        file.seek(start - before)
        data = file.read(before + length + OVERLAP)
        if behind_run(data) == len(data):
            continue
        yield data, before, min(len(data), before + length), start - before


def runs(data: bytes, begin: int, end: int) -> Iterator[int]:
    """The beginnings, between two places, of runs of characters that encodings use, as base64.

    Every run of at least 23 characters is given, and some shorter ones.
    """
    if len(data) < 2 * _WORD:
        return
    flags = data.translate(_TABLE)
    words = np.frombuffer(flags + bytes(-len(flags) % _WORD), np.uint64) == _ALL
    # Two words in a row, of which the one before the first is none.
    pairs = words[:-1] & words[1:]
    firsts = np.flatnonzero(pairs & ~np.concatenate(([False], pairs[:-1])))
    for first in firsts:
        place = flags.rfind(b"\0", 0, int(first) * _WORD) + 1
        # A folded line may leave little of a run in the line before.
        line = len(data[max(0, place - 8) : place].rstrip()) - min(8, place)
        before = flags.rfind(b"\0", 0, place + line) + 1 if line else place
        for each in (before, place):
            if begin <= each < end:
                yield each
