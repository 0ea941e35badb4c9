"""Distinct codes: lists hold the same hash many times, and an index should hold it once."""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORD: Final = 8  # bytes that are compared at once


class UniqueCodes(NamedTuple):
    """Distinct codes, and where each came from.

    Attributes:
        codes: (u, bytes) uint8 distinct codes, in the order of their bytes.
        offsets: (u + 1,) int64; code i came from `rows[offsets[i]:offsets[i + 1]]`.
        rows: (n,) int64 rows of the original array, ascending for each code.
    """

    codes: "NDArray[np.uint8]"
    offsets: "NDArray[np.int64]"
    rows: "NDArray[np.int64]"


def unique_codes(codes: "NDArray[np.uint8]") -> UniqueCodes:
    """Sort codes by their bytes, and keep each once.

    They are sorted by their first 8 bytes; only those that agree there are looked at further, so
    that it takes 32 bytes per code beside the codes themselves where few are alike.

    Args:
        codes: (n, bytes) uint8 packed hashes.
    """
    first = _word(codes, 0)
    rows = np.argsort(first)
    first = first[rows]
    same = np.concatenate(([False], first[1:] == first[:-1]))[: len(codes)]
    del first
    tied = np.flatnonzero(same | np.append(same[1:], [False])[: len(codes)])
    if len(tied):
        group = np.cumsum(~same[tied])
        members = rows[tied]
        words = [_word(codes[members], begin) for begin in range(_WORD, codes.shape[1], _WORD)]
        order = np.lexsort((members, *reversed(words), group))
        rows[tied] = members[order]
        for word in words:
            same[tied[1:]] &= word[order[1:]] == word[order[:-1]]
    begins = np.flatnonzero(~same)
    return UniqueCodes(
        np.ascontiguousarray(codes[rows[begins]]), np.append(begins, len(codes)), rows
    )


def _word(codes: "NDArray[np.uint8]", begin: int) -> "NDArray[np.uint64]":
    """Up to 8 bytes of each code as a number that sorts as the bytes do."""
    padded = np.zeros((len(codes), _WORD), np.uint8)
    part = codes[:, begin : begin + _WORD]
    padded[:, : part.shape[1]] = part
    return padded.view(">u8")[:, 0].astype(np.uint64)
