"""The entries of ext2, ext3 and ext4 that were ever used, without asking for each of millions."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.sources.diskimage.reading import read_around

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes

_SUPERBLOCK: Final = 1024
_MAGIC: Final = 0xEF53
_COUNTED: Final = 0x10 | 0x400
"""Features (checksums of groups) that say how many entries of a group were never used."""
_WIDE: Final = 0x80
_UNUSED: Final = 1
_LARGEST: Final = 1 << 16
_MOST: Final = 1 << 26
"""Bytes of entries of one group: more cannot be addressed by its bitmap of one block."""


@dataclass(frozen=True, slots=True)
class _Layout:
    groups: int
    per_group: int
    size: int
    block: int
    descriptors: int
    descriptor: int
    is_counted: bool


def used_inodes(volume: "Bytes") -> Iterator[int]:
    """The numbers of entries that hold something, in order; none if the layout makes no sense.

    Args:
        volume: that the file system lies on.

    Raises:
        OSError: it cannot be read.
    """
    layout = _layout(volume)
    if layout is None:
        return
    for group in range(layout.groups):
        place = layout.descriptors + group * layout.descriptor
        data = read_around(volume, min(place, volume.size), layout.descriptor)[0]
        if len(data) < layout.descriptor:
            return
        (table,) = struct.unpack_from("<L", data, 8)
        flags, unused = struct.unpack_from("<H", data, 18)[0], struct.unpack_from("<H", data, 28)[0]
        if layout.descriptor >= 64:  # noqa: PLR2004 (the long form)
            table |= struct.unpack_from("<L", data, 40)[0] << 32
            unused |= struct.unpack_from("<H", data, 50)[0] << 16
        count = layout.per_group
        if layout.is_counted:
            count = 0 if flags & _UNUSED else max(0, count - unused)
        length = min(count * layout.size, _MOST)
        start = table * layout.block
        if not length or start >= volume.size:
            continue
        entries = np.frombuffer(read_around(volume, start, length)[0], np.uint8)
        rows = entries[: len(entries) // layout.size * layout.size].reshape(-1, layout.size)
        first = group * layout.per_group + 1
        yield from (first + int(number) for number in np.flatnonzero(rows[:, :128].any(axis=1)))


def _layout(volume: "Bytes") -> _Layout | None:
    block = read_around(volume, min(_SUPERBLOCK, volume.size), 1024)[0]
    if len(block) < 1024 or struct.unpack_from("<H", block, 56)[0] != _MAGIC:  # noqa: PLR2004
        return None
    inodes, _, _, _, _, first, shift = struct.unpack_from("<7L", block, 0)
    (per_group,) = struct.unpack_from("<L", block, 40)
    (revision,) = struct.unpack_from("<L", block, 76)
    size = struct.unpack_from("<H", block, 88)[0] if revision else 128
    incompatible, read_only = struct.unpack_from("<LL", block, 96)
    descriptor = struct.unpack_from("<H", block, 254)[0] if incompatible & _WIDE else 32
    length = 1024 << min(shift, 6)
    is_possible = per_group and 128 <= size <= _LARGEST and 32 <= descriptor <= _LARGEST  # noqa: PLR2004
    if not is_possible:
        return None
    return _Layout(
        groups=-(-inodes // per_group),
        per_group=per_group,
        size=size,
        block=length,
        descriptors=(first + 1) * length,
        descriptor=descriptor,
        is_counted=bool(read_only & _COUNTED),
    )
