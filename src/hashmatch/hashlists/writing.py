"""Entries to a file of another format."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TextIO

from hashmatch import registry
from hashmatch.errors import HashmatchError, UnknownNameError, there_is
from hashmatch.files.whole import cannot_write, whole_file
from hashmatch.hashlists.base import About, ListWriter
from hashmatch.hashlists.reading import HashList
from hashmatch.model import Entry


def writer_of(format: str) -> ListWriter:
    """What writes hash lists of this format.

    Raises:
        UnknownNameError: no such format, or it is only read; the message names those written.
    """
    if format in registry.names("lists"):
        writer = registry.load("lists", format)
        if isinstance(writer, ListWriter):
            return writer
    able = [
        name
        for name in registry.names("lists")
        if isinstance(registry.load("lists", name), ListWriter)
    ]
    msg = f"hash lists are not written in the format {format!r}"
    raise UnknownNameError(there_is(msg, able))


def write_list(
    entries: HashList | Iterable[Entry],
    path: str | PathLike[str] | None = None,
    *,
    format: str,
    about: About | None = None,
) -> Counter[str]:
    """Write a hash list.

    Args:
        entries: a hash list, or entries, which are read once, one by one.
        path: of the file, which is replaced, and readable by its owner alone; standard output if
            None.
        format: a format that can be written.
        about: the list as a whole; by default what a hash list says of itself.

    Returns:
        What the format could not carry, in words, and how often.

    Raises:
        UnknownNameError: no such format, or it cannot be written.
        OutputError: the file, or standard output, cannot be written.
    """
    writer = writer_of(format)
    if isinstance(entries, HashList):
        about = entries.about if about is None else about
        entries = entries.entries
    return _write(writer, entries, about or About(), None if path is None else Path(path))


def _written(
    writer: ListWriter, entries: Iterable[Entry], about: About, out: TextIO
) -> Counter[str]:
    """Write, without patches where the format cannot say where they lie."""
    if getattr(writer, "carries_patches", False):
        return writer.write(entries, about, out)
    left_out: Counter[str] = Counter()

    def without() -> Iterator[Entry]:
        for entry in entries:
            kept = tuple(each for each in entry.hashes if each.place is None)
            if len(kept) == len(entry.hashes):
                yield entry
            else:
                left_out["a patch of a picture"] += len(entry.hashes) - len(kept)
                yield replace(entry, hashes=kept)

    return writer.write(without(), about, out) + left_out


def _write(
    writer: ListWriter, entries: Iterable[Entry], about: About, path: Path | None
) -> Counter[str]:
    try:
        if path is None:
            dropped = _written(writer, entries, about, sys.stdout)
            sys.stdout.flush()
            return dropped
        with whole_file(path) as file:
            return _written(writer, entries, about, file)
    except (BrokenPipeError, HashmatchError):
        raise
    except OSError as error:
        raise cannot_write(path or "standard output", error) from None
