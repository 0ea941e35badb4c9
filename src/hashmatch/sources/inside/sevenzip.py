"""Members of 7-Zip archives, by py7zr: blocks of many members are read once, in order."""

import io
import os
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO, ClassVar, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.kinds.sniffing import archive_behind
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import PIECE, Budget, Inner, LimitError
from hashmatch.sources.inside.sevenzip_layout import START, unused
from hashmatch.sources.inside.streams import LONGEST_LINK, Stream, rest, window

_PPMD: Final = b"\x03\x04\x01"
"""Not read: one damaged archive of ten ends the process in the library that expands it."""
_MAGIC: Final = b"7z\xbc\xaf\x27\x1c"
_NO_PROGRESS: Final = 1000
"""Times that a decompressor may give nothing before it is taken for damaged."""


class SevenZip:
    """Reads 7-Zip archives."""

    kinds: ClassVar[tuple[str, ...]] = ("7-Zip archive",)
    modules: ClassVar[tuple[str, ...]] = (
        *("py7zr", "py7zr.compressor", "py7zr.archiveinfo", "bz2", "lzma", "encodings.utf_16_le"),
        *("Cryptodome.Cipher.AES", "inflate64", "bcj", "psutil", "resource"),
        *(
            "Cryptodome.Cipher._mode_cbc",
            "Cryptodome.Cipher._mode_ctr",
            "Cryptodome.Cipher._mode_ecb",
        ),
    )
    extra: ClassVar[str] = "archives"

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members; folders are left out.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        whole, begin = file, 0
        file.seek(0)
        if file.read(len(_MAGIC)) != _MAGIC and (behind := archive_behind(file)) is not None:
            begin = behind[1]
            file = window(whole, begin, whole.seek(0, os.SEEK_END) - begin)
        file.seek(12)
        place, size = struct.unpack("<QQ", file.read(16).ljust(16, b"\0"))
        archive = _Archive.of(file, budget, passwords)
        if isinstance(archive, Unreadable):
            yield archive
        else:
            yield from archive.members()
            yield from archive.blocks_without_members()
            for start, end in archive.unused(place, size):
                yield from rest(whole, begin + START + start, begin + START + end)
        if begin:
            # The program that unpacks it.
            yield from rest(whole, 0, begin)
        yield from rest(whole, begin + START + place + size)


class _Block:
    """The bytes of a block of members, compressed as one.

    Attributes:
        place: of the next byte.
    """

    def __init__(self, folder: Any, packed: BinaryIO, size: int, budget: Budget) -> None:  # noqa: ANN401
        self._packed, self._budget = packed, budget
        self._decompressor = _translated(lambda: folder.get_decompressor(size, reset=True))
        self.place = 0
        self.is_broken = False

    def read(self, size: int) -> bytes:
        for _ in range(_NO_PROGRESS):
            try:
                data = bytes(_translated(lambda: self._decompressor.decompress(self._packed, size)))
            except UnreadableError:
                self.is_broken = True
                raise
            if data:
                self._budget.bytes(len(data))
                self.place += len(data)
                return data
        self.is_broken = True
        raise UnreadableError(Reason.TRUNCATED, "its compressed data end before it does")


class _Part(Stream):
    """A member in its block."""

    def __init__(self, block: _Block, start: int, size: int, crc: int | None) -> None:
        self._block, self._start, self._left, self._crc = block, start, size, crc
        self._running = 0

    def piece(self, size: int) -> bytes:
        while self._block.place < self._start:
            self._block.read(min(self._start - self._block.place, PIECE))
        if not self._left:
            if self._crc is not None and self._running != self._crc:
                raise UnreadableError(Reason.CORRUPT_DATA, "its checksum does not match its bytes")
            return b""
        data = self._block.read(min(size, self._left))
        self._left -= len(data)
        self._running = zlib.crc32(data, self._running)
        return data


@dataclass(slots=True)
class _Archive:
    file: BinaryIO
    budget: Budget
    archive: Any
    is_open: bool
    """Whether encrypted members can be read."""
    had_passwords: bool
    block: _Block | None = None
    current: Any = None

    @classmethod
    def of(
        cls, file: BinaryIO, budget: Budget, passwords: tuple[str, ...]
    ) -> "_Archive | Unreadable":
        """The archive, opened with the first password that fits; or why it cannot be opened."""
        import py7zr

        problem = Unreadable(Reason.CORRUPT_DATA, "its list of members cannot be read")
        locked: _Archive | None = None
        for password in (None, *passwords):
            budget.check()
            file.seek(0)
            try:
                archive = _translated(partial(py7zr.SevenZipFile, file, password=password))
            except UnreadableError as error:
                problem = Unreadable(error.reason, error.detail)
                if problem.reason is not Reason.ENCRYPTED and password is None:
                    return problem
                continue
            opened = cls(file, budget, archive, password is not None, bool(passwords))
            if not any(map(_needs_password, _folders(archive))):
                return opened
            if password is not None and opened.fits():
                return opened
            opened.is_open = False
            locked = locked or opened
        if locked is None:
            return Unreadable(Reason.ENCRYPTED, _wrong(passwords))
        return locked

    def unused(self, place: int, size: int) -> list[tuple[int, int]]:
        """Ranges that hold nothing; see `sevenzip_layout.unused`."""
        streams = self.archive.header.main_streams
        found: list[tuple[int, int]] = _translated(
            lambda: [*unused(self.file, streams, place, size)]
        )
        return found

    def fits(self) -> bool:
        """Whether the smallest encrypted member has the right checksum."""
        encrypted = [
            (inner.size or 0, number, inner)
            for number, inner in enumerate(self.members())
            if isinstance(inner, Inner) and inner.problem is None and inner.size
        ]
        if not encrypted:
            return True
        inner = min(encrypted)[2]
        if inner.open is None:
            return False
        try:
            with inner.open() as file:
                while file.read(PIECE):
                    pass
        except UnreadableError:
            return False
        return True

    def members(self) -> Iterator[Inner | Unreadable]:
        place = 0
        current: Any = None
        starts = _starts(self.archive)
        for entry in self.archive.files:
            self.budget.member()
            if entry.emptystream:
                if not entry.is_directory:
                    yield Inner(self._step(entry), 0, _times(entry), open=_empty)
                continue
            if entry.folder is not current:
                current, place = entry.folder, 0
            size = int(entry.uncompressed)
            inner = self._inner(self._step(entry), entry.folder, place, size, entry.crc32, starts)
            place += size
            if entry.is_symlink and size <= LONGEST_LINK and inner.problem is None:
                why = Unreadable(Reason.SYMBOLIC_LINK, "a symbolic link")
                inner = replace(inner, size=0, problem=why, open=None)
            yield replace(inner, times=_times(entry))

    def blocks_without_members(self) -> Iterator[Inner]:
        """What blocks hold that is no member's; they are numbered behind the members."""
        starts, count = _starts(self.archive), len(self.archive.files)
        used = Counter[int]()
        for entry in self.archive.files:
            if not entry.emptystream:
                used[id(entry.folder)] += int(entry.uncompressed)
        for number, folder in enumerate(_folders(self.archive)):
            place, size = used[id(folder)], int(_translated(folder.get_unpack_size))
            if place < size:
                self.budget.member()
                step = Member("sevenzip", count + number, "")
                yield self._inner(step, folder, place, size - place, None, starts)

    def _step(self, entry: Any) -> Member:  # noqa: ANN401
        return Member("sevenzip", int(entry.id), str(entry.filename))

    def _inner(  # noqa: PLR0917 (what it is, and where it lies)
        self,
        step: Member,
        folder: Any,  # noqa: ANN401
        place: int,
        size: int,
        crc: int | None,
        starts: dict[int, tuple[int, int]],
    ) -> Inner:
        if _needs_password(folder) and not self.is_open:
            detail = _wrong(self.had_passwords)
            return Inner(step, size, problem=Unreadable(Reason.ENCRYPTED, detail))
        if any(coder["method"] == _PPMD for coder in folder.coders):
            why = Unreadable(Reason.UNSUPPORTED, "compressed by PPMd")
            return Inner(step, size, problem=why)

        def opened() -> BinaryIO:
            block = self.block
            if self.current is not folder or block is None or block.is_broken:
                block = None
            if block is None or block.place > place:
                start, packed = starts[id(folder)]
                block = _Block(folder, window(self.file, start, packed), packed, self.budget)
                self.block, self.current = block, folder
            return _Part(block, place, size, crc).as_file()

        return Inner(step, size, open=opened)


def _empty() -> BinaryIO:
    return io.BytesIO()


def _wrong(passwords: object) -> str:
    return "no given password opens it" if passwords else ""


def _folders(archive: Any) -> list[Any]:  # noqa: ANN401
    streams = archive.header.main_streams
    return list(streams.unpackinfo.folders) if streams is not None else []


def _needs_password(folder: Any) -> bool:  # noqa: ANN401
    from py7zr.compressor import SupportedMethods

    return bool(_translated(lambda: SupportedMethods.needs_password(folder.coders)))


def _starts(archive: Any) -> dict[int, tuple[int, int]]:  # noqa: ANN401
    """The start and size of the data of each block."""
    starts: dict[int, tuple[int, int]] = {}
    folders = _folders(archive)
    if not folders:
        return starts
    packed = archive.header.main_streams.packinfo
    # The library's own way passes over where the first block begins.
    first, places = packed.packpos, packed.packpositions
    at = 0
    for folder in folders:
        end = min(at + max(len(folder.packed_indices), 1), len(places) - 1)
        if at < end:
            start = archive.afterheader + first + places[at]
            starts[id(folder)] = start, places[end] - places[at]
        at = end
    return starts


def _times(entry: Any) -> dict[str, str]:  # noqa: ANN401
    with suppress(ValueError, OverflowError, OSError, AttributeError, KeyError, TypeError):
        moment = entry.lastwritetime.as_datetime()
        return {"modified": moment.isoformat().replace("+00:00", "Z")}
    return {}


def _translated(call: Callable[[], Any]) -> Any:  # noqa: ANN401
    """What the library gives; whatever it raises of a damaged archive as an error of ours.

    Raises:
        UnreadableError: the archive is damaged, encrypted, or of a kind that the library has not.
    """
    from py7zr import exceptions

    try:
        return call()
    except (LimitError, UnreadableError):
        raise
    except exceptions.PasswordRequired:
        raise UnreadableError(Reason.ENCRYPTED) from None
    except exceptions.UnsupportedCompressionMethodError:
        raise UnreadableError(Reason.UNSUPPORTED, "compressed in a way that is not read") from None
    except Exception as error:  # noqa: BLE001 (it has no list of what it raises)
        detail = f"it is damaged ({type(error).__name__})"
        raise UnreadableError(Reason.CORRUPT_DATA, detail) from None
