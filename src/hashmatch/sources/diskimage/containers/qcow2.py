"""QEMU's disks (QCOW2, versions 2 and 3)."""

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, Medium, exactly
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.containers import expanding
from hashmatch.sources.diskimage.containers.blocks import (
    PARENT,
    STORED,
    ZEROS,
    BlockImage,
    States,
    Tables,
)
from hashmatch.sources.diskimage.containers.caching import Cache
from hashmatch.sources.diskimage.containers.tables import Table
from hashmatch.sources.diskimage.reading import Held

SIGNATURE: Final = b"QFI\xfb"
_HEADER: Final = 72
_CLUSTERS: Final = range(9, 22)
_PLACE: Final = 0x00FFFFFFFFFFFE00
_PACKED: Final = 1 << 62
_IS_ZEROS: Final = 1
_DIRTY, _CORRUPT, _EXTERNAL, _COMPRESSION, _EXTENDED = 1, 2, 4, 8, 16
_ZSTANDARD: Final = 1
_FORMAT_OF_PARENT: Final = 0xE2792ACA
_LONGEST_NAME: Final = 1023
_TABLES: Final = 16
_KEPT: Final = 4 << 20


class Qcow2(BlockImage):
    """A medium in a QCOW2 image."""

    def __init__(self, file: Bytes, beside: Beside) -> None:
        """Read its header, and open the image that it builds on.

        Raises:
            OSError: a file cannot be read.
            UnreadableError: it is damaged, encrypted or of a kind that is not read.
        """
        header = file.pread(0, 112).ljust(112, b"\0")
        version, name_at, name_size, bits, size, crypt, count, table = struct.unpack_from(
            ">LQLLQLLQ", header, 4
        )
        (snapshots,) = struct.unpack_from(">L", header, 60)
        self._flags, self._zstandard = 0, False
        length = _HEADER
        if version >= 3:  # noqa: PLR2004 (what has these fields)
            (self._flags,) = struct.unpack_from(">Q", header, 72)
            (length,) = struct.unpack_from(">L", header, 100)
        _refuse(file, version, crypt, self._flags)
        if bits not in _CLUSTERS:
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name}: no QCOW2 image has clusters of 2^{bits} bytes"
            )
        if self._flags & _COMPRESSION:
            self._zstandard = header[104] == _ZSTANDARD
            if header[104] > _ZSTANDARD:
                raise UnreadableError(
                    Reason.UNSUPPORTED,
                    f"{file.name} is compressed in the unknown way {header[104]}",
                )
        self._bits, self._per_table = bits, 1 << bits - 3
        self._roots = Table(file, table, count, ">u8")
        there = self._roots.count << 2 * bits - 3
        super().__init__(
            *(file.name, min(size, there), 1 << bits),
            _parent(file, beside, name_at, name_size, length),
        )
        self._file = file
        self._tables: Cache[Table] = Cache(_TABLES)
        self._expanded: Cache[Held] = Cache(_KEPT >> bits)
        self._note(size, snapshots)

    def _note(self, size: int, snapshots: int) -> None:
        if self.size < size:
            self.problems.append(
                f"{self.name} says that its disk has {size:,} bytes, and lists {self.size:,}"
            )
        if snapshots:
            self.problems.append(
                f"{self.name} holds {snapshots:,} snapshots of earlier times, which are not read: "
                "`qemu-img convert -l` makes an image of each"
            )
        if self._flags & _CORRUPT:
            self.problems.append(f"{self.name} is marked as damaged by the program that wrote it")
        if self._flags & _DIRTY:
            self.problems.append(f"{self.name} was not closed by the program that wrote it")

    def block(self, number: int) -> tuple[Bytes | None, int]:
        """What a cluster lies in, and where."""
        entry = self._entry(number)
        if entry & _PACKED:
            return self._expanded.get(number, lambda: self._expand(number, entry)), 0
        if self._flags_of(entry) == ZEROS:
            return None, 0
        return self._file, entry & _PLACE

    def pieces(self, number: int, start: int, size: int) -> Iterator[tuple[Bytes | None, int, int]]:
        """Where bytes of a cluster lie."""
        entry = self._entry(number)
        if not entry & _PACKED and self._flags_of(entry) == PARENT:
            yield self.below(number * self.block_size + start, size)
        else:
            file, place = self.block(number)
            yield file, place + start if file else 0, size

    def states(self) -> Iterator[States]:
        """Which clusters are stored, are zeros, or those of the image below."""
        tables = Tables(self._roots, self._per_table, _PLACE, 1)
        for first, states, count in tables.states(self._file.size, self._states_of):
            yield first * self.block_size, states, count * self.block_size

    def _states_of(self, number: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        for first, entries in self._table_at(number, self._roots[number] & _PLACE).pages():
            packed = (entries & np.uint64(_PACKED)) != 0
            zeros = ((entries & np.uint64(_IS_ZEROS)) != 0) & ~packed
            stored = packed | ((entries & np.uint64(_PLACE)) != 0)
            states = np.where(zeros, ZEROS, np.where(stored, STORED, PARENT))
            yield first, states.astype(np.uint8)

    def _entry(self, number: int) -> int:
        root = self._roots[number // self._per_table] & _PLACE
        if not root:
            return 0
        return self._table_at(number // self._per_table, root)[number % self._per_table]

    def _table_at(self, number: int, place: int) -> Table:
        def make() -> Table:
            return Table(self._file, place, self._per_table, ">u8")

        return self._tables.get(number, make)

    @staticmethod
    def _flags_of(entry: int) -> int:
        if entry & _IS_ZEROS:
            return ZEROS
        return STORED if entry & _PLACE else PARENT

    def _expand(self, number: int, entry: int) -> Held:
        bits = 62 - (self._bits - 8)
        place = entry & (1 << bits) - 1
        sectors = (entry >> bits & (1 << self._bits - 8) - 1) + 1
        data = self._file.pread(place, sectors * 512 - place % 512) if place >= 0 else b""
        expand = expanding.expand_zstandard if self._zstandard else expanding.inflate_raw
        try:
            made = expand(data, self.block_size)
        except expanding.ExpandError:
            made = b""
        if len(made) < self.block_size:
            raise UnreadableError(
                Reason.DAMAGED,
                f"{self.name}: what should be compressed cluster {number:,} is damaged",
            )
        return Held(made, self.name)


def _refuse(file: Bytes, version: int, crypt: int, flags: int) -> None:
    if version == 1:
        detail = f"{file.name} is a QCOW image of version 1: convert it with `qemu-img convert`"
        raise UnreadableError(Reason.UNSUPPORTED, detail)
    if version not in (2, 3):
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name} is a QCOW image of the unknown version {version}"
        )
    if crypt:
        raise UnreadableError(Reason.ENCRYPTED, f"{file.name} is an encrypted QCOW2 image")
    if flags & _EXTERNAL:
        detail = f"{file.name} keeps its data in another file: open that one as a raw image"
        raise UnreadableError(Reason.UNSUPPORTED, detail)
    if flags & _EXTENDED:
        detail = f"{file.name} has extended L2 entries: convert it with `qemu-img convert`"
        raise UnreadableError(Reason.UNSUPPORTED, detail)
    if flags & ~(_DIRTY | _CORRUPT | _COMPRESSION):
        raise UnreadableError(
            Reason.UNSUPPORTED, f"{file.name} has features of QCOW2 that are not known: {flags:#x}"
        )


def _parent(file: Bytes, beside: Beside, place: int, size: int, header: int) -> Medium | None:
    """The image that this one builds on; None where it builds on none."""
    if not place:
        return None
    if not 0 < size <= _LONGEST_NAME:
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name}: the name of the image that it builds on is damaged"
        )
    name = exactly(file, place, size).decode("utf-8", "surrogateescape")
    data = file.pread(header, 4096)
    kind, at = "", 0
    while at + 8 <= len(data):
        which, length = struct.unpack_from(">LL", data, at)
        if which == _FORMAT_OF_PARENT:
            kind = data[at + 8 : at + 8 + length].decode("ascii", "replace")
        if not which:
            break
        at += 8 + (length + 7) // 8 * 8
    # A raw image may hold what looks like another container, as its user wrote it there.
    return beside.parent(name, "raw" if kind == "raw" else "")


def open_qcow2(file: Bytes, beside: Beside) -> Qcow2:
    """The medium in a QCOW2 image.

    Raises:
        OSError: a file cannot be read.
        UnreadableError: it is damaged, encrypted or of a kind that is not read, or the image that
            it builds on is missing.
    """
    return Qcow2(file, beside)
