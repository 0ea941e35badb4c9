"""Files to items, every content decoded once, however many copies of it there are."""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from hashmatch.errors import Reason
from hashmatch.model import ImageHashes, Item, Unreadable
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found

if TYPE_CHECKING:
    from hashmatch.sightings.recording import Run

_KEPT: Final = 20_000
"""Contents of which stays in memory what reading them gave; hashes are in a database too."""

_CHANGED: Final = Unreadable(Reason.IO_ERROR, "the file changed while it was read")


Read: TypeAlias = Callable[[Iterable[Task]], Iterator[Item]]
"""Reads tasks: one item for each, in their order."""


class Copies:
    """Reads files, and fills in what is known of their copies."""

    def __init__(self, read: Read, run: "Run | None" = None) -> None:
        """Start with what the case has on record.

        Args:
            read: what reads a task.
            run: the run on record; without one, copies are found among the files read last.
        """
        self._read = read
        self._run = run
        self._outcomes: OrderedDict[str, ImageHashes | Unreadable] = OrderedDict()
        self._contents: dict[int, set[str]] = {}
        self._being_read: Counter[int] = Counter()
        self._names: dict[tuple[int, int], Item | None] = {}

    def items(self, files: Iterable[Found]) -> Iterator[tuple[Found, Item]]:
        """Every file with its item: in their order, but for those that had to be read twice.

        Those are files of the size of another, read at the same time, that turned out to be no
        copies: they come last.
        """
        given: deque[Task] = deque()
        later: dict[str, list[tuple[Found, Item]]] = {}

        def tasks() -> Iterator[Task]:
            for found in files:
                given.append(self._task(found))
                yield given[-1]

        for read in self._read(tasks()):
            task = given.popleft()
            item = self._completed(task, read)
            if item.image is None and item.unreadable is None:
                later.setdefault(str(item.digests.sha256), []).append((task.found, item))
            else:
                yield task.found, item
        copies = list(later.values())
        if not copies:
            return
        firsts = (Task(each[0][0]) for each in copies)
        for (first, *others), item in zip(copies, self._read(firsts), strict=False):
            yield first[0], item
            for found, read in others:
                same = item.digests == read.digests
                image, why = (item.image, item.unreadable) if same else (None, _CHANGED)
                yield found, replace(read, image=image, unreadable=why)

    def _task(self, found: Found) -> Task:
        if found.problem is not None or not found.size:
            return Task(found)
        if (name := _name(found)) is not None:
            if name in self._names:
                return Task(found, same_file=True)
            self._names[name] = None
        if found.size not in self._contents:
            self._contents[found.size] = set(self._run.contents(found.size) if self._run else ())
        being_read = self._being_read[found.size] > 0
        self._being_read[found.size] += 1
        return Task(found, frozenset(self._contents[found.size]), digests_only=being_read)

    def _completed(self, task: Task, item: Item) -> Item:
        """The item with the hashes of its copy, if it is one; without, if it must be read again."""
        name = _name(task.found)
        if task.same_file and name is not None:
            first = self._names[name]
            return (
                Item(task.found.locator, unreadable=_CHANGED)
                if first is None
                else replace(first, locator=task.found.locator)
            )
        if task.found.problem is None and task.found.size:
            self._being_read[task.found.size] -= 1
        if item.image is None and item.unreadable is None:
            known = self._outcome(str(item.digests.sha256))
            if isinstance(known, Unreadable):
                item = replace(item, unreadable=known)
            else:
                item = replace(item, image=known)
        elif (
            (outcome := item.image or item.unreadable)
            and item.digests.sha256
            # A copy of what was read in part because of a fault is read again, and says so too.
            and not (item.image is not None and item.fault is not None)
        ):
            self._keep(item.digests.sha256, task.found.size, outcome)
        if name is not None:
            self._names[name] = item
        return item

    def _outcome(self, sha256: str) -> ImageHashes | Unreadable | None:
        kept = self._outcomes.get(sha256)
        if kept is None and self._run is not None:
            return self._run.content(sha256)
        return kept

    def _keep(self, sha256: str, size: int, outcome: ImageHashes | Unreadable) -> None:
        self._contents.setdefault(size, set()).add(sha256)
        self._outcomes[sha256] = outcome
        if len(self._outcomes) > _KEPT:
            self._outcomes.popitem(last=False)


def _name(found: Found) -> tuple[int, int] | None:
    """What all names of one file share; None for a file of one name."""
    identity = found.identity
    return None if identity is None or identity.links <= 1 else (identity.device, identity.inode)
