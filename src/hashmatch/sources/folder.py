"""A folder of files, or a single file."""

import os
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from hashmatch.errors import Reason, SourceError
from hashmatch.model import Unreadable
from hashmatch.sources.access import opened_folder
from hashmatch.sources.base import Found, Identity

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Folder:
    """All files below a folder, by name; links are reported and never followed.

    Attributes:
        roots: the absolute paths below which everything lies that it finds.
    """

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
        self.roots = (os.path.realpath(self._root),)

    def total(self) -> int:
        """How many files there are: every folder is listed, and no file is read."""
        return sum(1 for _ in self)

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
    """The files of one folder and the paths of its folders, by name.

    Everything is asked while the folder is open: a path may be too long to ask again.
    """
    try:
        with opened_folder(folder) as opened, os.scandir(opened) as entries:
            ordered = [
                _entry(os.path.join(folder, entry.name), entry)  # noqa: PTH118 (no text)
                for entry in sorted(entries, key=lambda entry: os.fsencode(entry.name))
            ]
    except OSError as error:
        yield _problem(folder, Reason.IO_ERROR, error.strerror or str(error))
        return
    yield from ordered


def _entry(path: str, entry: "os.DirEntry[str]") -> Found | str:
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError as error:
        return _problem(path, Reason.IO_ERROR, error.strerror or str(error))
    return path if stat.S_ISDIR(info.st_mode) else _found(path, info)


def _file(path: str) -> Found:
    """A single file, which may have gone since."""
    try:
        info = os.stat(path)  # noqa: PTH116 (names that are no text)
    except OSError as error:
        return _problem(path, Reason.IO_ERROR, error.strerror or str(error))
    return _found(path, info)


def _found(path: str, info: os.stat_result) -> Found:
    if stat.S_ISREG(info.st_mode):
        problem, size = None, info.st_size
    elif stat.S_ISLNK(info.st_mode):
        problem, size = Unreadable(Reason.SYMBOLIC_LINK, "a symbolic link, not followed"), 0
    else:
        problem, size = Unreadable(Reason.SPECIAL_FILE, "not a regular file"), 0
    # Windows tells the number of links and of the file only of a file that is open.
    known = info.st_ino and info.st_nlink
    identity = Identity(info.st_dev, info.st_ino, info.st_nlink) if known else None
    return Found(path, path, problem, size, _times(info), identity)


def _times(info: os.stat_result) -> dict[str, str]:
    """Times by kind, as exact as the file system keeps them; absurd ones are left out."""
    told = {"modified": info.st_mtime_ns, "accessed": info.st_atime_ns}
    if sys.platform == "win32":
        told["created"] = info.st_ctime_ns
    else:
        told["changed"] = info.st_ctime_ns
        created = getattr(info, "st_birthtime", None)
        if created is not None:
            told["created"] = int(created * 1e9)
    return {kind: text for kind, at in told.items() if (text := _utc(at))}


def _utc(nanoseconds: int) -> str:
    """ISO 8601 in UTC; empty for a year that it cannot say."""
    seconds, rest = divmod(nanoseconds, 10**9)
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return ""
    return f"{moment.replace(tzinfo=None).isoformat()}.{rest:09}Z"


def _problem(path: str, reason: Reason, detail: str) -> Found:
    return Found(path, path, Unreadable(reason, detail))
