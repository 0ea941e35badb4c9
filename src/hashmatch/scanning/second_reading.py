"""Containers that are read once more, by lot, by a process that read none of them before.

A container that takes over its reader can hide members of the containers that the same process
reads behind it, or give them other digests. Nobody can foretell which are read twice, and they are
read in the reverse order: one that takes over its reader is met behind those that it lied about.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final, cast

from hashmatch.errors import Reason
from hashmatch.model import Digests, Unreadable
from hashmatch.scanning.checks import ALARM
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.expanding import ExpandFiles, nothing_wrong
from hashmatch.scanning.lots import depth_drawn, drawn, happens
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.reopening import reopen
from hashmatch.sources.base import Found
from hashmatch.sources.inside.opening import InsideOpener

_SHARE: Final = 1 / 20
_FEWEST: Final = 3
"""Containers of a scan that are read twice, or all where there are fewer."""
_MOST: Final = 200
_LARGEST: Final = 8 << 20
"""Bytes of a container with all that lies in it that is read twice as a whole. Of a larger one all
is compared that comes first, down to a depth that is drawn by lot: beyond x bytes with the
probability 8 MiB / x. Of a larger disk image some members are opened again that begin within so
many bytes: its items come in no order."""
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
_UNCHECKED: Final = (
    "of {1:,} containers that were drawn to be read twice {0:,} could not be read once more ({2}): "
    "no second worker checked what was found there"
)
_ALARM: Final = (
    "two workers found other things in one file, as when a file takes one over: what is on record "
    "of {0:,} {1} may be false or missing; scan once more with --rescan"
)
_Pair = tuple[Digested, Digested]


@dataclass(frozen=True, slots=True)
class ReadAgain(ExpandFiles):
    """The job of the worker that reads containers once more.

    Attributes:
        counts: how many members are read of containers that are not read whole.
    """

    counts: Mapping[str, int] = field(default_factory=dict)

    def payload(self, task: Digested) -> object:
        """The same, and how many members are read."""
        return ExpandFiles.payload(self, task), self.counts.get(task.found.recorded)

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        """All that lies in the file, or the first of it."""
        file, count = cast("tuple[object, int | None]", payload)
        for number, each in enumerate(ExpandFiles.stream(self, file, on_progress, safe=safe)):
            if number == count:
                yield nothing_wrong()
                return
            yield each


@dataclass(slots=True)
class _Contents:
    """What was found in one file.

    Attributes:
        depth: bytes of members that are compared, at most.
        bytes: of all members, as far as known.
        is_whole: whether all were compared so far.
        total: of digests of all that was said of the members that are compared, in any order.
        count: of these.
        members: some of these with digests, drawn by lot.
    """

    depth: float = inf
    bytes: int = 0
    is_whole: bool = True
    total: int = 0
    count: int = 0
    members: list[tuple[Found, Digests]] = field(default_factory=list)

    def add(self, member: Digested) -> None:
        self.bytes += _MEMBER + (member.size or 0)
        self.is_whole = self.is_whole and self.bytes <= self.depth
        if not self.is_whole:
            return
        found, problem, remark = member.found, member.problem, member.remark
        why = [each.reason for each in (problem, remark) if each is not None]
        about = (found.recorded, found.original_name, member.size)
        said = (*about, *member.digests.items(), *why)
        digest = hashlib.sha256(repr(said).encode(errors="surrogatepass")).digest()
        self.total = (self.total + int.from_bytes(digest, "big")) % (1 << 256)
        self.count += 1
        if not member.digests.sha256 or not all(each.skipped for each in why):
            return
        kept = (found, member.digests)
        if len(self.members) < _SAMPLE:
            self.members.append(kept)
        elif happens(_SAMPLE / self.count):
            self.members = [*drawn(self.members, _SAMPLE - 1), kept]


@dataclass(slots=True)
class _Drawn:
    """A container that is read twice.

    Attributes:
        task: the container.
        contents: that were found in it.
        is_image: whether it is a disk image, or one lies in it.
        kinds: of containers that were met in it; not of an image.
    """

    task: Digested
    contents: _Contents
    is_image: bool
    kinds: frozenset[str]

    @property
    def is_unordered(self) -> bool:
        """Whether its items may come in another order the next time."""
        return self.is_image and self.contents.bytes > _LARGEST


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
        self._not_read: dict[str, Reason] = {}

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
            name = task.found.recorded
            if name not in self._open:
                self._open[name] = _Contents(depth_drawn(_LARGEST))
            self._open[name].add(found)
            return
        contents = self._open.pop(task.found.recorded, None)
        if contents is None or _chance(found.problem, found.remark):
            return
        contents.bytes += found.size or 0
        self._count += 1
        one = _Drawn(task, contents, is_image=bool(found.found.medium), kinds=found.kinds)
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
        if ordered := [each for each in chosen if not each.is_unordered]:
            yield from self._in_order(ordered, false)
        images = [each for each in chosen if each.is_unordered]
        if members := [each for one in images for each in one.contents.members]:
            yield from self._by_members(members, false)
        if self._not_read:
            why = ", ".join(sorted(set(self._not_read.values())))
            self._workers.on_notice(_UNCHECKED.format(len(self._not_read), len(chosen), why))
        if false:
            files = "file" if len(false) == 1 else "files"
            alarm = ALARM + _ALARM.format(len(false), files)
            self._workers.on_notice(alarm)
            self._workers.on_sandbox({"notices": [alarm], "files": [*false]})

    def _in_order(self, chosen: Sequence[_Drawn], false: dict[str, None]) -> Generator[None]:
        """Read containers from their beginning on; those that differ are added to `false`."""
        before = {each.task.found.recorded: each for each in chosen}
        counts = {
            name: each.contents.count
            for name, each in before.items()
            if not each.contents.is_whole or (each.task.size or 0) > each.contents.depth
        }
        met = frozenset[str]().union(*(each.kinds for each in chosen))
        kinds = None if any(each.is_image for each in chosen) else met
        tasks = [each.task for name, each in before.items() if counts.get(name) != 0]
        now: dict[str, _Contents] = {}
        # It opens what the first one met: where that is less than there is, they differ.
        opener = replace(self._opener, parses=kinds is None)
        job = ReadAgain(opener, sends=False, kinds=kinds, counts=counts)
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
                elif chance := _chance(found.problem, found.remark):
                    self._not_read[name] = chance
                elif contents.total != before[name].contents.total:
                    false[task.found.locator] = None

    def _by_members(
        self, members: Iterable[tuple[Found, Digests]], false: dict[str, None]
    ) -> Generator[None]:
        """Open members of large disk images; likewise."""
        expected = {found.recorded: digests for found, digests in members}
        tasks = [found for found, _ in members]
        with closing(reopen(tasks, self._opener, self._workers)) as reopened:
            for each in reopened:
                yield None
                if each is None:
                    continue
                found, now = each
                outer = found.container or found
                chance = None if now.is_missing else _chance(now.problem)
                if chance is not None:
                    self._not_read[outer.recorded] = chance
                elif now.digests != expected[found.recorded]:
                    false[outer.locator] = None


def _chance(*problems: Unreadable | None) -> Reason | None:
    """Why two workers need not agree on a file; None where they must."""
    reasons = {each.reason for each in problems if each is not None}
    return min(reasons & _BY_CHANCE, default=None)
