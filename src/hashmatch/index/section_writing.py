"""Our file of arrays, written: beside and renamed, so that there is never half of one.

Arrays that are too large to be held are made piece by piece while they are written. What a file
is, `hashmatch.index.sections` says.
"""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from uuid import uuid4

import numpy as np

from hashmatch.files.whole import sync_folder
from hashmatch.index.header import MOST_HEADER, Section
from hashmatch.search.made import Made

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC: Final = b"hashmatch-arrays"
VERSION: Final = 1
BLOCK: Final = 1 << 14
"""Bytes under one checksum: small enough to be checked when a search first touches it."""

PREFIX: Final = struct.Struct("<IIQI")
_ALIGNED: Final = 64
_AT_ONCE: Final = 1 << 18
"""Bytes that are written at once: for many megabytes Linux looks for as large pieces of memory,
which takes three times as long."""
_LONGEST_CRC: Final = 0xFFFFFFFF


def write_sections(
    path: Path,
    arrays: "Mapping[str, NDArray[Any]]",
    meta: Mapping[str, Any],
    made: Sequence[Made] = (),
) -> str:
    """Write a file of arrays, or leave what was there: never half a file.

    Args:
        path: of the file; written beside and renamed, readable by its owner alone.
        arrays: by name, of unsigned or signed numbers or floats.
        meta: what JSON can hold.
        made: further arrays, which follow.

    Returns:
        The SHA-256 of the file, in hex.
    """
    shapes = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
    for each in made:
        shapes |= each.shapes
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        opened = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w+b") as file:
            draft = _Draft(file, shapes, meta)
            for name, array in arrays.items():
                draft.put(name, array)
            for each in made:
                for name, rows in each.pieces():
                    draft.put(name, rows)
            draft.finish()
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        beside.replace(path)
        sync_folder(path.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return digest


class _Draft:
    """A file whose arrays are being written."""

    def __init__(
        self,
        file: IO[bytes],
        shapes: Mapping[str, tuple[str, tuple[int, ...]]],
        meta: Mapping[str, Any],
    ) -> None:
        self._file, self._meta = file, meta
        place, sections = 0, []
        for name, (dtype, shape) in shapes.items():
            sections.append(Section(name, dtype, shape, aligned(place)))
            place = sections[-1].at + sections[-1].bytes
        self._header = [
            {"name": each.name, "dtype": each.dtype, "shape": list(each.shape), "at": each.at}
            for each in sections
        ]
        # The checksum that the header holds is known last: the longest one leaves room for any.
        self._room = len(self._head(_LONGEST_CRC))
        if self._room > MOST_HEADER:
            msg = (
                f"a header of {self._room:,} bytes: the list has too many different metadata values"
            )
            raise ValueError(msg)
        blocks = sum(blocks_of(each) for each in sections)
        self._base = aligned(len(MAGIC) + PREFIX.size + self._room + 4 * blocks)
        self._size = self._base + place
        self._columns = {each.name: _Column(each, self._base) for each in sections}

    def _head(self, crc: int) -> bytes:
        described = {"meta": dict(self._meta), "sections": self._header, "table": crc}
        return json.dumps(described, separators=(",", ":")).encode()

    def put(self, name: str, rows: "NDArray[Any]") -> None:
        """Write the next rows of an array."""
        data = np.ascontiguousarray(rows).reshape(-1).view(np.uint8).data
        column = self._columns[name]
        self._file.seek(column.place)
        for at in range(0, len(data), _AT_ONCE):
            piece = data[at : at + _AT_ONCE]
            column.take(piece)
            self._file.write(piece)

    def finish(self) -> None:
        """Write the header, once all arrays are there."""
        table = np.array([crc for each in self._columns.values() for crc in each.finish()], "<u4")
        head = self._head(zlib.crc32(table.data)).ljust(self._room)
        prefix = PREFIX.pack(VERSION, len(head), self._size, zlib.crc32(head))
        self._file.truncate(self._size)
        self._file.seek(0)
        self._file.write(b"".join((MAGIC, prefix, head, table.tobytes())))


class _Column:
    """An array that is being written, with the checksums of its blocks.

    Attributes:
        place: where its next bytes belong.
    """

    def __init__(self, section: Section, base: int) -> None:
        self._name, self.place = section.name, base + section.at
        self._left = section.bytes
        self._checksums: list[int] = []
        self._crc, self._filled = 0, 0

    def take(self, data: memoryview) -> None:
        """Go on by these bytes."""
        at = 0
        self.place += len(data)
        self._left -= len(data)
        while at < len(data):
            block = data[at : at + BLOCK - self._filled]
            self._crc = zlib.crc32(block, self._crc)
            self._filled += len(block)
            at += len(block)
            if self._filled == BLOCK:
                self._end_block()

    def _end_block(self) -> None:
        self._checksums.append(self._crc)
        self._crc, self._filled = 0, 0

    def finish(self) -> list[int]:
        """The checksums of all its blocks."""
        if self._left:
            msg = f"{self._name} was not made to its end"
            raise ValueError(msg)
        if self._filled:
            self._end_block()
        return self._checksums


def aligned(place: int) -> int:
    """The next place where an array may start."""
    return -(-place // _ALIGNED) * _ALIGNED


def blocks_of(section: Section) -> int:
    """How many blocks an array has, each with a checksum."""
    return -(-section.bytes // BLOCK)
