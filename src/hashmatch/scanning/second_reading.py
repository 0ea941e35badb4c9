"""Containers that are read once more, by lot, by a process that read none of them before.

A container that takes over its reader can hide members of the containers that the same process
reads behind it, or give them other digests. Nobody can foretell which are read twice, and they are
read in the reverse order: one that takes over its reader is met behind those that it lied about.
"""

import hashlib
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Final

from hashmatch.errors import Reason
from hashmatch.model import Digests
from hashmatch.scanning.checks import ALARM
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.scanning.lots import drawn, happens
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.reopening import reopen
from hashmatch.sources.base import Found
from hashmatch.sources.inside.opening import InsideOpener

_SHARE: Final = 1 / 20
_FEWEST: Final = 3
"""Containers of a scan that are read twice, or all where there are fewer."""
_MOST: Final = 200
_LARGEST: Final = 32 << 20
"""Bytes of a container with all that lies in it that is read twice as a whole; of a larger one
some members are opened again that begin within so many bytes."""
_MEMBER: Final = 1 << 10
"""Bytes that each member counts for besides its own: small ones take their time too."""
_SAMPLE: Final = 2
_TURN: Final = 1000
"""Members behind which others have a turn, even if more are there."""
_BY_CHANCE: Final = frozenset(
    {
        *(Reason.TIMED_OUT, Reason.OUT_OF_MEMORY, Reason.WORKER_DIED, Reason.CHANGED),
        *(Reason.IO_ERROR, Reason.TOO_MUCH, Reason.INTERNAL_ERROR),
    }
)
"""What two workers need not agree on."""
_ALARM: Final = (
    "two workers found other things in one file, as when a file takes one over: what is on record "
    "of {0:,} {1} may be false or missing; scan once more with --rescan"
)
_Pair = tuple[Digested, Digested]


@dataclass(slots=True)
class _Contents:
    """What was found in one file.

    Attributes:
        bytes: of the file and all members, as far as known.
        total: of digests of all that was said of members, in any order.
        members: some with digests that begin near the beginning, drawn by lot.
        count: of those that they were drawn from.
    """

    bytes: int = 0
    total: int = 0
    members: list[tuple[Found, Digests]] = field(default_factory=list)
    count: int = 0

    def add(self, member: Digested) -> None:
        found, problem, remark = member.found, member.problem, member.remark
        why = [each.reason for each in (problem, remark) if each is not None]
        about = (found.recorded, found.original_name, member.size)
        said = (*about, *member.digests.items(), *why)
        digest = hashlib.sha256(repr(said).encode(errors="surrogatepass")).digest()
        self.total = (self.total + int.from_bytes(digest, "big")) % (1 << 256)
        is_whole = member.digests.sha256 and all(each.skipped for each in why)
        if self.bytes <= _LARGEST and is_whole:
            self.count += 1
            kept = (found, member.digests)
            if len(self.members) < _SAMPLE:
                self.members.append(kept)
            elif happens(_SAMPLE / self.count):
                self.members = [*drawn(self.members, _SAMPLE - 1), kept]
        self.bytes += _MEMBER + (member.size or 0)


@dataclass(slots=True)
class _Drawn:
    """A container that is read twice."""

    task: Digested
    contents: _Contents


class SecondReading:
    """Passes on what was found in containers, and has some of it read once more behind it all."""

    def __init__(self, opener: InsideOpener, workers: WorkerPool) -> None:
        """Draw nothing yet.

        Args:
            opener: of files, and of what lies in them.
            workers: one process of this kind reads.
        """
        self._opener = replace(opener, parses=True)
        self._workers = replace(workers, count=min(workers.count or 1, 1))
        self._is_on = workers.count != 0
        self._open: dict[str, _Contents] = {}
        self._drawn: list[_Drawn] = []
        self._few: list[_Drawn] = []
        self._count = 0

    def checked(self, expanded: Generator[_Pair | None]) -> Generator[Digested | None]:
        """All that is found, and None now and then.

        Args:
            expanded: what `ExpandFiles` gives.
        """
        with closing(expanded):
            for each in expanded:
                if each is not None and self._is_on:
                    self._note(*each)
                yield each and each[1]
        if self._is_on and not self._workers.stop():
            yield from self._read_again()

    def _note(self, task: Digested, found: Digested) -> None:
        if found.found.container is not None:
            self._open.setdefault(task.found.recorded, _Contents()).add(found)
            return
        contents = self._open.pop(task.found.recorded, None)
        if contents is None or _is_by_chance(found):
            return
        contents.bytes += found.size or 0
        self._count += 1
        one = _Drawn(task, contents)
        if happens(_SHARE) and len(self._drawn) < _MOST:
            self._drawn.append(one)
        elif len(self._few) < _FEWEST:
            self._few.append(one)
        elif happens(_FEWEST / self._count):
            self._few = [*drawn(self._few, _FEWEST - 1), one]

    def _read_again(self) -> Generator[None]:
        chosen = [*self._drawn, *drawn(self._few, max(_FEWEST - len(self._drawn), 0))]
        chosen.reverse()
        false: dict[str, None] = {}
        whole = [each for each in chosen if each.contents.bytes <= _LARGEST]
        if whole:
            yield from self._as_a_whole(whole, false)
        members = [
            each for one in chosen if one.contents.bytes > _LARGEST for each in one.contents.members
        ]
        if members:
            yield from self._by_members(members, false)
        if false:
            files = "file" if len(false) == 1 else "files"
            alarm = ALARM + _ALARM.format(len(false), files)
            self._workers.on_notice(alarm)
            self._workers.on_sandbox({"notices": [alarm], "files": [*false]})

    def _as_a_whole(self, chosen: Iterable[_Drawn], false: dict[str, None]) -> Generator[None]:
        """Read containers whole; the locators of those that differ are added to `false`."""
        before = {each.task.found.recorded: each for each in chosen}
        tasks = [each.task for each in before.values()]
        now: dict[str, _Contents] = {}
        job = ExpandFiles(self._opener)
        reading = in_workers(job, tasks, self._workers, waits=False, abandons=True)
        with closing(reading) as expanded:
            for number, each in enumerate(expanded):
                # Who asks waits a moment behind each None: not once for each of a million members.
                if each is None or number % _TURN == 0:
                    yield None
                if each is None:
                    continue
                task, found = each
                name = task.found.recorded
                contents = now.setdefault(name, _Contents())
                if found.found.container is not None:
                    contents.add(found)
                elif not _is_by_chance(found) and contents.total != before[name].contents.total:
                    false[task.found.locator] = None

    def _by_members(
        self, members: Iterable[tuple[Found, Digests]], false: dict[str, None]
    ) -> Generator[None]:
        """Open members of large containers; likewise."""
        expected = {found.recorded: digests for found, digests in members}
        tasks = [found for found, _ in members]
        with closing(reopen(tasks, self._opener, self._workers)) as reopened:
            for each in reopened:
                yield None
                if each is None:
                    continue
                found, now = each
                problem = now.problem
                if problem is not None and problem.reason in _BY_CHANCE and not now.is_missing:
                    continue
                if now.digests != expected[found.recorded]:
                    outer = found.container or found
                    false[outer.locator] = None


def _is_by_chance(found: Digested) -> bool:
    reasons = {each.reason for each in (found.problem, found.remark) if each is not None}
    return bool(reasons & _BY_CHANCE)
