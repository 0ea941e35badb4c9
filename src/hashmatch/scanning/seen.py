"""Texts that were met, kept as numbers: a container may have a million members."""

import sys
from array import array
from typing import Final

_FEWEST: Final = 64
_FULL: Final = 2 / 3
"""Share of the table that is used before it is doubled."""


class Seen:
    """A set of texts of which only 64-bit hashes are kept, 12 to 24 bytes each.

    A set of numbers takes 70. Hashes are those of this process: nobody can choose texts that share
    one, and two of a million share one with a probability of 3 in 10^8.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._slots = array("Q", bytes(8 * _FEWEST))
        self._count = 0

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def add(self, text: str) -> bool:
        """Take a text in; whether it is new."""
        number = (hash(text) & sys.maxsize) or 1
        at = self._place(number)
        if self._slots[at]:
            return False
        self._slots[at] = number
        self._count += 1
        if self._count > _FULL * len(self._slots):
            self._grow()
        return True

    def _place(self, number: int) -> int:
        """Where a number stands, or would stand."""
        slots, most = self._slots, len(self._slots) - 1
        at = number & most
        while slots[at] and slots[at] != number:
            at = (at + 1) & most
        return at

    def _grow(self) -> None:
        before, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
        for number in before:
            if number:
                self._slots[self._place(number)] = number
