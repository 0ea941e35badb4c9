"""The files that an image consists of, of which few are open at a time."""

import errno
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.access import Stamp, open_evidence, stamp_of
from hashmatch.sources.diskimage.holes import holes_of
from hashmatch.sources.diskimage.reading import clamped
from hashmatch.sources.diskimage.spans import Span

MOST_OPEN: Final = 16
"""Files that are open at a time: a worker may have 64, and an image has a thousand segments."""
_PREAD: Final[Callable[[int, int, int], bytes] | None] = getattr(os, "pread", None)


class Handles:
    """Open files, of which the one that was not used for longest is closed for another."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        """Open nothing yet.

        Args:
            most: files that are open at a time.
        """
        self._most = most
        self._open: OrderedDict[str, BinaryIO] = OrderedDict()
        self._stamps: dict[str, Stamp | None] = {}

    @property
    def count(self) -> int:
        """Files that are open now."""
        return len(self._open)

    def get(self, path: str) -> BinaryIO:
        """The file, opened unless it is.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it is no regular file, or another one than before.
        """
        file = self._open.get(path)
        if file is not None:
            self._open.move_to_end(path)
            return file
        while len(self._open) >= self._most:
            self._open.popitem(last=False)[1].close()
        file = open_evidence(path)
        try:
            self._check(path, file)
        except BaseException:
            file.close()
            raise
        self._open[path] = file
        return file

    def _check(self, path: str, file: BinaryIO) -> None:
        """Whether it is the file that was open before."""
        stamp = stamp_of(file)
        if self._stamps.setdefault(path, stamp) != stamp:
            name = os.path.basename(path)  # noqa: PTH119 (names that are no text)
            raise UnreadableError(Reason.CHANGED, f"{name} was written to while it was read")

    def close(self) -> None:
        """Close all; they are opened again when they are read."""
        while self._open:
            self._open.popitem()[1].close()


class FileBytes:
    """A file of an image.

    Attributes:
        path: of it.
        name: of it, without its folder.
        size: in bytes.
    """

    def __init__(self, path: str, handles: Handles) -> None:
        """Look at the file.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it is no regular file.
        """
        self.path, self._handles = path, handles
        self.name = os.path.basename(path)  # noqa: PTH119 (names that are no text)
        self.size = handles.get(path).seek(0, os.SEEK_END)

    def pread(self, offset: int, size: int, /) -> bytes:
        """The bytes at a place.

        Raises:
            OSError: they cannot be read, or the file has become shorter.
            UnreadableError: the file was written to.
        """
        size = clamped(self.size, offset, size)
        pieces = []
        file = self._handles.get(self.path)
        while size:
            piece = _pread(file, offset, size)
            if not piece:
                raise OSError(errno.EIO, f"{self.name} has become shorter")
            pieces.append(piece)
            offset, size = offset + len(piece), size - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def holes(self) -> Iterator[Span]:
        """Those that the file system does not store, where it says so."""
        return holes_of(lambda: self._handles.get(self.path).fileno(), self.size)


def _pread(file: BinaryIO, offset: int, size: int) -> bytes:
    if _PREAD is not None:
        return _PREAD(file.fileno(), size, offset)
    file.seek(offset)
    return file.read(size)
