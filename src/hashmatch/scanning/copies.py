"""Every content is decoded once, however many copies of it there are.

Which files are copies is known from their digests, before any decoder runs.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from hashmatch.errors import Reason
from hashmatch.model import Item, MediaHashes, Unreadable
from hashmatch.scanning.digested import Digested, of_link
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found

Recorded: TypeAlias = Callable[[str], MediaHashes | None]
"""The hashes on record of the content with this SHA-256; None where there are none."""

_KEPT: Final = 20_000
"""Contents of which stays in memory what decoding them gave."""
_KEPT_READINGS: Final = 200_000
"""Hashes of all of them together: hours of video have thousands."""
_MOST_WAITING: Final = 20_000
"""Copies that wait for a file that is being decoded, or whose result is held for a while."""
_MOST_WAITING_BYTES: Final = 64 << 20
"""Of their names: folders can be nested so deep that these count."""
_NOWHERE: Final = Found("", "")
_EMPTY: Final = Unreadable(Reason.EMPTY)
_NOT_KEPT: Final = frozenset({Reason.CHANGED, Reason.IO_ERROR, Reason.INTERNAL_ERROR})
"""What may be otherwise for a copy."""
_END: Final = object()


class Copies:
    """Says what must be decoded, and fills in what is known of copies.

    Attributes:
        blocked: whether nothing more is to be decoded until a result is given.
    """

    def __init__(self, recorded: Recorded = lambda _: None) -> None:
        """Start with no file.

        Args:
            recorded: asked for each content that was not met before.
        """
        self.blocked = False
        self._recorded = recorded
        self._outcomes: OrderedDict[str, MediaHashes | Unreadable] = OrderedDict()
        self._readings = 0
        self._waiting: dict[str, list[Digested]] = {}
        self._waiting_count = self._waiting_bytes = 0
        self._ready: deque[Task] = deque()
        self._links: dict[tuple[int, int], list[Found] | Digested] = {}

    def to_digest(self, files: Iterable[Found]) -> Iterator[Found]:
        """The files but further names of one that was given before."""
        for found in files:
            name = _name(found)
            if name is None or found.problem is not None:
                yield found
            elif name not in self._links:
                self._links[name] = []
                yield found
            else:
                first = self._links[name]
                if isinstance(first, list):
                    first.append(found)
                else:
                    self._take(of_link(first, found))

    def tasks(self, digested: Iterable[Digested | None]) -> Iterator[Task | None]:
        """What must be decoded, and what need not be, with its item; None for nothing as yet.

        Copies of what is being decoded are left out: `finished` gives them.

        Args:
            digested: files that `to_digest` gave, in any order; None where there is none for now.
        """
        upstream = iter(digested)
        while True:
            self.blocked = False
            if self._ready:
                yield self._ready.popleft()
                continue
            if self._waiting_count >= _MOST_WAITING or self._waiting_bytes >= _MOST_WAITING_BYTES:
                self.blocked = True
                yield None
                continue
            each = next(upstream, _END)
            self.blocked = each is _END
            if isinstance(each, Digested):
                self._take(each)
                for link in self._links_of(each):
                    self._take(link)
            elif each is None or self._waiting_count:
                yield None
            elif not self._ready:
                return

    def finished(self, task: Task, item: Item) -> Iterator[tuple[Found, Item]]:
        """A file with its item, then all copies that waited for it."""
        found = task.digested.found
        yield found, item
        if task.item is not None or item.digests.sha256 is None:
            return
        outcome = item.image or item.unreadable
        copies = self._waiting.pop(item.digests.sha256, [])
        self._waiting_count -= len(copies)
        self._waiting_bytes -= sum(map(_named_bytes, copies))
        if outcome is not None and item.fault is None and not _may_differ(item):
            self._keep(item.digests.sha256, outcome)
            for copy in copies:
                yield copy.found, _item(copy, outcome)
        else:
            for copy in copies:
                self._take(copy)

    def _links_of(self, digested: Digested) -> Iterator[Digested]:
        name = _name(digested.found)
        if name is not None and isinstance(links := self._links.get(name), list):
            self._links[name] = replace(digested, found=_NOWHERE)
            yield from (of_link(digested, each) for each in links)

    def _take(self, digested: Digested) -> None:
        if digested.problem is not None:
            self._ready.append(Task(digested, _item(digested, digested.problem)))
        elif not digested.size:
            self._ready.append(Task(digested, _item(digested, _EMPTY)))
        elif (sha256 := str(digested.digests.sha256)) in self._waiting:
            self._waiting[sha256].append(digested)
            self._waiting_count += 1
            self._waiting_bytes += _named_bytes(digested)
        elif (outcome := self._outcomes.get(sha256) or self._recorded(sha256)) is not None:
            self._ready.append(Task(digested, _item(digested, outcome)))
        else:
            self._waiting[sha256] = []
            self._ready.append(Task(digested))

    def _keep(self, sha256: str, outcome: MediaHashes | Unreadable) -> None:
        self._outcomes[sha256] = outcome
        self._readings += _count(outcome)
        while len(self._outcomes) > _KEPT or self._readings > _KEPT_READINGS:
            _, dropped = self._outcomes.popitem(last=False)
            self._readings -= _count(dropped)


def _count(outcome: MediaHashes | Unreadable) -> int:
    return len(outcome.readings) if isinstance(outcome, MediaHashes) else 0


def _named_bytes(copy: Digested) -> int:
    found = copy.found
    return len(found.path) + len(found.locator) + len(found.within)


def _may_differ(item: Item) -> bool:
    return item.unreadable is not None and item.unreadable.reason in _NOT_KEPT


def _item(digested: Digested, outcome: MediaHashes | Unreadable) -> Item:
    found = Item(digested.found.locator, digested.size, digests=digested.digests)
    if isinstance(outcome, Unreadable):
        return Item(found.locator, found.size, digests=found.digests, unreadable=outcome)
    return Item(found.locator, found.size, digests=found.digests, image=outcome)


def _name(found: Found) -> tuple[int, int] | None:
    """What all names of one file share; None for a file of one name."""
    identity = found.identity
    return None if identity is None or identity.links <= 1 else (identity.device, identity.inode)
