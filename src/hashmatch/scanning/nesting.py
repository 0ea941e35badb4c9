"""A file comes behind all that lies in it, so that a scan that is resumed knows it was finished."""

from collections.abc import Iterator

from hashmatch.model.locator import Member, Volume
from hashmatch.scanning.digested import Digested
from hashmatch.sources.base import Found


class Nesting:
    """Files whose members have no result yet: files of the evidence, and those on a disk image.

    Attributes:
        held: how many files wait for what lies in them.
    """

    def __init__(self) -> None:
        self.held = 0
        self._open: dict[str, int] = {}
        self._closing: dict[str, Digested] = {}

    def arrived(self, digested: Digested) -> bool:
        """Take note of a file, or of what lies in one; whether it goes on now."""
        for name in _around(digested.found):
            self._open[name] = self._open.get(name, 0) + 1
        name = digested.found.recorded
        if not digested.closes or name not in self._open:
            return True
        self._closing[name] = digested
        self.held += 1
        return False

    def given(self, found: Found) -> Iterator[Digested]:
        """Take note of a result; the files that waited for it alone."""
        for name in _around(found):
            self._open[name] -= 1
            if self._open[name]:
                continue
            del self._open[name]
            if name in self._closing:
                self.held -= 1
                yield self._closing.pop(name)


def _around(found: Found) -> Iterator[str]:
    """What the item lies in, and what must be recorded behind it: names, as they are on record."""
    if found.container is None:
        return
    steps = found.steps
    first = next((at for at, each in enumerate(steps) if not isinstance(each, Volume)), 0)
    if first and isinstance(steps[first], Member):
        # The space of a volume is no item; what is found in it is.
        first += 1
    if 0 < first < len(steps) - 1:
        yield str(found.container.where.inside(*steps[: first + 1]))
    yield found.container.recorded
