"""`hashmatch record`: what a person did with what is on record, put on record too."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, printable

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database

VIEWED_HELP = """Put on record that a person viewed the files of sightings: who, and why.

hashmatch shows no file to anybody, and marks nothing as viewed by itself: only this command does.
The numbers of sightings are those that reports show. What is recorded is a row of the audit chain
and stays; every report of the case shows it. Each further viewing is recorded too. If one number
is not on record, nothing is recorded.

\b
Examples:
  hashmatch record viewed 1 --db lab.sightings --by 'A. Meier' --why 'identification of a victim'
  hashmatch record viewed 1 2 3 --db lab.sightings --case 2026-0417 --by 'A. Meier' \\
      --why 'court order 3 Gs 12/26' --json
"""


def record_viewed(
    sightings: Annotated[
        list[int], typer.Argument(metavar="SIGHTING...", help="Numbers, as reports show them.")
    ],
    *,
    db: Annotated[
        Path,
        typer.Option(
            "--db", metavar="FILE", envvar="HASHMATCH_DB", help="The database of sightings."
        ),
    ],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who viewed the files.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason for it.")],
    case: Annotated[
        str,
        typer.Option(
            "--case",
            metavar="N",
            help="Case that the sightings must belong to; others are refused.",
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """The command `record viewed`."""
    from hashmatch.errors import DatabaseError, MissingDatabaseError
    from hashmatch.sightings.database import Database

    for name, words in (("--by", by), ("--why", why)):
        if not words.strip():
            msg = "it is empty: the record says who viewed a file, and why"
            raise typer.BadParameter(msg, param_hint=name)
    if not db.exists():
        msg = f"there is no database {db}"
        raise MissingDatabaseError(msg)
    with Database.open(db) as database:
        places = {number: _place(database, number, case) for number in sightings}
        try:
            viewing = database.record_viewed(sightings, by=by, why=why)
        except DatabaseError:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        for number, (of_case, exhibit) in places.items():
            path = database.sighting(number).item.locator
            said = {"by": viewing.by, "why": viewing.why}
            if as_json:
                place = {"case": of_case, "exhibit": exhibit, "path": path}
                json_line({"sighting": number, **place, "at": viewing.at, **said})
            else:
                where = f"case {of_case}, {exhibit}: {path}"
                line(printable(f"sighting {number} viewed by {viewing.by}: on record, {where}"))


def _place(database: "Database", number: int, wanted: str) -> tuple[str, str]:
    """The case and exhibit of a sighting.

    Raises:
        BadParameter: it is of another case than the one that is wanted.
    """
    case, exhibit = database.place_of(number)
    if wanted and case != wanted:
        msg = f"sighting {number} is of case {case!r}, not {wanted!r}: nothing was recorded"
        raise typer.BadParameter(msg, param_hint="--case")
    return case, exhibit
