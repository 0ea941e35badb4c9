"""A folder of files, or a single file."""

import os
import stat
from collections.abc import Iterator

from hashmatch.errors import Reason, SourceError
from hashmatch.model import Unreadable
from hashmatch.sources.base import Found


class Folder:
    """All files below a folder, by name; links are reported and never followed."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Look at the folder.

        Args:
            path: of a folder or a single file.

        Raises:
            SourceError: there is no such file or folder.
        """
        self._root = os.fspath(path)
        try:
            self._is_folder = stat.S_ISDIR(os.stat(self._root).st_mode)  # noqa: PTH116 (no text)
        except OSError as error:
            msg = f"cannot open {self._root!r}: {error.strerror}"
            raise SourceError(msg) from None

    def __iter__(self) -> Iterator[Found]:
        """Every file below the folder; within each folder files and folders by name."""
        if not self._is_folder:
            yield _file(self._root)
            return
        pending: list[Iterator[Found | str]] = [_listing(self._root)]
        while pending:
            found = next(pending[-1], None)
            if found is None:
                pending.pop()
            elif isinstance(found, Found):
                yield found
            else:
                pending.append(_listing(found))


def _listing(folder: str) -> Iterator[Found | str]:
    """The files of one folder and the paths of its folders, by name."""
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield _problem(folder, Reason.IO_ERROR, error.strerror or str(error))
        return
    for entry in ordered:
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError as error:
            yield _problem(entry.path, Reason.IO_ERROR, error.strerror or str(error))
            continue
        yield (
            entry.path
            if stat.S_ISDIR(info.st_mode)
            else _found(entry.path, info.st_mode, info.st_size)
        )


def _file(path: str) -> Found:
    """A single file, which may have gone since."""
    try:
        info = os.stat(path)  # noqa: PTH116 (names that are no text)
    except OSError as error:
        return _problem(path, Reason.IO_ERROR, error.strerror or str(error))
    return _found(path, info.st_mode, info.st_size)


def _found(path: str, mode: int, size: int) -> Found:
    if stat.S_ISREG(mode):
        return Found(path, path, size=size)
    if stat.S_ISLNK(mode):
        return _problem(path, Reason.SYMBOLIC_LINK, "a symbolic link, not followed")
    return _problem(path, Reason.SPECIAL_FILE, "not a regular file")


def _problem(path: str, reason: Reason, detail: str) -> Found:
    return Found(path, path, Unreadable(reason, detail))
