"""A file comes behind all that lies in it, so that a scan that is resumed knows it was finished."""

from hashmatch.scanning.digested import Digested
from hashmatch.sources.base import Found


class Nesting:
    """Files whose members have no result yet.

    Attributes:
        held: how many files wait for what lies in them.
    """

    def __init__(self) -> None:
        self.held = 0
        self._open: dict[str, int] = {}
        self._closing: dict[str, Digested] = {}

    def arrived(self, digested: Digested) -> bool:
        """Take note of a file, or of what lies in one; whether it goes on now."""
        outer = digested.found.container
        if outer is not None:
            self._open[outer.recorded] = self._open.get(outer.recorded, 0) + 1
            return True
        name = digested.found.recorded
        if not digested.closes or name not in self._open:
            return True
        self._closing[name] = digested
        self.held += 1
        return False

    def given(self, found: Found) -> Digested | None:
        """Take note of a result; the file that waited for it alone, if one did."""
        if found.container is None:
            return None
        name = found.container.recorded
        self._open[name] -= 1
        if self._open[name]:
            return None
        del self._open[name]
        if name not in self._closing:
            return None
        self.held -= 1
        return self._closing.pop(name)
