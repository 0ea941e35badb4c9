"""A page of five megabytes at most, however long names are: what does not fit is counted."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from hashmatch.markup import Markup

T = TypeVar("T")


class Budget:
    """Bytes that a part of the page may have.

    Attributes:
        left_out: things that did not fit.
    """

    def __init__(self, most: int) -> None:
        """Begin a part.

        Args:
            most: bytes of all that is written of it.
        """
        self._left = most
        self.left_out = 0

    def fitting(self, write: Callable[[T], Markup], things: Iterable[T]) -> Iterator[Markup]:
        """What is written of things, in their order, until one does not fit; others are counted."""
        for each in things:
            if not self.left_out:
                piece = write(each)
                self._left -= len(piece.encode())
                if self._left >= 0:
                    yield piece
                    continue
            self.left_out += 1
