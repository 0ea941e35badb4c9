"""Items of the record compared with the evidence: each is opened once more, and digested."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from hashmatch.errors import Reason
from hashmatch.model import Digests, Unreadable
from hashmatch.model.locator import Locator
from hashmatch.scanning.digested import DigestFiles
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.reopening import reopen
from hashmatch.sources.base import Found, Source
from hashmatch.sources.finding import Finder
from hashmatch.sources.inside.budget import InsideLimits
from hashmatch.sources.inside.opening import InsideOpener

_MANY: Final = 16
"""Items of one file: so many and more are compared in one pass over it, as a scan makes it; fewer
are opened one by one, each of which reads the file up to there."""

_NOT_OF_THE_EVIDENCE: Final = frozenset(
    {
        *(Reason.ENCRYPTED, Reason.CONTAINER, Reason.INTERNAL_ERROR, Reason.OUT_OF_MEMORY),
        *(Reason.TIMED_OUT, Reason.TOO_DEEP, Reason.TOO_MANY_BYTES, Reason.TOO_MUCH),
        Reason.WORKER_DIED,
    }
)
"""Reasons that say nothing against the evidence: a password, a library, memory or time is missing
here."""


class Outcome(Enum):
    """What a comparison shows."""

    EQUAL = "equal"
    DIFFERS = "differs"
    """Its bytes are others than those on record."""
    LOST = "cannot-be-opened"
    """It is not there any more, or cannot be read any more."""
    NOT_COMPARED = "not-compared"
    """It could not be read here, for a reason that says nothing against the evidence."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What is on record of an item.

    Attributes:
        number: id of the item.
        locator: where it lies, relative to the root of the source.
        size: in bytes; None where none is on record.
        digests: of its bytes, as far as they could be read; at least one.
        is_partial: whether a limit kept the scan from reading it to its end.
    """

    number: int
    locator: Locator
    size: int | None
    digests: Digests
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """An item of the record, compared with the evidence.

    Attributes:
        item: as it is on record.
        outcome: of the comparison.
        size: in bytes, now; None where it could not be read.
        digests: now.
        problem: why it could not be read, or not all of it.
    """

    item: OnRecord
    outcome: Outcome
    size: int | None = None
    digests: Digests = field(default_factory=Digests)
    problem: Unreadable | None = None

    @property
    def differing(self) -> tuple[str, ...]:
        """What differs: `size`, `sha256`, `sha1`, `md5`."""
        if self.outcome is not Outcome.DIFFERS:
            return ()
        now = dict(self.digests.items())
        names = [name for name, value in self.item.digests.items() if now.get(name) != value]
        return (*(("size",) if self.size != self.item.size else ()), *names)


def compare(
    source: Source,
    items: Iterable[OnRecord],
    opener: InsideOpener,
    workers: WorkerPool,
) -> Generator[Compared | None]:
    """Each item as it compares with the evidence, in any order; None while there is none.

    What is on record of all items is kept in memory, so that a file of which many are on record is
    read once.

    Args:
        source: the evidence.
        items: on record, each once.
        opener: of the files, with the limits and passwords for what lies in them.
        workers: who reads.

    Raises:
        SandboxError, WorkerError: as `in_workers`.
    """
    finder = Finder(source)
    groups: dict[str, dict[str, _Pair]] = defaultdict(dict)
    for item in items:
        found = finder.find(item.locator, item.size or 0)
        if found is None:
            lost = Unreadable(Reason.IO_ERROR, "there is no such file")
            yield Compared(item, Outcome.LOST, problem=lost)
            continue
        outer = found.container or found
        groups[outer.recorded][found.recorded] = (found, item)
    many = {name: group for name, group in groups.items() if len(group) >= _MANY}
    with closing(_in_one_pass(many, opener, workers)) as compared:
        yield from compared
    left = (pair for group in groups.values() for pair in group.values())
    with closing(_one_by_one(left, opener, workers)) as compared:
        yield from compared


_Pair = tuple[Found, OnRecord]


def _in_one_pass(
    groups: Mapping[str, dict[str, _Pair]], opener: InsideOpener, workers: WorkerPool
) -> Generator[Compared | None]:
    """Items of files with many of them; what is compared is taken out of its group.

    An item that is not met, or is not as it should be, is left: it is opened by itself.
    """
    if not groups:
        return
    outers = [_outer_of(group) for group in groups.values()]
    digest = DigestFiles(opener.files, searches=True)
    # What a scan with other limits found is opened by itself.
    usual = replace(opener, limits=InsideLimits())
    with (
        closing(in_workers(digest, outers, workers, waits=False)) as digested,
        closing(
            in_workers(ExpandFiles(usual), (each and each[1] for each in digested), workers)
        ) as expanded,
    ):
        for each in expanded:
            if each is None:
                yield None
                continue
            now = each[1]
            group = groups[(now.found.container or now.found).recorded]
            pair = group.get(now.found.recorded)
            if pair is None:
                continue
            compared = _compared(pair[1], now.size, now.digests, now.problem)
            if compared.outcome is Outcome.EQUAL:
                del group[now.found.recorded]
                yield compared


def _outer_of(group: Mapping[str, _Pair]) -> Found:
    found = next(iter(group.values()))[0]
    return found.container or found


def _one_by_one(
    pairs: Iterable[_Pair], opener: InsideOpener, workers: WorkerPool
) -> Generator[Compared | None]:
    """Items that are opened each by itself."""
    waiting: dict[str, OnRecord] = {}

    def tasks() -> Iterator[Found]:
        for found, item in pairs:
            waiting[found.recorded] = item
            yield found

    with closing(reopen(tasks(), opener, workers)) as reopened:
        for each in reopened:
            if each is None:
                yield None
                continue
            found, now = each
            item = waiting.pop(found.recorded)
            yield _compared(item, now.size, now.digests, now.problem)


def _compared(
    item: OnRecord, size: int | None, digests: Digests, problem: Unreadable | None
) -> Compared:
    compared = Compared(item, Outcome.EQUAL, size, digests, problem)
    if size == item.size and item.digests.proves_equal(digests):
        return compared
    if problem is not None and problem.reason in _NOT_OF_THE_EVIDENCE:
        return replace(compared, outcome=Outcome.NOT_COMPARED)
    if not any(digests.items()):
        return replace(compared, outcome=Outcome.LOST)
    if item.is_partial and (size or 0) > (item.size or 0):
        limit = Unreadable(Reason.TOO_MUCH, "a limit kept the scan from reading it to its end")
        return replace(compared, outcome=Outcome.NOT_COMPARED, problem=limit)
    return replace(compared, outcome=Outcome.DIFFERS)
