"""Outlook messages (.msg): names of attachments, also of messages in messages, and their text."""

import re
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from hashmatch.errors import UnreadableError
from hashmatch.sources.inside.base import Budget

_Path: TypeAlias = tuple[str, ...]

_ATTACHED: Final = re.compile(r"__attach_version1\.0_#[0-9A-Fa-f]+")
_PROPERTY: Final = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})")
_DATA: Final = "3701"
_NAMES: Final = ("3707", "3704", "3001")
"""Properties that name an attachment: long, short, as displayed."""
_TEXTS: Final = frozenset({"001F", "001E"})
_LONGEST: Final = 1 << 12
_READ: Final = frozenset({"3701", "1013", "1009", "1000", "3702", "3709"})
"""Properties that may hold pictures: attachments, text in HTML and RTF, their own pictures."""


def is_of_message(path: _Path) -> bool:
    """Whether a stream may hold a picture: properties of messages are texts and numbers."""
    found = _PROPERTY.fullmatch(path[-1])
    if path[-1].startswith("__properties_version") or "__nameid_version1.0" in path:
        return False
    return not found or found.group(1) in _READ or found.group(2) == "0102"


def attachment_names(paths: Iterable[_Path], read: Callable[[_Path], bytes]) -> dict[_Path, str]:
    """Names of the streams that are attachments' bytes: with those of the messages around them."""
    paths = set(paths)
    names: dict[_Path, str] = {}

    def name_of(storage: _Path) -> str:
        if storage not in names:
            names[storage] = _name(storage, paths, read) or storage[-1]
        return names[storage]

    found = {}
    for path in sorted(paths):
        kind = _PROPERTY.fullmatch(path[-1])
        storages = [path[: at + 1] for at in range(len(path)) if _ATTACHED.fullmatch(path[at])]
        if kind and kind.group(1) == _DATA and storages and path[:-1] == storages[-1]:
            found[path] = "/".join(name_of(each) for each in storages)
    return found


def _name(storage: _Path, paths: set[_Path], read: Callable[[_Path], bytes]) -> str:
    for name in _NAMES:
        for kind in sorted(_TEXTS, reverse=True):
            path = (*storage, f"__substg1.0_{name}{kind}")
            if path in paths:
                try:
                    data = read(path)[:_LONGEST]
                except UnreadableError:
                    continue
                encoding = "utf-16-le" if kind == "001F" else "cp1252"
                text = data.decode(encoding, "replace").rstrip("\0")
                if text:
                    return text
    return ""


_START: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window of the compression holds at its beginning."""
_WINDOW: Final = 4096
_COMPRESSED: Final = b"LZFu"
_STORED: Final = b"MELA"


def unpacked_rtf(data: bytes, budget: Budget) -> bytes:
    """The text of a message in RTF, which is compressed in its own way; cut where damaged."""
    size, kind = int.from_bytes(data[4:8], "little"), data[8:12]
    if kind == _STORED:
        return data[16 : 16 + size]
    if kind != _COMPRESSED:
        return data
    window = bytearray(_START.ljust(_WINDOW, b"\0"))
    place, made, at = len(_START), bytearray(), 16
    while at < len(data) and len(made) < size:
        flags = data[at]
        at += 1
        budget.check()
        for bit in range(8):
            if at >= len(data):
                break
            if flags >> bit & 1:
                pair = int.from_bytes(data[at : at + 2], "big")
                at += 2
                start, length = pair >> 4, (pair & 15) + 2
                if start == place:
                    at = len(data)
                    break
                piece = bytearray()
                for each in range(length):
                    byte = window[(start + each) % _WINDOW]
                    window[place] = byte
                    place = (place + 1) % _WINDOW
                    piece.append(byte)
                made += piece
            else:
                window[place] = data[at]
                place = (place + 1) % _WINDOW
                made.append(data[at])
                at += 1
    budget.bytes(len(made))
    return bytes(made[:size])
