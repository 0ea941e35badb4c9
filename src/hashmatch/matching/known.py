"""What is known: an index or hash lists, in memory or by their paths."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from hashmatch.errors import KnownChangedError
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index.index import Index
from hashmatch.index.pin import Pin
from hashmatch.index.reading import KnownList

OneKnown: TypeAlias = Index | HashList | KnownList | str | os.PathLike[str]
"""An index, a hash list, or the path of either."""

Known: TypeAlias = OneKnown | Iterable[OneKnown]
"""What is known: one of these or several."""


@dataclass(frozen=True, slots=True)
class ListPath:
    """A hash list by its path, as it is pickled.

    Attributes:
        path: of the file, absolute.
        sha256: of the file when it was read.
        file: the path as it was named.
    """

    path: str
    sha256: str
    file: str

    def open(self) -> KnownList:
        """The list, read again.

        Raises:
            KnownChangedError: the file is another one.
            ListFormatError: it cannot be read.
        """
        with suppress(OSError), Path(self.path).open("rb") as stream:
            self._check(hashlib.file_digest(stream, "sha256").hexdigest())
        found = read_list(self.path)
        self._check(found.sha256)
        return KnownList.of(found, file=self.file)

    def _check(self, sha256: str) -> None:
        if sha256 != self.sha256:
            msg = (
                f"the hash list {self.path} was changed since it was pickled; "
                "make the matcher again from the file as it is now"
            )
            raise KnownChangedError(msg)


Recipe: TypeAlias = HashList | KnownList | Pin | ListPath
"""One of what is known, as it is pickled: by value, or by its path."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known, opened.

    Attributes:
        index: the only thing given, which can be refreshed; None where it is anything else.
        lists: the hash lists of all that is given, each once.
        recipes: how another process comes by the same.
        own: the indexes that were opened here by their paths.
    """

    index: Index | None
    lists: tuple[KnownList, ...]
    recipes: tuple[Recipe, ...]
    own: tuple[Index, ...]


def opened(known: Known | tuple[Recipe, ...]) -> Opened:
    """What is known, opened, from what was given or from its recipes.

    Raises:
        DamagedIndexError: an index cannot be opened.
        KnownChangedError: one of the recipes names a file that is another one by now.
        ListFormatError: a hash list cannot be read.
        TypeError: something is neither.
    """
    if isinstance(known, Mapping):
        msg = "known hashes are an index, a hash list, a path, or several of these, not a mapping"
        raise TypeError(msg)
    one = isinstance(known, Index | HashList | KnownList | str | os.PathLike)
    several = [known] if one or not isinstance(known, Iterable) else list(known)
    found = [_opened(each) for each in several]
    recipes = tuple(recipe for _, recipe in found)
    own = tuple(
        one
        for given, (one, _) in zip(several, found, strict=True)
        if isinstance(one, Index) and one is not given
    )
    if len(found) == 1 and isinstance(found[0][0], Index):
        return Opened(found[0][0], found[0][0].lists, recipes, own)
    lists = _named([each for one, _ in found for each in _lists_of(one)])
    return Opened(None, lists, recipes, own)


def _opened(known: object) -> tuple[Index | HashList | KnownList, Recipe]:
    """One of what is known, and its recipe."""
    if isinstance(known, Pin):
        return Index.pinned(known), known
    if isinstance(known, ListPath):
        return known.open(), known
    if isinstance(known, Index):
        return known, known.pin
    if isinstance(known, HashList | KnownList):
        return known, known
    if isinstance(known, str | os.PathLike):
        path = os.fspath(known)
        # A folder that holds no index is an index that is missing, not a list.
        if os.path.isdir(path):  # noqa: PTH112 (any path)
            index = Index(path)
            return index, index.pin
        found, file = read_list(path), os.fsdecode(path)
        absolute = os.path.abspath(file)  # noqa: PTH100 (links stay links)
        return KnownList.of(found, file=file), ListPath(absolute, found.sha256, file)
    msg = f"known hashes are an index, a hash list or a path, not {type(known).__name__}"
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
