"""Our file of arrays: checksummed in blocks, mapped and shared, written beside and renamed.

A file is, little-endian: 16 bytes of magic; a prefix of version, header length, file length and
CRC-32 of the header; the header, JSON that names every section with dtype, shape and place; the
CRC-32 of every block of every section; the sections, each at a multiple of 64 bytes. It holds
numbers and text, never code.
"""

import hashlib
import json
import math
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np

from hashmatch.errors import DamagedIndexError, IndexVersionError
from hashmatch.whole_files import sync_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAGIC = b"hashmatch-arrays"
VERSION = 1
BLOCK = 1 << 14
"""Bytes under one checksum: small enough to be checked when a search first touches it."""

_REST = 0.75
"""Once less than this share of an array is unchecked, all of it is checked: a reader that searches
again and again pays once, one that asks a single question only for what it touches."""

_PREFIX = struct.Struct("<IIQI")
_ALIGNED = 64
_DTYPES = frozenset({"|u1", "<u2", "<u4", "<u8", "<i4", "<i8", "<f4", "<f8"})


def write_sections(
    path: Path, arrays: "Mapping[str, NDArray[Any]]", meta: Mapping[str, Any]
) -> str:
    """Write a file of arrays, or leave what was there: never half a file.

    Args:
        path: of the file; written beside and renamed, readable by its owner alone.
        arrays: by name, of unsigned or signed numbers or floats.
        meta: what JSON can hold.

    Returns:
        The SHA-256 of the file, in hex.
    """
    laid = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    raw = {name: array.reshape(-1).view(np.uint8).data for name, array in laid.items()}
    checksums = [
        zlib.crc32(data[start : start + BLOCK])
        for data in raw.values()
        for start in range(0, len(data), BLOCK)
    ]
    sections, places, place = [], [], 0
    for name, array in laid.items():
        place = -(-place // _ALIGNED) * _ALIGNED
        shape = list(array.shape)
        sections.append({"name": name, "dtype": array.dtype.str, "shape": shape, "at": place})
        places.append(place)
        place += array.nbytes
    table = np.array(checksums, "<u4").tobytes()
    described = {"meta": dict(meta), "sections": sections, "table": zlib.crc32(table)}
    header = json.dumps(described, separators=(",", ":")).encode()
    base = _base(len(header), len(table))
    prefix = _PREFIX.pack(VERSION, len(header), base + place, zlib.crc32(header))
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            digest = hashlib.sha256()

            def put(data: bytes | memoryview) -> None:
                file.write(data)
                digest.update(data)

            for head in (MAGIC, prefix, header, table):
                put(head)
            put(bytes(base - file.tell()))
            for at, data in zip(places, raw.values(), strict=True):
                put(bytes(base + at - file.tell()))
                put(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def _base(header: int, table: int) -> int:
    """Where the first section starts."""
    return -(-(len(MAGIC) + _PREFIX.size + header + table) // _ALIGNED) * _ALIGNED


class SectionFile:
    """A file of arrays, mapped: its pages are shared by all processes that read it.

    Attributes:
        path: of the file.
        meta: what was written with the arrays.
        arrays: by name. Check what you are about to read with `check`.
    """

    def __init__(self, path: Path) -> None:
        """Map a file; its header is checked now, its arrays when they are first used.

        Raises:
            DamagedIndexError: it is missing, cut off, or its header is damaged.
            IndexVersionError: a newer version of hashmatch wrote it.
        """
        self.path = path
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        except (OSError, ValueError) as error:
            msg = f"{path} cannot be opened: {getattr(error, 'strerror', None) or 'it is empty'}"
            raise DamagedIndexError(msg) from None
        described, checksums, base = self._header(size)
        self.meta: Mapping[str, Any] = described["meta"]
        self.arrays: dict[str, NDArray[Any]] = {}
        self._checksums: dict[str, NDArray[np.uint32]] = {}
        self._unchecked: dict[str, NDArray[np.bool_]] = {}
        try:
            self._lay_out(described["sections"], checksums, base)
        except (KeyError, TypeError, ValueError):
            raise _damaged(self.path, "its header") from None

    def _header(self, size: int) -> "tuple[Any, NDArray[np.uint32], int]":
        start = len(MAGIC) + _PREFIX.size
        if size < start or self._map[: len(MAGIC)] != MAGIC:
            raise _damaged(self.path, "its first bytes")
        version, length, whole, crc = _PREFIX.unpack(self._map[len(MAGIC) : start])
        if version > VERSION:
            msg = f"{self.path} was written by a newer hashmatch (file version {version})"
            raise IndexVersionError(msg)
        header = self._map[start : start + length]
        if size != whole or zlib.crc32(header) != crc:
            raise _damaged(self.path, "its header or its length")
        described = json.loads(header)
        blocks = sum(_blocks(section) for section in described["sections"])
        table = self._map[start + length : start + length + 4 * blocks]
        if zlib.crc32(table) != described["table"]:
            raise _damaged(self.path, "its table of checksums")
        return described, np.frombuffer(table, "<u4"), _base(length, 4 * blocks)

    def _lay_out(self, sections: Any, checksums: "NDArray[np.uint32]", base: int) -> None:  # noqa: ANN401 (JSON)
        at = 0
        for section in sections:
            name, shape = section["name"], tuple(section["shape"])
            if section["dtype"] not in _DTYPES:
                raise _damaged(self.path, "its header")
            flat = np.frombuffer(
                self._map, section["dtype"], math.prod(shape), base + section["at"]
            )
            self.arrays[name] = flat.reshape(shape)
            blocks = _blocks(section)
            self._checksums[name] = checksums[at : at + blocks]
            self._unchecked[name] = np.ones(blocks, np.bool_)
            at += blocks

    def check(self, name: str, start: int = 0, stop: int | None = None) -> None:
        """Check rows of an array against their checksums, unless that was done before.

        Raises:
            DamagedIndexError: they are damaged.
        """
        array, unchecked = self.arrays[name], self._unchecked[name]
        width = array.nbytes // len(array) if len(array) else 0
        stop = len(array) if stop is None else min(stop, len(array))
        first, last = start * width // BLOCK, -(-stop * width // BLOCK)
        self._check_blocks(name, first + np.flatnonzero(unchecked[first:last]))

    def check_rows(self, name: str, rows: "NDArray[np.int64]") -> None:
        """Check single rows of an array, as `check` does.

        Raises:
            DamagedIndexError: they are damaged.
        """
        self.check_ranges(name, np.stack((rows, rows + 1), axis=1))

    def check_ranges(self, name: str, ranges: "NDArray[np.int64]") -> None:
        """Check many ranges of rows of an array, as `check` does.

        Args:
            name: of the array.
            ranges: (ranges, 2) int64 first row and the row after the last.

        Raises:
            DamagedIndexError: they are damaged.
        """
        unchecked = self._unchecked[name]
        if not len(ranges) or not unchecked.any():
            return
        width = self.arrays[name].nbytes // len(self.arrays[name])
        first, last = ranges[:, 0] * width // BLOCK, -(-ranges[:, 1] * width // BLOCK)
        steps = np.zeros(len(unchecked) + 1, np.int32)
        np.add.at(steps, first, 1)
        np.add.at(steps, np.minimum(last, len(unchecked)), -1)
        touched = np.cumsum(steps[:-1]) > 0
        if unchecked.mean() < _REST:
            touched[:] = True
        self._check_blocks(name, np.flatnonzero(touched & unchecked))

    def _check_blocks(self, name: str, blocks: "NDArray[np.intp]") -> None:
        if not len(blocks):
            return
        raw = self.arrays[name].reshape(-1).view(np.uint8).data
        for block in blocks.tolist():
            if zlib.crc32(raw[block * BLOCK : (block + 1) * BLOCK]) != self._checksums[name][block]:
                raise _damaged(self.path, name)
            self._unchecked[name][block] = False

    def checked(self, name: str) -> bool:
        """Whether the whole array has been checked."""
        return not self._unchecked[name].any()

    def sha256(self) -> str:
        """The SHA-256 of the file as it is now, in hex."""
        return hashlib.sha256(self._map).hexdigest()


def _damaged(path: Path, what: str) -> DamagedIndexError:
    return DamagedIndexError(f"{path} is damaged: {what}; restore or rebuild it")


def _blocks(section: Mapping[str, Any]) -> int:
    size: int = math.prod(section["shape"]) * int(section["dtype"][2:])
    return -(-size // BLOCK)
