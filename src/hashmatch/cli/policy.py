"""`hashmatch lists policy`: how a list, or a category of it, is treated."""

from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.handling import NONE, HandlingOption, checked_mark, show_handling
from hashmatch.cli.lists import existing, treated
from hashmatch.cli.options import ExistingIndexOption, threshold_of
from hashmatch.cli.output import line, printable

if TYPE_CHECKING:
    from hashmatch.profiles import Policy

POLICY_HELP = """Set how a list, or one category of it, is treated; without an option, show it.

Each option sets one rule; all other rules stay. --clear first removes every rule of the list or,
with --category, of that category. Without a rule the profile and the publisher decide. These are
refused: a category that the list does not have, a threshold for an algorithm of which it has no
hashes, and a number of bits that such hashes cannot have.

--handling marks how far the list may be passed on; `none` takes the mark back. Reports on cases
that used it from then on, links and exports say so.

\b
Examples:
  hashmatch lists policy LOGOS --index lab.index --known-good
  hashmatch lists policy VIC --index lab.index --threshold pdq=24 --threshold phash-64=4
  hashmatch lists policy VIC --index lab.index --category VIC_US/5 --known-good
  hashmatch lists policy VIC --index lab.index --handling TLP:AMBER
  hashmatch lists policy VIC --index lab.index --clear
"""


_KnownGoodOption = Annotated[
    bool,
    typer.Option(
        "--known-good",
        help="The list's files are harmless: their matches are labelled as known good and raise "
        "no alarm.",
    ),
]
_NotableOption = Annotated[
    bool, typer.Option("--notable", help="The list's files are notable: they raise matches.")
]


def set_policy(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The list.")],
    *,
    index: ExistingIndexOption,
    category: Annotated[
        str, typer.Option(metavar="SCHEME/CODE", help="Only this category of the list.")
    ] = "",
    known_good: _KnownGoodOption = False,
    notable: _NotableOption = False,
    threshold: Annotated[
        list[str] | None,
        typer.Option(metavar="ALGORITHM=BITS", help="Largest distance that matches; repeat."),
    ] = None,
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove all rules first; then set those given.")
    ] = False,
    handling: HandlingOption = "",
) -> None:
    """The command `lists policy`."""
    from hashmatch.index.index import Index
    from hashmatch.index.policies import check_policy
    from hashmatch.profiles import Policy
    from hashmatch.reports.text import known_good_entries

    if known_good and notable:
        msg = "--known-good and --notable exclude each other"
        raise typer.BadParameter(msg)
    standing = True if known_good else False if notable else None
    own = Policy(standing, dict(threshold_of(each) for each in threshold or ()))
    mark = checked_mark(handling)
    if own == Policy() and not (clear or mark):
        known = Index(existing(index))[name]
        if category:
            tables = [part.segment.table for part in known.parts]
            check_policy(Policy(categories={category: own}), name, tables)
    else:
        with Index.edit(existing(index)) as writer:
            before = writer.policy(name)
            if clear:
                before = _without(before, category)
            if own != Policy():
                before = before.merged(Policy(categories={category: own}) if category else own)
            writer.set_policy(name, before)
            if mark:
                writer.set_handling(name, "" if mark == NONE else mark)
        known = Index(index)[name]
    line(
        f"{printable(name)}{treated(known.policy) or ' (as the profile says)'}: "
        f"{known_good_entries(known.known_good_entries, len(known))}"
    )
    show_handling(known.handling)


def _without(policy: "Policy", category: str) -> "Policy":
    """A policy without all that it says, or without what it says of one category."""
    from hashmatch.profiles import Policy

    if not category:
        return Policy()
    kept = {name: own for name, own in policy.categories.items() if name != category}
    return Policy(policy.known_good, policy.thresholds, categories=kept)
