"""A source without what the operator leaves out: still listed and counted, never read."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import translate
from typing import TypeAlias

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.sources.base import Found, Source
from hashmatch.sources.left_out import LeftOut
from hashmatch.sources.wrapped import Wrapped

_Pattern: TypeAlias = tuple[str, Callable[[str], object]]
"""What was given, without slashes around it; and what a name or path is compared with."""


class Excluding(Wrapped):
    """A source whose files that match a pattern are not read; each is listed with the reason.

    A pattern without a slash is compared with the name of the file and of every folder between the
    root and it, one with a slash with the whole path below the root. `*` stands for any characters,
    slashes too, `?` for one character, `[abc]` for one of these. Capital and small letters are
    different.

    Attributes:
        patterns: as given.
    """

    def __init__(self, source: Source | Iterable[Found], patterns: Sequence[str]) -> None:
        """Leave files of a source out.

        Args:
            source: any.
            patterns: as `*.iso`, `Windows` or `AppData/Local/*`.

        Raises:
            ValueError: a pattern is empty.
        """
        if not all(each.strip("/") for each in patterns):
            msg = "a pattern of what is left out is empty"
            raise ValueError(msg)
        super().__init__(source)
        self.patterns = tuple(patterns)
        self._compiled: list[_Pattern] = [
            (each.strip("/"), re.compile(translate(each.strip("/"))).match) for each in patterns
        ]

    def total(self) -> int:
        """How many files there are, with those that are left out."""
        return sum(1 for _ in self.source)

    def __iter__(self) -> Iterator[Found]:
        """Every file of the source; those left out have `excluded` as their problem."""
        names = [each for each in self._compiled if "/" not in each[0]]
        whole = [each for each in self._compiled if "/" in each[0]]
        folders = _Folders(names)
        for found in self.source:
            below = found.recorded
            matched = {*folders.matched(below), *(each for each, met in whole if met(below))}
            if matched:
                pattern = next(each for each, _ in self._compiled if each in matched)
                yield replace(found, problem=Unreadable(Reason.EXCLUDED, f"matches {pattern}"))
            else:
                left_out = LeftOut(self.patterns, below.rpartition("/")[0])
                yield replace(found, left_out=left_out)


class _Folders:
    """Patterns that folders matched, on the way to the file before: each name is compared once."""

    def __init__(self, patterns: Sequence[_Pattern]) -> None:
        self._patterns = patterns
        self._way = ""
        self._lengths: list[int] = []
        self._matched: list[frozenset[str]] = [frozenset()]

    def matched(self, below: str) -> frozenset[str]:
        """Patterns that some name on the way to a file matches, or its own."""
        if not self._patterns:
            return frozenset()
        while not below.startswith(self._way):
            self._matched.pop()
            self._way = self._way[: -self._lengths.pop()]
        *names, last = below[len(self._way) :].split("/")
        for name in names:
            self._matched.append(self._with(name))
            self._lengths.append(len(name) + 1)
        self._way = below[: len(below) - len(last)]
        return self._with(last)

    def _with(self, name: str) -> frozenset[str]:
        met = [pattern for pattern, matches in self._patterns if matches(name)]
        return self._matched[-1].union(met) if met else self._matched[-1]
