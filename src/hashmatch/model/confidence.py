"""How sure a format or a kind of source is that something is its own."""

from enum import IntEnum


class Confidence(IntEnum):
    """How sure a format or a kind of source is; True counts as `STRUCTURE`."""

    NONE = 0
    GUESS = 1
    """It could be read as this, as many files could."""
    STRUCTURE = 2
    """Names or rows that only this format has."""
    MAGIC = 3
    """A mark at its start that says so."""
