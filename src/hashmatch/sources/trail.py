"""The position of a walk below a folder: a step takes the same time at any depth.

A path is never looked up whole: each folder is opened from the one above it.
"""

import errno
import os
from dataclasses import dataclass
from typing import Final

from hashmatch.sources.access import open_folder

_OPEN: Final = 16
"""Folders that are open at a time: systems allow some hundred."""


@dataclass(slots=True)
class _Level:
    """A folder on the way.

    Attributes:
        name: in the folder above.
        handle: a descriptor, or the path where the system lists by path alone; None while it is
            not open.
        identity: device and inode; none of a path.
    """

    name: str
    handle: int | str | None
    identity: tuple[int, int] | None


class Trail:
    """The folders from a root to where a walk is.

    Attributes:
        within: names of the folders below the root, with a slash behind each.
    """

    def __init__(self, root: str) -> None:
        """Begin at the root, which is opened when something in it is asked for."""
        self.within = ""
        self._root = root
        self._levels: list[_Level] = []

    def close(self) -> None:
        """Leave all folders."""
        while self._levels:
            self._leave(self._levels.pop())

    def names(self) -> list[str]:
        """Names in the folder where the walk is, in the order of their bytes.

        Raises:
            OSError: it cannot be read.
        """
        with os.scandir(self._handle()) as entries:
            return sorted((entry.name for entry in entries), key=os.fsencode)

    def status(self, name: str) -> os.stat_result:
        """What the system says of a name there; links are not followed.

        Raises:
            OSError: it does not say.
        """
        handle = self._handle()
        if isinstance(handle, str):
            return os.lstat(os.path.join(handle, name))  # noqa: PTH118 (names that are no text)
        return os.stat(name, dir_fd=handle, follow_symlinks=False)

    def down(self, name: str) -> None:
        """Go on in a folder there.

        Raises:
            OSError: it cannot be opened.
        """
        self._levels.append(_opened(name, self._handle()))
        self.within += f"{name}/"
        if len(self._levels) > _OPEN:
            self._leave(self._levels[-_OPEN - 1])

    def up(self) -> None:
        """Go back to the folder above; from the root, nowhere."""
        if not self._levels:
            return
        left = self._levels.pop()
        if self._levels:
            self.within = self.within[: -len(left.name) - 1]
            above = self._levels[-1]
            if above.handle is None:
                above.handle = self._again(above, left)
        self._leave(left)

    def _handle(self) -> int | str:
        """The folder that the walk has reached.

        Raises:
            OSError: that folder is not there any more, or the root cannot be opened.
        """
        if not self._levels:
            self._levels.append(_opened("", self._root))
        handle = self._levels[-1].handle
        if handle is None:
            raise OSError(errno.ESTALE, "its folder was moved while it was read")
        return handle

    def _again(self, level: _Level, below: _Level) -> int | None:
        """The descriptor of a folder that was open before; None if it is not where it was."""
        ways = [("..", below.handle)] if isinstance(below.handle, int) else []
        for name, start in (*ways, (os.path.join(self._root, self.within), None)):  # noqa: PTH118
            try:
                opened = open_folder(name, start)
            except OSError:
                continue
            if _identity(opened) == level.identity:
                return opened
            os.close(opened)
        return None

    @staticmethod
    def _leave(level: _Level) -> None:
        if isinstance(level.handle, int):
            os.close(level.handle)
            level.handle = None


def _opened(name: str, above: int | str) -> _Level:
    if os.scandir not in os.supports_fd:
        path = os.path.join(above, name) if name else above  # type: ignore[arg-type]  # noqa: PTH118
        return _Level(name, path, None)
    opened = open_folder(name, above) if isinstance(above, int) else open_folder(above)
    return _Level(name, opened, _identity(opened))


def _identity(opened: int) -> tuple[int, int]:
    about = os.fstat(opened)
    return about.st_dev, about.st_ino
