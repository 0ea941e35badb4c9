"""Apple's partition map (APM)."""

import struct
from typing import Final

from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.partitions.base import Part, Table
from hashmatch.sources.diskimage.reading import read_around

SCHEME: Final = "apm"
_DRIVER: Final = b"ER"
_ENTRY: Final = b"PM"
_BLOCKS: Final = (512, 1024, 2048, 4096)
_MOST: Final = 1024
_NO_PARTITIONS: Final = ("Apple_Free", "Apple_partition_map", "Apple_Void", "Apple_Scratch")


def table_of(disk: Bytes) -> Table | None:
    """The map of a disk; None where there is none.

    Raises:
        OSError: the disk cannot be read.
    """
    head = read_around(disk, 0, 512)[0]
    told = int.from_bytes(head[2:4], "big") if head[:2] == _DRIVER else 0
    # Discs that were made for several systems have maps of blocks of another size than they say.
    for block in dict.fromkeys((told, *_BLOCKS)):
        if block in _BLOCKS and read_around(disk, min(block, disk.size), 2)[0] == _ENTRY:
            return _map(disk, block)
    return None


def _map(disk: Bytes, block: int) -> Table:
    table = Table(SCHEME, is_sure=True)
    number, count = 1, 1
    while number <= min(count, _MOST) and (number + 1) * block <= disk.size:
        entry = read_around(disk, number * block, 512)[0]
        if entry[:2] != _ENTRY:
            table.problems.append(f"entry {number} of the partition map is damaged")
            break
        count, start, length = struct.unpack_from(">LLL", entry, 4)
        name, kind = (entry[at : at + 32].split(b"\0", 1)[0].decode("mac-roman") for at in (16, 48))
        if kind not in _NO_PARTITIONS and length:
            table.parts.append(Part(number, start * block, length * block, kind, name))
        number += 1
    return table
