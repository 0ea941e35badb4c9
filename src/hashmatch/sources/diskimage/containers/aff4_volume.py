"""Files of AFF4 images: zip archives, and the description (Turtle) in them.

After the AFF4 standard, version 1.0.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from typing import Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, exactly
from hashmatch.sources.diskimage.containers.expanding import ExpandError, inflate_raw
from hashmatch.sources.diskimage.reading import Held, Window

SCHEMA: Final = "http://aff4.org/Schema#"
TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_DESCRIPTION: Final = "information.turtle"
_END, _END64, _END64_PLACE = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_LENGTH: Final = 22
_LONGEST_COMMENT: Final = 65535
_CENTRAL, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"
_CENTRAL_LENGTH, _LOCAL_LENGTH = 46, 30
_LONGEST_DIRECTORY: Final = 256 << 20
_LONGEST_TEXT: Final = 64 << 20
_ALL32: Final = 0xFFFFFFFF
_TOKEN: Final = re.compile(
    r'<([^<>"\s]*)>|"((?:[^"\\]|\\.)*)"(?:\^\^(?:<([^<>\s]*)>|([\w.-]*:[\w.-]*))|@[\w-]+)?'
    r"|(@prefix|a(?=\s)|[.;,])|([\w-]*:[\w.:/-]*\w|[\w-]*:)|([+-]?\d[\d.eE+-]*|true|false)|#[^\n]*"
)
Facts = dict[str, list[tuple[str, str]]]
"""What is said of something: by predicate, the values, each with the type of a literal."""


class Volume:
    """A file of an AFF4 image.

    Attributes:
        file: the zip archive.
        urn: its name in the image.
        said: what it says, by the name of what that is about.
    """

    def __init__(self, file: Bytes) -> None:
        """Read its directory and its description.

        Raises:
            OSError: it cannot be read.
            UnreadableError: it is damaged.
        """
        self.file = file
        start, size, comment = _directory(file)
        self.urn = comment.split(b"\0", 1)[0].decode("utf-8", "replace").strip()
        self._members: dict[str, tuple[int, int, int, int]] = {}
        raw = dict(_entries(exactly(file, start, size)))
        if not self.urn.startswith("aff4:") and "container.description" in raw:
            self._members = raw
            text = self._whole("container.description")
            self.urn = text.decode("utf-8", "replace").strip()
        # Names begin with that of the file, or are whole ones in which some characters are escaped.
        self._members = {self._named(name): entry for name, entry in raw.items()}
        text = self._whole(f"{self.urn}/{_DESCRIPTION}")
        self.said: Mapping[str, Facts] = parse_turtle(text.decode("utf-8", "replace"))

    def member(self, urn: str) -> Bytes | None:
        """The bytes of a member, by its whole name; None where there is none.

        Raises:
            OSError: it cannot be read.
            UnreadableError: it is damaged.
        """
        entry = self._members.get(urn)
        if entry is None:
            return None
        method, packed, size, header = entry
        head = exactly(self.file, header, _LOCAL_LENGTH)
        of_name, of_extra = struct.unpack_from("<HH", head, 26)
        start = header + _LOCAL_LENGTH + of_name + of_extra
        if head[:4] != _LOCAL or method not in (0, 8) or start + packed > self.file.size:
            raise UnreadableError(
                Reason.DAMAGED, f"{self.file.name}: a member of it is damaged or cut"
            )
        if not method:
            return Window(self.file, start, packed)
        if size > _LONGEST_TEXT:
            raise UnreadableError(
                Reason.DAMAGED, f"{self.file.name}: a compressed member of it has {size:,} bytes"
            )
        try:
            return Held(inflate_raw(exactly(self.file, start, packed), size), self.file.name)
        except ExpandError:
            raise UnreadableError(
                Reason.DAMAGED, f"{self.file.name}: a compressed member of it is damaged"
            ) from None

    def _whole(self, urn: str) -> bytes:
        member = self.member(urn)
        if member is None or member.size > _LONGEST_TEXT:
            raise UnreadableError(
                Reason.DAMAGED,
                f"{self.file.name} is an AFF4 image without a description that is read",
            )
        return member.pread(0, member.size)

    def _named(self, name: str) -> str:
        name = re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), name)
        return name if name.startswith("aff4:") else f"{self.urn}/{name.lstrip('/')}"


def _directory(file: Bytes) -> tuple[int, int, bytes]:
    """Where the directory of a zip archive lies, its size, and the comment behind it."""
    length = min(file.size, _END_LENGTH + _LONGEST_COMMENT)
    tail = file.pread(file.size - length, length)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_LENGTH:
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name} is an AFF4 image (zip) that is cut: copy it again"
        )
    size, start = struct.unpack_from("<LL", tail, at + 12)
    place = tail[at - 20 : at] if at >= 20 else b""  # noqa: PLR2004 (its length)
    if place[:4] == _END64_PLACE:
        (where,) = struct.unpack_from("<Q", place, 8)
        record = exactly(file, where, 56)
        if record[:4] == _END64:
            size, start = struct.unpack_from("<QQ", record, 40)
    if size > _LONGEST_DIRECTORY or start + size > file.size:
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name}: the directory of its members is damaged"
        )
    return start, size, tail[at + _END_LENGTH :]


def _entries(data: bytes) -> Iterator[tuple[str, tuple[int, int, int, int]]]:
    """Members: name; method, size in the archive, size and place of the header."""
    at = 0
    while data[at : at + 4] == _CENTRAL and len(data) - at >= _CENTRAL_LENGTH:
        (method,) = struct.unpack_from("<H", data, at + 10)
        packed, size, of_name, of_extra, of_comment = struct.unpack_from("<LLHHH", data, at + 20)
        (header,) = struct.unpack_from("<L", data, at + 42)
        begin = at + _CENTRAL_LENGTH
        name = data[begin : begin + of_name].decode("utf-8", "replace")
        extra = data[begin + of_name : begin + of_name + of_extra]
        wide = _wide(extra)
        values = [next(wide, each) if each == _ALL32 else each for each in (size, packed, header)]
        yield name, (method, values[1], values[0], values[2])
        at = begin + of_name + of_extra + of_comment


def _wide(extra: bytes) -> Iterator[int]:
    """Numbers of 64 bits in the extra field that has them."""
    at = 0
    while at + 4 <= len(extra):
        which, length = struct.unpack_from("<HH", extra, at)
        if which == 1:
            for place in range(at + 4, min(at + 4 + length, len(extra)) - 7, 8):
                yield int.from_bytes(extra[place : place + 8], "little")
        at += 4 + length


def parse_turtle(text: str) -> dict[str, Facts]:
    """What a description says, of the part of Turtle that AFF4 uses.

    >>> parse_turtle('@prefix s: <x#> . <u> s:of <v> ; s:size "4"^^s:long .')
    {'u': {'x#of': [('v', '')], 'x#size': [('4', 'x#long')]}}
    """
    prefixes: dict[str, str] = {}
    found: dict[str, Facts] = {}
    subject = predicate = ""
    words = _words(text, prefixes)
    for kind, value, form in words:
        if kind == "@prefix":
            prefix, meaning = next(words, None), next(words, None)
            if prefix and meaning:
                prefixes[prefix[1].removesuffix(":")] = meaning[1]
        elif kind == ".":
            subject = predicate = ""
        elif kind == ";":
            predicate = ""
        elif kind == ",":
            continue
        elif not subject:
            subject = value
        elif not predicate:
            predicate = TYPE if kind == "a" else value
        else:
            found.setdefault(subject, {}).setdefault(predicate, []).append((value, form))
    return found


def _words(text: str, prefixes: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The words: what it is where that counts, its value, and the type of a literal."""

    def whole(name: str) -> str:
        prefix, _, rest = name.partition(":")
        return prefixes.get(prefix, f"{prefix}:") + rest

    for match in _TOKEN.finditer(text):
        name, literal, typed, typed_short, mark, short, plain = match.groups()
        if mark:
            yield mark, "", ""
        elif literal is not None:
            yield "", literal, typed or (whole(typed_short) if typed_short else "")
        elif short is not None:
            yield "", whole(short), ""
        elif name is not None or plain is not None:
            yield "", name if name is not None else plain, ""


def types_of(facts: Facts) -> set[str]:
    """What kinds of thing something is."""
    return {value for value, _ in facts.get(TYPE, ())}


def value_of(facts: Facts, name: str) -> str:
    """A value of AFF4's own; empty where it is not said."""
    return next((value for value, _ in facts.get(f"{SCHEMA}{name}", ())), "")


def number_of(facts: Facts, name: str, otherwise: int = 0) -> int:
    """The same as a number."""
    value = value_of(facts, name)[:19]
    return int(value) if value.isdecimal() and value.isascii() else otherwise
