"""What the arrays of a segment must be, by what its header says: checked before any is read.

Whoever knows this source code can write a file with right checksums that says anything. What is
too long, too short, of another kind or not there at all must be an error, never a search that
finds less.
"""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn

from hashmatch.hashlists.values import DIGEST_BYTES
from hashmatch.index import digests
from hashmatch.model import bits_of, patch
from hashmatch.search import mih
from hashmatch.search.kernels.tables import PADDING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]
    Limit = Callable[[str, float], object]

SEARCH: Final = ".search."
"""Separates the name of an algorithm from that of an array that searches it."""

_TABLES: Final = ("bounds", "offsets", "entries", "signatures")
_NOTHING: Final = 0


def check_structure(arrays: "Arrays", meta: Mapping[str, Any], limit: "Limit") -> None:
    """Nothing, if arrays of these dtypes and shapes can be a segment.

    Args:
        arrays: of a segment; their numbers are not read.
        meta: what they refer to.
        limit: called with each array of numbers that refer to something, and how many of that
            there are: all its numbers must be below.

    Raises:
        ValueError: they cannot.
    """
    _check_meta(meta)
    expected = _Expected(arrays, limit)
    count = expected.length("number")
    expected.column("number", "<u4", count)
    expected.column("class", "<u4", count, below=len(meta["classes"]))
    for name in ("id", "details"):
        if expected.has(name):
            expected.texts(name, count)
    if "source" in arrays:
        expected.column("source", "<u4", count, below=len(meta["sources"]))
    rejected = expected.length("quarantined.number")
    expected.column("quarantined.number", "<u8", rejected)
    expected.column("quarantined.reason", "<u4", rejected, below=len(meta["reasons"]))
    for name, width in DIGEST_BYTES.items():
        if expected.has(name):
            expected.digests(name, width, count)
    for name in meta["algorithms"]:
        expected.hashes(name, count, len(meta["parts"]))


def _check_meta(meta: Mapping[str, Any]) -> None:
    for name in ("algorithms", "parts", "sources", "reasons", "sparse"):
        texts = meta.get(name, [] if name == "sparse" else None)  # older versions wrote no "sparse"
        if type(texts) is not list or not all(type(each) is str for each in texts):
            _refuse(f"{name} are not texts")
        if name != "reasons" and len(set(texts)) < len(texts):
            _refuse(f"{name} are not distinct")
    classes = meta.get("classes")
    if type(classes) is not list or not all(map(_is_class, classes)):
        _refuse("classes are not valid")
    if not set(meta.get("sparse", ())) <= set(meta["algorithms"]):
        _refuse("sparse names algorithms that the list does not have")
    if not meta["sources"]:
        _refuse("there is no source")


def _is_class(value: object) -> bool:
    return type(value) is list and [type(each) for each in value] == [str, str, bool]


class _Expected:
    """Arrays, one after another compared with what they must be."""

    def __init__(self, arrays: "Arrays", limit: "Limit") -> None:
        self._arrays = arrays
        self._limit = limit

    def has(self, name: str) -> bool:
        """Whether there is any array of this name."""
        return any(each.startswith(f"{name}.") for each in self._arrays)

    def length(self, name: str) -> int:
        if name not in self._arrays:
            _refuse(f"{name} is missing")
        return len(self._arrays[name])

    def column(
        self, name: str, dtype: str, *shape: int | None, below: float | None = None
    ) -> tuple[int, ...]:
        """Compare one array; a length of None may be any."""
        self.length(name)
        array = self._arrays[name]
        fits = len(shape) == array.ndim and all(
            wanted in (None, there) for wanted, there in zip(shape, array.shape, strict=False)
        )
        if array.dtype.str != dtype or not fits:
            _refuse(f"{name} has another kind or shape")
        if below is not None:
            self._limit(name, below)
        return array.shape

    def texts(self, name: str, count: int) -> None:
        (size,) = self.column(f"{name}.bytes", "|u1", None)
        self.column(f"{name}.offsets", "<u8", count + 1, below=size + 1)

    def digests(self, name: str, width: int, entries: int) -> None:
        count = self.length(f"{name}.rows")
        self.column(f"{name}.rows", "<u4", count, below=entries)
        self.column(f"{name}.values", "|u1", count, width)
        self.column(f"{name}.keys", "<u8", count)
        self.column(f"{name}.order", "<u4", count, below=count)
        starts = digests.buckets_of(count) + 1
        self.column(f"{name}.starts", "<u8", starts, below=count + 1)

    def hashes(self, name: str, entries: int, parts: int) -> None:
        count = self.length(f"{name}.rows")
        self.column(f"{name}.rows", "<u4", count, below=entries)
        self.column(f"{name}.quality", "|u1", count)
        if f"{name}.part" in self._arrays:
            self.column(f"{name}.part", "<u4", count, below=parts)
        if f"{name}.time" in self._arrays:
            self.column(f"{name}.time", "<f4", count, below=math.inf)
        if (f"{name}.place" in self._arrays) is not (name == patch.ALGORITHM):
            _refuse(f"{name}.place is missing, or there is one that belongs to nothing")
        if name == patch.ALGORITHM:
            self.column(f"{name}.place", "|u1", count, patch.PLACE)
        if f"{name}.unique" not in self._arrays:
            if bits_of(name) is not None:
                _refuse(f"{name}.unique is missing")
            self.texts(name, count)
            return
        distinct, width = self.column(f"{name}.unique", "|u1", None, None)
        bits = bits_of(name)
        if width != (width or -1 if bits is None else -(-bits // 8)) or not distinct <= count:
            _refuse(f"{name}.unique has another kind or shape")
        self.column(f"{name}.starts", "<u4", distinct + 1, below=count + 1)
        self.column(f"{name}.owners", "<u4", count, below=count)
        self.column(f"{name}.code", "<u4", count, below=distinct)
        there = [each for each in _TABLES if f"{name}{SEARCH}{each}" in self._arrays]
        if there:
            self._tables(name + SEARCH, distinct, width)

    def _tables(self, prefix: str, distinct: int, width: int) -> None:
        (chunks,) = self.column(f"{prefix}bounds", "<i8", None)
        chunks -= 1
        self.column(f"{prefix}offsets", "<u4", None, below=distinct + 1)
        if not mih.supports(width) or chunks < 1:
            _refuse(f"{prefix}bounds are impossible")
        self.column(f"{prefix}entries", "<u4", chunks * distinct, below=distinct)
        held = min(width // 8, 2)
        rows, _ = self.column(f"{prefix}signatures", "<u8", None, held)
        if rows not in (_NOTHING, chunks * distinct + PADDING):
            _refuse(f"{prefix}signatures has another kind or shape")


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)
