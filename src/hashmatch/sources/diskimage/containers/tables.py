"""Tables of numbers in a file, of which only the parts are loaded that are used."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, exactly
from hashmatch.sources.diskimage.containers.caching import Cache

_PAGE: Final = 4096
"""Numbers that are loaded at a time."""
_PAGES: Final = 64
"""Pages that are kept."""


class Table:
    """Numbers of one width, one behind the other.

    Attributes:
        count: of them.
    """

    def __init__(self, file: Bytes, offset: int, count: int, form: str) -> None:
        """Load nothing yet.

        Args:
            file: that holds them.
            offset: of the first.
            count: of them; those that cannot lie in the file do not count.
            form: of each, as NumPy writes it: `<u4`, `>u8`.
        """
        self._file, self._offset, self._form = file, offset, np.dtype(form)
        there = max(0, file.size - offset) // self._form.itemsize if offset >= 0 else 0
        self.count = min(count, there)
        self._pages: Cache[NDArray[np.unsignedinteger]] = Cache(_PAGES)

    def __getitem__(self, number: int) -> int:
        """One of the numbers.

        Raises:
            OSError: it cannot be read.
            UnreadableError: there is none of this number, or the file ends before it.
        """
        if not 0 <= number < self.count:
            raise UnreadableError(
                Reason.DAMAGED, f"{self._file.name}: a table at {self._offset:,} is cut or damaged"
            )
        return int(self._page(number // _PAGE)[number % _PAGE])

    def part(self, first: int, count: int) -> NDArray[np.unsignedinteger]:
        """Some numbers behind each other; fewer at the end."""
        count = max(0, min(count, self.count - first))
        width = self._form.itemsize
        data = exactly(self._file, self._offset + first * width, count * width)
        return np.frombuffer(data, self._form)

    def pages(self) -> Iterator[tuple[int, NDArray[np.unsignedinteger]]]:
        """All numbers, some at a time: which is the first, and they."""
        for first in range(0, self.count, _PAGE):
            yield first, self.part(first, _PAGE)

    def _page(self, number: int) -> NDArray[np.unsignedinteger]:
        return self._pages.get(number, lambda: self.part(number * _PAGE, _PAGE))
