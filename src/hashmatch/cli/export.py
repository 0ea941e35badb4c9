"""`hashmatch lists export`: a hash list in another format."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from hashmatch.cli.completing import one_of
from hashmatch.cli.exit_codes import EXIT_UNREADABLE
from hashmatch.cli.handling import ReleaseOption, refuse_red
from hashmatch.cli.options import ForceOption
from hashmatch.cli.output import note
from hashmatch.cli.places import check_output
from hashmatch.cli.standard_input import DASH, or_standard_input
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hashmatch.hashlists.base import About
    from hashmatch.model import Entry

_WRITTEN = "csv, jsonl, threatexchange, vics, vpdq, vpdq-json, or one of an installed package"
"""Named here, as the help is shown without any format being loaded."""

_CARRIES_MARKS: Final = "jsonl"

EXPORT_HELP = """Write a list of an index, or any hash list, in another format.

LIST is the name of a list in the index, or else a file of a hash list, which needs no index. Says
what the format could not carry. What was withdrawn is left out. Rows of a file that could not be
understood are left out and counted; exit code 4 says that there were some. A file that is there
already is replaced only with --force. Files are readable by their owner alone.

The handling mark of a list is printed; jsonl carries it, and `lists import` takes it from there. In
all other formats it would get lost: a list that is marked TLP:RED is written in them only with
--release-red.

\b
Examples:
  hashmatch lists export VIC --index lab.index --format vics --output vic.json
  hashmatch lists export VIC --index lab.index --format csv > vic.csv
  hashmatch lists export vic-us.json --format csv --output vic.csv
"""


def export_list(
    name: Annotated[
        str,
        typer.Argument(
            metavar="LIST", help="A list of the index, or a file; - for standard input."
        ),
    ],
    *,
    index: Annotated[
        Path | None,
        typer.Option(metavar="INDEX", envvar="HASHMATCH_INDEX", help="Folder of the index."),
    ] = None,
    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            autocompletion=one_of(*_WRITTEN.split(", ")[:-1]),
            help=f"The format to write: {_WRITTEN}.",
        ),
    ] = "jsonl",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write.  [default: standard output]"),
    ] = None,
    force: ForceOption = False,
    release: ReleaseOption = False,
) -> None:
    """The command `lists export`."""
    from hashmatch.hashlists.writing import write_list, writer_of

    writer_of(format)
    if output == DASH:
        output = None
    if output is not None:
        check_output(output, force=force)
    entries, about, left_out = _to_export(name, index)
    _note_handling(about, format, released=release)
    dropped = write_list(entries, output, format=format, about=about)
    for what, count in dropped.most_common():
        note(f"{format} cannot carry: {what} ({count:,})")
    if left_out:
        rows = number_of(left_out, "row")
        check = shlex.join(["hashmatch", "lists", "check", name])
        note(f"left out, as they could not be understood: {rows}; all of them: {check}")
        raise typer.Exit(EXIT_UNREADABLE)


def _note_handling(about: "About", format: str, *, released: bool) -> None:
    """Say how far what is written may be passed on; refuse where nobody could see it any more."""
    mark = about.details.get("handling")
    if not isinstance(mark, str) or not mark:
        return
    if format == _CARRIES_MARKS:
        note(f"HANDLING: {mark}")
        return
    refuse_red([mark], "the list", released=released)
    note(f"HANDLING: {mark}; the file does not say so: this format cannot carry it")


def _to_export(name: str, index: Path | None) -> "tuple[Iterable[Entry], About, int]":
    """Entries of the list of the index, or else of that in the file; and the rows that it lacks."""
    from hashmatch.errors import there_is
    from hashmatch.hashlists.reading import read_list
    from hashmatch.index.index import Index

    lists = {known.name: known for known in Index(index).lists} if index is not None else {}
    if name in lists:
        return lists[name].entries(), lists[name].about, 0
    if name != str(DASH) and not Path(name).is_file():
        if index is None:
            msg = f"there is no file {name}; for a list of an index, name that with --index"
            raise typer.BadParameter(msg)
        msg = f"no list of the index {index}, and no file, is called {name!r}"
        raise typer.BadParameter(there_is(msg, lists))
    with or_standard_input(Path(name)) as file:
        known = read_list(file)
    if known.withdrawn:
        note(f"{number_of(len(known.withdrawn), 'withdrawal')} of the file cannot be carried")
    return known.entries, known.about, len(known.quarantined)
