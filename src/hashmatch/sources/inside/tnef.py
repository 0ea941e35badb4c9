"""Attachments that Outlook packs into one file, `winmail.dat` (TNEF)."""

import io
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, Final

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member
from hashmatch.sources.inside.base import Budget, Inner
from hashmatch.sources.inside.outlook import unpacked_rtf
from hashmatch.sources.inside.streams import window
from hashmatch.sources.inside.view import View

_MAGIC: Final = 0x223E9F78
_BEGIN: Final = 0x9002
_TITLE: Final = 0x8010
_DATA: Final = 0x800F
_PROPERTIES: Final = 0x9005
_MESSAGE: Final = 0x9003
_LONG_NAME: Final = 0x3707
_OBJECT: Final = 0x3701
_RTF: Final = 0x1009
_FIXED: Final = {0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8}
_GUID: Final = 16
_NAMED: Final = 0x8000
_INTERFACE: Final = 16
_LARGEST: Final = 1 << 28
_LONGEST: Final = 1024
_HEADER: Final = 6
_HEAD: Final = 9
_FILES: Final = (b"\x78\x9f\x3e\x22", b"\xd0\xcf\x11\xe0")
"""First bytes of what is attached as an object: another such file, or a document (OLE)."""


class Tnef:
    """Gives attachments with their names, attached messages and documents, the text in RTF."""

    kinds: tuple[str, ...] = ("mail attachment (TNEF)",)
    modules: tuple[str, ...] = ("encodings.utf_16_le", "encodings.cp1252")
    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The attachments; one that is cut ends with the file."""
        del passwords
        view = View(file)
        if view.number(0, 4) != _MAGIC:
            yield Unreadable(Reason.DAMAGED, "a mail attachment (TNEF) without its first bytes")
            return
        for number, (name, held) in enumerate(_attachments(view, budget)):
            budget.member()
            size = len(held) if isinstance(held, bytes) else held[1]
            yield Inner(Member("tnef", number, name), size, open=partial(_opened, file, held))
        if _end(view, budget) > view.size:
            yield Unreadable(Reason.TRUNCATED, "a mail attachment (TNEF) that is cut")


def _opened(file: BinaryIO, held: bytes | tuple[int, int]) -> BinaryIO:
    return io.BytesIO(held) if isinstance(held, bytes) else window(file, *held)


def _attributes(view: View, budget: Budget) -> Iterator[tuple[int, int, int]]:
    """Kinds of attributes, and where their values begin and end."""
    place = _HEADER
    while place + _HEAD <= view.size:
        budget.check()
        start = place + _HEAD
        place = start + view.number(start - 4, 4) + 2
        yield view.number(start - 8, 2), start, place - 2


def _end(view: View, budget: Budget) -> int:
    """The end of the last attribute, as its length says."""
    return max((end for _, _, end in _attributes(view, budget)), default=0)


def _attachments(view: View, budget: Budget) -> Iterator[tuple[str, bytes | tuple[int, int]]]:
    """Names, and the bytes or where they lie."""
    title, held = "", None
    for kind, start, end in _attributes(view, budget):
        size = min(end, view.size) - start
        if kind == _BEGIN:
            yield from [(title, held)] if held else []
            title, held = "", None
        elif kind == _TITLE:
            title = _text(view.at(start, min(size, _LONGEST)))
        elif kind == _DATA:
            held = (start, size)
        elif kind in (_PROPERTIES, _MESSAGE) and size <= _LARGEST:
            found = dict(_properties(view.at(start, size)))
            if _RTF in found:
                yield "", unpacked_rtf(found[_RTF], budget)
            if kind == _PROPERTIES:
                title = _text(found.get(_LONG_NAME, b"")[:_LONGEST]) or title
            if kind == _PROPERTIES and (data := found.get(_OBJECT)):
                yield title, data[_INTERFACE:] if data[16:20] in _FILES else data
    if held:
        yield title, held


def _text(data: bytes) -> str:
    """A name: in UTF-16 where every other byte says so."""
    encoding = "utf-16-le" if data[1:2] == b"\0" and len(data) > 2 else "cp1252"  # noqa: PLR2004
    return data.decode(encoding, "replace").split("\0")[0]


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Properties of which the value has a length of its own."""
    count, place = int.from_bytes(data[:4], "little"), 4
    for _ in range(min(count, len(data) // 4)):
        kind = int.from_bytes(data[place : place + 2], "little")
        key = int.from_bytes(data[place + 2 : place + 4], "little")
        place += 4
        if key >= _NAMED:
            is_text = data[place + _GUID : place + _GUID + 4] == b"\1\0\0\0"
            length = int.from_bytes(data[place + _GUID + 4 : place + _GUID + 8], "little")
            place += _GUID + 8 + (length + -length % 4 if is_text else 0)
        values = 1
        if kind & 0x1000 or kind & 0xFFF not in _FIXED:
            values = int.from_bytes(data[place : place + 4], "little")
            place += 4
        for _ in range(min(values, len(data))):
            if kind & 0xFFF in _FIXED:
                place += _FIXED[kind & 0xFFF]
                continue
            length = int.from_bytes(data[place : place + 4], "little")
            yield key, data[place + 4 : place + 4 + length]
            place += 4 + length + -length % 4
            if place > len(data):
                return
