"""Pictures in text: data: addresses in pages, style sheets and JSON, photos of contact cards.

Base64 that begins like a picture is found without an address before it too, as in property lists,
contact cards and exports of chats.
"""

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
from hashmatch.sources.inside.mail_bodies import Base64
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.view import View

_PIECE: Final = 1 << 20
_OVERLAP: Final = 512
_SMALLEST: Final = 35
"""Characters that encode the smallest picture."""

_LARGEST: Final = 1 << 29
"""Characters that are held in memory, at most."""

_ADDRESS: Final = re.compile(
    rb"data:(?:[a-z]+\\?/([\w.+-]+))?(?:;[\w.+-]+=[^;,\"'\s]{0,100}){0,4};base64,\Z", re.IGNORECASE
)
_MARK: Final = b"base64,"
_BARE: Final = (
    (b"/9j", re.compile(rb"/9j\\?/"), "jpeg"),
    (b"_9j_", re.compile(rb"_9j_"), "jpeg"),
    (b"iVBORw0KGgo", re.compile(rb""), "png"),
    (b"R0lGOD", re.compile(rb"R0lGOD[dl]h"), "gif"),
    (b"UklGR", re.compile(rb"UklGR[\w+/\\-]{6,12}XRUJQ"), "webp"),
    (b"AAAA", re.compile(rb"AAAA[\w+/-]{2}Z0eX"), "mp4"),
)
"""What base64 of pictures and films begins with: to be found fast, to be sure, and its kind."""
_BEFORE: Final = re.compile(rb"[\w+/=-]")
_CHARACTERS: Final = re.compile(rb"(?:[\w+/-]+|\\/|\\[nr]|%2[BbFf]|%0[AaDd])*")
_NEWLINE: Final = re.compile(rb"\r?\n([ \t]*)(?=[A-Za-z0-9+/])")
_WRAPPED: Final = 40
"""Characters of the shortest line after which another line may go on."""
_ESCAPES: Final = (
    *((b"\\n", b""), (b"\\r", b""), (b"\\/", b"/"), (b"%2B", b"+"), (b"%2F", b"/")),
    *((b"%2b", b"+"), (b"%2f", b"/"), (b"%0A", b""), (b"%0D", b""), (b"%0a", b""), (b"%0d", b"")),
)
_OTHER_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")


class Base64Text:
    """Gives what is encoded in a text, in its order."""

    kinds: tuple[str, ...] = ("contact card with a photo",)
    modules: tuple[str, ...] = ()
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The pictures, and whatever an address says that it is base64."""
        del passwords
        view = View(file)
        number, free = 0, 0
        for start, kind in _beginnings(file, view.size, budget):
            if start < free:
                continue
            end, is_escaped = _end(view, start, budget)
            if end - start < _SMALLEST:
                continue
            free = end
            budget.member()
            step = Member("base64", number, kind)
            number += 1
            made = partial(_opened, file, start, end, budget, is_escaped=is_escaped)
            yield Inner(step, open=later(made))


def _opened(file: BinaryIO, start: int, end: int, budget: Budget, *, is_escaped: bool) -> BinaryIO:
    held = window(file, start, end - start)
    if is_escaped:
        if end - start > _LARGEST:
            raise UnreadableError(Reason.TOO_MANY_BYTES, f"base64 of {end - start:,} characters")
        text = held.read()
        budget.bytes(len(text))
        for escape, plain in _ESCAPES:
            text = text.replace(escape, plain)
        held = io.BytesIO(text.translate(_OTHER_ALPHABET))
    return Base64(held, budget).as_file()


def _beginnings(file: BinaryIO, size: int, budget: Budget) -> Iterator[tuple[int, str]]:
    """The starts of base64, and the kinds of picture that it is said to be."""
    start = 0
    while start < size:
        budget.check()
        file.seek(max(0, start - _OVERLAP))
        piece = file.read(_PIECE + 2 * _OVERLAP)
        before = min(start, _OVERLAP)
        end = len(piece) if start + _PIECE >= size else before + _PIECE
        found = {**_bare(piece, before, end), **_addressed(piece, before, end)}
        for place in sorted(found):
            yield start - before + place, found[place]
        start += _PIECE


def _bare(piece: bytes, begin: int, end: int) -> dict[int, str]:
    found = {}
    for mark, pattern, kind in _BARE:
        place = piece.find(mark, begin)
        while 0 <= place < end:
            is_first = not place or not _BEFORE.match(piece, place - 1)
            if is_first and pattern.match(piece, place):
                found[place] = kind
            place = piece.find(mark, place + 1)
    return found


def _addressed(piece: bytes, begin: int, end: int) -> dict[int, str]:
    found = {}
    place = piece.find(_MARK, begin)
    while 0 <= place < end:
        after = place + len(_MARK)
        head = piece[max(0, after - _OVERLAP) : after]
        address = _ADDRESS.search(head, max(0, head.rfind(b"data:")))
        if address:
            found[after] = (address.group(1) or b"").decode().lower()
        place = piece.find(_MARK, after)
    return found


def _end(view: View, start: int, budget: Budget) -> tuple[int, bool]:
    """The end of base64, and whether some of its characters are written in another way."""
    place, line, longest, is_escaped, is_folded = start, start, 0, False, None
    while piece := view.at(place, _PIECE):
        budget.check()
        match = _CHARACTERS.match(piece)
        length = match.end() if match else 0
        run = piece[:length]
        is_escaped = is_escaped or any(each in run for each in (b"\\", b"%", b"-", b"_"))
        place += length
        if length == len(piece):
            continue
        newline = _NEWLINE.match(piece, length)
        if not newline:
            return place, is_escaped
        folded = bool(newline.group(1))
        is_full = place - line >= max(_WRAPPED, longest)
        if is_folded not in (None, folded) or not (folded or is_full):
            return place, is_escaped
        is_folded = folded
        longest = max(longest, 0 if line == start else place - line)
        place += newline.end() - length
        line = place
    return min(place, view.size), is_escaped
