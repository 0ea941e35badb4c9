"""What is known: an index or hash lists, in memory or by their paths."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from hashmatch.errors import KnownChangedError
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index.generation import ListSource
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
        things: each that was given, opened.
        recipes: how another process comes by the same; see `pinned`.
        own: the indexes that were opened here by their paths.
    """

    things: tuple[Index | HashList | KnownList, ...]
    recipes: tuple[Recipe, ...]
    own: tuple[Index, ...]

    @property
    def index(self) -> Index | None:
        """The index, if nothing else was given."""
        (first, *others) = self.things or (None,)
        return first if isinstance(first, Index) and not others else None

    @property
    def indexes(self) -> tuple[Index, ...]:
        """All indexes."""
        return tuple(each for each in self.things if isinstance(each, Index))

    @property
    def generations(self) -> tuple[int, ...]:
        """The generation of each index."""
        return tuple(index.generation.number for index in self.indexes)

    @property
    def pinned(self) -> tuple[Recipe, ...]:
        """How another process comes by the same, with indexes as they are now."""
        return tuple(
            thing.pin if isinstance(thing, Index) else recipe
            for thing, recipe in zip(self.things, self.recipes, strict=True)
        )

    def lists(self) -> tuple[KnownList, ...]:
        """The hash lists of all that is given, each once."""
        if self.index is not None:
            return self.index.lists
        return _named([each for one in self.things for each in _lists_of(one)])


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
    return Opened(tuple(one for one, _ in found), recipes, own)


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
    """Whether the same entries are there already under the same name, treated in the same way."""
    return any(
        (one.name, one.policy, len(one)) == (each.name, each.policy, len(each))
        and _same_sources(one.sources, each.sources)
        for each in others
    )


def _same_sources(one: Sequence[ListSource], two: Sequence[ListSource]) -> bool:
    """Whether entries come from the same files, and are the same ones of them.

    Shards of a list may name the file that all of them are from, and have as many entries: what
    tells them apart is the SHA-256 of the entries, which older versions did not record.
    """
    if not one or len(one) != len(two):
        return False
    return all(
        bool(a.sha256)
        and a.sha256 == b.sha256
        and (a.entries_sha256 == b.entries_sha256 or "" in (a.entries_sha256, b.entries_sha256))
        for a, b in zip(one, two, strict=True)
    )


def versions(lists: Iterable[KnownList]) -> dict[str, list[str]]:
    """Lists of one name that are told apart by the start of a SHA-256, by that name."""
    found: dict[str, list[str]] = {}
    for known in lists:
        name, at, digits = known.name.rpartition("@")
        if at and known.sources and known.sources[0].sha256[:8] == digits:
            found.setdefault(name, []).append(known.name)
    return {name: each for name, each in found.items() if len(each) > 1}


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
