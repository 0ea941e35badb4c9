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
from hashmatch.sources.inside.streams import Decompressor, Expanding, Stream, rest
from hashmatch.wording import to_install

_NAMED, _EXTRA, _COMMENTED = 8, 4, 16
_FLAGS, _FIXED = 3, 10
_HEADER: Final = 1 << 12
_AHEAD: Final = 1 << 18
_LONGEST: Final = 1 << 24
"""Bytes of a header that are looked at: its name has any length."""
_MOST_FIELDS: Final = 1 << 9
"""Bytes of a header that are not searched: names of files are as long."""
_UNREAD: Final = (
    "behind its end, or in long fields of its header, which were not searched: expand what it lies "
    "in, and scan that"
)


@dataclass(frozen=True, slots=True)
class _Form:
    word: str
    magic: re.Pattern[bytes]
    start: Callable[[], Decompressor | None]
    has_end: bool = True
    fields: Callable[[bytes], int | None] | None = None
    """Measures a header that has fields of any length."""
    ahead: int = 0


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
        for start, end in stream.unread:
            if file.seekable():
                budget.member()
                yield from rest(file, start, end)
            else:
                detail = f"{end - start:,} bytes {_UNREAD}"
                yield Unreadable(Reason.CORRUPT_DATA, detail)

    def head(self, stream: "_Streams") -> tuple[str, dict[str, str]]:
        """Name and times of the member, where the format has them."""
        del stream
        return "", {}


class _Streams(Stream):
    """All streams of a file, expanded one behind the other.

    Attributes:
        unread: ranges of the file that belong to no stream, or are long fields of a header.
    """

    def __init__(self, file: BinaryIO, form: _Form, budget: Budget) -> None:
        self._file, self._form, self._budget = file, form, budget
        self.ahead = form.ahead
        self._pending = b""
        self._taken = 0
        self.unread: list[tuple[int, int]] = []
        self._current: Expanding | None = self._begin()

    def peek(self, size: int) -> bytes:
        """The next compressed bytes, before any was expanded."""
        while len(self._pending) < size and (more := self._more(size - len(self._pending))):
            self._pending += more
        return self._pending[:size]

    def _more(self, size: int) -> bytes:
        data = self._file.read(size)
        self._taken += len(data)
        return data

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
        return self._more(size)

    def _begin(self) -> Expanding:
        self._look_at_fields()
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
        start, self._pending = self._taken - len(self._pending), b""
        while self._more(PIECE):
            self._budget.check()
        if self._taken > start:
            self.unread.append((start, self._taken))

    def _look_at_fields(self) -> None:
        """Note the fields of a header that are longer than what programs say in them."""
        if (measure := self._form.fields) is None:
            return
        size = _HEADER
        while (found := measure(head := self.peek(size))) is None and len(head) == size < _LONGEST:
            size *= 2
        start = self._taken - len(self._pending)
        end = len(head) if found is None else found
        if end > _MOST_FIELDS:
            # Without what says that it is one.
            self.unread.append((start + _FIXED, start + end))


def _end_of_gzip_header(head: bytes) -> int | None:
    """Where the header of a gzip file ends; None where these bytes do not reach to it."""
    flags, at = (head[_FLAGS] if len(head) > _FLAGS else 0), _FIXED
    if flags & _EXTRA:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    for text in (_NAMED, _COMMENTED):
        if flags & text and (at := head.find(b"\0", at) + 1) == 0:
            return None
    return at if at <= len(head) else None


class Gzip(_Compressed):
    """Reads gzip files."""

    kinds: ClassVar[tuple[str, ...]] = ("gzip-compressed file",)
    modules: ClassVar[tuple[str, ...]] = ("zlib", "encodings.latin_1")
    form: ClassVar[_Form] = _Form(
        "gz", re.compile(rb"\x1f\x8b\x08"), gunzip, fields=_end_of_gzip_header, ahead=_AHEAD
    )

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
