"""What searches that are being compiled have to say, and `hashmatch index warm`."""

import logging
from typing import Final

import typer

from hashmatch.cli.exit_codes import EXIT_OUTPUT
from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.wording import number_of

_LOGGER: Final = logging.getLogger("hashmatch.kernels")

HELP = """Compile what searches large indexes for this processor, and keep it.

Otherwise the first search compiles it, and takes up to a minute longer. Run this once after an
installation, as the user who installed, so that users who cannot write there need not compile.
HASHMATCH_CACHE names another folder to keep it in. Exit code 1 says that it could not be kept.

\b
Examples:
  hashmatch index warm
  HASHMATCH_CACHE=/var/cache/hashmatch hashmatch index warm
"""


class _Notes(logging.Handler):
    """Messages on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        note(record.getMessage())


_NOTES: Final = _Notes()


def note_compilations() -> None:
    """Have standard error say when searches are being compiled."""
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.addHandler(_NOTES)


def warm_kernels(*, as_json: JsonOption = False) -> None:
    """The command `index warm`."""
    from hashmatch.model.plain import plain
    from hashmatch.search.kernels.status import kernel_status

    found = kernel_status()
    if as_json:
        json_line(plain(found))
    else:
        done = number_of(found.compiled, "kernel") if found.compiled else "no kernel"
        kept = printable(found.folder) or "no folder"
        line(f"{done} compiled, {found.loaded:,} found; kept in {kept}")
    if not found.folder:
        raise typer.Exit(EXIT_OUTPUT)
