"""Shadow copies (VSS) on a volume of NTFS, after libyal's documentation of the format.

Written are the header of the volume, a catalog of one block, and for each shadow copy a store with
header, list of blocks, list of ranges, an empty bitmap and the former bytes of every block that
changed since. Not written: forwarders, overlays, previous bitmaps, and lists of more than one block
(510 changed blocks of 16 KiB a store).
"""

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

IDENTITY = uuid.UUID("3808876b-c176-4e48-b7ae-04046e6cc752")
BLOCK = 1 << 14
_HEADER = 0x1E00
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MOST_BLOCKS = (BLOCK - 128) // 32


@dataclass(frozen=True)
class Shadow:
    """A shadow copy: the volume as it was, and when it was made."""

    before: bytes
    made: datetime


def _head(record: int, relative: int, current: int, information: int = 0) -> bytes:
    head = IDENTITY.bytes_le + struct.pack("<LLQQQQ", 1, record, relative, current, 0, information)
    return head.ljust(128, b"\0")


def store_name(number: int) -> str:
    """The name of the file that holds a shadow copy, from 1."""
    return f"{{{uuid.UUID(int=number)}}}{{{IDENTITY}}}"


def with_shadows(volume: bytes, area: int, shadows: Sequence[Shadow]) -> bytes:
    """The volume with shadow copies of its former states.

    Args:
        volume: as it is now.
        area: where the stores are written: a row of blocks that belongs to no other file.
        shadows: the oldest first.
    """
    out = bytearray(volume)
    area = -(-area // BLOCK) * BLOCK
    catalog, free = area, area + BLOCK
    entries = b""
    for number, shadow in enumerate(shadows, 1):
        later = shadows[number].before if number < len(shadows) else volume
        changed = [
            at
            for at in range(BLOCK, len(volume) - BLOCK + 1, BLOCK)
            if at < area and shadow.before[at : at + BLOCK] != later[at : at + BLOCK]
        ]
        assert len(changed) <= _MOST_BLOCKS, len(changed)
        identity = uuid.UUID(int=number).bytes_le
        header, blocks, ranges, bitmap = (free + BLOCK * each for each in range(4))
        data = free + 4 * BLOCK
        size = 4 * BLOCK + len(changed) * BLOCK
        about = identity + uuid.uuid4().bytes_le * 2 + struct.pack("<LLLL", 0xD, 0, 0x20009, 0)
        about += struct.pack("<H", 4) + "PC".encode("utf-16-le")
        about += struct.pack("<H", 4) + "PC".encode("utf-16-le")
        out[header : header + BLOCK] = (_head(4, 0, header, len(about)) + about).ljust(BLOCK, b"\0")
        described = b"".join(
            struct.pack("<QQQLL", at, 4 * BLOCK + each * BLOCK, data + each * BLOCK, 0, 0)
            for each, at in enumerate(changed)
        )
        out[blocks : blocks + BLOCK] = (_head(3, BLOCK, blocks) + described).ljust(BLOCK, b"\0")
        span = struct.pack("<QQQ", header, 0, size)
        out[ranges : ranges + BLOCK] = (_head(5, 2 * BLOCK, ranges) + span).ljust(BLOCK, b"\0")
        out[bitmap : bitmap + BLOCK] = _head(6, 3 * BLOCK, bitmap).ljust(BLOCK, b"\0")
        for each, at in enumerate(changed):
            place = data + each * BLOCK
            out[place : place + BLOCK] = shadow.before[at : at + BLOCK]
        moment = int((shadow.made - _EPOCH).total_seconds()) * 10_000_000
        entries += struct.pack("<QQ", 2, len(volume)) + identity
        entries += struct.pack("<QQQ", number, 0x40, moment).ljust(96, b"\0")
        entries += struct.pack("<QQ", 3, blocks) + identity
        entries += struct.pack("<QQQQQQQ", header, ranges, bitmap, 0, size, 0, 0).ljust(96, b"\0")
        free += size
    assert free <= len(volume)
    out[catalog : catalog + BLOCK] = (_head(2, 0, catalog) + entries).ljust(BLOCK, b"\0")
    first = IDENTITY.bytes_le + struct.pack("<LLQQQQQ", 1, 1, _HEADER, _HEADER, 0, catalog, 0)
    out[_HEADER : _HEADER + 512] = first.ljust(512, b"\0")
    return bytes(out)
