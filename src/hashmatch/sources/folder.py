"""A folder of files, or a single file."""

import os
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from hashmatch.errors import Reason, SourceError
from hashmatch.model import Unreadable
from hashmatch.model.confidence import Confidence
from hashmatch.sources.access import opened_folder
from hashmatch.sources.base import Found, Identity

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Folder:
    """All files below a folder, by name; links are reported and never followed.

    Attributes:
        kind: `folder`, of single files too.
        roots: the absolute paths below which everything lies that it finds. The folder is bound
            to its path of now: a link that leads elsewhere later changes nothing.
    """

    kind = "folder"

    @staticmethod
    def detect(path: str, head: bytes, /) -> Confidence:
        """Sure of a folder; of a file only that it can be read as one."""
        del head
        return Confidence.STRUCTURE if os.path.isdir(path) else Confidence.GUESS  # noqa: PTH112

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
            yield _file(self.roots[0], self._root)
            return
        # Names alone are kept of the folders on the way: whole paths of folders nested some
        # thousand times would take gigabytes.
        names: list[str] = []
        pending = [iter(_listing(self.roots[0]))]
        while pending:
            entry = next(pending[-1], None)
            if entry is None:
                pending.pop()
                del names[-1:]
                continue
            within = "/".join([*names, *([entry.name] if entry.name else [])])
            path, locator = (_joined(root, within) for root in (self.roots[0], self._root))
            if entry.is_folder:
                names.append(entry.name)
                pending.append(iter(_listing(path)))
            elif isinstance(entry.about, os.stat_result):
                yield _found(path, locator, within, entry.about)
            else:
                yield Found(path, locator, entry.about, within=within)


class _Entry(NamedTuple):
    """One name in a folder, with what the system says of it; no name for the folder itself."""

    name: str
    about: os.stat_result | Unreadable

    @property
    def is_folder(self) -> bool:
        return isinstance(self.about, os.stat_result) and stat.S_ISDIR(self.about.st_mode)


def _listing(folder: str) -> list[_Entry]:
    """What lies in one folder, by name.

    Everything is asked while the folder is open: a path may be too long to ask again.
    """
    try:
        with opened_folder(folder) as opened, os.scandir(opened) as entries:
            return [
                _entry(entry) for entry in sorted(entries, key=lambda each: os.fsencode(each.name))
            ]
    except OSError as error:
        return [_Entry("", Unreadable(Reason.IO_ERROR, error.strerror or str(error)))]


def _entry(entry: "os.DirEntry[str]") -> _Entry:
    try:
        return _Entry(entry.name, entry.stat(follow_symlinks=False))
    except OSError as error:
        return _Entry(entry.name, Unreadable(Reason.IO_ERROR, error.strerror or str(error)))


def _joined(root: str, within: str) -> str:
    return os.path.join(root, within) if within else root  # noqa: PTH118 (names that are no text)


def _file(path: str, locator: str) -> Found:
    """A single file, which may have gone since."""
    within = os.path.basename(path)  # noqa: PTH119 (names that are no text)
    try:
        info = os.stat(path)  # noqa: PTH116 (names that are no text)
    except OSError as error:
        why = Unreadable(Reason.IO_ERROR, error.strerror or str(error))
        return Found(path, locator, why, within=within)
    return _found(path, locator, within, info)


def _found(path: str, locator: str, within: str, info: os.stat_result) -> Found:
    if stat.S_ISREG(info.st_mode):
        problem, size = None, info.st_size
    elif stat.S_ISLNK(info.st_mode):
        problem, size = Unreadable(Reason.SYMBOLIC_LINK, "a symbolic link, not followed"), 0
    else:
        problem, size = Unreadable(Reason.SPECIAL_FILE, "not a regular file"), 0
    # Windows tells the number of links and of the file only of a file that is open.
    known = info.st_ino and info.st_nlink
    identity = Identity(info.st_dev, info.st_ino, info.st_nlink) if known else None
    return Found(path, locator, problem, size, _times(info), identity, within)


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
