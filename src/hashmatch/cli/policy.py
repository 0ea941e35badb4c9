"""`hashmatch lists policy`: how a list, or a category of it, is treated."""

from typing import Annotated

import typer

from hashmatch.cli.lists import existing, treated
from hashmatch.cli.options import ExistingIndexOption, threshold_of
from hashmatch.cli.output import line, printable

_POLICY_HELP = """Say how a list, or one category of it, is treated.

What is not given is left to the profile. --clear forgets what was said before. An algorithm, a
number of bits or a category that the list cannot have is refused.

\b
Examples:
  hashmatch lists policy LOGOS --index lab.index --known-good
  hashmatch lists policy VIC --index lab.index --threshold pdq=24 --threshold phash-64=4
  hashmatch lists policy VIC --index lab.index --category VIC_US/5 --known-good
"""


def set_policy(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The list.")],
    *,
    index: ExistingIndexOption,
    category: Annotated[
        str, typer.Option(metavar="SCHEME/CODE", help="Only this category of the list.")
    ] = "",
    known_good: Annotated[
        bool | None,
        typer.Option("--known-good/--notable", help="Harmless: label, never raise; or raise."),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(metavar="ALGORITHM=BITS", help="Largest distance that matches; repeat."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget what was said before.")] = False,
) -> None:
    """Replaced by `_POLICY_HELP`."""
    from dataclasses import replace

    from hashmatch.known.index import Index
    from hashmatch.profiles import Policy
    from hashmatch.reports.text import known_good_entries

    own = Policy(known_good, dict(threshold_of(each) for each in threshold or ()))
    with Index.edit(existing(index)) as writer:
        before = Policy() if clear else writer.policy(name)
        if category:
            policy = replace(before, categories={**before.categories, category: own})
        else:
            policy = replace(own, categories=before.categories)
        writer.set_policy(name, policy)
    known = Index(index)[name]
    line(
        f"{printable(name)}{treated(policy)}: "
        f"{known_good_entries(known.known_good_entries, len(known))}"
    )


set_policy.__doc__ = _POLICY_HELP
