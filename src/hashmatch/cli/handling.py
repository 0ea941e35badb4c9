"""Handling marks on the command line: given, taken from a file, and what they refuse."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import line, note, printable
from hashmatch.cli.trace import ByOption, DbOption
from hashmatch.cli.trace_output import show_statement
from hashmatch.model.handling import LONGEST, RED, in_words, mark_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashmatch.hashlists.reading import HashList
    from hashmatch.index.writer import IndexWriter

HELP = """Put on record how far a case, an exhibit, an import or a list may be passed on.

THING is case:N, exhibit:N/LABEL, import:ID or list:NAME. MARK is a mark of TLP 2.0 (TLP:RED,
TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN, TLP:CLEAR) or your own words; `none` takes a mark back. The
newest mark of a thing counts, and all stay on record. Reports, links and answers show the strictest
mark of what is in them, and all marks in own words.

\b
Examples:
  hashmatch record handling case:2026-0417 TLP:AMBER --db lab.sightings --by 'A. Meier'
  hashmatch record handling list:VIC 'only for K 12' --db lab.sightings --by 'A. Meier'
"""

NONE: Final = "none"

HandlingOption = Annotated[
    str,
    typer.Option(
        "--handling",
        metavar="MARK",
        help="How far it may be passed on: TLP:RED, TLP:AMBER+STRICT, TLP:AMBER, TLP:GREEN, "
        "TLP:CLEAR or your own words.",
    ),
]
ReleaseOption = Annotated[
    bool,
    typer.Option("--release-red", help="Write out what is marked TLP:RED; the file has no mark."),
]

ReleaseMarkedOption = Annotated[
    bool, typer.Option("--release-red", help="Write out what is marked TLP:RED, with its mark.")
]


def checked_mark(words: str, option: str = "--handling") -> str:
    """The mark that an option gives; `none` where it takes one back, empty where it is not given.

    Raises:
        BadParameter: it is no mark.
    """
    if words in {"", NONE}:
        return words
    try:
        return mark_of(words)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def mark_list(writer: "IndexWriter", known: "HashList", mark: str) -> None:
    """Mark a list as it was said, or else as its file says."""
    if said := mark or _mark_said_by(known):
        writer.set_handling(known.name, "" if said == NONE else said)


def show_handling(mark: str, indent: str = "") -> None:
    """The mark of a list, on a line of its own."""
    if mark:
        line(printable(f"{indent}HANDLING: {mark}"))


def _mark_said_by(known: "HashList") -> str:
    """The mark that the file of a list has, as our own exports write it; empty if it has none."""
    said = known.details.get("handling")
    if not isinstance(said, str) or not said.strip():
        return ""
    try:
        return mark_of(said)
    except ValueError:
        return mark_of(f"as the file says: {said!a}"[:LONGEST])


def refuse_red(marks: "Sequence[str]", what: str, *, released: bool) -> None:
    """Nothing, unless something that is marked TLP:RED would leave the record without its mark.

    Raises:
        BadParameter: it would, and nobody said that it may.
    """
    if RED in marks and not released:
        msg = (
            f"{what} is marked {in_words(marks)}: it is for named recipients alone, and a file of "
            "this format does not carry the mark. --release-red writes it all the same"
        )
        raise typer.BadParameter(msg)


def record_handling(
    thing: Annotated[str, typer.Argument(metavar="THING", help="What is marked.")],
    mark: Annotated[str, typer.Argument(metavar="MARK", help="Mark of TLP 2.0, or own words.")],
    *,
    db: DbOption,
    by: ByOption,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason for it.")] = "",
    as_json: JsonOption = False,
) -> None:
    """The command `record handling`."""
    from hashmatch.errors import HashmatchError, MissingDatabaseError
    from hashmatch.sightings.database import Database

    if not db.exists():
        msg = f"there is no database {db}"
        raise MissingDatabaseError(msg)
    said = checked_mark(mark, "MARK")
    with Database.open(db) as database:
        try:
            numbers = database.record_handling(thing, said, by=by, why=why)
        except HashmatchError:
            raise
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="THING") from None
    if not numbers:
        note(f"{thing}: {said} holds already, nothing was recorded")
    else:
        show_statement(thing, f"handling {said}", numbers, as_json=as_json)
