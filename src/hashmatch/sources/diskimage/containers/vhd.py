"""Virtual PC's and Hyper-V's disks (VHD): fixed, dynamic and differencing."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import SECTOR, Bytes, exactly
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.containers.bitmaps import runs_of_bits
from hashmatch.sources.diskimage.containers.blocks import PARENT, STORED, BlockImage, Piece, States
from hashmatch.sources.diskimage.containers.plain import Plain
from hashmatch.sources.diskimage.containers.tables import Table
from hashmatch.sources.diskimage.reading import Window

SIGNATURE: Final = b"conectix"
FOOTER: Final = 512
_DYNAMIC: Final = b"cxsparse"
_DYNAMIC_HEADER: Final = 1024
_FIXED_KIND, _DYNAMIC_KIND, _DIFFERENCING_KIND = 2, 3, 4
_ABSENT: Final = 0xFFFFFFFF
_LOCATORS: Final = 8


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands at the end of a VHD, and at the beginning of a dynamic one.

    Attributes:
        header: where the header of a dynamic disk lies.
        size: of the medium, in bytes.
        kind: of the disk.
        identity: 16 bytes that no other disk has.
        is_whole: whether its checksum is right.
    """

    header: int
    size: int
    kind: int
    identity: bytes
    is_whole: bool


def footer_of(data: bytes) -> Footer | None:
    """The footer in these bytes; None where there is none."""
    if len(data) < FOOTER - 1 or data[:8] != SIGNATURE:
        return None
    data = data.ljust(FOOTER, b"\0")
    (header,) = struct.unpack_from(">Q", data, 16)
    (size,) = struct.unpack_from(">Q", data, 48)
    kind, told = struct.unpack_from(">LL", data, 60)
    return Footer(header, size, kind, data[68:84], told == _checksum(data, 64))


def _checksum(data: bytes, at: int) -> int:
    return ~(sum(data) - sum(data[at : at + 4])) & 0xFFFFFFFF


class Vhd(BlockImage):
    """A medium in a dynamic or differencing VHD.

    Attributes:
        identity: 16 bytes that no other disk has.
    """

    def __init__(self, file: Bytes, footer: Footer, beside: Beside) -> None:
        """Read its header, and open the image that it builds on.

        Raises:
            OSError: a file cannot be read.
            UnreadableError: it is damaged, or the image that it builds on is missing.
        """
        header = exactly(file, footer.header, _DYNAMIC_HEADER)
        place, _, count, block, told = struct.unpack_from(">QLLLL", header, 16)
        if header[:8] != _DYNAMIC:
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name}: the header of its dynamic disk (VHD) is damaged"
            )
        self.identity = footer.identity
        self._differs = footer.kind == _DIFFERENCING_KIND
        self._table = Table(file, place, count, ">u4")
        parent = _parent(file, header, beside) if self._differs else None
        super().__init__(file.name, min(footer.size, self._table.count * block), block, parent)
        self._file = file
        # A bit for each sector stands before each block.
        self._bitmap = -(-block // (SECTOR * 8 * SECTOR)) * SECTOR
        if told != _checksum(header, 36):
            self.problems.append(f"{file.name}: the checksum of its header is wrong")
        if self.size < footer.size:
            self.problems.append(
                f"{file.name} says that its disk has {footer.size:,} bytes, and lists {self.size:,}"
            )

    def block(self, number: int) -> tuple[Bytes | None, int]:
        """What a block lies in, and where."""
        sector = self._table[number]
        return (None, 0) if sector == _ABSENT else (self._file, sector * SECTOR + self._bitmap)

    def pieces(self, number: int, start: int, size: int) -> Iterator[Piece]:
        """Where bytes of a block lie: of a differencing disk, each sector in one or the other."""
        file, place = self.block(number)
        begin = number * self.block_size
        if file is None:
            yield self.below(begin + start, size)
        elif not self._differs:
            yield file, place + start, size
        else:
            bits = exactly(file, place - self._bitmap, self._bitmap)
            for is_own, at, length in runs_of_bits(bits, start, size, SECTOR, most_first=True):
                yield (file, place + at, length) if is_own else self.below(begin + at, length)

    def states(self) -> Iterator[States]:
        """Which blocks are stored."""
        for first, sectors in self._table.pages():
            states = np.where(sectors == _ABSENT, PARENT, STORED).astype(np.uint8)
            yield first * self.block_size, states, self.block_size


def _parent(file: Bytes, header: bytes, beside: Beside) -> Bytes:
    """The image that a differencing one builds on, by the first of its names that is there."""
    names = []
    for index in range(_LOCATORS):
        code, _, length, _, place = struct.unpack_from(">4sLLLQ", header, 576 + 24 * index)
        if code in (b"W2ru", b"W2ku") and 0 < length <= 4096:  # noqa: PLR2004 (names are short)
            names.append(file.pread(min(place, file.size), length).decode("utf-16-le", "replace"))
    names.append(header[64:576].decode("utf-16-be", "replace").partition("\0")[0])
    names = [name for name in names if name.strip("\0\\/. ")]
    if not names:
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name} builds on another disk (VHD), and does not name it"
        )
    there = [name for name in names if beside.has(name.replace("\\", "/").split("/")[-1])]
    parent = beside.parent((there or names)[0])
    if getattr(parent, "identity", header[40:56]) != header[40:56]:
        detail = (
            f"{parent.name} is not the disk (VHD) that {file.name} was made from: its identity is "
            "another one; put the right one in the same folder"
        )
        raise UnreadableError(Reason.DAMAGED, detail)
    return parent


class FixedVhd(Plain):
    """A medium in a fixed VHD.

    Attributes:
        identity: 16 bytes that no other disk has.
    """

    def __init__(self, data: Bytes, identity: bytes) -> None:
        """Take the bytes before the footer."""
        super().__init__(data)
        self.identity = identity


def is_fixed(size: int, footer: Footer) -> bool:
    """Whether a file of this size that ends with such a footer can be a fixed VHD."""
    return footer.kind == _FIXED_KIND and 0 < footer.size <= size


def open_vhd(file: Bytes, beside: Beside) -> Vhd | FixedVhd:
    """The medium in a VHD.

    Raises:
        OSError: a file cannot be read.
        UnreadableError: it is damaged, or the image that it builds on is missing.
    """
    # Old programs write footers of 511 bytes.
    last = footer_of(file.pread(max(file.size - FOOTER, 0), FOOTER)) or footer_of(
        file.pread(max(file.size - FOOTER + 1, 0), FOOTER)
    )
    first = footer_of(file.pread(0, FOOTER))
    footer = last if last and (last.is_whole or first is None) else first
    if footer is None:
        raise UnreadableError(Reason.DAMAGED, f"{file.name} is no disk of the kind VHD")
    if footer.kind == _FIXED_KIND:
        medium: Vhd | FixedVhd = FixedVhd(Window(file, 0, footer.size), footer.identity)
        if medium.size < footer.size:
            medium.problems.append(f"{file.name} is cut: its disk has {footer.size:,} bytes")
    elif footer.kind in (_DYNAMIC_KIND, _DIFFERENCING_KIND):
        medium = Vhd(file, footer, beside)
        if last is None:
            medium.problems.append(f"{file.name} has no footer at its end: it is cut")
    else:
        raise UnreadableError(
            Reason.UNSUPPORTED, f"{file.name} is a disk (VHD) of the unknown kind {footer.kind}"
        )
    if not footer.is_whole:
        medium.problems.append(f"{file.name}: the checksum of its footer is wrong")
    return medium
