"""A block device, as a disk that was plugged in: the medium itself, which is never written to."""

import os
import stat
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final

from hashmatch.errors import Reason, SourceError, UnreadableError
from hashmatch.files.regular import buffered
from hashmatch.model.confidence import Confidence
from hashmatch.sources.base import Found
from hashmatch.sources.device_use import number_of, writer_of

_READ: Final = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)


class Device:
    """A block device (Linux): one item, with all that lies on it.

    Attributes:
        kind: `device`.
        roots: its path; workers read nothing else.
    """

    kind = "device"

    @staticmethod
    def detect(path: str, head: bytes, /) -> Confidence:
        """Sure of a block device, and of nothing else."""
        del head
        try:
            is_block = stat.S_ISBLK(os.stat(path).st_mode)  # noqa: PTH116 (names that are no text)
        except OSError:
            return Confidence.NONE
        return Confidence.STRUCTURE if is_block else Confidence.NONE

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Look at the device: how long it is, and that nothing may write to it.

        Args:
            path: of the device, or a link to it.

        Raises:
            SourceError: this system is not Linux, there is no such device, it cannot be opened, or
                it or a part of it is mounted so that it can be written to.
        """
        self._locator = os.fspath(path)
        system: str = sys.platform  # as text: each check is made on every system
        if system != "linux":
            msg = f"cannot open {self._locator!r}: block devices are read on Linux alone: {_IMAGE}"
            raise SourceError(msg)
        self._path = os.path.realpath(self._locator)
        self.roots = (self._path,)
        try:
            self._number = number_of(os.stat(self._path))  # noqa: PTH116 (names that are no text)
            why = writer_of(self._path, self._number)
            with self._opened() as file:
                self._size = file.seek(0, os.SEEK_END)
        except OSError as error:
            why = error.strerror or str(error)
        except UnreadableError as error:
            why = error.detail
        if why:
            msg = f"cannot open {self._locator!r}: {why}"
            raise SourceError(msg)

    def _opened(self) -> BinaryIO:
        file = buffered(os.open(self._path, _READ))
        status = os.fstat(file.fileno())
        if not stat.S_ISBLK(status.st_mode) or number_of(status) != self._number:
            file.close()
            raise UnreadableError(Reason.CHANGED, "another device has taken its place")
        return file

    def __len__(self) -> int:
        """One."""
        return 1

    def __iter__(self) -> Iterator[Found]:
        """The device."""
        within = os.path.basename(self._path)  # noqa: PTH119 (names that are no text)
        yield Found(self._path, self._locator, size=self._size, within=within)

    def open(self, found: Found, /) -> BinaryIO:
        """The bytes of the device: seekable, read-only.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: there is another device at its path.
        """
        del found
        return self._opened()


_IMAGE: Final = "make an image of it, and scan that"
