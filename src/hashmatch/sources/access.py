"""Opening evidence: read-only, its access time left alone, however deep it lies."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, Final, NamedTuple

from hashmatch.errors import Reason, UnreadableError

_READ: Final = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    # A file that has become a pipe since it was looked at must not keep anyone waiting.
    | getattr(os, "O_NONBLOCK", 0)
)
_LIST: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_LEAVE_ACCESS_TIME: Final = getattr(os, "O_NOATIME", 0)
_PASS_THROUGH: Final = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)
_STEP: Final = 3000
"""Bytes of a path that every system takes at once; most take 4,096."""


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


def stamp_of(file: BinaryIO) -> Stamp:
    """The stamp of an open file.

    Raises:
        OSError: the system does not say.
    """
    status = os.fstat(file.fileno())
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
        mode = os.stat(name, dir_fd=folder).st_mode
        if not stat.S_ISREG(mode):
            what = "a folder, not a file" if stat.S_ISDIR(mode) else "not a regular file"
            raise UnreadableError(Reason.SPECIAL_FILE, what)
        return os.fdopen(_open(name, folder, _READ), "rb")


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


def _open(name: str, folder: int | None, how: int) -> int:
    if _LEAVE_ACCESS_TIME:
        try:
            return os.open(name, how | _LEAVE_ACCESS_TIME, dir_fd=folder)
        except PermissionError:
            # Only the owner of a file and root may ask for it.
            pass
    return os.open(name, how, dir_fd=folder)


@contextmanager
def opened_folder(path: str) -> Iterator[str | int]:
    """What `os.scandir` takes for this folder: a descriptor, or the path where it takes no other.

    The access time stays as it was where the system lets this user ask for that.

    Raises:
        OSError: it cannot be opened.
    """
    with _reach(path) as (name, folder):
        if folder is None and os.scandir not in os.supports_fd:
            yield name
            return
        opened = _open(name, folder, _LIST)
        try:
            yield opened
        finally:
            os.close(opened)


@contextmanager
def _reach(path: str) -> Iterator[tuple[str, int | None]]:
    """A name that the system takes, and the descriptor of the folder that it is relative to.

    Systems refuse paths beyond a few thousand bytes, while folders can be nested without limit:
    such a path is walked in pieces.
    """
    if not _is_long(path):
        yield path, None
        return
    folder: int | None = None
    try:
        *passed, last = _pieces(path)
        for piece in passed:
            further = os.open(piece, _PASS_THROUGH, dir_fd=folder)
            if folder is not None:
                os.close(folder)
            folder = further
        yield last, folder
    finally:
        if folder is not None:
            os.close(folder)


def _is_long(path: str) -> bool:
    # The names in a folder are added to its path when they are asked about.
    return len(os.fsencode(path)) > _STEP and os.open in os.supports_dir_fd


def _pieces(path: str) -> list[str]:
    """The path in pieces that are short enough, cut at separators."""
    pieces: list[str] = []
    size = _STEP
    for name in path.split("/"):
        more = len(os.fsencode(name)) + 1
        if size + more > _STEP:
            pieces.append(name)
            size = more
        else:
            pieces[-1] += f"/{name}"
            size += more
    if not pieces[0]:
        pieces[0] = "/"
    return pieces
