"""Members of zip archives: by the central directory, and by local headers where it lacks them."""

import os
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside import zip_directory as listed
from hashmatch.sources.inside import zip_names
from hashmatch.sources.inside.base import PIECE, Budget, Inner
from hashmatch.sources.inside.decompressors import ZSTD
from hashmatch.sources.inside.streams import UNSEARCHED, Take, rest, stored
from hashmatch.sources.inside.zip_data import (
    STORED,
    Data,
    LockedError,
    check_method,
    data_of,
    expanding,
)
from hashmatch.sources.inside.zip_directory import Directory, DirectoryEntry

_HEADER: Final = 30
_END: Final = 22
_SPLIT: Final = "a part of a split zip archive: put all parts in one folder"


class Zip:
    """Reads zip archives and what is one: office documents, books, packages."""

    kinds: ClassVar[tuple[str, ...]] = ("zip archive",)
    modules: ClassVar[tuple[str, ...]] = (
        *("bz2", "lzma", "zlib", "hashlib", *zip_names.CODECS),
        *(ZSTD, "inflate64"),
        *("Cryptodome.Cipher.AES", "Cryptodome.Util.Counter"),
    )
    extra: ClassVar[str] = ""

    def __init__(self, starts: tuple[int, ...] = ()) -> None:
        """Read nothing yet.

        Args:
            starts: of a split archive whose parts are joined, where each of them begins.
        """
        self._starts = starts

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members that the central directory lists, then those that only local headers name.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        return _Reading(file, budget, list(passwords), self._starts).members()


@dataclass(slots=True)
class _Ranges:
    """The ranges of members, as far as they are known without their local headers."""

    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    ends: "array[int]" = field(default_factory=lambda: array("Q"))

    def add(self, entry: DirectoryEntry) -> None:
        self.starts.append(min(max(entry.header, 0), _MOST))
        self.ends.append(min(max(entry.header + _HEADER + entry.packed, 0), _MOST))


_MOST: Final = (1 << 64) - 1


@dataclass(slots=True)
class _Reading:
    """One archive, read."""

    file: BinaryIO
    budget: Budget
    passwords: list[str]
    starts: tuple[int, ...] = ()
    number: int = 0
    size: int = 0

    def members(self) -> Iterator[Inner | Unreadable]:
        self.size = self.file.seek(0, os.SEEK_END)
        directory = listed.directory_of(self.file)
        if directory is None:
            yield Unreadable(Reason.TRUNCATED, "it has no central directory")
            yield from self._unlisted(0, self.size)
            return
        if directory.disk >= max(len(self.starts), 1):
            yield Unreadable(Reason.UNSUPPORTED, _SPLIT)
        if directory.shift < 0 and not self.starts:
            detail = f"its first {-directory.shift:,} bytes are missing"
            yield Unreadable(Reason.TRUNCATED, detail)
        ranges, fields = _Ranges(), array("Q")
        for entry in listed.central_entries(self.file, directory):
            if directory.disk:
                self._place(entry, directory)
            ranges.add(entry)
            if entry.more > UNSEARCHED:
                fields.extend((entry.end - entry.more, entry.end))
            if (inner := self._inner(entry, self.size, directory.disk)) is not None:
                yield inner
        if self.number % (1 << 16) != directory.count % (1 << 16):
            detail = f"its directory lists {self.number:,} members of {directory.count:,}"
            yield Unreadable(Reason.CORRUPT_DATA, detail)
        yield from self._between(ranges, directory)
        for start, end in zip(fields[::2], fields[1::2], strict=True):
            yield from self._fields(start, end)
        yield from self._behind(directory)

    def _behind(self, directory: Directory) -> Iterator[Inner]:
        """What follows the directory, if it is no short comment that a person can read."""
        yield from self._gap(directory.start + directory.size, directory.end)
        place = directory.end + _END
        self.file.seek(place)
        comment = self.file.read(UNSEARCHED + 1)
        try:
            comment.decode()
        except UnicodeDecodeError:
            yield from self._gap(place, self.size, 0)
        else:
            yield from self._gap(place, self.size)

    def _gap(self, start: int, end: int, least: int = UNSEARCHED) -> Iterator[Inner]:
        """What lies where the archive has nothing."""
        if end - start > least:
            self.budget.member()
            yield from rest(self.file, start, end)

    def _fields(self, start: int, end: int) -> Iterator[Inner]:
        """What is said of a member, if it is longer than what programs say: zeros fill up."""
        self.file.seek(start)
        if len(self.file.read(end - start).strip(b"\0")) > UNSEARCHED:
            yield from self._gap(start, end)

    def _place(self, entry: DirectoryEntry, directory: Directory) -> None:
        """Count the place of a member from the beginning of the first part, if its part is here."""
        *before, last = self.starts or (0,)
        here = entry.disk == directory.disk
        if self.starts and (here or entry.disk < len(before)):
            start = last if here else before[entry.disk]
            entry.header += start - directory.shift
            entry.disk = directory.disk

    def _inner(self, entry: DirectoryEntry, end: int, disk: int = 0) -> Inner | None:
        self.budget.member()
        number, self.number = self.number, self.number + 1
        if entry.is_folder:
            return None
        step, times = Member("zip", number, entry.name), entry.times
        try:
            opened = self._opener(entry, end, disk)
        except LockedError as error:
            return Inner(step, entry.size, times, Unreadable(Reason.ENCRYPTED, str(error)))
        except UnreadableError as error:
            return Inner(step, entry.size, times, Unreadable(error.reason, error.detail))
        return Inner(step, entry.size, times, open=opened)

    def _opener(self, entry: DirectoryEntry, end: int, disk: int) -> Callable[[], BinaryIO]:
        if entry.disk != disk:
            detail = "it lies in another part of a split archive, which is not here"
            raise UnreadableError(Reason.UNSUPPORTED, detail)
        if entry.header < 0:
            raise UnreadableError(Reason.TRUNCATED, "it lies before the part that is left")
        if entry.flags & listed.ENCRYPTED:
            data = data_of(self.file, entry, self.passwords, self.budget)
            return lambda: self._opened(data, end)
        check_method(entry.method)
        # Its local header is read once it is opened: most of the time of many small members.
        return lambda: self._opened(data_of(self.file, entry, [], self.budget), end)

    def _opened(self, data: Data, end: int) -> BinaryIO:
        if data.method != STORED or data.secret is not None:
            return expanding(self.file, data, self.budget, end).as_file()
        file = stored(self.file, data.start, data.packed, self.budget)
        # Whoever reads it to its end is told that it ends too early.
        return Take(file, data.packed + 1).as_file() if data.is_cut else file

    def _between(self, ranges: _Ranges, directory: Directory) -> Iterator[Inner | Unreadable]:
        """Members in gaps between those that are listed: left over, or hidden."""
        order = sorted(range(len(ranges.starts)), key=ranges.starts.__getitem__)
        overlapping, free, before = 0, 0, -1
        gaps: list[tuple[int, int, int]] = []
        for each in order:
            start, end = ranges.starts[each], ranges.ends[each]
            overlapping += start < free
            if start - free >= _HEADER:
                gaps.append((free, start, before))
            if end > free:
                free, before = end, each
        if overlapping:
            detail = f"{overlapping:,} of its members share bytes with others"
            yield Unreadable(Reason.CORRUPT_DATA, detail)
        gaps.append((free, directory.start, before))
        for start, end, member in gaps:
            is_small = end - start <= UNSEARCHED
            if is_small and listed.find(self.file, listed.LOCAL, start, end, self.budget) >= end:
                continue
            behind = start
            if member >= 0:
                # Its range was told without the fields of its local header.
                entry = listed.local_entry(self.file, ranges.starts[member])
                if entry is not None:
                    behind += entry.data - entry.header - _HEADER
                    yield from self._fields(entry.data - entry.more, entry.data)
            yield from self._unlisted(behind, end)

    def _unlisted(self, start: int, end: int) -> Iterator[Inner | Unreadable]:
        def measured(entry: DirectoryEntry) -> int:
            try:
                data = data_of(self.file, entry, self.passwords, self.budget)
                return _length(self.file, data, end, self.budget)
            except (LockedError, UnreadableError):
                place = listed.find(self.file, listed.LOCAL, entry.data, end, self.budget)
                return place - entry.data

        before: DirectoryEntry | None = None
        for entry in listed.local_entries(self.file, start, end, self.budget, measured):
            yield from self._gap(start if before is None else before.end, entry.header)
            yield from self._fields(entry.data - entry.more, entry.data)
            if (inner := self._inner(entry, end)) is not None:
                yield inner
            before = entry
        yield from self._gap(start if before is None else before.end, end)


def _length(file: BinaryIO, data: Data, end: int, budget: Budget) -> int:
    """How many bytes of data a member has that nothing tells of: where its stream ends."""
    stream = expanding(file, data, budget, end)
    try:
        while stream.piece(PIECE):
            pass
    except UnreadableError:
        return listed.find(file, listed.LOCAL, data.start, end, budget) - data.start
    return stream.taken - len(stream.unused)
