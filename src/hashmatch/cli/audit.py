"""`hashmatch audit`: proof of what is on record."""

from pathlib import Path
from typing import Annotated

import typer

from hashmatch.cli import EXIT_INTEGRITY
from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable

_HELP = """Prove that a database of sightings is as it was recorded, row by row.

Recomputes the audit chain and the digest of every item, hash and sighting, and names the first row
that was altered, removed, inserted or put out of order. Exit code 5 says that something is wrong.
Give the head that a report shows, and it is proved that the record still continues that report.

\b
Examples:
  hashmatch audit verify --db lab.sightings
  hashmatch audit verify --db lab.sightings --head 3f1c…
"""


def verify_audit(
    *,
    db: Annotated[
        Path,
        typer.Option(
            "--db",
            metavar="FILE",
            envvar="HASHMATCH_DB",
            help="Database of sightings; never written.",
        ),
    ],
    head: Annotated[
        str, typer.Option(metavar="SHA256", help="Head of the chain that a report shows.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Replaced by `_HELP`."""
    from hashmatch.sightings.database import Database

    with Database.open(db, read_only=True) as database:
        verdict = database.verify(head=head)
    if as_json:
        json_line(verdict.plain())
    else:
        for label, found in (("WRONG", verdict.problems), ("note ", verdict.remarks)):
            for problem in found:
                where = f"{problem.table} {problem.row}: " if problem.row is not None else ""
                told = f"  (audit row {problem.seq})" if problem.seq is not None else ""
                line(f"{label}  {where}{printable(problem.what)}{told}")
        if verdict.passed:
            line(f"ok     {verdict.rows:,} audit rows, head {verdict.head}")
    if not verdict.passed:
        note(f"{len(verdict.problems)} problems, oldest first: do not rely on this database")
        raise typer.Exit(EXIT_INTEGRITY)


verify_audit.__doc__ = _HELP
