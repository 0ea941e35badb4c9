"""What every export is."""

from collections import Counter
from typing import BinaryIO, Protocol

from hashmatch.exports.facts import Facts


class Export(Protocol):
    """A format for other programs.

    Attributes:
        suffix: what the name of its file ends in.
        of_links: whether it holds what several places have in common; else single sightings and
            events.
    """

    suffix: str
    of_links: bool

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write it, piece by piece, and give what it could not carry, in words."""
        ...
