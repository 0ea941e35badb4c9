"""Sparse extents of VMware's disks (VMDK): grains that tables of tables find."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import SECTOR, Bytes, exactly
from hashmatch.sources.diskimage.containers.blocks import (
    PARENT,
    STORED,
    ZEROS,
    BlockImage,
    States,
    Tables,
)
from hashmatch.sources.diskimage.containers.caching import Cache
from hashmatch.sources.diskimage.containers.expanding import ExpandError, inflate
from hashmatch.sources.diskimage.containers.tables import Table
from hashmatch.sources.diskimage.reading import Held

SIGNATURE: Final = b"KDMV"
SIGNATURE_OF_ESX: Final = b"COWD"
_AT_THE_END: Final = 0xFFFFFFFFFFFFFFFF
_SECOND_TABLE, _ZEROED, _COMPRESSED = 2, 4, 1 << 16
_DEFLATE: Final = 1
_ESX_ENTRIES: Final = 4096
_MARKER: Final = 12
_TABLES: Final = 64
_KEPT: Final = 4 << 20
_MOST_ENTRIES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Header:
    """What a sparse extent says of itself.

    Attributes:
        flags: of its kind.
        size: that it stands for, in bytes.
        grain: bytes of each grain.
        descriptor: place and size of the text that describes the disk; no size where there is none.
        entries: of each table of grains.
        tables: place of the table of those tables.
    """

    flags: int
    size: int
    grain: int
    descriptor: tuple[int, int]
    entries: int
    tables: int


def header_of(file: Bytes) -> Header:
    """The header of a sparse extent.

    Raises:
        OSError: it cannot be read.
        UnreadableError: it is none, or of a kind that is not read.
    """
    data = exactly(file, 0, SECTOR)
    if data[:4] == SIGNATURE_OF_ESX:
        flags, sectors, grain, tables = struct.unpack_from("<4L", data, 8)
        return Header(
            flags, sectors * SECTOR, grain * SECTOR, (0, 0), _ESX_ENTRIES, tables * SECTOR
        )
    header = _hosted(file, data)
    if header.tables == _AT_THE_END * SECTOR:
        # Of a disk that was written as a stream, it stands before the mark of its end.
        place = max(file.size - 2 * SECTOR, 0)
        at_end = _hosted(file, file.pread(place, SECTOR).ljust(SECTOR, b"\0"))
        return Header(
            *(at_end.flags, at_end.size, at_end.grain, header.descriptor),
            *(at_end.entries, at_end.tables),
        )
    return header


def _hosted(file: Bytes, data: bytes) -> Header:
    flags, capacity, grain, text, text_size = struct.unpack_from("<L4Q", data, 8)
    (entries,) = struct.unpack_from("<L", data, 44)
    second, first = struct.unpack_from("<QQ", data, 48)
    (how,) = struct.unpack_from("<H", data, 77)
    if data[:4] != SIGNATURE or not 0 < entries <= _MOST_ENTRIES:
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name} is no sparse extent of a VMware disk (VMDK), or is cut"
        )
    if flags & _COMPRESSED and how != _DEFLATE:
        raise UnreadableError(
            Reason.UNSUPPORTED, f"{file.name} is compressed in the unknown way {how}"
        )
    tables = (second if flags & _SECOND_TABLE and second else first) * SECTOR
    return Header(
        *(flags, capacity * SECTOR, grain * SECTOR, (text * SECTOR, text_size * SECTOR)),
        *(entries, tables),
    )


class SparseExtent(BlockImage):
    """A sparse extent of a VMDK."""

    def __init__(self, file: Bytes, parent: Bytes | None = None) -> None:
        """Read its header.

        Args:
            file: that holds it.
            parent: what it builds on, from its first byte on.

        Raises:
            OSError: it cannot be read.
            UnreadableError: it is damaged or of a kind that is not read.
        """
        header = header_of(file)
        per_table = header.grain * header.entries
        count = -(-header.size // per_table) if per_table else 0
        self._roots = Table(file, header.tables, count, "<u4")
        size = min(header.size, self._roots.count * per_table)
        super().__init__(file.name, size, header.grain, parent)
        self._file, self._header = file, header
        self._packed = bool(header.flags & _COMPRESSED)
        self._zeroed = bool(header.flags & _ZEROED)
        self._tables: Cache[Table] = Cache(_TABLES)
        self._expanded: Cache[Held] = Cache(_KEPT // header.grain)
        if size < header.size:
            self.problems.append(
                f"{file.name} says that it stands for {header.size:,} bytes, and lists {size:,}: "
                "it is cut or damaged"
            )

    def block(self, number: int) -> tuple[Bytes | None, int]:
        """What a grain lies in, and where."""
        sector = self._sector(number)
        if not sector:
            return None, 0
        if self._packed:
            return self._expanded.get(number, lambda: self._expand(number, sector * SECTOR)), 0
        return self._file, sector * SECTOR

    def pieces(self, number: int, start: int, size: int) -> Iterator[tuple[Bytes | None, int, int]]:
        """Where bytes of a grain lie."""
        sector = self._sector(number)
        if sector == 1 and self._zeroed:
            yield None, 0, size
        elif not sector:
            yield self.below(number * self.block_size + start, size)
        else:
            file, place = self.block(number)
            yield file, place + start, size

    def states(self) -> Iterator[States]:
        """Which grains are stored, are zeros, or those of the disk below."""
        tables = Tables(self._roots, self._header.entries, 0xFFFFFFFF, SECTOR)
        for first, states, count in tables.states(self._file.size, self._states_of):
            yield first * self.block_size, states, count * self.block_size

    def _states_of(self, number: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        for first, sectors in self._table(number, self._roots[number]).pages():
            states = np.where(sectors == 0, PARENT, STORED).astype(np.uint8)
            if self._zeroed:
                states[sectors == 1] = ZEROS
            yield first, states

    def _sector(self, number: int) -> int:
        which, index = divmod(number, self._header.entries)
        root = self._roots[which]
        return self._table(which, root)[index] if root else 0

    def _table(self, number: int, sector: int) -> Table:
        def make() -> Table:
            return Table(self._file, sector * SECTOR, self._header.entries, "<u4")

        return self._tables.get(number, make)

    def _expand(self, number: int, place: int) -> Held:
        marker = exactly(self._file, place, _MARKER)
        sector, size = struct.unpack("<QL", marker)
        length = min(self.block_size, self.size - number * self.block_size)
        made = b""
        if sector * SECTOR == number * self.block_size and size <= 2 * self.block_size:
            try:
                made = inflate(exactly(self._file, place + _MARKER, size), self.block_size)
            except ExpandError:
                made = b""
        if len(made) < length:
            raise UnreadableError(
                Reason.DAMAGED,
                f"{self.name}: what should be compressed grain {number:,} is damaged",
            )
        return Held(made, self.name)
