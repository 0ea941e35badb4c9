"""Files of a report, which appear together or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from hashmatch.files.whole import whole_file


class Files:
    """A file and further ones beside it, named after it."""

    def __init__(self, path: Path, stack: ExitStack, on_file: Callable[[Path], object]) -> None:
        """Begin with none; see `several_files`."""
        self._path, self._stack, self._on_file = path, stack, on_file
        self._open: dict[str, TextIO] = {}

    def name(self, part: str = "") -> str:
        """How a file is called.

        Args:
            part: of a further one; empty for the main one.
        """
        return f"{self._path.stem}-{part}{self._path.suffix}" if part else self._path.name

    def open(self, part: str = "") -> TextIO:
        """A file to write to, from its begin."""
        path = self._path.with_name(self.name(part))
        self._on_file(path)
        self._open[part] = self._stack.enter_context(whole_file(path))
        return self._open[part]

    def sync(self) -> None:
        """Bring all to the disk: from then on only their names are missing."""
        for file in self._open.values():
            file.flush()
            os.fsync(file.fileno())


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
    with ExitStack() as stack:
        files = Files(path, stack, on_file)
        yield files
        files.sync()
