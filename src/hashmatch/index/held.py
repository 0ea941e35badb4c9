"""A file of an index, held open: read into memory as far as it is used, and watched.

Files are read, not mapped. A mapped file that is cut while it is searched ends the process
(SIGBUS), and one that is overwritten changes below the search. What was read stays as it was
checked, whatever becomes of the file.
"""

import hashlib
import io
import mmap
import os
import sys
import weakref
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.errors import ClosedIndexError, DamagedIndexError
from hashmatch.files.changes import notes_every_change, settle
from hashmatch.files.regular import open_regular

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE: Final = 1 << 22
"""Bytes that are read at a time."""


class HeldFile:
    """A file of an index, open.

    Attributes:
        path: of the file.
        size: when it was opened, in bytes.
        sha256: that it must have, in hex; empty where nothing says it.
        identity: device, inode, size, time of the last change of its bytes and of anything of it,
            in nanoseconds, when it was opened: another file has others, and so has one that was
            written to.
        bytes: (size,) uint8; only what `load` was called for is there, the rest is zero. It starts
            at a whole page of memory.
    """

    def __init__(self, path: Path, *, sha256: str = "") -> None:
        """Open a file; nothing is read yet.

        Raises:
            DamagedIndexError: it is missing, no regular file, or too large for any memory.
        """
        self.path = path
        self.sha256 = sha256
        try:
            descriptor = open_regular(path, links=False)
        except OSError as error:
            msg = f"{path} cannot be opened: {error.strerror}"
            raise DamagedIndexError(msg) from None
        self._closing = weakref.finalize(self, os.close, descriptor)
        self._file = io.FileIO(descriptor, closefd=False)
        self._stamp = _stamp(descriptor)
        self.identity = _identity(descriptor)
        self.size = self._stamp[0]
        self._lock = Lock()
        self.bytes = self._memory()

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        with self._lock:
            self._closing()

    def check_open(self) -> None:
        """Nothing, if the file is open.

        Raises:
            ClosedIndexError: it was closed: its descriptor may be another file by now.
        """
        if not self._closing.alive:
            msg = f"the index {self.path.parent} was closed: open it again to search it"
            raise ClosedIndexError(msg)

    @property
    def changed(self) -> int:
        """The time of its last change before it was opened, in nanoseconds since 1970."""
        return self.identity[-1]

    def is_identical(self) -> bool:
        """Whether nothing of it was changed since it was opened, not even its name."""
        with self._lock:
            self.check_open()
            return _identity(self._file.fileno()) == self.identity

    def is_settled(self) -> bool:
        """Whether the disk holds the bytes that it must, and no later change leaves its times.

        The file is read once more: what is in memory may have been read before the system notes
        every change.
        """
        number = self._file.fileno()
        try:
            if not notes_every_change(number):
                return False
            settle(number)
            return self._on_disk() == self.sha256 and self.is_identical()
        except OSError:
            return False

    def _memory(self) -> "NDArray[np.uint8]":
        """Memory of the size of the file; pages that nothing is read into cost nothing."""
        try:
            if sys.platform == "win32":
                memory = mmap.mmap(-1, max(self.size, 1))
            else:
                own = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
                memory = mmap.mmap(-1, max(self.size, 1), flags=own)
        except (OSError, OverflowError, ValueError):
            msg = f"{self.path} cannot be opened: there is no memory for its {self.size:,} bytes"
            raise DamagedIndexError(msg) from None
        return np.frombuffer(memory, np.uint8, self.size)

    def load(self, start: int, stop: int) -> None:
        """Read bytes from the disk.

        The caller sees to it that nobody uses them yet.

        Raises:
            DamagedIndexError: they cannot be read, or the file is shorter now.
        """
        into = self.bytes[start:stop].data
        try:
            with self._lock:
                self.check_open()
                self._file.seek(start)
                while len(into):
                    count = self._file.readinto(into[:_AT_ONCE])
                    if not count:
                        msg = f"{self.path} was cut while it was in use; restore or rebuild it"
                        raise DamagedIndexError(msg)
                    into = into[count:]
        except OSError as error:
            msg = f"{self.path} cannot be read: {error.strerror}"
            raise DamagedIndexError(msg) from None

    def check_room(self) -> None:
        """Nothing, if the machine has memory for all of the file.

        Raises:
            DamagedIndexError: it has not.
        """
        there = _physical_memory()
        if there and self.size > there:
            msg = (
                f"{self.path} cannot be read entirely: it has {self.size:,} bytes, "
                f"and this machine has {there:,} bytes of memory"
            )
            raise DamagedIndexError(msg)

    def confirm(self) -> None:
        """Nothing, if the file is as it was opened.

        One that was written again with the same bytes is. Names and permissions do not count: a
        file of an older generation loses its name when it is tidied away.

        Raises:
            DamagedIndexError: it was changed.
        """
        try:
            with self._lock:
                self.check_open()
                stamp = _stamp(self._file.fileno())
            if stamp == self._stamp:
                return
            same = bool(self.sha256) and stamp[0] == self.size and self._on_disk() == self.sha256
        except OSError as error:
            msg = f"{self.path} cannot be read: {error.strerror}"
            raise DamagedIndexError(msg) from None
        if not same:
            msg = f"{self.path} was changed while it was in use; restore or rebuild the index"
            raise DamagedIndexError(msg)
        self._stamp = stamp

    def _on_disk(self) -> str:
        digest = hashlib.sha256()
        with self._lock:
            self.check_open()
            self._file.seek(0)
            while block := self._file.read(_AT_ONCE):
                digest.update(block)
        return digest.hexdigest()

    def digest(self) -> str:
        """The SHA-256 of the bytes in memory, in hex; load all of them before."""
        return hashlib.sha256(self.bytes.data).hexdigest()


def _stamp(descriptor: int) -> tuple[int, int]:
    """What changes with every write: the size, and the time of the last change of the bytes."""
    status = os.fstat(descriptor)
    return status.st_size, status.st_mtime_ns


def _identity(descriptor: int) -> tuple[int, int, int, int, int]:
    status = os.fstat(descriptor)
    times = status.st_mtime_ns, status.st_ctime_ns
    return status.st_dev, status.st_ino, status.st_size, *times


def _physical_memory() -> int:
    """Bytes of memory of the machine; 0 where the system does not say."""
    ask = getattr(os, "sysconf", None)
    try:
        return int(ask("SC_PAGE_SIZE") * ask("SC_PHYS_PAGES")) if ask else 0
    except (OSError, ValueError):
        return 0
