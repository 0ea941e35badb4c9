"""The header of our file of arrays, taken for nothing that it does not prove to be."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

MOST_HEADER: Final = 1 << 26
"""Bytes of a header. As Python objects it may take twenty times as much."""

_DTYPES: Final = frozenset({"|u1", "<u2", "<u4", "<u8", "<i4", "<i8", "<f4", "<f8"})
_MOST_DIMENSIONS: Final = 3
_LARGEST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Section:
    """One array of a file.

    Attributes:
        name: of the array.
        dtype: of its numbers, as NumPy writes it.
        shape: of the array.
        at: where it starts, in bytes from the first section.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    at: int

    @property
    def bytes(self) -> int:
        """How many bytes it takes."""
        return math.prod(self.shape) * int(self.dtype[2:])


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What a file says of itself.

    Attributes:
        meta: what was written with the arrays.
        sections: the arrays, in their order.
        table: the CRC-32 of the table of checksums.
    """

    meta: Mapping[str, Any]
    sections: tuple[Section, ...]
    table: int


def parse_json(text: bytes) -> Any:  # noqa: ANN401 (any JSON value)
    """JSON that we wrote: no key twice in one object, no numbers that are none.

    Raises:
        ValueError: it is no such JSON.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except RecursionError:
        msg = "it is nested too deeply"
        raise ValueError(msg) from None


def read_header(text: bytes) -> FileHeader:
    """The header in these bytes.

    Raises:
        ValueError: it is none.
    """
    value = parse_json(text)
    if type(value) is not dict or value.keys() != {"meta", "sections", "table"}:
        _refuse("it has other fields than a header")
    meta, sections, table = value["meta"], value["sections"], value["table"]
    if type(meta) is not dict or type(sections) is not list or type(table) is not int:
        _refuse("its fields have wrong types")
    found = tuple(map(_section, sections))
    if len({each.name for each in found}) < len(found):
        _refuse("it names an array twice")
    return FileHeader(meta, found, table)


def _section(value: object) -> Section:
    if type(value) is not dict or value.keys() != {"name", "dtype", "shape", "at"}:
        _refuse("an array has other fields than an array")
    name, dtype, shape, at = (value[key] for key in ("name", "dtype", "shape", "at"))
    if type(name) is not str or dtype not in _DTYPES or not _is_size(at):
        _refuse("the fields of an array have wrong types")
    if type(shape) is not list or not 1 <= len(shape) <= _MOST_DIMENSIONS:
        _refuse("the shape of an array is not valid")
    if not all(map(_is_size, shape)) or math.prod(shape) > _LARGEST:
        _refuse("the shape of an array is not valid")
    return Section(name, dtype, tuple(shape), at)


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        _refuse("an object has a key twice")
    return found


def _no_number(name: str) -> NoReturn:
    _refuse(f"{name} is no number")


def _refuse(why: str) -> NoReturn:
    raise ValueError(why)
