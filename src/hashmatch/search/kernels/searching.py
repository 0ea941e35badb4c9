"""Searches in tables: for few queries, for many, and which memory they will read."""

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.native.arrays import ADDRESS, NUMBER, address, out, passed
from hashmatch.search.kernels.calls import Found, calls, check, taken

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.search.kernels.tables import Tables
    from hashmatch.search.pigeonhole import Probes

_QUERIES = 1 << 32
"""Queries of a join are numbered in 32 bits."""

_ONE = NUMBER * 1
_NOBODY: "NDArray[np.int64]" = np.empty(0, np.int64)
"""Made once: a single query takes ten microseconds in all."""


class _Struct(ctypes.Structure):
    _fields_ = (("masks", ADDRESS), ("first", ADDRESS), ("radii", ADDRESS))


class Flips:
    """The buckets to look into, as the library takes them; any threads may share them.

    Attributes:
        masks: how many there are for a query.
        reference: what the library takes.
    """

    __slots__ = ("_kept", "masks", "reference")

    def __init__(self, probes: "Probes", bounds: "NDArray[np.int64]") -> None:
        """Take probes that were made for chunks with these bounds.

        Raises:
            ValueError: they lead out of the tables.
        """
        widths, each = np.diff(bounds), np.diff(probes.first)
        fits = (
            len(probes.radii) == len(widths) == len(each)
            and probes.first[0] == 0
            and probes.first[-1] == len(probes.masks)
            and bool((each >= 0).all())
            and bool((probes.masks < np.repeat(np.int64(1) << widths, each)).all())
        )
        if not fits:
            msg = "these probes are not for these chunks"
            raise ValueError(msg)
        self.masks = len(probes.masks)
        struct = _Struct(
            address(probes.masks, np.uint32, self.masks),
            address(probes.first, np.int64, len(widths) + 1),
            address(probes.radii, np.int64, len(widths)),
        )
        self._kept = (probes, struct)
        self.reference = ctypes.addressof(struct)


def probe(
    tables: "Tables", flips: Flips, queries: "NDArray[np.uint64]", threshold: int, limit: int
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Find the neighbours of few queries: each looks into its buckets, one after the other.

    Args:
        tables: to search in.
        flips: the buckets.
        queries: (n, 64-bit words) uint64.
        threshold: the largest distance that still counts.
        limit: codes in the buckets of one query beyond which nothing is done for it.

    Returns:
        (pairs, 3) int64 query, row, distance; and the queries for which nothing was done.

    Raises:
        ValueError: the tables are damaged, or queries are no codes of theirs.
    """
    count = len(queries)
    found, refused = Found(), _ONE() if count == 1 else (NUMBER * count)()
    status = calls().hm_probe(
        tables.reference,
        flips.reference,
        passed(queries, np.uint64, count * tables.width),
        count,
        threshold,
        limit,
        refused,
        ctypes.addressof(found),
    )
    pairs = taken(found)
    check(status)
    if not found.refused:
        return pairs, _NOBODY
    return pairs, np.array(refused[: found.refused], np.int64)


def join(
    tables: "Tables", flips: Flips, queries: "NDArray[np.uint64]", threshold: int
) -> "NDArray[np.int64]":
    """Find the neighbours of many queries: each table is walked once.

    Returns:
        (pairs, 3) int64 query, row, distance.

    Raises:
        ValueError: the tables are damaged, or queries are no codes of theirs.
    """
    count = len(queries)
    if count >= _QUERIES:
        msg = f"{count} queries are too many for one search"
        raise ValueError(msg)
    found = Found()
    status = calls().hm_join(
        tables.reference,
        flips.reference,
        passed(queries, np.uint64, count * tables.width),
        count,
        threshold,
        ctypes.addressof(found),
    )
    pairs = taken(found)
    check(status)
    return pairs


def ranges(
    tables: "Tables", flips: Flips, queries: "NDArray[np.uint64]", limit: int
) -> "NDArray[np.int64]":
    """Find the rows of the tables that probing will read: (queries · masks, 2) start and end.

    The buckets of a query that is refused are empty ranges, as are empty buckets.

    Raises:
        ValueError: as for `probe`.
    """
    count = len(queries)
    result = np.empty((count * flips.masks, 2), np.int64)
    check(
        calls().hm_ranges(
            tables.reference,
            flips.reference,
            passed(queries, np.uint64, count * tables.width),
            count,
            limit,
            out(result, np.int64, result.size),
        )
    )
    return result
