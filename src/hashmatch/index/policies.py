"""Whether what an operator says of a hash list is about anything that is on it."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

import numpy as np

from hashmatch import registry
from hashmatch.errors import UnknownNameError, there_is
from hashmatch.hashlists.table import EntryTable
from hashmatch.model.hash import bits_of
from hashmatch.profiles import Policy

_SHOWN = 50
"""Categories that a message names."""


def check_policy(
    policy: Policy, name: str, tables: Sequence[EntryTable], *, before: Policy | None = None
) -> None:
    """Nothing, if a list has every category and algorithm that its policy names.

    Args:
        policy: of the list.
        name: of the list.
        tables: its entries.
        before: the policy that was in force; what it says already is not checked again, as a
            newer version of a list may lack what an older one had.

    Raises:
        UnknownNameError: it lacks one; the message names those it has.
    """
    old = Policy() if before is None else before
    listed = {each for table in tables for each in table.algorithms if bits_of(each) is not None}
    _check_thresholds(policy, old, name, listed)
    for category, own in policy.categories.items():
        _check_thresholds(own, old.categories.get(category, Policy()), name, listed)
    classes = {(scheme, code) for t in tables for scheme, code, _ in t.meta["classes"] if code}
    there = sorted({f"{scheme}/{code}" if scheme else code for scheme, code in classes})
    codes = {code for _, code in classes}
    for category in policy.categories:
        if category not in {*there, *codes, *old.categories}:
            near = get_close_matches(category, there, 1)
            more = [f"and {len(there) - _SHOWN:,} more"] if len(there) > _SHOWN else []
            hint = f", did you mean {near[0]!r}?" if near else ""
            msg = f"the list {name!r} has no category {category!r}{hint}"
            raise UnknownNameError(there_is(msg, [*there[:_SHOWN], *more]))
        said = old.categories.get(category, Policy()).thresholds
        for each, bits in policy.categories[category].thresholds.items():
            if said.get(each) != bits and not _has_hashes(tables, category, each):
                msg = (
                    f"category {category!r} of the list {name!r} has no {each} hashes: a threshold "
                    "for them has no effect"
                )
                raise UnknownNameError(msg)


def _has_hashes(tables: Sequence[EntryTable], category: str, algorithm: str) -> bool:
    """Whether an entry of this category has a hash of this algorithm."""
    for table in tables:
        if not table.count(algorithm):
            continue
        wanted = [
            number
            for number, (scheme, code, _) in enumerate(table.meta["classes"])
            if category in (code, f"{scheme}/{code}")
        ]
        classes = table.classes(without=np.empty(0, np.uint32))[table.rows(algorithm)]
        if np.isin(classes, wanted).any():
            return True
    return False


def _check_thresholds(policy: Policy, before: Policy, name: str, listed: Collection[str]) -> None:
    said = [each for each, bits in policy.thresholds.items() if before.thresholds.get(each) != bits]
    check_algorithms(said, listed)
    for each in said:
        if each not in listed:
            msg = f"the list {name!r} has no {each} hashes: a threshold for them has no effect"
            raise UnknownNameError(there_is(msg, sorted(listed)))


def check_algorithms(names: Iterable[str], listed: Collection[str]) -> None:
    """Nothing, if each is an algorithm that can be computed here or whose hashes are listed.

    Args:
        names: of algorithms that are to have a threshold.
        listed: the algorithms of all hashes that are known.

    Raises:
        UnknownNameError: one is neither; the message names what there is.
    """
    for name in names:
        if name in listed or (registry.has("hashers", name) and bits_of(name) is not None):
            continue
        there = [each for each in registry.names("hashers") if bits_of(each) is not None]
        msg = f"no algorithm {name!r} to set a threshold for"
        raise UnknownNameError(there_is(msg, there + sorted(set(listed) - set(there))))
