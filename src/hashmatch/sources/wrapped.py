"""Sources made of other sources: all but the list of files is theirs."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from hashmatch.sources.access import open_evidence
from hashmatch.sources.base import Found, Source, opens_paths, readable_of, roots_of


class Wrapped:
    """A source that opens its files as another one does.

    Attributes:
        source: that other one; or any files, opened by their paths.
        kind: of that source; empty where it does not say.
        roots: of that source; None where it does not say.
        readable: what workers may read, of that source.
    """

    def __init__(self, source: Source | Iterable[Found]) -> None:
        """Wrap a source, or files on disk."""
        self.source = source
        self.kind: str = getattr(source, "kind", "")
        self.roots = roots_of(source)
        self.readable = readable_of(source)

    @property
    def on_disk(self) -> bool:
        """Whether files are opened by their paths alone."""
        return type(self).open is Wrapped.open and opens_paths(self.source)

    def __iter__(self) -> Iterator[Found]:
        """Every file of the source."""
        return iter(self.source)

    def open(self, found: Found, /) -> BinaryIO:
        """The item, opened by the wrapped source."""
        how = getattr(self.source, "open", None)
        return open_evidence(found.path) if how is None else how(found)


class Selected(Wrapped):
    """Some files of a source, to be read once."""

    def __init__(self, source: Source | Iterable[Found], files: Iterable[Found]) -> None:
        """Select files.

        Args:
            source: any.
            files: of it.
        """
        super().__init__(source)
        self._files = files

    def __iter__(self) -> Iterator[Found]:
        """The files that were selected."""
        return iter(self._files)
