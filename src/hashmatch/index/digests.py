"""Digests, sorted: which rows have exactly this value."""

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.search.made import Made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

_PER_BUCKET = 16
_MOST_BITS = 16


def build(values: "NDArray[np.uint8]") -> "dict[str, NDArray[Any]]":
    """The arrays of a digest index.

    Args:
        values: (n, bytes) uint8, 8 bytes at least.

    Returns:
        `keys` (n,) uint64, the first 8 bytes of every digest, ascending; `order` (n,) uint32, the
        row of each; `starts` (buckets + 1,) uint64, where the digests of each value of their
        first bits begin: few buckets for few digests, 65,536 at most.
    """
    return made(values).arrays()


def made(values: "NDArray[np.uint8]") -> Made:
    """The arrays as of `build`, not made yet.

    Args:
        values: (n, bytes) uint8, 8 bytes at least.
    """
    count = len(values)
    shapes = {
        "starts": ("<u8", (buckets_of(count) + 1,)),
        "keys": ("<u8", (count,)),
        "order": ("<u4", (count,)),
    }
    return Made(shapes, partial(_pieces, values))


def _pieces(values: "NDArray[np.uint8]") -> "Iterator[tuple[str, NDArray[Any]]]":
    keys = np.ascontiguousarray(values[:, :8]).view(">u8").reshape(-1).astype(np.uint64)
    order = np.argsort(keys, kind="stable").astype(np.uint32)
    yield "order", order
    keys = keys[order]
    del order
    yield "keys", keys
    bits = buckets_of(len(keys)).bit_length() - 1
    firsts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits if bits else 0)
    yield "starts", np.append(np.searchsorted(keys, firsts), len(keys)).astype(np.uint64)


def buckets_of(count: int) -> int:
    """How many values of their first bits so many digests are found by: a power of two."""
    return 1 << min(_MOST_BITS, (count // _PER_BUCKET).bit_length())


class DigestIndex:
    """Exact look-up of digests of one kind."""

    def __init__(
        self,
        values: "NDArray[np.uint8]",
        arrays: "Mapping[str, NDArray[Any]]",
        check: "Callable[[str, int, int], None]",
    ) -> None:
        """Use these arrays.

        Args:
            values: as given to `build`.
            arrays: as `build` made them.
            check: called with `keys`, `order` or `values` and the rows about to be read.
        """
        self._values = values
        self._keys, self._order = arrays["keys"], arrays["order"]
        self._starts = arrays["starts"]
        self._shift = 64 - (len(self._starts) - 1).bit_length() + 1
        self._check = check

    def rows(self, digest: bytes) -> list[int]:
        """The rows whose digest is this one, ascending."""
        key = int.from_bytes(digest[:8])
        bucket = key >> self._shift
        start, stop = int(self._starts[bucket]), int(self._starts[bucket + 1])
        if start == stop:
            return []
        self._check("keys", start, stop)
        keys = self._keys[start:stop]
        first = start + int(np.searchsorted(keys, np.uint64(key)))
        last = start + int(np.searchsorted(keys, np.uint64(key), side="right"))
        if first == last:
            return []
        self._check("order", first, last)
        found = []
        for row in self._order[first:last].tolist():
            self._check("values", row, row + 1)
            if self._values[row].tobytes() == digest:
                found.append(row)
        return found
