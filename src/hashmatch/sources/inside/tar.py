"""Members of tar archives, read from the beginning to the end."""

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import BinaryIO, ClassVar, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member, Range
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.forward import BEHIND, Forward
from hashmatch.sources.inside.sparse import Sparse, old_map, pax_map, stored_map
from hashmatch.sources.inside.streams import MOST_SAID, Take, rest

_BLOCK: Final = 512
_CUT: Final = "it ends in the middle of a member"
_DAMAGED: Final = "a header in it is damaged"
_MOST_HEADER: Final = 1 << 20
"""Bytes of a long name or of the fields before a member."""
_REGULAR: Final = (b"\0", b"0", b"7")
_LINKS: Final = {b"1": "a link to another file", b"2": "a symbolic link"}
_SPECIAL: Final = {b"3": "a character device", b"4": "a block device", b"6": "a pipe"}
_FOLDERS: Final = (b"5", b"D", b"V")
_OF_SPARSE: Final = re.compile(rb"\d+ GNU\.sparse\.[a-z]+=[\d,]*\n")
"""Fields of numbers alone: there are many of a member with many holes."""
_PAX: Final = re.compile(rb"(\d{1,20}) ([^=]{1,1000})=")


@dataclass(slots=True)
class _Header:
    """A header, with what others before it said of the same member."""

    name: bytes
    size: int
    kind: bytes
    mtime: float | None
    raw: bytes
    fields: dict[bytes, bytes] = field(default_factory=dict)


class Tar:
    """Reads tar archives, also such as cannot be sought; several behind each other are read all."""

    kinds: ClassVar[tuple[str, ...]] = ("tar archive",)
    modules: ClassVar[tuple[str, ...]] = ("encodings.cp437",)
    extra: ClassVar[str] = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members; what is damaged between two is told and skipped.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        del passwords
        return _Walk(file, budget).members()


class _Walk:
    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._budget = budget
        self._walk = Forward(file, budget)
        self._number = 0
        self._global: dict[bytes, bytes] = {}

    def members(self) -> Iterator[Inner | Unreadable]:
        """The members in their order."""
        long: dict[bytes, bytes] = {}
        is_lost = ended = False
        lost = -1
        while block := self._walk.read(_BLOCK):
            self._budget.check()
            header = _header(block) if len(block) == _BLOCK else None
            if header is None:
                if not block.strip(b"\0"):
                    ended = ended or len(block) == _BLOCK
                elif not is_lost:
                    # A damaged header tells nothing; the bytes behind it are those of its member.
                    is_lost, lost = True, self._walk.place - (len(block) if ended else 0)
                    if not ended or not self._walk.is_seekable:
                        yield Unreadable(Reason.CORRUPT_DATA, BEHIND if ended else _DAMAGED)
                continue
            yield from self._rest(lost, self._walk.place - _BLOCK)
            is_lost, ended, lost = False, False, -1
            if header.kind in b"LKxgX" and header.kind:
                if (yield from self._remember(header, long)):
                    continue
                yield Unreadable(Reason.TRUNCATED, _CUT)
                return
            header.fields = self._global | long
            long = {}
            if not (yield from self._member(header)):
                yield Unreadable(Reason.TRUNCATED, _CUT)
                return
        yield from self._rest(lost, None)
        if not ended:
            yield Unreadable(Reason.TRUNCATED, "it has no end mark")

    def _rest(self, start: int, end: int | None) -> Iterator[Inner]:
        """What lies where a header should, or behind the end mark."""
        if start >= 0 and self._walk.is_seekable:
            yield from rest(self._walk.file, start, end)

    def _remember(self, header: _Header, long: dict[bytes, bytes]) -> Generator[Inner, None, bool]:
        """Keep what is said of the next member, or of all; much of it is an item, too."""
        if header.size > _MOST_HEADER:
            return (yield from self._aside(header.size))
        place = self._walk.place
        data = self._walk.read(_padded(header.size))[: header.size]
        if len(_OF_SPARSE.sub(b"", data)) > MOST_SAID:
            self._budget.member()
            yield Inner(Range(place, len(data)), len(data), open=partial(BytesIO, data))
        if header.kind == b"L":
            long[b"path"] = data.split(b"\0", 1)[0]
        elif header.kind == b"g":
            self._global |= _pax(data)
        elif header.kind != b"K":
            long |= _pax(data)
        return len(data) == header.size

    def _aside(self, size: int) -> Generator[Inner, None, bool]:
        """Go behind bytes that are no member's, which are an item if they are many.

        Returns whether the archive goes on behind them.
        """
        following = self._walk.member(size)
        if size > MOST_SAID:
            self._budget.member()
            step = Range(self._walk.place, size)
            yield Inner(step, size, open=following.open)
        return following.skip() and self._walk.skip(_padded(size) - size)

    def _link_data(self, size: int) -> Generator[Inner, None, bool]:
        """The data of a hard link, if it has any: some programs write the size of the other file.

        Returns whether the archive goes on behind them.
        """
        block = self._walk.read(_BLOCK) if size else b""
        self._walk.unread(block)
        if not block.strip(b"\0") or _header(block) is not None:
            return True
        return (yield from self._aside(size))

    def _member(self, header: _Header) -> Generator[Inner | Unreadable, None, bool]:
        """Give one member; returns whether the archive goes on behind it."""
        self._budget.member()
        number, self._number = self._number, self._number + 1
        name = header.fields.get(b"GNU.sparse.name", header.fields.get(b"path", header.name))
        size = _number(header.fields.get(b"size", b""), header.size)
        step = Member("tar", number, _text(name))
        times = _times(header)
        if header.kind in _LINKS or header.kind in _SPECIAL:
            reason = Reason.SYMBOLIC_LINK if header.kind in _LINKS else Reason.SPECIAL_FILE
            detail = (_LINKS | _SPECIAL)[header.kind]
            yield Inner(step, 0, times, Unreadable(reason, detail))
            return (yield from self._link_data(size)) if header.kind == b"1" else True
        is_old_folder = header.kind in _REGULAR and name[-1:] == b"/" and not size
        if header.kind in _FOLDERS or is_old_folder:
            return (yield from self._aside(size if header.kind != b"5" else 0))
        regions = None
        if header.kind == b"S":
            regions = old_map(header.raw, self._walk.read)
        return (yield from self._file_member(header, step, size, times, regions))

    def _file_member(
        self,
        header: _Header,
        step: Member,
        size: int,
        times: dict[str, str],
        regions: tuple[int, list[tuple[int, int]]] | None,
    ) -> Generator[Inner | Unreadable, None, bool]:
        following = self._walk.member(size)

        def opened() -> BinaryIO:
            file = following.open()
            found = regions or pax_map(header.fields)
            if found is None and header.fields.get(b"GNU.sparse.major") == b"1":
                found = stored_map(file, header.fields)
            if found is not None:
                return Sparse(file, *found, self._budget).as_file()
            if header.kind == b"M":
                return _Continued(file).as_file()
            return file

        yield Inner(step, size if regions is None else regions[0], times, open=opened)
        return following.skip() and self._walk.skip(_padded(size) - size)


class _Continued(Take):
    """The end of a member that began in another volume."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, 1 << 62)

    def piece(self, size: int) -> bytes:
        data = self._file.read(size)
        if not data:
            raise UnreadableError(Reason.TRUNCATED, "it began in another volume of the archive")
        return data


def _header(block: bytes) -> _Header | None:
    told = _number(block[148:156], -1)
    if told < 0:
        return None
    plain = block[:148] + b" " * 8 + block[156:]
    if sum(plain) != told and sum(each - 256 * (each > 127) for each in plain) != told:  # noqa: PLR2004
        return None
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0" and (prefix := block[345:500].split(b"\0", 1)[0]):
        name = prefix + b"/" + name
    size = max(_number(block[124:136], 0), 0)
    mtime = _number(block[136:148], -1)
    return _Header(name, size, block[156:157], None if mtime < 0 else mtime, block)


def _number(data: bytes, otherwise: int) -> int:
    """An octal number, or one of base 256; another where it is none."""
    if data[:1] in (b"\x80", b"\xff"):
        return int.from_bytes(data[1:], "big") if data[:1] == b"\x80" else otherwise
    digits = data.strip(b" \0")
    if not digits:
        return otherwise if not data else min(0, otherwise)
    base = 8 if len(data) in (8, 12) else 10
    try:
        return int(digits, base)
    except ValueError:
        return otherwise


def _pax(data: bytes) -> dict[bytes, bytes]:
    """Fields of a member, by name; lists of regions are joined."""
    fields: dict[bytes, bytes] = {}
    at = 0
    while found := _PAX.match(data, at):
        end = at + int(found[1])
        if end <= found.end() or end > len(data):
            break
        name, value = found[2], data[found.end() : end - 1]
        if name in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):
            before = fields.get(b"GNU.sparse.map", b"")
            name, value = b"GNU.sparse.map", before + b"," * bool(before) + value
        fields[name] = value
        at = end
    return fields


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK


def _times(header: _Header) -> dict[str, str]:
    times: dict[str, str] = {}
    for kind, name in (("modified", b"mtime"), ("accessed", b"atime"), ("changed", b"ctime")):
        with suppress(ValueError, OverflowError, OSError):
            told = header.fields.get(name)
            seconds = header.mtime if told is None and kind == "modified" else told and float(told)
            if seconds is not None:
                moment = datetime.fromtimestamp(float(seconds), UTC)
                times[kind] = moment.isoformat().replace("+00:00", "Z")
    return times
