"""What is known: an index or hash lists, in memory or by their paths."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index.index import Index
from hashmatch.index.reading import KnownList

OneKnown: TypeAlias = Index | HashList | KnownList | str | os.PathLike[str]
"""An index, a hash list, or the path of either."""

Known: TypeAlias = OneKnown | Iterable[OneKnown]
"""What is known: one of these or several."""


def opened(known: Known) -> Index | tuple[KnownList, ...]:
    """The one index, which can be refreshed, or else the hash lists of all that is given.

    Raises:
        DamagedIndexError: an index cannot be opened.
        ListFormatError: a hash list cannot be read.
        TypeError: something is neither.
    """
    if isinstance(known, Mapping):
        msg = "what is known is an index, a hash list, the path of either or several, not a mapping"
        raise TypeError(msg)
    one = isinstance(known, Index | HashList | KnownList | str | os.PathLike)
    several = [known] if one or not isinstance(known, Iterable) else list(known)
    found = [_opened(each) for each in several]
    if len(found) == 1 and isinstance(found[0], Index):
        return found[0]
    return _named([each for one in found for each in _lists_of(one)])


def _opened(known: object) -> Index | HashList | KnownList:
    if isinstance(known, Index | HashList | KnownList):
        return known
    if isinstance(known, str | os.PathLike):
        path = os.fspath(known)
        # A folder that holds no index is an index that is missing, not a list.
        if os.path.isdir(path):  # noqa: PTH112 (any path)
            return Index(path)
        return KnownList.of(read_list(path), file=os.fsdecode(path))
    msg = f"what is known is an index, a hash list or a path of one, not {type(known).__name__}"
    raise TypeError(msg)


def _lists_of(known: Index | HashList | KnownList) -> Iterable[KnownList]:
    if isinstance(known, Index):
        return known.lists
    return (known if isinstance(known, KnownList) else KnownList.of(known),)


def _is_among(one: KnownList, others: list[KnownList]) -> bool:
    """Whether the same files are there already under the same name, treated in the same way."""
    files = [source.sha256 for source in one.sources]
    return (
        bool(files)
        and all(files)
        and any(
            (one.name, one.policy, len(one), files)
            == (each.name, each.policy, len(each), [source.sha256 for source in each.sources])
            for each in others
        )
    )


def _named(known: list[KnownList]) -> tuple[KnownList, ...]:
    """Each list once; those that share a name are told apart by the start of their SHA-256."""
    known = [each for at, each in enumerate(known) if not _is_among(each, known[:at])]
    shared: Mapping[str, int] = Counter(each.name for each in known)
    return tuple(
        replace(each, name=f"{each.name}@{each.sources[0].sha256[:8]}")
        if shared[each.name] > 1 and each.sources
        else each
        for each in known
    )
