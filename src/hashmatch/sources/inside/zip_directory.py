"""The two lists of members that a zip archive has: its central directory, and local headers."""

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from hashmatch.sources.inside.base import Budget
from hashmatch.sources.inside.zip_names import fields_of, name_of, times_of

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64, _END64_PLACE, _DESCRIPTOR = b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"
_END_LENGTH: Final = 22
_LONGEST_COMMENT: Final = 65535
_CENTRAL_LENGTH: Final = 46
_LOCAL_LENGTH: Final = 30
_ALL16, _ALL32 = 0xFFFF, 0xFFFFFFFF
_ZIP64: Final = 0x0001
_CHUNK: Final = 1 << 20
_LONGEST_NAME: Final = 1 << 10
"""Bytes that a system allows a path, about: a longer name is searched as fields are."""
ENCRYPTED, DESCRIBED, STRONG = 1, 1 << 3, 1 << 6
"""Flags: encrypted; sizes and checksum stand behind the data; encrypted in another way."""


@dataclass(slots=True)
class DirectoryEntry:
    """A member, as one of the lists has it.

    Attributes:
        name: as it is read.
        flags: of the format.
        method: of compression.
        crc: of its bytes (CRC-32).
        packed: its bytes in the archive.
        size: its bytes.
        header: where its local header begins in the file.
        disk: in which part of a split archive that lies.
        date, time: as DOS has them.
        extra: its extra fields.
        data: where its bytes begin in the file; -1 where only its local header says so.
        is_open: whether nothing says where its bytes end.
        is_cut: whether its bytes end before they should, or nobody knows whether they do.
        more: bytes of the fields and the comment behind its name; with the name if that is longer
            than names are.
        end: where its record ends in the file; of one that only its local header names, where its
            data do.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int
    disk: int
    date: int
    time: int
    extra: bytes
    data: int = -1
    is_open: bool = False
    is_cut: bool = False
    more: int = 0
    end: int = -1

    @property
    def is_folder(self) -> bool:
        """Whether it is nothing but a folder."""
        return self.name.endswith(("/", "\\")) and not self.size and not self.packed

    @property
    def times(self) -> dict[str, str]:
        """Times that the archive states, by kind."""
        return times_of(self.date, self.time, self.extra)


@dataclass(frozen=True, slots=True)
class Directory:
    """The place of the central directory.

    Attributes:
        start: of it, in the file.
        size: of it.
        count: of its members.
        disk: number of this part of a split archive; 0 of a whole one.
        shift: bytes before the archive: what its offsets do not count. Negative where the first
            bytes of the archive are missing.
        end: where the record of the end begins, which names the others.
    """

    start: int
    size: int
    count: int
    disk: int
    shift: int
    end: int


def directory_of(file: BinaryIO) -> Directory | None:
    """The central directory; None where there is none, or its end does not say where it is."""
    size = file.seek(0, os.SEEK_END)
    begin = max(size - _END_LENGTH - _LONGEST_COMMENT, 0)
    file.seek(begin)
    tail = file.read(size - begin)
    at = len(tail)
    while (at := tail.rfind(END, 0, at)) >= 0:
        found = _directory_at(file, begin + at, tail[at : at + _END_LENGTH])
        if found is not None:
            return found
    return None


def _directory_at(file: BinaryIO, end: int, record: bytes) -> Directory | None:
    if len(record) < _END_LENGTH:
        return None
    disk, _, _, count, size, offset = struct.unpack_from("<4H2L", record, 4)
    place = end
    if _ALL16 in (disk, count) or _ALL32 in (size, offset):
        wide = _end64(file, end)
        if wide is not None:
            end, disk, count, size, offset = wide
    start = end - size
    if start < 0 or (count and _at(file, start, 4) != CENTRAL):
        # Something lies between the directory and its end: where it begins is said, too.
        start = offset
        if start + size > end or _at(file, start, 4) != CENTRAL:
            return None
    found = Directory(start, size, count, disk, start - offset, place)
    return found if found.shift >= 0 or _is_cut(file, found) else replace(found, shift=0)


def _is_cut(file: BinaryIO, directory: Directory) -> bool:
    """Whether members lie before their places, as where the first bytes are missing."""
    for entry in central_entries(file, directory):
        if entry.header >= 0:
            told = entry.header - directory.shift
            return _at(file, entry.header, 4) == LOCAL != _at(file, told, 4)
    return False


def _end64(file: BinaryIO, end: int) -> tuple[int, int, int, int, int] | None:
    place = _at(file, end - 20, 20) if end >= 20 else b""  # noqa: PLR2004
    if place[:4] != _END64_PLACE:
        return None
    (told,) = struct.unpack_from("<Q", place, 8)
    # Bytes before the archive are not counted: the record stands right before its place, too.
    for at in (told, end - 20 - 56):
        record = _at(file, at, 56) if 0 <= at < end else b""
        if len(record) == 56 and record[:4] == _END64:  # noqa: PLR2004
            disk, _, _, count, size, offset = struct.unpack_from("<2L4Q", record, 16)
            return at, disk, count, size, offset
    return None


def _at(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


def central_entries(file: BinaryIO, directory: Directory) -> Iterator[DirectoryEntry]:
    """The members that the central directory lists, until it ends or is no directory any more."""
    place, end = directory.start, directory.start + directory.size
    buffer, at = b"", 0
    while True:
        if len(buffer) - at < _CENTRAL_LENGTH + 3 * _ALL16 and place < end:
            file.seek(place)
            more = file.read(min(_CHUNK, end - place))
            if not more:
                end = place
            buffer, at, place = buffer[at:] + more, 0, place + len(more)
        entry, at = _central(buffer, at, directory.shift)
        if entry is None:
            return
        entry.end = place - len(buffer) + at
        yield entry


def _central(buffer: bytes, at: int, shift: int) -> tuple[DirectoryEntry | None, int]:
    if buffer[at : at + 4] != CENTRAL or len(buffer) - at < _CENTRAL_LENGTH:
        return None, at
    numbers = struct.unpack_from("<6H3L5H2L", buffer, at + 4)
    flags, method, time, date, crc, packed, size = numbers[2:9]
    of_name, of_extra, of_comment, disk, _, _, header = numbers[9:]
    at += _CENTRAL_LENGTH
    raw, extra = buffer[at : at + of_name], buffer[at + of_name : at + of_name + of_extra]
    if _ALL32 in (packed, size, header) or disk == _ALL16:
        size, packed, header, disk = _wide(extra, size, packed, header, disk)
    entry = DirectoryEntry(
        name_of(raw, flags, extra),
        *(flags, method, crc, packed, size, header + shift, disk, date, time, extra),
    )
    entry.more = of_extra + of_comment + of_name * (of_name > _LONGEST_NAME)
    return entry, at + of_name + of_extra + of_comment


def _wide(extra: bytes, size: int, packed: int, header: int, disk: int) -> tuple[int, ...]:
    """Numbers of more than 32 bits, which stand in an extra field, in place of all ones."""
    data = next((data for number, data in fields_of(extra) if number == _ZIP64), b"")
    values = []
    for value, most, length in (
        *((size, _ALL32, 8), (packed, _ALL32, 8)),
        *((header, _ALL32, 8), (disk, _ALL16, 4)),
    ):
        if value == most and len(data) >= length:
            values.append(int.from_bytes(data[:length], "little"))
            data = data[length:]
        else:
            values.append(value)
    return tuple(values)


def local_entry(file: BinaryIO, place: int) -> DirectoryEntry | None:
    """The member whose local header stands there, with `data`; None where none does."""
    record = _at(file, place, _LOCAL_LENGTH)
    if len(record) < _LOCAL_LENGTH or record[:4] != LOCAL:
        return None
    _, flags, method, time, date, crc, packed, size, of_name, of_extra = struct.unpack_from(
        "<5H3L2H", record, 4
    )
    rest = file.read(of_name + of_extra)
    raw, extra = rest[:of_name], rest[of_name:]
    if _ALL32 in (packed, size):
        size, packed, _, _ = _wide(extra, size, packed, 0, 0)
    entry = DirectoryEntry(
        name_of(raw, flags, extra),
        *(flags, method, crc, packed, size, place, 0, date, time, extra),
    )
    entry.data = place + _LOCAL_LENGTH + of_name + of_extra
    entry.more = of_extra + of_name * (of_name > _LONGEST_NAME)
    entry.is_open = bool(flags & DESCRIBED) and not packed
    return entry


def find(file: BinaryIO, mark: bytes, start: int, end: int, budget: Budget) -> int:
    """The first place of a mark in a range of the file; the range's end if there is none."""
    file.seek(start)
    kept, place = b"", start
    while place < end and (data := file.read(min(_CHUNK, end - place))):
        budget.check()
        found = (kept + data).find(mark)
        if found >= 0:
            return place - len(kept) + found
        place += len(data)
        kept = (kept + data)[1 - len(mark) :]
    return end


def local_entries(
    file: BinaryIO,
    start: int,
    end: int,
    budget: Budget,
    measured: Callable[[DirectoryEntry], int],
) -> Iterator[DirectoryEntry]:
    """The members that have a local header in a range of the file.

    Args:
        file: seekable.
        start: of the range.
        end: of the range.
        budget: to be told that it goes on.
        measured: says how many bytes of data a member has that is open; -1 where that cannot be
            known. Called once what came before it was dealt with: `end` is known then.
    """
    place = start
    while (place := find(file, LOCAL, place, end, budget)) < end:
        entry = local_entry(file, place)
        if entry is None or entry.data > end:
            place += len(LOCAL)
            continue
        if entry.is_open and not entry.method:
            _close_stored(file, entry, end, budget)
        elif not entry.is_open and entry.data + entry.packed > end:
            # Cut there, or its size is a lie: what follows may be other members.
            following = find(file, LOCAL, entry.data, end, budget)
            entry.packed = following - entry.data
            entry.is_cut = True
        yield entry
        length = measured(entry) if entry.is_open else entry.packed
        entry.end = place = entry.data + max(length, 0)


def _close_stored(file: BinaryIO, entry: DirectoryEntry, end: int, budget: Budget) -> None:
    """Find where stored data end whose size stands behind them."""
    place = entry.data
    while (place := find(file, _DESCRIPTOR, place, end, budget)) < end:
        record = _at(file, place, 24)
        for form in ("<LLL", "<LQQ"):
            if len(record) >= 4 + struct.calcsize(form):
                crc, packed, size = struct.unpack_from(form, record, 4)
                if packed == size == place - entry.data:
                    entry.crc, entry.packed, entry.size = crc, packed, size
                    entry.is_open = False
                    return
        place += 4
    entry.packed = entry.size = find(file, LOCAL, entry.data, end, budget) - entry.data
    entry.is_open, entry.is_cut = False, True
