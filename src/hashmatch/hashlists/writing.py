"""Entries to a file of another format."""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from hashmatch import registry
from hashmatch.errors import HashmatchError, UnknownNameError, there_is
from hashmatch.files.whole import cannot_write, whole_file
from hashmatch.hashlists.base import About, ListWriter
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
    entries: Iterable[Entry], path: Path | None = None, *, format: str, about: About
) -> Counter[str]:
    """Write a hash list.

    Args:
        entries: read once, one by one.
        path: of the file, which is replaced, and readable by its owner alone; standard output if
            None.
        format: a format that can be written.
        about: the list as a whole.

    Returns:
        What the format could not carry, in words, and how often.

    Raises:
        UnknownNameError: no such format, or it cannot be written.
        OutputError: the file, or standard output, cannot be written.
    """
    writer = writer_of(format)
    try:
        if path is None:
            dropped = writer.write(entries, about, sys.stdout)
            sys.stdout.flush()
            return dropped
        with whole_file(path) as file:
            return writer.write(entries, about, file)
    except (BrokenPipeError, HashmatchError):
        raise
    except OSError as error:
        raise cannot_write(path or "standard output", error) from None
