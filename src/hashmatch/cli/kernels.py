"""What searches that are being compiled have to say, and `hashmatch index warm`."""

import logging
from pathlib import Path
from typing import Annotated, Final

import typer

from hashmatch.cli.exit_codes import EXIT_OUTPUT
from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable, size_in_words
from hashmatch.cli.progress import BYTES, meter
from hashmatch.wording import number_of

_LOGGER: Final = logging.getLogger("hashmatch.kernels")

HELP = """Compile what searches large indexes for this processor, and keep it.

Otherwise the first search compiles it, and takes up to a minute longer. Run this once after an
installation, as the user who installed, so that users who cannot write there need not compile.
HASHMATCH_CACHE names another folder to keep it in. Exit code 1 says that it could not be kept.

With --index every byte of these indexes is read and checked as well, so that the system holds
their files in memory for whoever opens them next: after a start of the machine, or after an import.

\b
Examples:
  hashmatch index warm
  HASHMATCH_CACHE=/var/cache/hashmatch hashmatch index warm
  hashmatch index warm --index lab.index
"""

_IndexesOption = Annotated[
    list[Path] | None,
    typer.Option("--index", metavar="INDEX", help="Read this index too; repeat for several."),
]


class _Notes(logging.Handler):
    """Messages on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        note(record.getMessage())


_NOTES: Final = _Notes()


def note_compilations() -> None:
    """Have standard error say when searches are being compiled."""
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.addHandler(_NOTES)


def warm_kernels(*, indexes: _IndexesOption = None, as_json: JsonOption = False) -> None:
    """The command `index warm`."""
    from hashmatch.model.plain import plain
    from hashmatch.search.kernels.status import kernel_status

    found = kernel_status()
    read = {str(each): _read(each) for each in indexes or ()}
    if as_json:
        json_line({**plain(found), **({"indexes": read} if read else {})})
    else:
        done = number_of(found.compiled, "kernel") if found.compiled else "no kernel"
        kept = printable(found.folder) or "no folder"
        line(f"{done} compiled, {found.loaded:,} found; kept in {kept}")
        for name, size in read.items():
            line(f"{printable(name)}: {size_in_words(size)} read and checked")
    if not found.folder:
        raise typer.Exit(EXIT_OUTPUT)


def _read(path: Path) -> int:
    """Read a whole index; how many bytes it has."""
    from hashmatch.index.index import Index

    with Index(path) as index, meter(0, BYTES) as shown:
        return index.warm(shown.update_of)
