"""A folder of files, or a single file."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import BinaryIO, Final

from hashmatch.errors import Reason, SourceError, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.confidence import Confidence
from hashmatch.sources.access import no_file, open_evidence
from hashmatch.sources.base import Found, Identity
from hashmatch.sources.trail import Trail

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
        # A name behind them makes a path, as `os.path.join` does, which takes longer than `stat`.
        self._before = os.path.join(self.roots[0], ""), os.path.join(self._root, "")  # noqa: PTH118

    @property
    def readable(self) -> tuple[str, ...]:
        """What workers may read: of a single file that is a disk image, the folder that it lies in.

        The further files of an image lie there: segments, extents, and images that it builds on.
        Of a file of a backup it is the manifest too, which knows what the file was called.
        """
        if self._is_folder:
            return self.roots
        from hashmatch.sources.diskimage.detecting import may_have_more
        from hashmatch.sources.diskimage.reading import FromFile
        from hashmatch.sources.inside.backup_places import beside_file
        from hashmatch.sources.inside.split_archives import has_parts

        try:
            with open_evidence(self.roots[0]) as file:
                is_image = may_have_more(FromFile(file, os.path.basename(self.roots[0])))  # noqa: PTH119
        except (OSError, UnreadableError):
            return self.roots
        if is_image or has_parts(self.roots[0]):
            return (os.path.dirname(self.roots[0]),)  # noqa: PTH120
        return (*self.roots, *beside_file(self.roots[0]))

    @property
    def on_disk(self) -> bool:
        """Whether files are opened by their paths alone: of subclasses, unless they open them."""
        return type(self).open is Folder.open

    def open(self, found: Found, /) -> BinaryIO:
        """The file; its access time stays as it was where the system lets this user ask for it.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it is no regular file any more.
        """
        return open_evidence(found.path)

    def total(self) -> int:
        """How many files there are: every folder is listed, and no file is read."""
        if not self._is_folder:
            return 1
        with closing(Trail(self.roots[0])) as trail:
            return sum(1 for _ in self._below(trail))

    def at(self, within: str) -> Found | None:
        """The file with this path below the folder, as iterating finds it; None if there is none.

        Args:
            within: names with `/` between them; of a single file its name.
        """
        if not self._is_folder:
            found = _file(self.roots[0], self._root)
            return found if found.within == within else None
        *above, name = within.split("/")
        if {"", os.curdir, os.pardir} & {*above, name}:
            return None
        path, locator = self._named(within)
        with closing(Trail(self.roots[0])) as trail:
            try:
                for each in above:
                    trail.down(each)
                about = trail.status(name)
            except (FileNotFoundError, NotADirectoryError):
                return None
            except OSError as error:
                return Found(path, locator, _why(error), within=within)
        return None if stat.S_ISDIR(about.st_mode) else _found(path, locator, within, about)

    def beside(self, found: Found, ending: str) -> Found | None:
        """The file beside another one that has its name without this ending; None if none has."""
        within = found.within.removesuffix(ending)
        other = self.at(within) if within != found.within else None
        return None if other is None or other.problem is not None else other

    def __iter__(self) -> Iterator[Found]:
        """Every file below the folder; within each folder files and folders by name."""
        if not self._is_folder:
            yield _file(self.roots[0], self._root)
            return
        with closing(Trail(self.roots[0])) as trail:
            for within, about in self._below(trail):
                path, locator = self._named(within)
                if isinstance(about, Unreadable):
                    yield Found(path, locator, about, within=within)
                else:
                    yield _found(path, locator, within, about)

    def _below(self, trail: Trail) -> Iterator[tuple[str, os.stat_result | Unreadable]]:
        """Names of all files below the folder where a trail begins; what the system says of each.

        Folders that cannot be read are among them.
        """
        pending = [self._names(trail)]
        while pending:
            name = next(pending[-1], None)
            if name is None:
                pending.pop()
                trail.up()
                continue
            if isinstance(name, Unreadable):
                yield trail.within.removesuffix("/"), name
                continue
            within = trail.within + name
            try:
                about = trail.status(name)
                if stat.S_ISDIR(about.st_mode):
                    trail.down(name)
                    pending.append(self._names(trail))
                    continue
            except OSError as error:
                yield within, _why(error)
                continue
            yield within, about

    @staticmethod
    def _names(trail: Trail) -> Iterator[str | Unreadable]:
        try:
            return iter(trail.names())
        except OSError as error:
            return iter([_why(error)])

    def _named(self, within: str) -> tuple[str, str]:
        """Path and locator."""
        if not within:
            return self.roots[0], self._root
        path, locator = self._before
        return path + within, locator + within


def _why(error: OSError) -> Unreadable:
    return Unreadable(Reason.IO_ERROR, error.strerror or str(error))


def _file(path: str, locator: str) -> Found:
    """A single file, which may have gone since."""
    within = os.path.basename(path)  # noqa: PTH119 (names that are no text)
    try:
        info = os.stat(path)  # noqa: PTH116 (names that are no text)
    except OSError as error:
        return Found(path, locator, _why(error), within=within)
    return replace(_found(path, locator, within, info), alone=True)


def _found(path: str, locator: str, within: str, info: os.stat_result) -> Found:
    if stat.S_ISREG(info.st_mode) and not (why := no_file(info)):
        problem, size = None, info.st_size
    elif stat.S_ISREG(info.st_mode):
        problem, size = Unreadable(Reason.SPECIAL_FILE, why), 0
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
    second = _second(seconds)
    return f"{second}.{rest:09}Z" if second else ""


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    """The same as `_utc`, remembered: files beside each other often share a second."""
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return ""
    return moment.replace(tzinfo=None).isoformat()
