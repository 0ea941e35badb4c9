"""GUID partition tables (GPT): the one at the beginning of a disk, or its copy at the end."""

import struct
import uuid
import zlib
from dataclasses import dataclass
from typing import Final

from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.partitions.base import Part, Table
from hashmatch.sources.diskimage.reading import read_around

SCHEME: Final = "gpt"
_SIGNATURE: Final = b"EFI PART"
_HEADER: Final = 92
_SECTORS: Final = (512, 4096, 2048, 1024)
_MOST_ENTRIES: Final = 16384
_ENTRY_SIZES: Final = range(128, 4097)
_NO_KIND: Final = bytes(16)


@dataclass(frozen=True, slots=True)
class _Copy:
    """One of the two tables.

    Attributes:
        other: where the other one's header stands, in sectors.
        parts: the partitions.
        is_whole: whether both checksums are right.
    """

    other: int
    parts: list[Part]
    is_whole: bool


def table_of(disk: Bytes) -> Table | None:
    """The table of a disk; None where there is none at the beginning and none at the end.

    Raises:
        OSError: the disk cannot be read.
    """
    for sector in _SECTORS:
        first = _copy(disk, sector, sector)
        last = None
        if first is not None:
            last = _copy(disk, first.other * sector, sector)
        last = last or _copy(disk, disk.size // sector * sector - sector, sector)
        if first is not None or (last is not None and last.is_whole):
            return _table(first, last)
    return None


def _table(first: _Copy | None, last: _Copy | None) -> Table:
    problems = []
    if first is None:
        problems.append("the partition table at the beginning is missing: its copy is used")
    elif not first.is_whole:
        used = "its copy is used" if last and last.is_whole else "it is used as it is"
        problems.append(f"the checksum of the partition table is wrong: {used}")
    if last is None:
        problems.append("the copy of the partition table at the end is missing")
    elif not last.is_whole:
        problems.append("the checksum of the copy of the partition table is wrong")
    elif first and first.is_whole and first.parts != last.parts:
        problems.append("the partition table and its copy differ: the first one is used")
    whole = [each for each in (first, last) if each and each.is_whole]
    best = whole[0] if whole else first or last
    parts = best.parts if best else []
    return Table(SCHEME, parts, problems, is_sure=bool(whole))


def _copy(disk: Bytes, place: int, sector: int) -> _Copy | None:
    if not 0 < place <= disk.size - sector:
        return None
    block = read_around(disk, place, sector)[0]
    if block[:8] != _SIGNATURE:
        return None
    length, told = struct.unpack_from("<LL", block, 12)
    (other,) = struct.unpack_from("<Q", block, 32)
    (start,) = struct.unpack_from("<Q", block, 72)
    count, size, entries_told = struct.unpack_from("<LLL", block, 80)
    header = block[:16] + bytes(4) + block[20 : max(min(length, sector), _HEADER)]
    is_whole = zlib.crc32(header) == told
    if size not in _ENTRY_SIZES or start * sector >= disk.size:
        return _Copy(other, [], is_whole=False)
    count = min(count, _MOST_ENTRIES)
    data = read_around(disk, start * sector, count * size)[0]
    is_whole = is_whole and zlib.crc32(data) == entries_told
    parts = []
    for number in range(len(data) // size):
        part = _part(number + 1, data[number * size : number * size + 128], sector)
        if part is not None:
            parts.append(part)
    return _Copy(other, parts, is_whole)


def _part(number: int, entry: bytes, sector: int) -> Part | None:
    first, last = struct.unpack_from("<QQ", entry, 32)
    if entry[:16] == _NO_KIND or last < first:
        return None
    name = entry[56:128].decode("utf-16-le", "replace").split("\0", 1)[0]
    kind = str(uuid.UUID(bytes_le=entry[:16]))
    return Part(number, first * sector, (last - first + 1) * sector, kind, name)
