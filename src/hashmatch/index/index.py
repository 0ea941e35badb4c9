"""An index: a folder of hash lists that all processes of a lab search at once."""

from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from hashmatch.index.reading import IndexReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hashmatch.index.writer import IndexWriter


class Index(IndexReader):
    """The newest generation of an index, kept until `refresh`; `edit` changes an index."""

    @classmethod
    @contextmanager
    def edit(cls, path: str | PathLike[str]) -> "Iterator[IndexWriter]":
        """Change an index, or make one: nothing is seen by readers before the block ends.

        Raises:
            IndexBusyError: another process is writing it.
        """
        # Readers, of which there are many, need no lock.
        from hashmatch.index.writer import IndexWriter

        with IndexWriter.locked(Path(path)) as writer:
            yield writer
            writer.commit()
