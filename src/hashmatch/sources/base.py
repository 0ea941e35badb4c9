"""What every source of evidence gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from hashmatch.model import Unreadable


@dataclass(frozen=True, slots=True)
class Found:
    """One file of evidence, not yet read.

    Attributes:
        path: to open it by.
        locator: where it lies, for the record.
        problem: why it cannot or shall not be read; None for a readable file.
        size: in bytes, as the file system says; 0 where unknown.
    """

    path: str
    locator: str
    problem: Unreadable | None = None
    size: int = 0


class Source(Protocol):
    """An opened, read-only piece of evidence."""

    def __iter__(self) -> Iterator[Found]:
        """Every file in it, in an order that is the same every time."""
        ...
