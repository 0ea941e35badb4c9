"""`hashmatch record erase`: rows taken off the record by order of a court, and never by a slip."""

from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.trace import DbOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hashmatch.sightings.erasing import ErasurePlan

HELP = """Erase from the record what a court orders, and leave proof that it was there.

THING is item:12 (with what lies in it, in every scan of the exhibit that read the same bytes
there), sighting:7, entry:LIST/ID (all its sightings), exhibit:CASE/LABEL, case:N, import:3 or
event:4; numbers are those of reports and links. Without --yes it shows what would go and what would
stay, and changes nothing.

What goes is overwritten in the file and in its log. A tombstone in the audit chain proves for each
row that it was on record, when it was erased, by whom and by which order; `audit verify` passes
before and after, and finds rows that are gone without one. Contents and hashes that nothing else
uses go too, and what else on record has the same bytes is named: name it too if the order means it.

The audit chain keeps its own words: numbers of cases, labels and paths of exhibits, what people
stated, and command lines. Copies of the file, backups, reports and the evidence itself are not
touched. Without a THING only what earlier erasures left in the file is overwritten.

\b
Examples:
  hashmatch record erase item:1 --db lab.sightings
  hashmatch record erase item:1 sighting:2 --db lab.sightings --order '3 Gs 12/26' \\
      --why 'not covered by the warrant' --by 'A. Meier' --yes
"""


def record_erase(
    things: Annotated[
        list[str] | None, typer.Argument(metavar="[THING...]", help="What is to be erased.")
    ] = None,
    *,
    db: DbOption,
    order: Annotated[
        str, typer.Option("--order", metavar="REFERENCE", help="The order of the court.")
    ] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason for it.")] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who erases.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Erase; without it, only show what would go.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """The command `record erase`."""
    from hashmatch.errors import HashmatchError, MissingDatabaseError
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.erasures import in_words

    if not db.exists():
        msg = f"there is no database {db}"
        raise MissingDatabaseError(msg)
    if things and yes:
        _check_order({"--order": order, "--why": why, "--by": by})
    with Database.open(db) as database:
        if not things:
            database.scrub()
            note("what earlier erasures left in the file was overwritten")
            return
        try:
            if not yes:
                _show_plan(database.plan_erasure(things), as_json=as_json)
                note("nothing was erased: --yes erases, with --order, --why and --by")
                return
            done, planned = database.erase(things, order=order, why=why, by=by)
        except HashmatchError:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="THING") from None
    if as_json:
        json_line(done.to_dict() | {"elsewhere": [*planned.elsewhere]})
        return
    line(printable(in_words(done)))
    _show_elsewhere(planned)


def _check_order(given: "Mapping[str, str]") -> None:
    """See that the record can say by which order, why and by whom something was erased.

    Raises:
        BadParameter: an option is missing.
    """
    lacking = [name for name, words in given.items() if not words.strip()]
    if lacking:
        msg = "the record says by which order, why and by whom something was erased"
        raise typer.BadParameter(msg, param_hint=" ".join(lacking))


def _show_plan(planned: "ErasurePlan", *, as_json: bool) -> None:
    if as_json:
        json_line(planned.to_dict())
        return
    for table, count in planned.rows.items():
        line(f"would go: {count:,} {table}")
    _show_elsewhere(planned)


def _show_elsewhere(planned: "ErasurePlan") -> None:
    for words in planned.elsewhere:
        line(printable(f"NOT ERASED: {words}"))
