"""Hyper-V's disks (VHDX): dynamic, fixed and differencing. Their log is not replayed.

After Microsoft's specification (MS-VHDX).
"""

import struct
import uuid
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, exactly
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.checksums import crc32c
from hashmatch.sources.diskimage.containers.bitmaps import runs_of_bits
from hashmatch.sources.diskimage.containers.blocks import (
    PARENT,
    STORED,
    ZEROS,
    BlockImage,
    Piece,
    States,
)
from hashmatch.sources.diskimage.containers.tables import Table

SIGNATURE: Final = b"vhdxfile"
_MIB: Final = 1 << 20
_HEADERS: Final = (64 << 10, 128 << 10)
_REGIONS: Final = (192 << 10, 256 << 10)
_REGION_TABLE: Final = 64 << 10
_MOST_ENTRIES: Final = 2047
_BAT: Final = "2dc27766-f623-4200-9d64-115e9bfd4a08"
_METADATA: Final = "8b7ca206-4790-4b9a-b8fe-575f050f886e"
_PARAMETERS: Final = "caa16737-fa36-4d43-b3b6-33f0aa44e76b"
_SIZE: Final = "2fa54224-cd1b-4876-b211-5dbed83bf4b8"
_SECTOR: Final = "8141bf1d-a96f-4709-ba47-f233a8faab5f"
_PARENT: Final = "a8d35f2d-b30b-454d-abf7-d3d84834ab0c"
_LONGEST_ITEM: Final = 64 << 10
_STATE: Final = 7
_NOT_PRESENT, _UNDEFINED, _ZERO, _UNMAPPED, _FULL, _PARTIAL = 0, 1, 2, 3, 6, 7
_SECTORS_PER_BITMAP: Final = 1 << 23
_NAMES: Final = ("relative_path", "volume_path", "absolute_win32_path")


class _Header(NamedTuple):
    """One of the two headers of which the newer one counts.

    Attributes:
        sequence: the newer one has the higher one.
        data: 16 bytes that change when the disk is written to.
        log: 16 bytes, all zeros where the log is empty.
    """

    sequence: int
    data: bytes
    log: bytes


class Vhdx(BlockImage):
    """A medium in a VHDX.

    Attributes:
        written: 16 bytes that change when the disk is written to.
    """

    def __init__(self, file: Bytes, beside: Beside) -> None:
        """Read what describes it, and open the image that it builds on.

        Raises:
            OSError: a file cannot be read.
            UnreadableError: it is damaged, or the image that it builds on is missing.
        """
        header = _newest_header(file)
        regions = _regions(file)
        metadata = _metadata(file, regions)
        block, flags = struct.unpack_from("<LL", _item(file, metadata, _PARAMETERS, 8))
        (size,) = struct.unpack_from("<Q", _item(file, metadata, _SIZE, 8))
        (sector,) = struct.unpack_from("<L", _item(file, metadata, _SECTOR, 4))
        if sector not in (512, 4096) or not block or block % _MIB:
            raise UnreadableError(
                Reason.DAMAGED,
                f"{file.name}: no VHDX has blocks of {block:,} and sectors of {sector:,}",
            )
        self.written = header.data
        differs = bool(flags & 2)
        parent = _parent(file, metadata, beside) if differs else None
        place, length = regions[_BAT]
        self._table = Table(file, place, length // 8, "<u8")
        self._ratio = max(_SECTORS_PER_BITMAP * sector // block, 1)
        listed = self._table.count - self._table.count // (self._ratio + 1)
        super().__init__(file.name, min(size, listed * block), block, parent)
        self._file, self._sector = file, sector
        if any(header.log):
            self.problems.append(
                f"{file.name} was not closed: its log holds changes that are not read; attach it "
                "to Hyper-V, or convert it, to have them written"
            )
        if self.size < size:
            self.problems.append(
                f"{file.name} says that its disk has {size:,} bytes, and lists {self.size:,}"
            )

    def block(self, number: int) -> tuple[Bytes | None, int]:
        """What a block lies in, and where."""
        entry = self._entry(number)
        return (self._file, entry & -_MIB) if entry & _STATE >= _FULL else (None, 0)

    def pieces(self, number: int, start: int, size: int) -> Iterator[Piece]:
        """Where bytes of a block lie: of one that is partly there, each sector here or below."""
        entry = self._entry(number)
        state, place, begin = entry & _STATE, entry & -_MIB, number * self.block_size
        if state == _FULL or (state == _PARTIAL and self._below is None):
            yield self._file, place + start, size
        elif state == _PARTIAL:
            chunk, within = divmod(number, self._ratio)
            bitmap = self._table[(chunk + 1) * (self._ratio + 1) - 1] & -_MIB
            length = self.block_size // self._sector // 8
            bits = exactly(self._file, bitmap + within * length, length)
            runs = runs_of_bits(bits, start, size, self._sector, most_first=False)
            for is_own, at, count in runs:
                own = (self._file, place + at, count)
                yield own if is_own else self.below(begin + at, count)
        elif state == _NOT_PRESENT:
            yield self.below(begin + start, size)
        elif state in (_UNDEFINED, _ZERO, _UNMAPPED):
            yield None, 0, size
        else:
            raise UnreadableError(
                Reason.DAMAGED, f"{self.name}: block {number:,} is in the unknown state {state}"
            )

    def states(self) -> Iterator[States]:
        """Which blocks are stored, are zeros, or those of the image below."""
        for first, entries in self._table.pages():
            places = np.arange(first, first + len(entries))
            # The last of each so many entries is that of a bitmap.
            payload = (places + 1) % (self._ratio + 1) != 0
            states = (entries & np.uint64(_STATE))[payload]
            zeros = (states > _NOT_PRESENT) & (states <= _UNMAPPED)
            found = np.where(states == _NOT_PRESENT, PARENT, np.where(zeros, ZEROS, STORED))
            start = (first - first // (self._ratio + 1)) * self.block_size
            yield start, found.astype(np.uint8), self.block_size

    def _entry(self, number: int) -> int:
        return self._table[number + number // self._ratio]


def _newest_header(file: Bytes) -> _Header:
    found = []
    for place in _HEADERS:
        data = file.pread(place, 4096)
        if data[:4] != b"head" or not _is_whole(data):
            continue
        (sequence,) = struct.unpack_from("<Q", data, 8)
        found.append(_Header(sequence, data[32:48], data[48:64]))
    if not found:
        raise UnreadableError(Reason.DAMAGED, f"{file.name}: both headers of it (VHDX) are damaged")
    return max(found)


def _is_whole(data: bytes) -> bool:
    """Whether the checksum of a header or table is right."""
    return crc32c(data[:4] + bytes(4) + data[8:]) == int.from_bytes(data[4:8], "little")


def _regions(file: Bytes) -> dict[str, tuple[int, int]]:
    """Where the regions lie, by what they are."""
    for place in _REGIONS:
        data = file.pread(place, _REGION_TABLE)
        if data[:4] != b"regi" or not _is_whole(data):
            continue
        count = min(int.from_bytes(data[8:12], "little"), _MOST_ENTRIES)
        found = {}
        for at in range(16, min(16 + 32 * count, len(data) - 31), 32):
            offset, length = struct.unpack_from("<QL", data, at + 16)
            found[str(uuid.UUID(bytes_le=data[at : at + 16]))] = (offset, length)
        if {_BAT, _METADATA} <= set(found):
            return found
    raise UnreadableError(
        Reason.DAMAGED, f"{file.name}: both tables of its regions (VHDX) are damaged"
    )


def _metadata(file: Bytes, regions: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Where the items of the metadata lie, by what they are."""
    place, _ = regions[_METADATA]
    data = exactly(file, place, _REGION_TABLE)
    if data[:8] != b"metadata":
        raise UnreadableError(Reason.DAMAGED, f"{file.name}: its metadata (VHDX) are damaged")
    count = min(int.from_bytes(data[10:12], "little"), _MOST_ENTRIES)
    found = {}
    for at in range(32, min(32 + 32 * count, len(data) - 31), 32):
        offset, length = struct.unpack_from("<LL", data, at + 16)
        found[str(uuid.UUID(bytes_le=data[at : at + 16]))] = (place + offset, length)
    return found


def _item(file: Bytes, items: Mapping[str, tuple[int, int]], which: str, least: int) -> bytes:
    place, length = items.get(which, (0, 0))
    if not least <= length <= _LONGEST_ITEM:
        raise UnreadableError(Reason.DAMAGED, f"{file.name}: its metadata (VHDX) are not whole")
    return exactly(file, place, length)


def _parent(file: Bytes, items: Mapping[str, tuple[int, int]], beside: Beside) -> Bytes:
    """The image that a differencing one builds on."""
    data = _item(file, items, _PARENT, 20)
    (count,) = struct.unpack_from("<H", data, 18)
    found = {}
    for at in range(20, min(20 + 12 * count, len(data) - 11), 12):
        key, value, key_length, value_length = struct.unpack_from("<LLHH", data, at)
        name = data[key : key + key_length].decode("utf-16-le", "replace")
        found[name] = data[value : value + value_length].decode("utf-16-le", "replace")
    names = [found[name] for name in _NAMES if found.get(name)]
    if not names:
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name} builds on another disk (VHDX), and does not name it"
        )
    there = [name for name in names if beside.has(name.replace("\\", "/").split("/")[-1])]
    parent = beside.parent((there or names)[0])
    wanted = [
        found[each].strip("{}").lower() for each in found if each.startswith("parent_linkage")
    ]
    own = getattr(parent, "written", b"")
    if own and wanted and str(uuid.UUID(bytes_le=own)) not in wanted:
        detail = (
            f"{parent.name} is not the disk (VHDX) that {file.name} was made from, or was written "
            "to since: put the right one in the same folder"
        )
        raise UnreadableError(Reason.DAMAGED, detail)
    return parent


def open_vhdx(file: Bytes, beside: Beside) -> Vhdx:
    """The medium in a VHDX.

    Raises:
        OSError: a file cannot be read.
        UnreadableError: it is damaged, or the image that it builds on is missing.
    """
    return Vhdx(file, beside)
