"""Files that are written whole or not at all, flushed to the disk, and for their owner alone."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO
from uuid import uuid4

from hashmatch.errors import OutputError

_UNNAMED: Final = getattr(os, "O_TMPFILE", 0)
_OWNER_ALONE: Final = 0o600
_FULL: Final = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


def cannot_write(what: object, error: OSError) -> OutputError:
    """The error that says what could not be written, why in the system's words, and what to do.

    Args:
        what: path of the file or folder, or what else was written to.
        error: of the system; those of writing name no file.
    """
    advice = ""
    if error.errno in _FULL:
        advice = "; make space there, or name a place on another disk"
    elif error.errno in _FORBIDDEN:
        advice = "; name a place that can be written"
    elif error.errno == errno.ENOENT:
        advice = "; make its folder first, or name another place"
    return OutputError(f"{what} cannot be written: {error.strerror or error}{advice}")


class Draft:
    """A text file in UTF-8 that is not found at its path yet.

    Where the system can make files without a name, it has none while it is open: a process that is
    killed leaves nothing of it behind. Else, and once it is complete, it is a hidden file beside
    the path.

    Attributes:
        path: where it shall be; its folder must exist.
        file: to write to.
    """

    def __init__(self, path: Path) -> None:
        """Begin a file.

        Raises:
            OSError: it cannot be made.
        """
        self.path = path
        self._beside = path.with_name(f".{path.name[:100]}.{uuid4().hex}")
        handle = _unnamed(path.parent)
        self._named = handle is None
        if handle is None:
            handle = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
        self.file: TextIO = os.fdopen(handle, "w", encoding="utf-8", newline="")

    def complete(self) -> None:
        """Bring it to the disk, and close it; a second time does nothing.

        Raises:
            OSError: it cannot be written.
        """
        if self.file.closed:
            return
        self.file.flush()
        os.fsync(self.file.fileno())
        if not self._named:
            _give_name(self.file.fileno(), self._beside)
        self.file.close()

    def appear(self) -> None:
        """Have it found at its path, once it is complete; a second time does nothing.

        Raises:
            OSError: something is there that cannot be replaced.
        """
        if self._beside.exists():
            self._beside.replace(self.path)

    def drop(self) -> None:
        """Leave nothing of it, unless it has appeared."""
        with suppress(OSError):
            self.file.close()
        self._beside.unlink(missing_ok=True)


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A text file in UTF-8 that is found at the path once the block has ended without an error.

    What was there before is replaced. See `Draft`.

    Args:
        path: of the file; its folder must exist.

    Raises:
        OSError: it cannot be written.
    """
    draft = Draft(path)
    try:
        yield draft.file
        draft.complete()
        draft.appear()
        sync_folder(path.parent)
    finally:
        draft.drop()


def _unnamed(folder: Path) -> int | None:
    """A file without a name in this folder; None where the system has none, or cannot name it."""
    if not _UNNAMED or not os.path.isdir("/proc/self/fd"):  # noqa: PTH112 (asked often)
        return None
    try:
        return os.open(folder, os.O_WRONLY | _UNNAMED, _OWNER_ALONE)
    except OSError:
        return None


def _give_name(handle: int, path: Path) -> None:
    """Name a file that has none. No other file has this name: `link` replaces none."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        # Only with a descriptor of the folder does Python have the system follow the link.
        os.link(f"/proc/self/fd/{handle}", path.name, dst_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder outlast a power cut, where the system can."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
