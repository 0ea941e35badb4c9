"""VMware's disks (VMDK): sparse, flat, split, written as a stream, or built on another one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import (
    SECTOR,
    BadRange,
    Bytes,
    Facts,
    exactly,
)
from hashmatch.sources.diskimage.beside import Beside
from hashmatch.sources.diskimage.containers.vmdk_sparse import (
    SIGNATURE,
    SIGNATURE_OF_ESX,
    SparseExtent,
    header_of,
)
from hashmatch.sources.diskimage.reading import Joined, Missing, Padded, Window, Zeros
from hashmatch.sources.diskimage.spans import Span

DESCRIPTOR: Final = b"# Disk DescriptorFile"
_LONGEST_TEXT: Final = 1 << 20
_EXTENT: Final = re.compile(
    r'(?:RW|RDONLY|NOACCESS)\s+(\d+)\s+(\w+)(?:\s+"([^"]*)")?(?:\s+(\d+))?', re.IGNORECASE
)
_VALUE: Final = re.compile(r'\s*([\w.]+)\s*=\s*"?([^"]*)"?\s*')
_LARGEST: Final = 1 << 62
_NO_PARENT: Final = "ffffffff"
_FLAT: Final = ("FLAT", "VMFS")
_SPARSE: Final = ("SPARSE", "VMFSSPARSE")
_ENCRYPTED: Final = ("encryption.keysafe", "encryption.data")


class _Extent(NamedTuple):
    """A part of the disk.

    Attributes:
        size: in bytes.
        kind: how it is kept.
        name: of its file.
        first: where it begins there, if that is a flat one.
    """

    size: int
    kind: str
    name: str
    first: int


@dataclass
class _Description:
    """What the text says that describes a disk.

    Attributes:
        values: by name, in small letters.
        extents: parts of the disk, in their order.
    """

    values: dict[str, str] = field(default_factory=dict)
    extents: list[_Extent] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "_Description":
        """Read the text."""
        found = cls()
        for line in text.splitlines():
            extent = _EXTENT.match(line.strip())
            if extent:
                sectors, kind, name, first = extent.groups()
                # Numbers of thousands of digits are no sizes.
                size, begin = int(sectors[:20]) * SECTOR, int((first or "0")[:20]) * SECTOR
                found.extents.append(_Extent(size, kind.upper(), name or "", begin))
            elif value := _VALUE.fullmatch(line):
                found.values[value[1].lower()] = value[2]
        return found


class Vmdk:
    """A medium in a VMDK.

    Attributes:
        name: of its first file.
        size: of the medium, in bytes.
        facts: none are known.
        problems: what is wrong though it can be read.
        unread: ranges of extents that are cut.
        identity: a number that changes when the disk is written to.
    """

    def __init__(self, file: Bytes, text: str, beside: Beside) -> None:
        """Open the extents and the disk that it builds on.

        Raises:
            OSError: a file cannot be read.
            UnreadableError: one is missing, damaged or of a kind that is not read.
        """
        described = _Description.of(text)
        self.name = file.name
        self.facts = Facts()
        self.problems: list[str] = []
        self.unread: list[BadRange] = []
        self.identity = described.values.get("cid", "")
        if any(each in described.values for each in _ENCRYPTED):
            raise UnreadableError(Reason.ENCRYPTED, f"{file.name} is an encrypted VMware disk")
        if not 0 < sum(each.size for each in described.extents) < _LARGEST:
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name} describes a VMware disk (VMDK) of no possible size"
            )
        parent = self._parent(described, beside)
        extents: list[Bytes] = []
        at = 0
        alone = file if len(described.extents) == 1 and _is_sparse(file) else None
        for each in described.extents:
            size = each.size
            below = None if parent is None else Window(parent, at, size)
            extent = self._extent(each, beside, alone, below)
            if extent.size < size:
                missing = Missing(
                    *(extent.name, size - extent.size),
                    f"{extent.name} is cut: copy it again from where it was made",
                )
                self.problems.append(f"{extent.name} is cut: {missing.size:,} bytes are missing")
                self.unread.append(BadRange(at + extent.size, missing.size, self.problems[-1]))
                extent = Joined([extent, missing])
            extents.append(Padded(extent, size) if extent.size > size else extent)
            at += size
        self._data = Joined(extents, file.name)
        self.size = self._data.size

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place."""
        return self._data.pread(offset, size)

    def holes(self) -> Iterator[Span]:
        """Zeros that are not stored."""
        return self._data.holes()

    def _parent(self, described: _Description, beside: Beside) -> Bytes | None:
        wanted = described.values.get("parentcid", _NO_PARENT).lower()
        if wanted == _NO_PARENT:
            return None
        name = described.values.get("parentfilenamehint", "")
        if not name:
            raise UnreadableError(
                Reason.DAMAGED, f"{self.name} builds on another disk (VMDK), and does not name it"
            )
        parent = beside.parent(name)
        if getattr(parent, "identity", wanted).lower() != wanted:
            self.problems.append(
                f"{parent.name} was written to since {self.name} was made from it, or is another "
                "disk: what is read of it may be wrong"
            )
        return parent

    def _extent(
        self, described: _Extent, beside: Beside, alone: Bytes | None, parent: Bytes | None
    ) -> Bytes:
        size, kind, name, first = described
        if kind == "ZERO":
            return Zeros(size, self.name)
        if kind in _FLAT:
            return Window(beside.find(name, "extent"), first, size)
        if kind in _SPARSE:
            extent = SparseExtent(alone or beside.find(name, "extent"), parent)
            self.problems += extent.problems
            return extent
        raise UnreadableError(
            Reason.UNSUPPORTED, f"{self.name} has an extent of the kind {kind}, which is not read"
        )


class LoneExtent(SparseExtent):
    """A sparse extent that no text describes.

    Attributes:
        identity: empty, as nothing says it.
    """

    def __init__(self, file: Bytes) -> None:
        """Read its header."""
        super().__init__(file)
        self.identity = ""
        self.problems.append(
            f"{file.name} is one extent of a VMware disk (VMDK), and holds no description of it: "
            "if there are others, open the file that describes them"
        )


def _is_sparse(file: Bytes) -> bool:
    return file.pread(0, 4) in (SIGNATURE, SIGNATURE_OF_ESX)


def open_vmdk(file: Bytes, beside: Beside) -> Vmdk | LoneExtent:
    """The medium in a VMDK.

    Raises:
        OSError: a file cannot be read.
        UnreadableError: one is missing, damaged or of a kind that is not read.
    """
    if not _is_sparse(file):
        return Vmdk(file, file.pread(0, _LONGEST_TEXT).decode("utf-8", "replace"), beside)
    place, size = header_of(file).descriptor
    text = exactly(file, place, min(size, _LONGEST_TEXT, max(file.size - place, 0)))
    text = text.split(b"\0", 1)[0]
    return Vmdk(file, text.decode("utf-8", "replace"), beside) if text else LoneExtent(file)
