"""Disk labels of BSD, on whole disks and in partitions of others."""

import struct
from typing import Final

from hashmatch.sources.diskimage.base import SECTOR, Bytes
from hashmatch.sources.diskimage.partitions.base import Part, Table
from hashmatch.sources.diskimage.reading import read_around

SCHEME: Final = "bsd"
_MAGIC: Final = 0x82564557
_PLACES: Final = (512, 64, 0)
_MOST: Final = 22
_WHOLE: Final = 2
_UNUSED: Final = 0


def table_of(disk: Bytes, start: int = 0) -> Table | None:
    """The label on a disk or partition; None where there is none.

    Args:
        disk: what the label lies on.
        start: of it on the whole disk: some labels count from there.

    Raises:
        OSError: the disk cannot be read.
    """
    for place in _PLACES:
        label = read_around(disk, min(place, disk.size), 404)[0]
        if len(label) < 404 or {_long(label, 0), _long(label, 132)} != {_MAGIC}:  # noqa: PLR2004
            continue
        sector = _long(label, 40) or SECTOR
        (count,) = struct.unpack_from("<H", label, 138)
        table = Table(SCHEME, is_sure=_is_whole(label, count))
        if not table.is_sure:
            table.problems.append("the checksum of the disk label is wrong")
        if sector not in (512, 1024, 2048, 4096):
            return None
        entries = [
            struct.unpack_from("<LLLB", label, 148 + 16 * number)
            for number in range(min(count, _MOST, (len(label) - 148) // 16))
        ]
        # The third entry is that of the whole: where it begins says what places count from.
        size, begin = entries[_WHOLE][:2] if len(entries) > _WHOLE else (0, 0)
        is_of_disk = not begin and size * sector > disk.size
        shift = start if is_of_disk else begin * sector
        for number, (size, offset, _, kind) in enumerate(entries, 1):
            is_whole = number == _WHOLE + 1
            if size and kind != _UNUSED and not is_whole and offset * sector >= shift:
                at = offset * sector - shift
                table.parts.append(Part(number, at, size * sector, f"{kind}"))
        return table
    return None


def _long(label: bytes, at: int) -> int:
    return int.from_bytes(label[at : at + 4], "little")


def _is_whole(label: bytes, count: int) -> bool:
    """Whether all numbers up to the last entry, added without carrying, give nothing."""
    data = label[: 148 + 16 * min(count, 16)]
    value = 0
    for (number,) in struct.iter_unpack("<H", data[: len(data) // 2 * 2]):
        value ^= number
    return value == 0
