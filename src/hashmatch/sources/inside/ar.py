"""Members of ar archives, also of packages of Debian."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar, Final

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.forward import Forward
from hashmatch.sources.inside.streams import MOST_SAID

_MAGIC: Final = b"!<arch>\n"
_HEADER: Final = 60
_MOST_NAMES: Final = 1 << 24
_TABLES: Final = (b"/", b"/SYM64/", b"__.SYMDEF", b"__.SYMDEF SORTED")
"""Names of what lists the symbols of other members."""


class Ar:
    """Reads ar archives: names of System V, of GNU and of BSD."""

    kinds: ClassVar[tuple[str, ...]] = ("ar archive", "Debian package")
    modules: ClassVar[tuple[str, ...]] = ()
    extra: ClassVar[str] = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members.

        Raises:
            LimitError: of the budget.
            OSError: the file cannot be read.
        """
        del passwords
        walk = Forward(file, budget)
        walk.read(len(_MAGIC))
        names, number = b"", 0
        while header := walk.read(_HEADER):
            size, seconds = _number(header[48:58]), _number(header[16:28])
            if len(header) < _HEADER or header[58:] != b"`\n" or size is None:
                yield Unreadable(Reason.CORRUPT_DATA, "a header in it is damaged")
                yield from walk.rest(walk.place - len(header))
                return
            raw = header[:16].rstrip(b" ")
            if raw == b"//" and size <= _MOST_NAMES:
                names = yield from walk.said(size)
            else:
                budget.member()
                if found := re.fullmatch(rb"#1/(\d{1,5})", raw):
                    raw = (yield from walk.said(int(found[1]))).rstrip(b"\0")
                    size = max(size - int(found[1]), 0)
                elif found := re.fullmatch(rb"/(\d{1,10})", raw):
                    raw = re.split(rb"/?\n|\0", names[int(found[1]) :], maxsplit=1)[0]
                elif raw not in _TABLES:
                    raw = raw.removesuffix(b"/")
                member = walk.member(size)
                step = Member("ar", number, raw.decode("utf-8", "surrogateescape"))
                moment = f"{datetime.fromtimestamp(seconds or 0, UTC):%Y-%m-%dT%H:%M:%SZ}"
                times = {"modified": moment} if seconds else {}
                if raw not in _TABLES or size > MOST_SAID:
                    yield Inner(step, size, times, open=member.open)
                number += 1
                if not member.skip():
                    yield Unreadable(Reason.TRUNCATED, "it ends in the middle of a member")
                    return
            walk.align(2)


def _number(text: bytes) -> int | None:
    text = text.strip(b" ")
    return int(text) if text.isdigit() else 0 if not text else None
