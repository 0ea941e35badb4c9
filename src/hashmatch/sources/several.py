"""Several sources as one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from hashmatch.sources.base import Found, Source, opens_paths, roots_of
from hashmatch.sources.wrapped import Wrapped


class _Within(NamedTuple):
    """What opens a file of one of several sources."""

    number: int
    address: object


class Several:
    """The files of several sources, of one after the other.

    Attributes:
        kind: `several`.
        roots: of all of them; None where one does not say.
    """

    kind = "several"

    def __init__(self, sources: Iterable[Source | Sequence[Found]]) -> None:
        """Join sources, or files on disk."""
        self._sources = [Wrapped(each) for each in sources]
        roots = [roots_of(each) for each in self._sources if _needs_roots(each)]
        told = [each for each in roots if each is not None]
        known = len(told) == len(roots)
        self.roots = tuple(root for each in told for root in each) if known else None

    def __iter__(self) -> Iterator[Found]:
        """Every file of each source."""
        for number, source in enumerate(self._sources):
            for found in source:
                yield replace(found, address=_Within(number, found.address))

    def open(self, found: Found, /) -> BinaryIO:
        """The item, opened by its own source."""
        within = found.address
        if not isinstance(within, _Within):
            msg = "none of these sources has this file"
            raise TypeError(msg)
        return self._sources[within.number].open(replace(found, address=within.address))

    @property
    def on_disk(self) -> bool:
        """Whether all of them open files by their paths alone."""
        return all(map(opens_paths, self._sources))


def _needs_roots(source: Wrapped) -> bool:
    """Whether there is something in it that workers read."""
    files = source.source
    return not isinstance(files, list | tuple) or any(each.problem is None for each in files)
