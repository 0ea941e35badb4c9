"""`hashmatch lists remove` and `withdraw`: what shall no longer match."""

from typing import Annotated

import typer

from hashmatch.cli.lists import existing
from hashmatch.cli.options import ExistingIndexOption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import line, note, printable
from hashmatch.wording import number_of

_SHOWN = 20
"""Ids that are named."""


REMOVE_HELP = """Stop a whole list from matching; that the index had it stays on record.

\b
Example:
  hashmatch lists remove VIC --index lab.index
"""


def remove_list(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The list.")],
    *,
    index: ExistingIndexOption,
) -> None:
    """The command `lists remove`."""
    from hashmatch.index.index import Index

    with Index.edit(existing(index)) as writer:
        writer.remove(name)
    line(f"{printable(name)}: removed, no longer matched")


WITHDRAW_HELP = """Stop single entries of a list from matching, at once.

Exit code 4 says that the list has no entry with one of the ids; one that was withdrawn before
is named with the date, and is no fault.

\b
Example:
  hashmatch lists withdraw VIC 4711 4712 --index lab.index
"""


def withdraw_entries(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The list.")],
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of its entries.")],
    *,
    index: ExistingIndexOption,
) -> None:
    """The command `lists withdraw`."""
    from hashmatch.index.index import Index

    with Index.edit(existing(index)) as writer:
        gone = sorted(set(ids) - writer.live(name, ids))
        since = writer.withdrawn_since(name, gone)
        count = writer.withdraw(name, ids)
    line(f"{printable(name)}: {number_of(count, 'entry', 'entries')} withdrawn")
    unknown = [each for each in gone if each not in since]
    _note_each([_withdrawn(each, since[each]) for each in gone if each in since])
    _note_each([f"no entry of {name} has or had the id {each}" for each in unknown])
    end(unreadable=unknown)


def _withdrawn(each: str, since: str) -> str:
    if since:
        return f"already withdrawn since {since}: {each}"
    return f"already withdrawn, by an update of the list: {each}"


def _note_each(lines: list[str]) -> None:
    for each in lines[:_SHOWN]:
        note(each)
    if len(lines) > _SHOWN:
        note(f"and {len(lines) - _SHOWN:,} more like this")
