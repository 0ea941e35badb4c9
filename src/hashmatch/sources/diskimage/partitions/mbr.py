"""The partition table of a master boot record, with logical partitions (MBR)."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from hashmatch.sources.diskimage.base import SECTOR, Bytes
from hashmatch.sources.diskimage.beginnings import LENGTH, may_begin
from hashmatch.sources.diskimage.partitions.base import Part, Table
from hashmatch.sources.diskimage.reading import read_around

SCHEME: Final = "mbr"
PROTECTIVE: Final = 0xEE
_EXTENDED: Final = (0x05, 0x0F, 0x85, 0x15, 0x1F, 0x91, 0xC5, 0xD5)
_TABLE: Final = 446
_MARK: Final = b"\x55\xaa"
_FIRST_LOGICAL: Final = 5
_MOST_LOGICAL: Final = 1024
_SECTORS: Final = (512, 4096, 2048, 1024)


class Entry(NamedTuple):
    """An entry of the table.

    Attributes:
        kind: what it is for; 0 of an empty one.
        start: its first sector.
        sectors: of it.
    """

    kind: int
    start: int
    sectors: int

    @property
    def is_used(self) -> bool:
        """Whether it is that of a partition: none begins where its table stands."""
        return bool(self.kind and self.start and self.sectors)


def entries_of(sector: bytes) -> list[Entry] | None:
    """The four entries in a boot record; None where it is none."""
    if sector[510:512] != _MARK:
        return None
    found = []
    for at in range(_TABLE, 510, 16):
        active, kind, start, count = struct.unpack_from("<B3xB3xLL", sector, at)
        if active not in (0, 0x80):
            return None
        found.append(Entry(kind, start, count))
    return found


def table_of(disk: Bytes) -> Table | None:
    """The table in the first sector of a disk; None where there is none.

    Raises:
        OSError: the disk cannot be read.
    """
    entries = entries_of(read_around(disk, 0, SECTOR)[0])
    used = [each for each in entries or () if each.is_used]
    sector = _sector_size(disk, used)
    if all(each.start * sector >= disk.size for each in used):
        return None
    table = Table(SCHEME)
    logical = _FIRST_LOGICAL
    for number, entry in enumerate(entries or (), 1):
        if not entry.is_used:
            continue
        if entry.kind not in _EXTENDED:
            table.parts.append(_part(number, entry.start, entry, sector))
            continue
        for start, part in _logical(disk, entry, sector, table.problems):
            table.parts.append(_part(logical, start, part, sector))
            logical += 1
    return table


def _part(number: int, start: int, entry: Entry, sector: int) -> Part:
    return Part(number, start * sector, entry.sectors * sector, f"{entry.kind:#04x}")


def _sector_size(disk: Bytes, used: list[Entry]) -> int:
    """Bytes per sector: that with which a file system or further table begins in an entry."""
    for size in _SECTORS:
        places = [each.start * size for each in used if each.start * size < disk.size]
        if any(may_begin(read_around(disk, place, LENGTH)[0]) for place in places):
            return size
    return SECTOR


def _logical(
    disk: Bytes, extended: Entry, sector: int, problems: list[str]
) -> Iterator[tuple[int, Entry]]:
    """The logical partitions of an extended one: their first sectors and their entries."""
    waiting, seen = [extended.start], set[int]()
    while waiting:
        place = waiting.pop(0)
        if place in seen or len(seen) >= _MOST_LOGICAL:
            problems.append(f"the chain of logical partitions is a loop at sector {place:,}")
            continue
        seen.add(place)
        entries = None
        if place * sector < disk.size:
            entries = entries_of(read_around(disk, place * sector, SECTOR)[0])
        if entries is None:
            problems.append(f"the chain of logical partitions breaks at sector {place:,}")
            continue
        for entry in entries:
            if not entry.is_used:
                continue
            if entry.kind in _EXTENDED:
                # Places of further tables count from the first, those of partitions from theirs.
                waiting.append(extended.start + entry.start)
            else:
                yield place + entry.start, entry
