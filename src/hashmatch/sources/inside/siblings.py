"""Members of one container that belong together, as a database and its write-ahead log."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Final, TypeAlias

from hashmatch.model.locator import Member, Step
from hashmatch.sources.inside.base import Inner, LimitError, Parser
from hashmatch.sources.inside.budget import InsideLimits, Spending

FindBeside: TypeAlias = Callable[[str], BinaryIO | None]
"""Opens what has the name of a container without this ending, beside it; None where there is
nothing."""
_RANDOM: Final = frozenset({"zip archive", "tar archive", "cpio archive", "ar archive"})
"""Kinds of which any member can be opened at any time, if their file can be sought."""
_PIECE: Final = 1 << 20


def nothing(ending: str, /) -> None:
    """Finds nothing."""
    del ending


class Siblings:
    """The members of one container by their names; they are listed when one is first asked for."""

    def __init__(
        self, parser: Parser, file: BinaryIO, limits: InsideLimits, passwords: tuple[str, ...]
    ) -> None:
        """List nothing yet.

        Args:
            parser: of the container.
            file: the container. Nothing is found in one that cannot be sought.
            limits: of what is read for this alone.
            passwords: to be tried on what is encrypted.
        """
        self._parser, self._file = parser, file
        self._limits, self._passwords = limits, passwords
        self._found: dict[str, list[Inner]] | None = None

    def beside(self, step: Step) -> FindBeside:
        """What finds the siblings of a member."""
        return partial(self._find, step)

    def _find(self, step: Step, ending: str) -> BinaryIO | None:
        """The nearest before it of several with one name; else the first behind it.

        Raises:
            OSError, UnreadableError: it cannot be read.
        """
        is_random = self._parser.kinds[0] in _RANDOM and self._file.seekable()
        if not is_random or not isinstance(step, Member) or not step.name.endswith(ending):
            return None
        if self._found is None:
            self._found = self._listed(ending)
        named = self._found.get(step.name.removesuffix(ending), [])
        before = [each for each in named if _number(each) < step.number]
        inner = before[-1] if before else next(iter(named), None)
        if inner is None or inner.open is None:
            return None
        with suppress(LimitError):
            return self._held(inner.open())
        return None

    def _listed(self, ending: str) -> dict[str, list[Inner]]:
        """Members whose name another one has with this ending."""
        names = {_name(each).removesuffix(ending) for each in self._all() if _ends(each, ending)}
        found: dict[str, list[Inner]] = {}
        for each in self._all():
            if _name(each) in names:
                found.setdefault(_name(each), []).append(each)
        return found

    def _all(self) -> Iterator[Inner]:
        budget = Spending(self._limits, self._file.seek(0, io.SEEK_END))
        with suppress(LimitError):
            for each in self._parser(self._file, budget, self._passwords):
                if isinstance(each, Inner) and isinstance(each.step, Member):
                    yield each

    def _held(self, file: BinaryIO) -> BinaryIO | None:
        """A file that can be sought: in memory where it cannot; None of one that is too large."""
        if file.seekable():
            return file
        held = io.BytesIO()
        while data := file.read(_PIECE):
            held.write(data)
            if held.tell() > self._limits.max_member_bytes:
                return None
        return held


def _ends(inner: Inner, ending: str) -> bool:
    return len(_name(inner)) > len(ending) and _name(inner).endswith(ending)


def _name(inner: Inner) -> str:
    return inner.step.name if isinstance(inner.step, Member) else ""


def _number(inner: Inner) -> int:
    return inner.step.number if isinstance(inner.step, Member) else 0
