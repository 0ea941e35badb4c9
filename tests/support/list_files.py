"""Hash lists in temporary files, for tests of formats."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from hashmatch import registry
from hashmatch.hashlists.base import About, BulkReader, ListFile, Quarantined, Row
from hashmatch.hashlists.batches import Batch
from hashmatch.hashlists.building import TableBuilder
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.model import Entry


@contextmanager
def list_file(content: str | bytes, name: str = "known.txt") -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        yield path


def listed(content: str | bytes, name: str = "known.txt", *, format: str = "") -> HashList:
    """The hash list that a file with this content is."""
    with list_file(content, name) as path:
        return read_list(path, format=format)


def rows(form: str, content: str | bytes, name: str = "known.txt") -> list[Row]:
    """All rows that a format finds in a file; in bulk too, where it can, which must be the same."""
    reader = registry.load("lists", form)
    with list_file(content, name) as path:
        found: list[Row] = list(reader.read(ListFile(path)))
        if isinstance(reader, BulkReader):
            assert unpacked(reader.read_bulk(ListFile(path))) == found
        return found


def unpacked(bulk: Iterator[Row | Batch]) -> list[Row]:
    """Rows with batches taken apart."""
    found: list[Row] = []
    for row in bulk:
        if isinstance(row, Batch):
            builder = TableBuilder()
            builder.add_batch(row)
            found.extend(builder.finish())
        else:
            found.append(row)
    return found


def numbers(found: list[Row]) -> tuple[list[int], list[int]]:
    """Numbers of entries and of quarantined rows."""
    entries = [row.number for row in found if isinstance(row, Entry)]
    return entries, [row.number for row in found if isinstance(row, Quarantined)]


def written(
    form: str, entries: list[Entry], about: About | None = None
) -> tuple[str, dict[str, int]]:
    """What a format writes, and what it says that it lost."""
    out = StringIO(newline="")
    lost = registry.load("lists", form).write(entries, about or About(), out)
    return out.getvalue(), dict(lost)
