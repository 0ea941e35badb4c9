"""Pictures and embedded objects in RTF documents."""

import binascii
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.later import later
from hashmatch.sources.inside.office_blips import with_header
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.view import View

_MARKS: Final = (b"\\pict", b"\\objdata")
_PIECE: Final = 1 << 20
_OVERLAP: Final = 16
_HEAD: Final = 1 << 16
"""Bytes in which the properties of a picture lie."""
_LARGEST: Final = 1 << 29
"""Digits that are held in memory, at most."""
_TOKEN: Final = re.compile(rb"\\([a-z]+)(-?\d{1,10})? ?|\\[^a-z]|([{}])|[\r\n\t ]+", re.IGNORECASE)
_HEX: Final = re.compile(rb"[0-9A-Fa-f\s]+")
_KINDS: Final = {
    b"jpegblip": "jpg",
    b"pngblip": "png",
    b"emfblip": "emf",
    b"wmetafile": "wmf",
    b"macpict": "pict",
    b"dibitmap": "bmp",
    b"wbitmap": "ddb",
}
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Rtf:
    """Gives pictures and embedded objects in their order."""

    kinds: tuple[str, ...] = ("RTF document",)
    modules: tuple[str, ...] = ()
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members."""
        del passwords
        view = View(file)
        for number, (mark, place) in enumerate(_places(file, view.size, budget)):
            kind, start, is_binary, length = _data(view, mark, place, budget)
            if not length:
                continue
            budget.member()
            step = Member("rtf", number, kind)
            is_made = kind == "bmp"
            if is_binary and not is_made and kind != "object":
                yield Inner(step, length, open=partial(window, file, start, length))
                continue
            made = partial(_made, file, start, length, kind, budget, is_binary=is_binary)
            yield Inner(step, open=later(made), is_made=is_made)


def _places(file: BinaryIO, size: int, budget: Budget) -> Iterator[tuple[bytes, int]]:
    """Marks of pictures and objects, and where each ends."""
    start = 0
    while start < size:
        budget.check()
        file.seek(start)
        piece = file.read(_PIECE + _OVERLAP)
        found = []
        for mark in _MARKS:
            place = piece.find(mark)
            while 0 <= place < _PIECE:
                after = place + len(mark)
                if not piece[after : after + 1].isalpha():
                    found.append((start + after, mark))
                place = piece.find(mark, after)
        yield from ((mark, place) for place, mark in sorted(found))
        start += _PIECE


def _data(view: View, mark: bytes, place: int, budget: Budget) -> tuple[str, int, bool, int]:
    """The kind of a picture, where its data begin, whether they are bytes, and their length."""
    kind = "object" if mark == b"\\objdata" else "picture"
    head, at, depth = view.at(place, _HEAD), 0, 0
    while at < len(head):
        found = _TOKEN.match(head, at)
        if not found:
            if depth:
                # Text of a property in a group of its own.
                at += 1
                continue
            return kind, place + at, False, _digits(view, place + at, budget)
        word, value, brace = found.groups()
        depth += (brace == b"{") - (brace == b"}")
        at = found.end()
        if depth < 0:
            break
        if word and not depth:
            kind = _KINDS.get(word, kind)
            if word == b"bin" and value:
                length = min(int(value), view.size - place - at)
                return kind, place + at, True, max(0, length)
    return kind, 0, False, 0


def _digits(view: View, start: int, budget: Budget) -> int:
    """Bytes in which hexadecimal digits lie."""
    place = start
    while piece := view.at(place, _PIECE):
        budget.check()
        found = _HEX.match(piece)
        place += found.end() if found else 0
        if not found or found.end() < len(piece):
            break
    return place - start


def _made(
    file: BinaryIO, start: int, length: int, kind: str, budget: Budget, *, is_binary: bool
) -> BinaryIO:
    """What digits stand for, or bytes that need a header."""
    if length > _LARGEST:
        raise UnreadableError(Reason.TOO_MANY_BYTES, f"a picture of {length:,} digits")
    file.seek(start)
    data = file.read(length)
    budget.bytes(len(data))
    if not is_binary:
        digits = b"".join(data.split())
        data = binascii.unhexlify(digits[: len(digits) // 2 * 2])
    if kind == "bmp":
        data = with_header(data) or data
    elif kind == "object":
        data = data[max(0, data.find(_OLE)) :]
    return io.BytesIO(data)
