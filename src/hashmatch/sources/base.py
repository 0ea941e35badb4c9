"""What every source of evidence gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from hashmatch.model import Unreadable


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


class Source(Protocol):
    """An opened, read-only piece of evidence.

    A source that can tell how many files it has without reading them has a length, or a method
    `total` that counts them: an interrupted scan on record then says how many are missing.
    """

    def __iter__(self) -> Iterator[Found]:
        """Every file in it, in an order that is the same every time."""
        ...
