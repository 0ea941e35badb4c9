"""The folder that a job writes, on a disk or in a store: every file is whole or not there."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hashmatch.distributed import stores
from hashmatch.distributed.uris import joined, local_path
from hashmatch.errors import OutputError, SourceError
from hashmatch.files.whole import cannot_write, whole_file


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, or a prefix of a store.

    Attributes:
        root: its path, absolute, or its URI.
    """

    root: str

    @classmethod
    def at(cls, given: str) -> "Place":
        """The place that a person names."""
        path = local_path(given)
        return cls(given.rstrip("/") if path is None else os.path.abspath(path))  # noqa: PTH100 (links stay)

    @property
    def folder(self) -> Path | None:
        """The folder; None where it lies in a store."""
        path = local_path(self.root)
        return None if path is None else Path(path)

    def names(self, below: str = "") -> set[str]:
        """The names of the files in it, or in a folder of it.

        Raises:
            SourceError: it cannot be listed.
        """
        if self.folder is None:
            return set(stores.names_in(joined(self.root, below) if below else self.root))
        with suppress(FileNotFoundError):
            return {each.name for each in (self.folder / below).iterdir()}
        return set()

    def write(self, name: str, data: bytes) -> None:
        """Write a file: beside, and renamed, or as an upload that is whole.

        Raises:
            OutputError: it cannot be written.
        """
        if self.folder is None:
            try:
                stores.write_whole(joined(self.root, name), data)
            except SourceError as error:
                raise OutputError(str(error)) from None
            return
        path = self.folder / name
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with whole_file(path) as file:
                file.buffer.write(data)
        except OSError as error:
            raise cannot_write(path, error) from None

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none.

        Raises:
            SourceError: it cannot be read.
        """
        try:
            with self.open(name) as file:
                return file.read()
        except (FileNotFoundError, stores.MissingError):
            return None
        except NotADirectoryError:
            msg = f"{self.root} is a file, or lies below one: name a new folder"
            raise OutputError(msg) from None

    def open(self, name: str) -> BinaryIO:
        """A file, to be read at any place.

        Raises:
            OSError: it cannot be opened.
        """
        if self.folder is None:
            return stores.opened(joined(self.root, name))
        return (self.folder / name).open("rb")


def opened(uri: str) -> BinaryIO:
    """Any file, to be read at any place.

    Raises:
        SourceError: it cannot be opened.
    """
    path = local_path(uri)
    if path is None:
        return stores.opened(uri)
    try:
        return Path(path).open("rb")
    except OSError as error:
        msg = f"{path} cannot be opened: {error.strerror}"
        raise SourceError(msg) from None
