"""What every reader of a file system gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import FileObject
from hashmatch.sources.diskimage.entry import Entry
from hashmatch.sources.diskimage.reading import clamped
from hashmatch.sources.diskimage.spans import Span
from hashmatch.wording import number_of


def too_deep(folders: list[str], most: int) -> Iterator[Unreadable]:
    """What is to be said of folders that are not opened, as they lie too deep; nothing of none.

    Args:
        folders: their paths.
        most: folders that may lie in each other.
    """
    if folders:
        count = number_of(len(folders), "folder")
        first = folders[0]
        shown = first if len(first) <= _LONGEST else f"{first[:_LONGEST]}…"
        why = f"{count} below {most:,} others, which are not opened: the first is {shown}"
        yield Unreadable(Reason.TOO_DEEP, why)


_LONGEST: Final = 200
"""Characters of a path that is named."""


def nothing() -> None:
    """Does nothing: for who need not know that work goes on."""


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file, at any place.

    Attributes:
        name: what to call it in a message.
        size: in bytes.
        read: gives bytes at a place, at least one of as many as were asked for.
    """

    name: str
    size: int
    read: Callable[[int, int], bytes]

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: they cannot be read.
            UnreadableError: likewise, or the volume ends before them.
        """
        size = clamped(self.size, offset, size)
        data = self.read(offset, size) if size else b""
        if size and not data:
            raise UnreadableError(Reason.TRUNCATED, "the volume ends before it")
        return data

    def holes(self) -> Iterator[Span]:
        """None is known."""
        return iter(())


class FileSystem(Protocol):
    """A file system on a volume."""

    @property
    def kind(self) -> str:
        """What it is called in locators, as `ntfs`."""
        ...

    def entries(
        self, on_step: Callable[[], object] = nothing, *, by_names: bool = True
    ) -> Iterator[Entry]:
        """All files, in the order of their first bytes on the volume; the same every time.

        Args:
            on_step: called now and then.
            by_names: whether folders are opened; else only what can be had without them is given.

        Raises:
            OSError: the volume cannot be read.
        """
        ...

    def open(self, step: FileObject) -> BinaryIO:
        """The bytes of a file: seekable, read-only.

        Raises:
            OSError: they cannot be read.
            UnreadableError: there is no such file.
        """
        ...

    def find(self, path: str) -> BinaryIO | None:
        """The bytes of the file with this path, as in the steps of entries, not deleted.

        None where there is none, or where the library cannot be asked for such a path.
        """
        ...

    def unowned(self) -> Iterator[tuple[int, int]]:
        """Offset and length of the ranges of the volume that belong to no file, in order.

        Known once `entries` came to its end.
        """
        ...

    @property
    def problems(self) -> list[Unreadable]:
        """What of the file system could not be read, as folders that are damaged."""
        ...
