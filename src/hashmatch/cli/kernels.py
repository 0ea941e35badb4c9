"""What is said where compiled kernels are missing, and `hashmatch index warm`."""

import logging
from pathlib import Path
from typing import Annotated, Final

import typer

from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable, size_in_words
from hashmatch.cli.progress import BYTES, meter

_LOGGER: Final = logging.getLogger("hashmatch.kernels")

HELP = """Read indexes before they are searched, and say which compiled kernels search here.

With --index every byte of these indexes is read and checked, so that the system holds their files
in memory for whoever opens them next: after a start of the machine, or after an import. Nothing
else has to be prepared: kernels are compiled when hashmatch is built, not when they are first used.

\b
Examples:
  hashmatch index warm
  hashmatch index warm --index lab.index
"""

_IndexesOption = Annotated[
    list[Path] | None,
    typer.Option("--index", metavar="INDEX", help="Read this index; repeat for several."),
]


class _Notes(logging.Handler):
    """Messages on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        note(record.getMessage())


_NOTES: Final = _Notes()


def note_missing_kernels() -> None:
    """Have standard error say when searches are slow because there are no compiled kernels."""
    _LOGGER.addHandler(_NOTES)


def warm_kernels(*, indexes: _IndexesOption = None, as_json: JsonOption = False) -> None:
    """The command `index warm`."""
    from hashmatch.native.library import version

    read = {str(each): _read(each) for each in indexes or ()}
    if as_json:
        json_line({"kernels": version(), **({"indexes": read} if read else {})})
    else:
        line(f"kernels: {version()}")
        for name, size in read.items():
            line(f"{printable(name)}: {size_in_words(size)} read and checked")


def _read(path: Path) -> int:
    """Read a whole index; how many bytes it has."""
    from hashmatch.index.index import Index

    with Index(path) as index, meter(0, BYTES) as shown:
        return index.warm(shown.update_of)
