"""Regular files, opened so that nothing else in their place can make a reader wait."""

import errno
import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, TypeVar

from hashmatch.files.made_up import made_up_by

if TYPE_CHECKING:
    from typing_extensions import Buffer

_KINDS: Final = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a pipe (FIFO), not a file"),
    (stat.S_ISCHR, "it is a device, not a file"),
    (stat.S_ISBLK, "it is a block device, not a file"),
    (stat.S_ISSOCK, "it is a socket, not a file"),
    (stat.S_ISLNK, "it is a symbolic link"),
)
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOINHERIT", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_NO_LINKS: Final = getattr(os, "O_NOFOLLOW", 0)
_What = TypeVar("_What", int, bytes)


class Unwaiting(io.FileIO):
    """A file whose reads raise an error where others would wait: it is no file of a disk."""

    def readinto(self, buffer: "Buffer", /) -> int:
        """Fill a buffer; the number of bytes.

        Raises:
            OSError: nothing can be read, or only later.
        """
        count: int | None = super().readinto(buffer)
        return _given(count)

    def readall(self) -> bytes:
        """All that follows.

        Raises:
            OSError: nothing can be read, or only later.
        """
        return _given(super().readall())


def _given(what: _What | None) -> _What:
    if what is None:
        raise OSError(errno.EAGAIN, "it has nothing to read now: it is a stream, not a file")
    return what


def buffered(descriptor: int) -> io.BufferedReader:
    """The file of a descriptor, for reading: it closes it, and never waits."""
    return io.BufferedReader(Unwaiting(descriptor, "rb"))


def open_regular(path: Path, *, links: bool = True) -> int:
    """A descriptor of a regular file, open for reading.

    To open a named pipe waits for whoever writes it, and to open a device may change it: neither
    is opened.

    Args:
        path: of the file.
        links: whether the path may be a symbolic link.

    Raises:
        OSError: it cannot be opened, or is no regular file; `strerror` says why.
    """
    check_regular(path, links=links)
    descriptor = os.open(path, _FLAGS | (0 if links else _NO_LINKS))
    try:
        _check(os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def descriptor_of(file: BinaryIO) -> int | None:
    """The descriptor of an open file of the system; None of a stream that is made of others.

    Streams that unpack a file may give its descriptor as theirs, which says nothing of them.
    """
    raw = getattr(file, "raw", file)
    return raw.fileno() if isinstance(raw, io.FileIO) else None


def check_regular(path: Path, *, links: bool = True) -> None:
    """See that a path is a regular file, without opening it.

    Args:
        path: of the file.
        links: whether the path may be a symbolic link.

    Raises:
        OSError: it is not there, or is no regular file; `strerror` says why.
    """
    _check(path.stat() if links else path.lstat())


def _check(status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        if kind := made_up_by(status):
            raise OSError(errno.EINVAL, f"it is made up by the kernel ({kind}), and no file")
        return
    kind = next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), "it is no file")
    raise OSError(errno.EINVAL, kind)
