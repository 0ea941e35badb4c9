"""The further files of an image: segments, extents, parents. They lie in the folder of the first.

Names come from the image, which anyone may have made: only the last part of a path counts, and only
regular files of the same folder are opened, never what a link leads to.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, Medium
from hashmatch.sources.diskimage.files import FileBytes, Handles
from hashmatch.sources.left_out import LeftOut
from hashmatch.visible import printable

MOST_PARENTS: Final = 32
"""Images that one builds on, in a chain."""
_PROTOCOL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""What the name of no file begins with, unlike that of a drive: `nbd:`, `json:`."""


class Folder(Protocol):
    """Where the files of an image lie."""

    def names(self) -> Iterable[str]:
        """Names of the files in it."""
        ...

    def open(self, name: str, /) -> Bytes:
        """A file in it.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it is no regular file.
        """
        ...


class OnDisk:
    """A folder of this system, or some files of it.

    Attributes:
        path: of the folder.
    """

    def __init__(self, path: str, handles: Handles, only: Iterable[str] | None = None) -> None:
        """Open nothing yet.

        Args:
            path: of the folder.
            handles: open files.
            only: names of the files that there are, where the folder may not be listed.
        """
        self.path, self._handles = path, handles
        self._only = None if only is None else tuple(only)

    def names(self) -> Iterable[str]:
        """Names of the files in it.

        Raises:
            OSError: it cannot be listed.
        """
        return os.listdir(self.path) if self._only is None else self._only  # noqa: PTH208 (no text)

    def open(self, name: str, /) -> Bytes:
        """A regular file in it.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it is a link, or no regular file.
        """
        path = os.path.join(self.path, name)  # noqa: PTH118 (names that are no text)
        if stat.S_ISLNK(os.lstat(path).st_mode):
            detail = (
                f"{printable(name)} is a symbolic link, which is not followed: put the file there"
            )
            raise UnreadableError(Reason.SYMBOLIC_LINK, detail)
        return FileBytes(path, self._handles)


class Remaining:
    """A folder of which some files may be left out: they are there, and not opened.

    Attributes:
        whole: the folder with all of its files.
    """

    def __init__(self, whole: Folder, left_out: LeftOut | None) -> None:
        """Leave files out.

        Args:
            whole: the folder.
            left_out: which of them; None where none is.
        """
        self.whole, self._left_out = whole, left_out

    def why(self, name: str) -> str:
        """What is to be said of a file that is left out; empty of all others."""
        pattern = self._left_out(name) if self._left_out else ""
        return f"{printable(name)} is left out, as it matches {pattern}" if pattern else ""

    def names(self) -> Iterable[str]:
        """Names of all files."""
        return self.whole.names()

    def open(self, name: str, /) -> Bytes:
        """A file that is not left out.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it is left out, or no regular file.
        """
        if why := self.why(name):
            raise UnreadableError(Reason.CONTAINER, f"{why}, and is a part of this one")
        return self.whole.open(name)


class Alone:
    """No folder: of an image that lies where nothing lies beside it."""

    def names(self) -> Iterable[str]:
        """None."""
        return ()

    def open(self, name: str, /) -> Bytes:
        """Nothing.

        Raises:
            OSError: always.
        """
        raise FileNotFoundError(name)


@dataclass
class Beside:
    """The folder of an image, and what was opened there for it.

    Attributes:
        folder: where its files lie.
        name: of its first file.
        opener: opens an image from its first file, as a parent.
        used: names of all files that were opened, the first one too.
        notes: what is to be said of how they were found.
        chain: names of the images that build on this one.
    """

    folder: Folder
    name: str
    opener: "Callable[[Bytes, Beside, str], Medium]"
    used: dict[str, None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    chain: tuple[str, ...] = ()

    def has(self, name: str) -> str | None:
        """The name of the file as the folder has it; None where there is no such file.

        Capital letters count only where there are two that differ in nothing else.
        """
        names = list(self.folder.names())
        if name in names:
            return name
        alike = [each for each in names if each.casefold() == name.casefold()]
        return alike[0] if len(alike) == 1 else None

    def find(self, wanted: str, what: str) -> Bytes:
        """A further file of the image.

        Args:
            wanted: its name or path, as the image says.
            what: it is, as `segment 2`.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it is not there, or is not to be opened.
        """
        name = self._checked(wanted, what)
        there = self.has(name)
        if there is None:
            raise UnreadableError(Reason.DAMAGED, self._missing(wanted, name, what))
        if name != wanted:
            self.notes.append(
                f"{self.name} names {_short(wanted)} as its {what}: the file of that name "
                "in its own folder is read"
            )
        self.used[there] = None
        return self.folder.open(there)

    def parent(self, wanted: str, kind: str = "") -> Medium:
        """The image that this one builds on.

        Args:
            wanted: its name or path, as the image says.
            kind: that it is, where the image says so: else it is detected.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it is not there, is not to be opened, or is no image.
        """
        file = self.find(wanted, "parent")
        chain = (*self.chain, self.name)
        if file.name in chain:
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name} builds on itself: the chain of its parents is a loop"
            )
        if len(chain) > MOST_PARENTS:
            raise UnreadableError(
                Reason.UNSUPPORTED, f"{chain[0]} builds on more than {MOST_PARENTS} images"
            )
        further = Beside(self.folder, file.name, self.opener, self.used, self.notes, chain)
        return self.opener(file, further, kind)

    def _checked(self, wanted: str, what: str) -> str:
        if "\0" in wanted or _PROTOCOL.match(wanted):
            detail = f"{self.name} names {_short(wanted)} as its {what}, which is no file beside it"
            raise UnreadableError(Reason.UNSUPPORTED, detail)
        name = re.split(r"[\\/]", wanted.rstrip("\\/"))[-1]
        if name in ("", ".", ".."):
            raise UnreadableError(
                Reason.DAMAGED, f"{self.name} names {_short(wanted)} as its {what}: that is no file"
            )
        return name

    def _missing(self, wanted: str, name: str, what: str) -> str:
        detail = f"{printable(name)}, {what} of {self.name}, is missing: put it in the same folder"
        if name != wanted:
            detail += f" (the image names {_short(wanted)}; other folders are not read)"
        return detail


def _short(text: str) -> str:
    return repr(printable(text[:200]))
