"""Lines of a table in any encoding, each within bounds."""

import codecs
from collections.abc import Iterator
from typing import Final

from hashmatch.intake.members import Member, MemberStream
from hashmatch.intake.noting import Notes
from hashmatch.intake.xml import encoding_of

LONGEST_LINE: Final = 1 << 20
"""Bytes; a longer line is quarantined, so that no file takes more memory than this."""

_CHUNK: Final = 1 << 18
_WINDOWS: Final = "lines that are no UTF-8, read as Windows-1252"


class TooLong:
    """Stands for a line that is too long."""

    def __init__(self, length: int) -> None:
        self.reason = f"the line has {length:,} bytes: at most {LONGEST_LINE:,} are read"


def lines_of(member: Member, notes: Notes) -> Iterator[tuple[int, str | TooLong]]:
    """Every line with its number, from 1, without its end."""
    with member.open() as stream:
        head = member.head()
        encoding = encoding_of(head)
        blocks = _blocks(stream, encoding)
        end = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
        for number, raw in enumerate(_split(blocks, end), 1):
            yield number, raw if isinstance(raw, TooLong) else _decoded(raw, notes)


def _blocks(stream: MemberStream, encoding: str) -> Iterator[bytes]:
    """The bytes of the file, in UTF-8 where it is another Unicode encoding."""
    if encoding == "utf-8":
        while block := stream.read(_CHUNK):
            yield block
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block := stream.read(_CHUNK):
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _split(blocks: Iterator[bytes], end: bytes) -> Iterator[bytes | TooLong]:
    rest, dropped = b"", 0
    for block in blocks:
        first, *others = block.split(end)
        if dropped:
            dropped += len(first)
        else:
            rest += first
        if len(rest) > LONGEST_LINE:
            rest, dropped = b"", len(rest)
        for each in others:
            yield TooLong(dropped) if dropped else rest
            rest, dropped = each, 0
    if dropped:
        yield TooLong(dropped)
    elif rest:
        yield rest


def _decoded(raw: bytes, notes: Notes) -> str:
    raw = raw.removesuffix(b"\r")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        notes.count(_WINDOWS)
        return raw.decode("cp1252", "replace")
