"""A search through any bytes: of a whole file, or part by part."""

import io
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import BinaryIO

from hashmatch.model import Unreadable
from hashmatch.sources.inside.base import Budget, Inner, SearchState


class Search(ABC):
    """A parser that finds its members at any place of a file."""

    extra = ""

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """All that is found, as `Parser` says; nothing that is found needs a password."""
        del passwords
        return self.between(file, budget, SearchState(), (0, file.seek(0, io.SEEK_END)))

    @abstractmethod
    def between(
        self, file: BinaryIO, budget: Budget, state: SearchState, part: tuple[int, int]
    ) -> Iterator[Inner | Unreadable]:
        """What begins in a part of the file, and may end behind it.

        Args:
            file: as for `Parser`.
            budget: as for `Parser`.
            state: what the search of the parts before gave; it is brought up to date.
            part: begin and end of the part, in bytes of the file.
        """
