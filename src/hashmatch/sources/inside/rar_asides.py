"""What a RAR archive holds that is no member: streams of NTFS, comments, recovery records, fields.

Its readers list members alone. A service block is written as a member is: with the header of one it
is read as one, whatever compressed it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hashmatch.sources.inside.rar_blocks import number_at
from hashmatch.sources.inside.rar_volumes import (
    NEW,
    OLD,
    Block,
    blocks,
    new_fields,
    new_header,
    old_header,
    written,
)
from hashmatch.sources.inside.streams import MOST_SAID, UNSEARCHED

_MAIN, _FILE, _SERVICE, _END = 1, 2, 3, 5
_OLD_FILE, _OLD_SERVICE, _OLD_END = 0x74, 0x7A, 0x7B
_HAS_EXTRA, _HAS_DATA = 1, 2
_HAS_TIME, _HAS_CRC = 2, 4
_SOLID: Final = 0x40
_ENCRYPTED: Final = 1
"""The kind of the field that says how data are encrypted."""
_OLD_SPLIT, _OLD_LOCKED, _OLD_SOLID = 3, 4, 0x10
_OLD_MAIN: Final = b"\0\0\x73\0\0\x0d\0" + bytes(6)
_STORED: Final = 0x30
_OLD_LEAST: Final = 32


@dataclass(frozen=True, slots=True)
class Aside:
    """Bytes that are no member's.

    Attributes:
        name: of what they are.
        place: in the volume.
        size: in bytes.
        alone: an archive in which they are the only member; empty where they lie there as they are.
    """

    name: str
    place: int
    size: int
    alone: bytes = b""


def asides(volume: bytes) -> Iterator[Aside]:
    """All bytes of a volume that are no member's, if they are many; none behind its end mark."""
    is_new = volume.startswith(NEW)
    for block in blocks(volume):
        if block.is_locked or block.kind == (_END if is_new else _OLD_END):
            return
        header = block.header
        if len(header) > MOST_SAID:
            yield Aside("", block.place - len(header), len(header))
        if block.is_file or len(block.data) <= UNSEARCHED:
            continue
        found = _service(block) if is_new else _old_service(block)
        yield found or Aside("", block.place, len(block.data))


def _service(block: Block) -> Aside | None:
    """A service block of version 5 as an archive; None of what lies there as it is."""
    kind, flags, extra, size, at = new_fields(block.header)
    if kind != _SERVICE:
        return None
    of_file, behind = number_at(block.header, at)
    for _ in range(2):
        # Its size, and its attributes.
        behind = number_at(block.header, behind)[1]
    behind += 4 * bool(of_file & _HAS_TIME) + 4 * bool(of_file & _HAS_CRC)
    packing, after = number_at(block.header, behind)
    method, fields = packing >> 7 & 7, block.header[len(block.header) - extra :] if extra else b""
    if not method and not _is_locked(fields):
        return None
    length, name = number_at(block.header, number_at(block.header, after)[1])
    title = block.header[name : name + length].decode("utf-8", "replace")
    body = written(_FILE) + written(flags & (_HAS_EXTRA | _HAS_DATA))
    body += (written(extra) if extra else b"") + written(size) + block.header[at:behind]
    body += written(packing & ~_SOLID) + block.header[after:]
    main = new_header(written(_MAIN) + written(0) + written(0))
    alone = b"".join((NEW, main, new_header(body), block.data))
    return Aside(title, block.place, len(block.data), alone)


def _is_locked(fields: bytes) -> bool:
    """Whether one of the fields behind a header says that the data are encrypted."""
    at = 0
    while at < len(fields):
        size, begin = number_at(fields, at)
        if number_at(fields, begin)[0] == _ENCRYPTED:
            return True
        if not size:
            break
        at = begin + size
    return False


def _old_service(block: Block) -> Aside | None:
    """The same of versions before 5."""
    header = bytearray(block.header)
    if block.kind != _OLD_SERVICE or len(header) <= _OLD_LEAST:
        return None
    flags = int.from_bytes(header[3:5], "little")
    if header[25] == _STORED and not flags & _OLD_LOCKED:
        return None
    header[2] = _OLD_FILE
    title = header[_OLD_LEAST:][: int.from_bytes(header[26:28], "little")].decode("latin-1")
    made = old_header(header, flags & ~(_OLD_SPLIT | _OLD_SOLID))
    alone = b"".join((OLD, old_header(bytearray(_OLD_MAIN), 0), made, block.data))
    return Aside(title, block.place, len(block.data), alone)
