"""A file with several names is digested once: hard links are known before anything is read."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from hashmatch.scanning.digested import Digested
from hashmatch.sources.base import Found

_NOWHERE: Final = Found("", "")


class Links:
    """Leaves out further names of a file, and gives them with what is known of it."""

    def __init__(self) -> None:
        """Start with no file."""
        self._links: dict[tuple[int, int], list[Found] | Digested] = {}
        self._late: deque[Digested] = deque()

    def first_names(self, files: Iterable[Found | None]) -> Iterator[Found | None]:
        """The files but further names of one that was given before; None for none as yet."""
        for found in files:
            name = None if found is None else _name(found)
            if found is None or name is None or found.problem is not None:
                yield found
            elif name not in self._links:
                self._links[name] = []
                yield found
            else:
                first = self._links[name]
                if isinstance(first, list):
                    first.append(found)
                else:
                    self._late.append(replace(first, found=found))

    def all_names(self, digested: Iterable[Digested | None]) -> Iterator[Digested | None]:
        """Each file under all of its names; None for nothing as yet.

        Args:
            digested: files that `first_names` gave, in any order.
        """
        for each in digested:
            while self._late:
                yield self._late.popleft()
            yield each
            if each is not None:
                yield from self._others(each)
        yield from self._late

    def _others(self, digested: Digested) -> Iterator[Digested]:
        name = _name(digested.found)
        if name is not None and isinstance(links := self._links.get(name), list):
            self._links[name] = replace(digested, found=_NOWHERE)
            yield from (replace(digested, found=each) for each in links)


def _name(found: Found) -> tuple[int, int] | None:
    """What all names of one file share; None for a file of one name."""
    identity = found.identity
    return None if identity is None or identity.links <= 1 else (identity.device, identity.inode)
