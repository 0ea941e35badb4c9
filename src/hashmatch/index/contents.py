"""Whether all that searches the entries of a segment follows from the entries themselves."""

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from hashmatch.index import digests
from hashmatch.index.structure import SEARCH
from hashmatch.search import ranges as search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from hashmatch.hashlists.table import EntryTable

    Arrays = Mapping[str, NDArray[Any]]

_TOP_BITS, _WITHIN = 0xC0, 0x80
"""What the first two bits of a byte of UTF-8 are within a character."""


def check_contents(table: "EntryTable") -> None:
    """Nothing, if every entry of a table is found by what searches it.

    What searches is made once more and compared, a part of it at a time: it takes about as long as
    to build it, and the memory of its largest part.

    Args:
        table: of a segment whose structure is right, and whose arrays have all been read.

    Raises:
        ValueError: something does not follow.
    """
    arrays = table.arrays
    for name in ("id", "details", *table.algorithms):
        if f"{name}.offsets" in arrays:
            _check_texts(name, arrays)
    for name in table.digests:
        _check_rows(name, arrays, steps=1)
        built = digests.build(arrays[f"{name}.values"])
        for part, array in built.items():
            if not np.array_equal(array, arrays[f"{name}.{part}"]):
                _refuse(f"{name}.{part} does not lead to its digests")
    for name in table.algorithms:
        _check_rows(name, arrays, steps=0)
        if f"{name}.unique" in arrays:
            _check_hashes(name, arrays)


def _check_rows(name: str, arrays: "Arrays", *, steps: int) -> None:
    """Rows ascend, by a least step."""
    rows = arrays[f"{name}.rows"].astype(np.int64)
    if (np.diff(rows) < steps).any():
        _refuse(f"{name}.rows do not ascend")


def _check_texts(name: str, arrays: "Arrays") -> None:
    """Texts follow one another and fill their bytes; ids are text."""
    offsets, held = arrays[f"{name}.offsets"].astype(np.int64), arrays[f"{name}.bytes"]
    if offsets[0] or offsets[-1] != len(held) or (np.diff(offsets) < 0).any():
        _refuse(f"{name}.offsets do not follow one another")
    if name in ("id", "details"):
        starts = offsets[offsets < len(held)]
        if ((held[starts] & _TOP_BITS) == _WITHIN).any():
            _refuse(f"{name}.offsets begin within a character")
        try:
            held.tobytes().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            _refuse(f"{name}.bytes are no text")


def _check_hashes(name: str, arrays: "Arrays") -> None:
    """Every hash is found by its code, and every code by the tables."""
    codes = arrays[f"{name}.unique"]
    code = arrays[f"{name}.code"]
    counts = np.bincount(code, minlength=len(codes))
    starts = np.concatenate(([0], np.cumsum(counts)))
    if not np.array_equal(starts, arrays[f"{name}.starts"]):
        _refuse(f"{name}.starts do not lead to its hashes")
    if not np.array_equal(np.argsort(code, kind="stable"), arrays[f"{name}.owners"]):
        _refuse(f"{name}.owners do not lead to its hashes")
    prefix = name + SEARCH
    built = {
        key.removeprefix(prefix): each for key, each in arrays.items() if key.startswith(prefix)
    }
    if built and not search.lead_to(codes, built):
        _refuse(f"{name}: the tables that search do not lead to its hashes")


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)
