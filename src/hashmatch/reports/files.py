"""Files of a report, which appear together or not at all."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from hashmatch.files.whole import Draft, sync_folder

_MOST_OPEN: Final = 64
"""Files that are kept open. Systems allow 256 and more; what is open may have no name yet, so that
a process that is killed leaves nothing of it."""


class Files:
    """A file and further ones beside it, named after it."""

    def __init__(self, path: Path, on_file: Callable[[Path], object]) -> None:
        """Begin with none; see `several_files`."""
        self._path, self._on_file = path, on_file
        self._drafts: dict[str, Draft] = {}

    def name(self, part: str = "") -> str:
        """How a file is called.

        Args:
            part: of a further one; empty for the main one.
        """
        return f"{self._path.stem}-{part}{self._path.suffix}" if part else self._path.name

    def open(self, part: str = "") -> TextIO:
        """A file to write to, from its begin; further ones before it may be complete then."""
        path = self._path.with_name(self.name(part))
        self._on_file(path)
        if len(self._drafts) >= _MOST_OPEN:
            for name, draft in self._drafts.items():
                if name:
                    draft.complete()
        self._drafts[part] = Draft(path)
        return self._drafts[part].file

    def appear(self) -> None:
        """Have all be found in their places, the main one last; Ctrl-C waits for that."""
        drafts = list(self._drafts.values())
        for draft in drafts:
            draft.complete()
            if draft.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), draft.path)
        interrupt: KeyboardInterrupt | None = None
        while drafts:
            try:
                drafts[-1].appear()
                drafts.pop()
            except KeyboardInterrupt as error:
                interrupt = error
        sync_folder(self._path.parent)
        if interrupt is not None:
            raise interrupt

    def drop(self) -> None:
        """Leave nothing of those that have not appeared."""
        for draft in self._drafts.values():
            draft.drop()


@contextmanager
def several_files(path: Path, on_file: Callable[[Path], object]) -> Iterator[Files]:
    """Files that are found in their places once the block has ended without an error.

    What is missing is found out before the first of them appears: a full disk, an interrupt or an
    error in the block leaves all as it was.

    Args:
        path: of the main one.
        on_file: told each file before it is begun.

    Raises:
        OSError: one cannot be written.
    """
    files = Files(path, on_file)
    try:
        yield files
        files.appear()
    finally:
        files.drop()
