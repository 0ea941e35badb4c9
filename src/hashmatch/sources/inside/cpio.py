"""Members of cpio archives, read from the beginning to the end."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar, Final, NamedTuple

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.forward import Forward
from hashmatch.sources.inside.streams import LONGEST_LINK

_TRAILER: Final = b"TRAILER!!!"
_LONGEST_NAME: Final = 1 << 16
_FILE, _FOLDER, _LINK, _TYPE = 0o100000, 0o040000, 0o120000, 0o170000


class _Header(NamedTuple):
    mode: int
    seconds: int
    size: int
    of_name: int
    step: int


class Cpio:
    """Reads cpio archives: of letters (new and old) and of words in both orders of bytes."""

    kinds: ClassVar[tuple[str, ...]] = ("cpio archive",)
    modules: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[str] = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members; folders are left out.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        del passwords
        walk = Forward(file, budget)
        number = begin = 0
        while (header := _header(walk)) is not None:
            name = (yield from walk.said(header.of_name)).split(b"\0", 1)[0]
            walk.align(header.step)
            if name == _TRAILER:
                yield from walk.rest(walk.place)
                return
            budget.member()
            step = Member("cpio", number, name.decode("utf-8", "surrogateescape"))
            moment = f"{datetime.fromtimestamp(header.seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
            times = {"modified": moment}
            kind = header.mode & _TYPE
            number += 1
            member = walk.member(header.size)
            if kind == _LINK and header.size <= LONGEST_LINK:
                why = Unreadable(Reason.SYMBOLIC_LINK, "a symbolic link")
                yield Inner(step, 0, times, why)
            elif kind == _FILE or header.size:
                yield Inner(step, header.size, times, open=member.open)
            elif kind != _FOLDER:
                yield Inner(step, 0, times, Unreadable(Reason.SPECIAL_FILE))
            member.skip()
            walk.align(header.step)
            begin = walk.place
        yield Unreadable(Reason.TRUNCATED, "it has no end mark, or is damaged")
        yield from walk.rest(begin)


def _header(walk: Forward) -> _Header | None:
    """The next header; None where there is none."""
    magic = walk.read(2)
    if magic in (b"\xc7\x71", b"\x71\xc7"):
        return _of_words(walk, "<" if magic == b"\xc7\x71" else ">")
    magic += walk.read(4)
    try:
        if magic == b"070707":
            text = walk.read(70)
            mode, seconds = int(text[12:18], 8), int(text[42:53], 8)
            header = _Header(mode, seconds, int(text[59:70], 8), int(text[53:59], 8), 1)
        elif magic in (b"070701", b"070702"):
            text = walk.read(104)
            fields = [int(text[at : at + 8], 16) for at in range(0, 104, 8)]
            header = _Header(fields[1], fields[5], fields[6], fields[11], 4)
        else:
            return None
    except ValueError:
        return None
    return header if 0 < header.of_name <= _LONGEST_NAME and len(text) >= 70 else None  # noqa: PLR2004


def _of_words(walk: Forward, order: str) -> _Header | None:
    text = walk.read(24)
    if len(text) < 24:  # noqa: PLR2004
        return None
    words = struct.unpack(f"{order}12H", text)
    return _Header(words[2], words[7] << 16 | words[8], words[10] << 16 | words[11], words[9], 2)
