"""A source without what the operator leaves out: still listed and counted, never read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import translate

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.sources.base import Found, Source, roots_of


class Excluding:
    """A source whose files that match a pattern are not read; each is listed with the reason.

    A pattern without a slash is compared with the name of the file and of every folder between the
    root and it, one with a slash with the whole path below the root. `*` stands for any characters,
    slashes too, `?` for one character, `[abc]` for one of these. Capital and small letters are
    different.

    Attributes:
        kind: of the source.
        roots: of the source.
        patterns: as given.
    """

    def __init__(self, source: Source, patterns: Sequence[str]) -> None:
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
        self._source = source
        self.patterns = tuple(patterns)
        self.kind: str = getattr(source, "kind", "")
        self.roots = roots_of(source)
        self._compiled = [
            (each.strip("/"), re.compile(translate(each.strip("/"))).match) for each in patterns
        ]

    def total(self) -> int:
        """How many files there are, with those that are left out."""
        return sum(1 for _ in self._source)

    def __iter__(self) -> Iterator[Found]:
        """Every file of the source; those left out have `excluded` as their problem."""
        for found in self._source:
            pattern = self._excluded_by(found)
            if pattern is None:
                yield found
            else:
                yield replace(found, problem=Unreadable(Reason.EXCLUDED, f"matches {pattern}"))

    def _excluded_by(self, found: Found) -> str | None:
        below = found.recorded
        names = below.split("/")
        for pattern, matches in self._compiled:
            if matches(below) if "/" in pattern else any(map(matches, names)):
                return pattern
        return None
