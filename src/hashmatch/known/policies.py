"""Whether what an operator says of a hash list is about anything that is on it."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from hashmatch import registry
from hashmatch.errors import UnknownNameError, there_is
from hashmatch.hashes import bits_of
from hashmatch.hashlists.table import EntryTable
from hashmatch.profiles import Policy

_SHOWN = 50
"""Categories that a message names."""


def check_policy(policy: Policy, name: str, tables: Sequence[EntryTable]) -> None:
    """Nothing, if a list has every category and algorithm that its policy names.

    Args:
        policy: of the list.
        name: of the list.
        tables: its entries.

    Raises:
        UnknownNameError: it lacks one; the message names those it has.
    """
    listed = {each for table in tables for each in table.algorithms if bits_of(each) is not None}
    for each in (policy, *policy.categories.values()):
        check_algorithms(each.thresholds, listed)
    classes = {(scheme, code) for t in tables for scheme, code, _ in t.meta["classes"] if code}
    there = sorted({f"{scheme}/{code}" if scheme else code for scheme, code in classes})
    codes = {code for _, code in classes}
    for category in policy.categories:
        if category not in there and category not in codes:
            near = get_close_matches(category, there, 1)
            more = [f"and {len(there) - _SHOWN:,} more"] if len(there) > _SHOWN else []
            hint = f", did you mean {near[0]!r}?" if near else ""
            msg = f"the list {name!r} has no category {category!r}{hint}"
            raise UnknownNameError(there_is(msg, [*there[:_SHOWN], *more]))


def check_algorithms(names: Iterable[str], listed: Collection[str]) -> None:
    """Nothing, if each is an algorithm that can be computed here or whose hashes are listed.

    Args:
        names: of algorithms that are to have a threshold.
        listed: the algorithms of all hashes that are known.

    Raises:
        UnknownNameError: one is neither; the message names what there is.
    """
    there = [name for name in registry.names("hashers") if bits_of(name) is not None]
    there += sorted(set(listed) - set(there))
    for name in names:
        if name not in there:
            msg = f"no algorithm {name!r} to set a threshold for"
            raise UnknownNameError(there_is(msg, there))
