"""The functions of the library that search, with the types that they take."""

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.errors import MissingExtraError
from hashmatch.native.arrays import ADDRESS, NUMBER, STATUS
from hashmatch.native.library import SLOW, library, reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PROBES: Final = [ADDRESS, ADDRESS, ADDRESS, NUMBER]
"""Tables, probes, queries and how many there are."""

_TAKEN: Final[dict[str, list[Any]]] = {
    "hm_probe": [*_PROBES, NUMBER, NUMBER, ADDRESS, ADDRESS],
    "hm_join": [*_PROBES, NUMBER, ADDRESS],
    "hm_ranges": [*_PROBES, NUMBER, ADDRESS],
    "hm_fill": [ADDRESS, *[NUMBER] * 5, ADDRESS, ADDRESS, ADDRESS],
    "hm_chain": [ADDRESS] * 5,
}

_NO_MEMORY: Final = 1
_DAMAGED: Final = {
    2: "a table names a code that does not exist",
    3: "the buckets of a table are out of order",
}

_NO_PAIRS: "Final[NDArray[np.int64]]" = np.empty((0, 3), np.int64)
"""What nearly every search finds: made once."""


class Found(ctypes.Structure):
    """Pairs that a search found, in memory of the library."""

    _fields_ = (("pairs", ADDRESS), ("count", NUMBER), ("room", NUMBER), ("refused", NUMBER))


@cache
def calls() -> ctypes.CDLL:
    """The functions, ready to be called.

    Raises:
        MissingExtraError: there is no library.
    """
    found = library()
    if found is None:
        msg = f"{SLOW} ({reason()})"
        raise MissingExtraError(msg)
    for name, taken in _TAKEN.items():
        function = found.calls[name]
        function.argtypes, function.restype = taken, STATUS
        # `library.hm_probe` is another object than `library["hm_probe"]`.
        setattr(found.calls, name, function)
    found.calls.hm_release.argtypes, found.calls.hm_release.restype = [ADDRESS], None
    return found.calls


def check(status: int) -> None:
    """Raise what a call returned.

    Raises:
        MemoryError: there is none left.
        ValueError: the tables are damaged.
    """
    if status == _NO_MEMORY:
        raise MemoryError
    if status:
        raise ValueError(_DAMAGED[status])


def taken(found: Found) -> "NDArray[np.int64]":
    """The pairs, (n, 3) int64 query, row, distance; the library's memory is freed."""
    if not found.pairs:
        return _NO_PAIRS
    try:
        held = (NUMBER * (3 * found.count)).from_address(found.pairs)
        return np.frombuffer(held, np.int64).reshape(-1, 3).copy()
    finally:
        calls().hm_release(ctypes.byref(found))
