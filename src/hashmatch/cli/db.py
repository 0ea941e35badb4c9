"""`hashmatch db`: databases of several laboratories joined into one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.places import check_exhibits
from hashmatch.cli.progress import meter
from hashmatch.cli.signing import PublicKeyOption
from hashmatch.cli.trace import ByOption, DbOption
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.sightings.merge_values import Merge, MergedDatabase

MERGE_HELP = """Join databases of several laboratories into one: nothing twice, all of it proved.

Each database is verified first, and refused if anything in it was altered. It is only read; one of
an older version is read as if it were migrated. Its audit chain comes whole and goes on proving its
rows, so that `audit verify` proves all of them, finds heads that were handed out before, and checks
signatures. --into names a database that is made, or one that is there: what is on record of a
database already is not recorded again, so that one that has grown is merged again. Killed at any
moment, the database is as it was before, or has all.

Cases of equal numbers are different cases: the later one gets the name of its file in front
(--rename-cases: another word). --same-case says that they are one; exhibits of equal labels in it
are still two, unless --same-exhibit says otherwise. Where databases disagree, the strictest mark of
handling and the strictest access hold, and of all else what was stated last. Every conflict is
named.

Clusters are made anew. A scan that came from another database is resumed there.

\b
Examples:
  hashmatch db merge north.sightings south.sightings --into all.sightings --by 'A. Meier' --dry-run
  hashmatch db merge north.sightings south.sightings --into all.sightings --by 'A. Meier' \\
      --same-case 2026-0417 --same-exhibit 2026-0417/phone-1
"""

ORIGINS_HELP = """Show which databases were merged, by whom and when, and from which one a row is.

\b
Examples:
  hashmatch db origins --db all.sightings
  hashmatch db origins sightings:12 items:40 --db all.sightings --json
"""


_DIGITS = 18
"""The digits of a number that SQLite has for certain."""

DatabasesArgument = Annotated[
    list[Path], typer.Argument(metavar="DATABASE...", help="Databases of sightings.")
]
IntoOption = Annotated[
    Path, typer.Option("--into", metavar="FILE", help="Database that they are merged into.")
]
ReasonOption = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.")]
RenameOption = Annotated[
    str,
    typer.Option(
        metavar="WORD", help="Stands in front of names that are taken; the file's by default."
    ),
]
SameCaseOption = Annotated[
    list[str] | None,
    typer.Option(metavar="N", help="Case that is one in all databases; repeat for several."),
]
SameExhibitOption = Annotated[
    list[str] | None,
    typer.Option(metavar="N/LABEL", help="Exhibit that is one; repeat for several."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]


def merge_databases(
    databases: DatabasesArgument,
    *,
    into: IntoOption,
    by: ByOption,
    why: ReasonOption = "",
    rename_cases: RenameOption = "",
    same_case: SameCaseOption = None,
    same_exhibit: SameExhibitOption = None,
    key: PublicKeyOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `db merge`."""
    from hashmatch.errors import HashmatchError
    from hashmatch.sightings import keys
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.merging import merge
    from hashmatch.sightings.merging_one import Options

    for each in databases:
        with Database.open(each, read_only=True) as database:
            check_exhibits([("the database", into)], database)
    chosen = Options(rename_cases, frozenset(same_case or ()), frozenset(same_exhibit or ()))
    wanted = [keys.public(path) for path in key or ()]
    asked: dict[str, Any] = {"by": by, "why": why, "options": chosen, "keys": wanted}
    try:
        with meter(0, "rows") as shown:
            done = merge(databases, into, **asked, dry_run=dry_run, on_progress=shown.update_of)
    except HashmatchError:
        raise
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    _show(done, as_json=as_json)
    if done.clusters and not dry_run:
        _cluster(into)


def _show(done: "Merge", *, as_json: bool) -> None:
    if as_json:
        json_line(done.to_dict())
        return
    for each in done.conflicts:
        said = "; ".join(f"{path}: {value}" for path, value in each.said.items() if value)
        told = f" ({said})" if len(each.said) > 1 else ""
        line(printable(f"CONFLICT  {each.kind.value} {each.thing}{told}: {each.settled}"))
    for one in done.databases:
        line(printable(f"{one.path}: {_counts(one)}"))
    conflicts = number_of(len(done.conflicts), "conflict")
    note(f"{conflicts}; {'nothing was recorded' if done.dry_run else f'merged into {done.into}'}")


_COUNTED: Final = {
    "cases": "case",
    "sources": "exhibit",
    "items": "item",
    "sightings": "sighting",
    "events": "event",
}
"""Tables of which it is said how many rows came, and what a row is."""


def _counts(one: "MergedDatabase") -> str:
    """What came of a database, in words."""
    if not one.added and not one.here:
        return "nothing that is not on record already"
    came = [number_of(one.added.get(table, 0), word) for table, word in _COUNTED.items()]
    here = sum(one.here.values())
    known = f"; {number_of(here, 'row')} of it were on record already" if here else ""
    return f"{', '.join(came)}{known} (origin {one.origin}, head {one.head[:16]}…)"


def _cluster(into: Path) -> None:
    """Make clusters anew, as one of the databases had some."""
    from hashmatch.sightings.database import Database
    from hashmatch.tracing.updating import update

    with Database.open(into) as database:
        if count := update(database):
            note(f"clustered: {number_of(count, 'picture or video', 'pictures and videos')}")


def show_origins(
    rows: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TABLE:NUMBER...]", help="Rows, as sightings:12."),
    ] = None,
    *,
    db: DbOption,
    as_json: JsonOption = False,
) -> None:
    """The command `db origins`."""
    from hashmatch.sightings.database import Database

    with Database.open(db, read_only=True) as database:
        if not rows:
            for each in database.merges():
                if as_json:
                    json_line(each.to_dict())
                    continue
                told = (
                    f"{each.at[:19]}  {each.path}: origin {each.origin}, {each.rows:,} audit rows"
                )
                line(printable(f"{told}, {number_of(each.added, 'row')} came; by {each.by}"))
            return
        for row in rows:
            table, _, number = row.partition(":")
            if not number.isdecimal() or len(number) > _DIGITS:
                msg = f"{row[:60]!r} is no row: name it as sightings:12"
                raise typer.BadParameter(msg, param_hint="TABLE:NUMBER")
            found = [*database.came_from(table, int(number))]
            if as_json:
                json_line({"row": row, "origins": [each.to_dict() for each in found]})
                continue
            for came in found:
                what = "row left out there" if came.instead else "row"
                line(
                    printable(f"{row}: {what} {came.number} of {came.path} (origin {came.origin})")
                )
            if not found:
                line(printable(f"{row}: recorded in this database"))
