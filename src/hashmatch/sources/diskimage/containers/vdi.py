"""VirtualBox disks (VDI)."""

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, exactly
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.containers.blocks import PARENT, STORED, BlockImage, States
from hashmatch.sources.diskimage.containers.tables import Table

SIGNATURE: Final = b"\x7f\x10\xda\xbe"
SIGNATURE_AT: Final = 64
_HEADER: Final = 0x1C8
_NORMAL, _FIXED, _UNDO, _DIFFERENCING = 1, 2, 3, 4
_NOT_THERE: Final = 0xFFFFFFFE
"""Blocks of this number and above are not stored."""


class Vdi(BlockImage):
    """A medium in a VDI."""

    def __init__(self, file: Bytes) -> None:
        """Read its header.

        Raises:
            OSError: it cannot be read.
            UnreadableError: it is damaged, or not whole without another one.
        """
        header = exactly(file, 0, _HEADER)
        (version,) = struct.unpack_from("<L", header, 0x44)
        (kind,) = struct.unpack_from("<L", header, 0x4C)
        table, data = struct.unpack_from("<LL", header, 0x154)
        size, block, before, count = struct.unpack_from("<QLLL", header, 0x170)
        if header[SIGNATURE_AT : SIGNATURE_AT + 4] != SIGNATURE or version >> 16 != 1:
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name} is no VirtualBox disk (VDI) of version 1"
            )
        if kind in (_UNDO, _DIFFERENCING):
            detail = (
                f"{file.name} is a differencing VirtualBox disk (VDI), which does not name the one "
                "that it builds on: merge them with `VBoxManage clonemedium`"
            )
            raise UnreadableError(Reason.UNSUPPORTED, detail)
        if kind not in (_NORMAL, _FIXED):
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name} is a VirtualBox disk (VDI) of the unknown kind {kind}"
            )
        self._table = Table(file, table, count, "<u4")
        super().__init__(file.name, min(size, self._table.count * block), block)
        if self.size < size:
            self.problems.append(
                f"{file.name} says that its disk has {size:,} bytes, and lists {self.size:,}"
            )
        self._file, self._data, self._before = file, data, before

    def block(self, number: int) -> tuple[Bytes | None, int]:
        """What a block lies in, and where."""
        place = self._table[number]
        if place >= _NOT_THERE:
            return None, 0
        return self._file, self._data + place * (self.block_size + self._before) + self._before

    def states(self) -> Iterator[States]:
        """Which blocks are stored."""
        for first, places in self._table.pages():
            states = np.where(places >= _NOT_THERE, PARENT, STORED).astype(np.uint8)
            yield first * self.block_size, states, self.block_size


def open_vdi(file: Bytes, beside: Beside) -> Vdi:
    """The medium in a VDI.

    Raises:
        OSError: it cannot be read.
        UnreadableError: it is damaged, or not whole without another one.
    """
    del beside
    return Vdi(file)
