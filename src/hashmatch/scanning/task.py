"""What a worker is asked to decode."""

from dataclasses import dataclass

from hashmatch.model import Item
from hashmatch.scanning.digested import Digested


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be decoded.

    Attributes:
        digested: the file, with what is known of it without any decoder.
        item: what is known to become of it, so that it need not be decoded; None otherwise.
    """

    digested: Digested
    item: Item | None = None
