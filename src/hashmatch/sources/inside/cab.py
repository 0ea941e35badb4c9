"""Members of cabinet archives: stored, and compressed by MSZIP."""

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, ClassVar, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.streams import UNSEARCHED, Stream, rest

_STORED, _MSZIP = 0, 1
_METHODS: Final = {2: "Quantum", 3: "LZX"}
_PREVIOUS, _NEXT, _RESERVED = 1, 2, 4
_UTF8: Final = 0x80
_CONTINUED: Final = 0xFFFD
"""Folders with this number or a larger one begin or end in another cabinet."""
_LONGEST_NAME: Final = 257
_WINDOW: Final = 1 << 15


@dataclass(frozen=True, slots=True)
class _Folder:
    start: int
    blocks: int
    method: int


class Cabinet:
    """Reads cabinet archives."""

    kinds: ClassVar[tuple[str, ...]] = ("cabinet archive (CAB)",)
    modules: ClassVar[tuple[str, ...]] = ("zlib", "encodings.cp1252", "encodings.cp437")
    extra: ClassVar[str] = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members, in their order: one stream of each folder is read once.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        del passwords
        return _Reading(file, budget).members()


class _Reading:
    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._file, self._budget = file, budget
        self._size = file.seek(0, os.SEEK_END)
        self._reserved = 0
        self._first = 40
        self._streams: dict[int, _Blocks] = {}

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        return self._file.read(size)

    def members(self) -> Iterator[Inner | Unreadable]:
        head = self._at(0, 40)
        if head[:4] != b"MSCF" or len(head) < 36:  # noqa: PLR2004
            yield Unreadable(Reason.UNSUPPORTED, "a cabinet of another kind (InstallShield)")
            return
        told, place = struct.unpack_from("<L4xL", head, 8)
        of_folders, count, flags = struct.unpack_from("<3H", head, 26)
        if flags & (_PREVIOUS | _NEXT):
            yield Unreadable(Reason.UNSUPPORTED, "one of several cabinets: the others are needed")
        folders = self._folders(head, of_folders, flags)
        for number in range(count):
            record = self._at(place, 16 + _LONGEST_NAME)
            raw, found, _ = record[16:].partition(b"\0")
            if len(record) < 17 or not found:  # noqa: PLR2004
                yield Unreadable(Reason.TRUNCATED, "its list of members is cut")
                break
            place += 17 + len(raw)
            self._budget.member()
            yield self._inner(number, record, raw, folders)
        yield from self._unused(place, told, folders)
        if told > self._size:
            yield Unreadable(Reason.TRUNCATED, "it ends before it should")

    def _folders(self, head: bytes, count: int, flags: int) -> list[_Folder]:
        place, of_folder = 36, 0
        if flags & _RESERVED:
            record = head[36:40].ljust(4, b"\0")
            of_header, of_folder, self._reserved = struct.unpack("<HBB", record)
            place += 4 + of_header
            self._first = place
        for flag in (_PREVIOUS, _NEXT):
            # Names of another cabinet, and of the disk that it is on.
            for _ in range(2 if flags & flag else 0):
                place += self._at(place, _LONGEST_NAME).find(b"\0") + 1
        folders = []
        for _ in range(count):
            record = self._at(place, 8)
            if len(record) < 8:  # noqa: PLR2004
                break
            folders.append(_Folder(*struct.unpack("<LHH", record)))
            place += 8 + of_folder
        return folders

    def _unused(self, behind: int, told: int, folders: list[_Folder]) -> Iterator[Inner]:
        """What lies between what belongs to it, behind it, and in a long field of its header."""
        free, ranges = behind, [(40, self._first)]
        for folder in sorted(folders, key=lambda each: each.start):
            ranges.append((free, folder.start))
            at = folder.start
            for _ in range(folder.blocks):
                if len(head := self._at(at, 8)) < 8:  # noqa: PLR2004
                    break
                at += 8 + self._reserved + int.from_bytes(head[4:6], "little")
                self._budget.check()
            free = max(free, at)
        for start, end in (*ranges, (free, told), (max(free, told), self._size)):
            if min(end, self._size) - start > UNSEARCHED:
                self._budget.member()
                yield from rest(self._file, start, end)

    def _inner(self, number: int, record: bytes, raw: bytes, folders: list[_Folder]) -> Inner:
        size, start, index, date, time, attributes = struct.unpack_from("<LLHHHH", record)
        name = raw.decode("utf-8" if attributes & _UTF8 else "cp1252", "replace")
        step, times = Member("cab", number, name), _times(date, time)
        problem = None
        if index >= len(folders):
            detail = "it lies in another cabinet, too"
            reason = Reason.UNSUPPORTED if index >= _CONTINUED else Reason.CORRUPT_DATA
            problem = Unreadable(reason, detail if index >= _CONTINUED else "")
        elif (method := folders[index].method & 15) not in (_STORED, _MSZIP):
            name = _METHODS.get(method, f"method {method}")
            problem = Unreadable(Reason.UNSUPPORTED, f"compressed by {name}")
        if problem is not None:
            return Inner(step, size, times, problem)

        def opened() -> BinaryIO:
            blocks = self._streams.get(index)
            if blocks is None or blocks.place > start or blocks.problem is not None:
                blocks = _Blocks(self._file, folders[index], self._reserved, self._budget)
                self._streams = {index: blocks}
            return _Part(blocks, start, size).as_file()

        return Inner(step, size, times, open=opened)


class _Blocks:
    """The bytes of a folder: blocks of at most 32 KiB, each compressed with those before it.

    Attributes:
        place: of the next byte.
    """

    def __init__(self, file: BinaryIO, folder: _Folder, reserved: int, budget: Budget) -> None:
        self._file, self._budget = file, budget
        self._next, self._left = folder.start, folder.blocks
        self._is_stored = folder.method & 15 == _STORED
        self._reserved = reserved
        self._before = self._made = b""
        self.place = 0
        self.problem: UnreadableError | None = None

    def read(self, size: int) -> bytes:
        """The next bytes, at most so many; none at the end."""
        while not self._made and self._left:
            if self.problem is not None:
                raise self.problem
            try:
                self._made = self._block()
            except UnreadableError as error:
                self.problem = error
                raise
        given, self._made = self._made[:size], self._made[size:]
        self.place += len(given)
        return given

    def _block(self) -> bytes:
        self._file.seek(self._next)
        head = self._file.read(8)
        if len(head) < 8:  # noqa: PLR2004
            raise UnreadableError(Reason.TRUNCATED, "its container ends before it")
        _, packed, size = struct.unpack("<LHH", head)
        self._file.seek(self._next + 8 + self._reserved)
        data = self._file.read(packed)
        self._next += 8 + self._reserved + packed
        self._left -= 1
        self._budget.bytes(size)
        if len(data) < packed:
            raise UnreadableError(Reason.TRUNCATED, "its container ends before it")
        if self._is_stored:
            return data
        if data[:2] != b"CK":
            raise UnreadableError(Reason.CORRUPT_DATA, "a block of its data is damaged")
        try:
            inflater = zlib.decompressobj(-zlib.MAX_WBITS, self._before)
            made = inflater.decompress(data[2:], _WINDOW)
        except zlib.error:
            raise UnreadableError(Reason.CORRUPT_DATA, "a block of its data is damaged") from None
        if len(made) != size:
            raise UnreadableError(Reason.CORRUPT_DATA, "a block of its data has another size")
        self._before = (self._before + made)[-_WINDOW:]
        return made


class _Part(Stream):
    """A member in the bytes of its folder."""

    def __init__(self, blocks: _Blocks, start: int, size: int) -> None:
        self._blocks, self._start, self._left = blocks, start, size

    def piece(self, size: int) -> bytes:
        while self._blocks.place < self._start:
            if not self._blocks.read(self._start - self._blocks.place):
                raise UnreadableError(Reason.TRUNCATED, "its folder ends before it")
        if not self._left:
            return b""
        data = self._blocks.read(min(size, self._left))
        if not data:
            raise UnreadableError(Reason.TRUNCATED, "its folder ends before it does")
        self._left -= len(data)
        return data


def _times(date: int, time: int) -> dict[str, str]:
    with suppress(ValueError):
        local = datetime(  # noqa: DTZ001 (nobody says where that clock stood)
            *(1980 + (date >> 9), date >> 5 & 15, date & 31),
            *(time >> 11, time >> 5 & 63, min((time & 31) * 2, 59)),
        )
        return {"modified": local.isoformat()}
    return {}
