"""The files that a scan is to read, and whether all of them were read."""

from collections.abc import Iterable, Iterator

from hashmatch.sources.base import Found


class FilesToRead:
    """Files as they are handed out for reading, counted."""

    def __init__(self, files: Iterable[Found | None]) -> None:
        """Count the files of this source as they are taken from it; None is none for now."""
        self._rest = iter(files)
        self._taken = 0

    def __iter__(self) -> Iterator[Found | None]:
        for found in self._rest:
            self._taken += found is not None
            yield found

    def all_read(self, results: int) -> bool:
        """Whether so many results are those of all files; asked once, when no more come."""
        return results == self._taken and all(each is None for each in self._rest)
