"""Members of one container that belong together, as a database and its write-ahead log."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from typing import BinaryIO, Final, TypeAlias

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member, Step
from hashmatch.sources.inside.backup_places import folder_of, is_named
from hashmatch.sources.inside.backups import Backups
from hashmatch.sources.inside.base import Inner, LimitError, Parser
from hashmatch.sources.inside.budget import InsideLimits, Spending

FindBeside: TypeAlias = Callable[[str], BinaryIO | None]
"""Opens what has the name of a container without this ending, beside it; None where there is
nothing."""
_RANDOM: Final = frozenset({"zip archive", "tar archive", "cpio archive", "ar archive"})
"""Kinds of which any member can be opened at any time, if their file can be sought."""
_PIECE: Final = 1 << 20
_UNNAMED: Final = Unreadable(
    Reason.UNSUPPORTED,
    "an iOS backup lies in it, whose list of files is not read in an archive of this kind: its "
    "files were read without their names; extract it, and scan what that gives",
)


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
        self._lists: dict[str, Inner] | None = None
        self._of_backups: set[bytes] = set()
        self._unnamed: set[bool] = set()
        self._backups = Backups(self._opened, lambda: self._budget().check)

    def beside(self, step: Step) -> FindBeside:
        """What finds the siblings of a member."""
        return partial(self._find, step)

    @property
    def _is_random(self) -> bool:
        return not _RANDOM.isdisjoint(self._parser.kinds) and self._file.seekable()

    def named(self, inner: Inner) -> Inner:
        """A member with what the list of a backup among its siblings tells of it."""
        name = _name(inner)
        if folder_of(name) is None:
            return inner
        if not self._is_random:
            self._unnamed.add(is_named(name))
            return inner
        told = self._backups.tell(name)
        folder, slash, last = name.rpartition("/")
        return replace(
            inner,
            times={**inner.times, **told.times},
            original_name=told.name,
            remark=told.remark,
            has=partial(self._has, folder + slash) if is_named(last) else None,
        )

    def told(self) -> Iterator[Unreadable]:
        """That there was a backup whose list of files was not read, once all members were given."""
        if len(self._unnamed) == len((True, False)):
            yield _UNNAMED

    def _opened(self, name: str) -> BinaryIO | None:
        """The first member that is called so, of those that tell of others in a backup."""
        inner = self._lists_of_backups().get(name)
        return None if inner is None or inner.open is None else self._held(inner.open())

    def _has(self, above: str, below: str) -> bool:
        self._lists_of_backups()
        return _digest(above + below) in self._of_backups

    def _lists_of_backups(self) -> dict[str, Inner]:
        if self._lists is None:
            self._lists = {}
            for each in self._all():
                name = _name(each)
                if is_named(name):
                    self._lists.setdefault(name, each)
                elif folder_of(name) is not None:
                    self._of_backups.add(_digest(name))
        return self._lists

    def _find(self, step: Step, ending: str) -> BinaryIO | None:
        """The nearest before it of several with one name; else the first behind it.

        Raises:
            OSError, UnreadableError: it cannot be read.
        """
        if not self._is_random or not isinstance(step, Member) or not step.name.endswith(ending):
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
        budget = self._budget()
        with suppress(LimitError):
            for each in self._parser(self._file, budget, self._passwords):
                if isinstance(each, Inner) and isinstance(each.step, Member):
                    yield each

    def _budget(self) -> Spending:
        size = self._file.seek(0, io.SEEK_END) if self._file.seekable() else 0
        return Spending(self._limits, size)

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


def _digest(name: str) -> bytes:
    """What stands for a name in memory: there may be a million."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _name(inner: Inner) -> str:
    return inner.step.name if isinstance(inner.step, Member) else ""


def _number(inner: Inner) -> int:
    return inner.step.number if isinstance(inner.step, Member) else 0
