"""The one member of a compressed file: gzip, bzip2, xz, lzip, Zstandard, compress and others."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import PIECE, Budget, Inner
from hashmatch.sources.inside.decompressors import (
    ZSTD,
    Unlzip,
    UnpackedFilm,
    bunzip2,
    gunzip,
    unlzma,
    unxz,
    unzlib,
    zstd,
)
from hashmatch.sources.inside.lzw import Unlzw
from hashmatch.sources.inside.streams import Decompressor, Expanding, Stream
from hashmatch.wording import to_install

_NAMED: Final = 8
_EXTRA: Final = 4
_HEADER: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class _Form:
    word: str
    magic: re.Pattern[bytes]
    start: Callable[[], Decompressor | None]
    has_end: bool = True


class _Compressed:
    """Reads one kind of compressed file: streams one behind the other are one member."""

    kinds: ClassVar[tuple[str, ...]] = ()
    modules: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[str] = ""
    form: ClassVar[_Form]

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The member.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        del passwords
        if file.seekable():
            file.seek(0)
        budget.member()
        stream = _Streams(file, self.form, budget)
        name, times = self.head(stream)
        yield Inner(Member(self.form.word, 0, name), None, times, open=stream.as_file)
        if stream.behind:
            detail = f"{stream.behind:,} bytes behind its end"
            yield Unreadable(Reason.CORRUPT_DATA, detail)

    def head(self, stream: "_Streams") -> tuple[str, dict[str, str]]:
        """Name and times of the member, where the format has them."""
        del stream
        return "", {}


class _Streams(Stream):
    """All streams of a file, expanded one behind the other."""

    def __init__(self, file: BinaryIO, form: _Form, budget: Budget) -> None:
        self._file, self._form, self._budget = file, form, budget
        self._pending = b""
        self._current: Expanding | None = self._begin()
        self.behind = 0

    def peek(self, size: int) -> bytes:
        """The next compressed bytes, before any was expanded."""
        while len(self._pending) < size and (more := self._file.read(size - len(self._pending))):
            self._pending += more
        return self._pending[:size]

    def piece(self, size: int) -> bytes:
        while self._current is not None:
            data = self._current.piece(size)
            if data:
                return data
            self._next()
        return b""

    def _read(self, size: int) -> bytes:
        if self._pending:
            data, self._pending = self._pending[:size], self._pending[size:]
            return data
        return self._file.read(size)

    def _begin(self) -> Expanding:
        start = self._form.start()
        if start is None:
            raise UnreadableError(
                Reason.UNSUPPORTED, f"its library is not installed: {to_install('archives')}"
            )
        return Expanding(self._read, start, self._budget, has_end=self._form.has_end)

    def _next(self) -> None:
        """Go on to the stream behind the one that ended, if there is one."""
        if self._current is not None:
            self._pending = self._current.unused + self._pending
        self._current = None
        # Zeros fill up blocks of tapes; they are no further stream.
        while not (rest := self.peek(_HEADER)).strip(b"\0") and rest:
            self._pending = b""
        self._pending = self._pending.lstrip(b"\0")
        rest = self.peek(16)
        if self._form.magic.match(rest):
            self._current = self._begin()
            return
        self.behind = len(self._pending)
        self._pending = b""
        while more := self._file.read(PIECE):
            self.behind += len(more)
            self._budget.check()


class Gzip(_Compressed):
    """Reads gzip files."""

    kinds: ClassVar[tuple[str, ...]] = ("gzip-compressed file",)
    modules: ClassVar[tuple[str, ...]] = ("zlib", "encodings.latin_1")
    form: ClassVar[_Form] = _Form("gz", re.compile(rb"\x1f\x8b\x08"), gunzip)

    def head(self, stream: _Streams) -> tuple[str, dict[str, str]]:
        """The name in the header of the first stream, and its time."""
        head = stream.peek(_HEADER)
        if len(head) < 10:  # noqa: PLR2004
            return "", {}
        flags, seconds = head[3], int.from_bytes(head[4:8], "little")
        at = 10
        if flags & _EXTRA:
            at += 2 + int.from_bytes(head[at : at + 2], "little")
        raw = head[at:].split(b"\0", 1)[0] if flags & _NAMED else b""
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:
            name = raw.decode("latin-1")
        moment = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
        return name, {"modified": moment} if seconds else {}


class Bzip2(_Compressed):
    """Reads bzip2 files."""

    kinds: ClassVar[tuple[str, ...]] = ("bzip2-compressed file",)
    modules: ClassVar[tuple[str, ...]] = ("bz2",)
    form: ClassVar[_Form] = _Form("bz2", re.compile(rb"BZh[1-9]"), bunzip2)


class Xz(_Compressed):
    """Reads xz files."""

    kinds: ClassVar[tuple[str, ...]] = ("xz-compressed file",)
    modules: ClassVar[tuple[str, ...]] = ("lzma",)
    form: ClassVar[_Form] = _Form("xz", re.compile(rb"\xfd7zXZ\0"), unxz)


class Lzip(_Compressed):
    """Reads lzip files."""

    kinds: ClassVar[tuple[str, ...]] = ("lzip-compressed file",)
    modules: ClassVar[tuple[str, ...]] = ("lzma",)
    form: ClassVar[_Form] = _Form("lzip", re.compile(rb"LZIP\x01"), Unlzip)


class Zstandard(_Compressed):
    """Reads Zstandard files."""

    kinds: ClassVar[tuple[str, ...]] = ("Zstandard-compressed file",)
    modules: ClassVar[tuple[str, ...]] = (ZSTD,)
    extra: ClassVar[str] = "archives"
    form: ClassVar[_Form] = _Form(
        "zst", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18", re.DOTALL), zstd
    )


class Compress(_Compressed):
    """Reads files of the old program `compress`."""

    kinds: ClassVar[tuple[str, ...]] = ("compressed file (Z)",)
    modules: ClassVar[tuple[str, ...]] = ()
    form: ClassVar[_Form] = _Form("z", re.compile(rb"\x1f\x9d", re.DOTALL), Unlzw, has_end=False)


class Lzma(_Compressed):
    """Reads files of LZMA alone, as programs before xz wrote them."""

    kinds: ClassVar[tuple[str, ...]] = ("LZMA-compressed file",)
    modules: ClassVar[tuple[str, ...]] = ("lzma",)
    form: ClassVar[_Form] = _Form("lzma", re.compile(rb"\x5d\x00"), unlzma)


class Zlib(_Compressed):
    """Reads bytes that zlib compressed, as programs keep them in databases."""

    kinds: ClassVar[tuple[str, ...]] = ("zlib-compressed file",)
    modules: ClassVar[tuple[str, ...]] = ("zlib",)
    form: ClassVar[_Form] = _Form("zlib", re.compile(rb"\x78[\x01\x5e\x9c\xda]"), unzlib)


class FlashFilm(_Compressed):
    """Reads compressed Flash films: what they hold is searched for pictures as any other bytes."""

    kinds: ClassVar[tuple[str, ...]] = ("Flash film (SWF)",)
    modules: ClassVar[tuple[str, ...]] = ("zlib", "lzma")
    form: ClassVar[_Form] = _Form("swf", re.compile(rb"(?!)"), UnpackedFilm)
