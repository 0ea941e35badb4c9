"""A digest over the entries of a hash list: the same whenever the same file is read again.

It binds the entries in an index to the publisher's file. Whoever takes entries out of an index and
writes all checksums anew cannot keep this digest: another import of the same file shows it.
"""

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from hashmatch.hashlists.table import EntryTable

_AT_ONCE: Final = 1 << 18
"""Hashes that are gathered at a time."""


def entries_sha256(table: "EntryTable") -> str:
    """The SHA-256 of all that the entries of a table say, in their order, in hex.

    It is over the columns as `EntryTable` names them, with the hashes themselves (`pdq.codes`) also
    where a segment holds every distinct one once: each by its name, dtype and shape as JSON on a
    line, then its numbers, little-endian; first of all what the columns refer to, as JSON on a
    line. Empty columns are left out.

    Args:
        table: of a list in memory, or of a segment of which everything has been read.
    """
    digest = hashlib.sha256()
    names = {key: table.meta[key] for key in ("classes", "algorithms", "parts")}
    digest.update(_line(names))
    for name, shape, pieces in _columns(table):
        first = True
        for piece in pieces:
            if first:
                digest.update(_line([name, piece.dtype.str, shape]))
                first = False
            digest.update(np.ascontiguousarray(piece).data)
    return digest.hexdigest()


def _line(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _columns(
    table: "EntryTable",
) -> "Iterator[tuple[str, list[int], Iterator[NDArray[Any]]]]":
    arrays = table.arrays
    names = ["number", "class"]
    names += [f"{name}.{part}" for name in ("id", "details") for part in ("offsets", "bytes")]
    names += [f"{name}.{part}" for name in table.digests for part in ("rows", "values")]
    for name in table.algorithms:
        parts = ("rows", "quality", "part", "time", "place", "offsets", "bytes", "codes")
        names += [f"{name}.{part}" for part in parts]
    for name in names:
        algorithm, _, part = name.rpartition(".")
        if name in arrays:
            array = arrays[name]
            if array.size:
                yield name, list(array.shape), iter([array])
        elif part == "codes" and f"{algorithm}.unique" in arrays:
            distinct, code = arrays[f"{algorithm}.unique"], arrays[f"{algorithm}.code"]
            if code.size:
                shape = [len(code), distinct.shape[1]]
                yield name, shape, _gathered(distinct, code)


def _gathered(
    distinct: "NDArray[np.uint8]", code: "NDArray[np.uint32]"
) -> "Iterator[NDArray[np.uint8]]":
    for start in range(0, len(code), _AT_ONCE):
        yield distinct[code[start : start + _AT_ONCE]]
