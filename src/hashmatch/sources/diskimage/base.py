"""What can be read at any place: files, and the media and volumes that they hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.spans import Span

SECTOR: Final = 512
"""Bytes of a sector, where nothing says otherwise."""


class Bytes(Protocol):
    """Bytes that can be read at any place."""

    @property
    def name(self) -> str:
        """What to call it in a message: the name of a file, without its folder."""
        ...

    @property
    def size(self) -> int:
        """The size in bytes."""
        ...

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place: as many as were asked for, fewer only at the end.

        Raises:
            OSError: they cannot be read.
            UnreadRangeError: they are damaged, missing or encrypted; never are others given.
        """
        ...

    def holes(self) -> Iterator[Span]:
        """Ranges (offset and length) of zeros that are not stored, so that nobody need read them.

        They are in order, and do not touch each other.
        """
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What a container says of the medium in it.

    Attributes:
        media: what kind it is, as `fixed disk`; empty where it does not say.
        sector: its bytes per sector.
        digests: of the whole medium, as the program that made the image computed them: names
            (`md5`, `sha1`, `sha256`) and values in hexadecimal.
        described: what was written down when it was made, by name: `case`, `evidence`,
            `examiner`, `model`, `serial`, `acquired`, …
    """

    media: str = ""
    sector: int = SECTOR
    digests: Mapping[str, str] = field(default_factory=dict)
    described: Mapping[str, str] = field(default_factory=dict)


class Medium(Bytes, Protocol):
    """A whole medium, as its container has it."""

    @property
    def facts(self) -> Facts:
        """What the container says of it."""
        ...

    @property
    def problems(self) -> list[str]:
        """What is wrong with the container though it can be read: one sentence each."""
        ...

    @property
    def unread(self) -> "list[BadRange]":
        """Ranges that are known to be missing: others may show when they are read."""
        ...


@dataclass(frozen=True, slots=True)
class BadRange:
    """Bytes of a medium that cannot be read, or could not be when its image was made.

    Attributes:
        offset: of the first byte.
        length: in bytes.
        reason: why, in one sentence.
    """

    offset: int
    length: int
    reason: str


class UnreadRangeError(UnreadableError):
    """Bytes of a medium that cannot be read.

    Attributes:
        offset: of the first byte, on what was read.
        length: in bytes.
    """

    def __init__(self, reason: Reason, detail: str, offset: int, length: int) -> None:
        super().__init__(reason, detail)
        self.offset = offset
        self.length = length

    def __reduce__(self) -> tuple[type, tuple[Reason, str, int, int]]:  # type: ignore[override]
        return type(self), (self.reason, self.detail, self.offset, self.length)

    def at(self, offset: int, length: int) -> "UnreadRangeError":
        """The same of another range: of what the one that was read is a part of."""
        return UnreadRangeError(self.reason, self.detail, offset, length)


def exactly(file: Bytes, offset: int, size: int) -> bytes:
    """So many bytes of a file.

    Raises:
        OSError: they cannot be read.
        UnreadableError: the file ends before them.
    """
    data = file.pread(offset, size) if 0 <= offset <= file.size else b""
    if len(data) != size:
        detail = (
            f"{file.name} is cut: it has {file.size:,} bytes, and {size:,} are wanted at "
            f"{offset:,}; copy it again from where it was made"
        )
        raise UnreadableError(Reason.TRUNCATED, detail)
    return data
