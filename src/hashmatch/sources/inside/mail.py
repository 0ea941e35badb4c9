"""Mail: single messages, mailboxes, saved web pages (MHT), with mail in mail; part by part.

Parts are found by their boundaries while lines are read, and decoded when they are opened: a
mailbox may be larger than memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from functools import partial
from typing import BinaryIO, Final

from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside import mail_headers
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.mail_bodies import body
from hashmatch.sources.inside.streams import window

_PIECE: Final = 1 << 20
_LONGEST: Final = 1 << 16
_HEADERS: Final = 1 << 20
"""Bytes of headers of a part, at most; further ones are left out."""
_DEEPEST: Final = 100
_FROM: Final = re.compile(rb"From [^\r\n]*\d\d?:\d\d")
_EMLX: Final = re.compile(rb"(\d{1,12}) *\r?\n")
_AS_THEY_ARE: Final = frozenset({"", "7bit", "8bit", "binary"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a message, and where its body lies."""

    headers: Message
    start: int
    end: int = 0


class Mail:
    """Gives every part that holds no further parts, with the name that its headers give."""

    kinds: tuple[str, ...] = ("mail message", "mailbox (mbox)")
    modules: tuple[str, ...] = (
        *("email.parser", "email.header", "quopri"),
        *(f"encodings.{each}" for each in mail_headers.CODECS),
    )
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The parts, in their order."""
        del passwords
        number = 0
        for part in _Reader(file, budget).parts():
            encoding = mail_headers.encoding_of(part.headers)
            if part.end > part.start:
                budget.member()
                step = Member("mail", number, mail_headers.name_of(part.headers))
                number += 1
                yield Inner(step, open=partial(_opened, file, part, encoding, budget))


def _opened(file: BinaryIO, part: _Part, encoding: str, budget: Budget) -> BinaryIO:
    return body(window(file, part.start, part.end - part.start), encoding, budget)


def _lines(file: BinaryIO, start: int, end: int | None, budget: Budget) -> Iterator[bytes]:
    """Lines with their ends; of those that are very long, pieces."""
    place, rest = start, b""
    while True:
        budget.check()
        # Members that were read meanwhile have moved the file.
        file.seek(place)
        piece = file.read(_PIECE if end is None else min(_PIECE, end - place))
        place += len(piece)
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line + b"\n"
        if len(rest) > _LONGEST:
            yield rest
            rest = b""
        if not piece:
            if rest:
                yield rest
            return


class _Reader:
    """Lines of a file, and the parts that they make."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._budget = budget
        file.seek(0)
        first = file.read(_LONGEST)
        self._is_mailbox = first.lstrip(b"\r\n").startswith(b"From ")
        self._start, end = 0, None
        if counted := _EMLX.match(first):
            # Apple's mail: the length of the message, the message, what the program knows of it.
            self._start = counted.end()
            end = self._start + int(counted.group(1))
        self._lines = _lines(file, self._start, end, budget)
        self._boundaries: list[bytes] = []
        self._headers: list[bytes] | None = []
        self._size = 0
        self._part: _Part | None = None

    def parts(self) -> Iterator[_Part]:
        """The parts that hold no others."""
        place, before, is_whole = self._start, b"\n", True
        for line in self._lines:
            after = place + len(line)
            is_new = self._is_mailbox and is_whole and not before.strip() and _FROM.match(line)
            if is_new:
                yield from self._ended(place - len(before))
                self._boundaries, self._headers, self._size = [], [], 0
            elif is_whole and line.startswith(b"--") and self._is_boundary(line.rstrip()):
                yield from self._ended(place - (2 if before.endswith(b"\r\n") else 1))
            elif self._headers is not None:
                self._header(line, after)
            is_whole = line.endswith(b"\n")
            before, place = line, after
        if self._headers is not None:
            self._header(b"", place)
        yield from self._ended(place)

    def _ended(self, place: int) -> Iterator[_Part]:
        """The part that was read, if any."""
        part, self._part = self._part, None
        if part is not None and place > part.start:
            yield _Part(part.headers, part.start, place)

    def _is_boundary(self, line: bytes) -> bool:
        """Whether a line is one; what follows is a part's headers, or belongs to none."""
        for depth in range(len(self._boundaries) - 1, -1, -1):
            mark = b"--" + self._boundaries[depth]
            if line in (mark, mark + b"--"):
                is_last = line != mark
                del self._boundaries[depth + (not is_last) :]
                self._headers, self._size = (None if is_last else []), 0
                return True
        return False

    def _header(self, line: bytes, after: int) -> None:
        """Take a line of headers; an empty one ends them."""
        if line.strip() and self._headers is not None:
            self._size += len(line)
            if self._size <= _HEADERS:
                self._headers.append(line)
            return
        given, self._headers = self._headers or [], None
        if not given and line:
            # Empty lines before a message.
            self._headers = [] if not self._boundaries else None
            if self._headers is not None:
                return
        headers = mail_headers.parsed(b"".join(given))
        kind = mail_headers.kind_of(headers)
        boundary = mail_headers.boundary_of(headers)
        if boundary and len(self._boundaries) < _DEEPEST:
            self._boundaries.append(boundary)
        elif (
            kind in ("message/rfc822", "message/global", "message/partial")
            and mail_headers.encoding_of(headers) in _AS_THEY_ARE
        ):
            self._headers, self._size = [], 0
        else:
            self._part = _Part(headers, after)
