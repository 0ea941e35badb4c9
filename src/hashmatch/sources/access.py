"""Opening evidence: read-only, its access time left alone, however deep it lies."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final, NamedTuple

from hashmatch.errors import Reason, UnreadableError
from hashmatch.files.made_up import made_up_by
from hashmatch.files.regular import buffered, descriptor_of

_READ: Final = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    # A file that has become a pipe since it was looked at must not keep anyone waiting.
    | getattr(os, "O_NONBLOCK", 0)
)
_LIST: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)
_LEAVE_ACCESS_TIME: Final = getattr(os, "O_NOATIME", 0)
_PASS_THROUGH: Final = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)
_STEP: Final = 3000
"""Bytes of a path that every system takes at once; most take 4,096."""
_FOLDERS_KEPT: Final = 8
"""A worker has few descriptors; whoever climbs further than these lead looks a path up anew."""


class Stamp(NamedTuple):
    """What is another value once a file was written to or replaced.

    Attributes:
        device: number of the file system.
        inode: number of the file in it.
        size: in bytes.
        modified: nanoseconds since 1970.
        changed: likewise, of the last change of any kind, which no user can set.
    """

    device: int
    inode: int
    size: int
    modified: int
    changed: int


def stamp_of(file: BinaryIO) -> Stamp | None:
    """The stamp of an open file; None of a stream that is no file, and has no stamp of its own.

    Raises:
        OSError: the system does not say.
    """
    number = descriptor_of(file)
    if number is None:
        own: Stamp | None = getattr(getattr(file, "raw", file), "stamp", None)
        return own
    status = os.fstat(number)
    if stat.S_ISBLK(status.st_mode):
        # The times of a device's own file say nothing of what lies on it, nor does its size.
        place = os.lseek(number, 0, os.SEEK_CUR)
        size = os.lseek(number, 0, os.SEEK_END)
        os.lseek(number, place, os.SEEK_SET)
        return Stamp(int(getattr(status, "st_rdev", 0)), 0, size, 0, 0)
    return Stamp(
        *(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    )


def open_evidence(path: str | os.PathLike[str]) -> BinaryIO:
    """The regular file at this path, opened for reading.

    The access time stays as it was where the system lets this user ask for that.

    Raises:
        OSError: it cannot be opened.
        UnreadableError: it is no regular file.
    """
    with _reach(os.fspath(path)) as (name, folder):
        # Looked at before it is opened: opening some devices does something.
        what = no_file(os.stat(name, dir_fd=folder))
        if what:
            raise UnreadableError(Reason.SPECIAL_FILE, what)
        return buffered(_open(name, folder, _READ))


def no_file(status: os.stat_result) -> str:
    """What it is, if it is no regular file that is stored; empty if it is one."""
    if kind := made_up_by(status):
        return f"made up by the kernel ({kind}), and no file"
    if stat.S_ISREG(status.st_mode):
        return ""
    return "a folder, not a file" if stat.S_ISDIR(status.st_mode) else "not a regular file"


def lies_in(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> bool:
    """Whether a path is a folder or lies below it, however the two are spelled.

    Folders are compared by what they are, not by their names: links, mounts and systems that do not
    tell capital letters from small ones give one folder many names.

    Args:
        path: need not exist yet.
        folder: of the evidence; False where there is none.
    """
    try:
        target = os.stat(folder)  # noqa: PTH116 (names that are no text)
    except OSError:
        return False
    here = os.path.realpath(path)
    while True:
        with suppress(OSError):
            if os.path.samestat(os.stat(here), target):  # noqa: PTH116 (as above)
                return True
        above = os.path.dirname(here)  # noqa: PTH120 (as above)
        if above == here:
            return False
        here = above


def _open(name: str | bytes, folder: int | None, how: int) -> int:
    if _LEAVE_ACCESS_TIME:
        try:
            return os.open(name, how | _LEAVE_ACCESS_TIME, dir_fd=folder)
        except PermissionError:
            # Only the owner of a file and root may ask for it.
            pass
    return os.open(name, how, dir_fd=folder)


def open_folder(name: str, folder: int | None = None) -> int:
    """A descriptor of a folder, to list it and to open what is in it.

    The access time stays as it was where the system lets this user ask for that.

    Args:
        name: of the folder; a whole path of any length where it is relative to none. In another
            folder no symbolic link is followed.
        folder: descriptor of what the name is relative to.

    Raises:
        OSError: it cannot be opened, or is no folder.
    """
    if folder is not None:
        return _open(name, folder, _LIST | _NO_LINKS)
    with _reach(name) as (last, above):
        return _open(last, above, _LIST)


def keep_folders_open() -> None:
    """Look up long paths from folders on the way of the path before, from now on.

    For processes that read many files of one tree, which nobody changes meanwhile.
    """
    _KEPT.most = _FOLDERS_KEPT


class _Kept:
    """Folders on the way to the file that was opened last, the deepest last."""

    def __init__(self) -> None:
        self.most = 0
        self._ways: deque[tuple[bytes, int]] = deque()

    def nearest(self, path: bytes) -> tuple[int, int | None]:
        """How many bytes of a path lead to a folder that is open, and its descriptor."""
        while self._ways:
            way, opened = self._ways[-1]
            if path.startswith(way):
                return len(way), opened
            os.close(opened)
            self._ways.pop()
        return 0, None

    def add(self, way: bytes, opened: int) -> bool:
        """Keep a folder open; whether it is kept."""
        if self.most:
            self._ways.append((way, opened))
            if len(self._ways) > self.most:
                os.close(self._ways.popleft()[1])
        return bool(self.most)


_KEPT: Final = _Kept()


@contextmanager
def _reach(path: str) -> Iterator[tuple[str | bytes, int | None]]:
    """A name that the system takes, and the descriptor of the folder that it is relative to.

    Systems refuse paths beyond a few thousand bytes, while folders can be nested without limit:
    such a path is walked in pieces.
    """
    if not _is_long(path):
        yield path, None
        return
    whole = os.fsencode(path)
    at, folder = _KEPT.nearest(whole)
    ours: int | None = None
    try:
        *ends, last = _ends(whole, at)
        for end in ends:
            further = os.open(_piece(whole, at, end), _PASS_THROUGH, dir_fd=folder)
            if ours is not None:
                os.close(ours)
            at, folder = end, further
            ours = None if _KEPT.add(whole[:end], further) else further
        yield _piece(whole, at, last), folder
    finally:
        if ours is not None:
            os.close(ours)


def _piece(path: bytes, start: int, end: int) -> bytes:
    """A piece of a path, relative to the folder that the pieces before it lead to."""
    return path[start:end].lstrip(b"/") or b"." if start else path[:end]


def _is_long(path: str) -> bool:
    # The names in a folder are added to its path when they are asked about.
    return len(os.fsencode(path)) > _STEP and os.open in os.supports_dir_fd


def _ends(path: bytes, start: int = 0) -> list[int]:
    """The places to cut a path into short pieces: behind separators, and at its end.

    The last piece is a name alone: it is asked about, and then opened.

    Args:
        path: that is cut.
        start: of the first piece.
    """
    ends: list[int] = []
    name = path.rfind(b"/") + 1
    while start < name:
        end = name if name - start <= _STEP else path.rfind(b"/", start + 1, start + _STEP) + 1
        # A name without a separator is too long for every system, which will raise an error.
        start = end or path.find(b"/", start + _STEP) + 1
        ends.append(start)
    return [*ends, len(path)]
