"""What every source of evidence gives."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from hashmatch.model import Unreadable
from hashmatch.model.confidence import Confidence

HEAD = 1 << 12
"""Bytes of a file that kinds of sources look at."""


class Identity(NamedTuple):
    """Which file it is, whatever its names are.

    Attributes:
        device: number of the file system.
        inode: number of the file in it.
        links: how many names the file has; with more than one, equal device and inode mean the
            same file.
    """

    device: int
    inode: int
    links: int


@dataclass(frozen=True, slots=True)
class Found:
    """One file of evidence, not yet read.

    Attributes:
        path: to open it by.
        locator: where it lies, for the record.
        problem: why it cannot or shall not be read; None for a readable file.
        size: in bytes, as the file system says; 0 where unknown.
        times: as the file system says, by kind (`modified`, `accessed`, `changed`, `created`):
            ISO 8601 in UTC. Kinds that it does not know are left out.
        identity: which file it is; None where unknown.
        within: where it lies below the root of its source, with `/` between names: the same
            however the root is written and wherever it is mounted. Empty where the source has no
            root; its files are on record by their locators then.
    """

    path: str
    locator: str
    problem: Unreadable | None = None
    size: int = 0
    times: Mapping[str, str] = field(default_factory=dict)
    identity: Identity | None = None
    within: str = ""

    @property
    def recorded(self) -> str:
        """The locator on record."""
        return self.within or self.locator


class SourceKind(Protocol):
    """A kind of source: what opens evidence of its kind, as a class with this method does."""

    def detect(self, path: str, head: bytes, /) -> Confidence:
        """How sure it is that the evidence is of its kind.

        Args:
            path: of a file or folder.
            head: the first bytes of a file, at most `HEAD`; none of a folder.
        """
        ...

    def __call__(self, path: str | os.PathLike[str], /) -> "Source":
        """Open the evidence.

        Raises:
            SourceError: it cannot be opened.
        """
        ...


class Source(Protocol):
    """An opened, read-only piece of evidence.

    One that knows them has `kind`, what kind of source it is, for the record, and `roots`, the
    absolute paths below which everything lies that it finds: workers may read nothing else.

    A source that can tell how many files it has without reading them has a length, or a method
    `total` that counts them: an interrupted scan on record then says how many are missing.
    """

    def __iter__(self) -> Iterator[Found]:
        """Every file in it, in an order that is the same every time."""
        ...


def roots_of(source: object) -> tuple[str, ...] | None:
    """The absolute paths below which all lies that a source finds; None if it does not say."""
    roots = getattr(source, "roots", None)
    return None if roots is None else tuple(roots)
