"""An item of a source found again by its locator."""

from hashmatch.model.locator import File, Locator
from hashmatch.sources.base import Found, Source
from hashmatch.sources.folder import Folder


class Finder:
    """Finds items of a source by their locators on record."""

    def __init__(self, source: Source) -> None:
        """Look at nothing yet.

        Args:
            source: a folder, in which files are looked up by their paths; any other one is walked
                through once, and what it has is kept in memory.
        """
        self._source = source
        self._known: dict[Locator, Found] | None = None

    def find(self, locator: Locator, size: int = 0) -> Found | None:
        """The item; None where the source has no file that it could be, or lie in.

        What lies in a file is found without reading it: whether it is there shows when it is
        opened.

        Args:
            locator: as on record, relative to the root of the source.
            size: of the item in bytes, for what is found in files; 0 where it is not known.
        """
        for depth in range(len(locator.steps), 0, -1):
            outer = self._at(Locator(locator.steps[:depth]))
            if outer is not None:
                inner = locator.steps[depth:]
                return outer.inside(inner, outer.problem, size) if inner else outer
        return None

    def _at(self, locator: Locator) -> Found | None:
        """The file of the source with this locator."""
        first, *further = locator.steps
        if type(self._source) is Folder and isinstance(first, File):
            return None if further else self._source.at(first.path)
        if self._known is None:
            self._known = {found.where: found for found in self._source}
        return self._known.get(locator)
