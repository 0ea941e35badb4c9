"""Every content is decoded once, however many copies of it there are.

Which files are copies is known from their digests, before any decoder runs.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from hashmatch.errors import Reason
from hashmatch.model import Item, MediaHashes, Unreadable
from hashmatch.model.flags import Flag
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.nesting import Nesting
from hashmatch.scanning.selection import Selection
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found

Recorded: TypeAlias = Callable[[Sequence[str]], Mapping[str, MediaHashes]]
"""The hashes on record of contents, by their SHA-256; of some there are none."""

_KEPT: Final = 20_000
"""Contents of which stays in memory what decoding them gave."""
_KEPT_READINGS: Final = 200_000
"""Hashes of all of them together: hours of video have thousands."""
_MOST_WAITING: Final = 20_000
"""Copies that wait for a file that is being decoded, or whose result is held for a while."""
_MOST_WAITING_BYTES: Final = 64 << 20
"""Bytes of their names: folders can be nested so deep that names need much memory."""
_EMPTY: Final = Unreadable(Reason.EMPTY)
_NOT_KEPT: Final = frozenset({Reason.CHANGED, Reason.IO_ERROR, Reason.INTERNAL_ERROR})
"""What may be otherwise for a copy."""
_TOGETHER: Final = 64
"""Contents that are looked up on record together, if as many are there."""
_END: Final = object()


class Copies:
    """Says what must be decoded, and fills in what is known of copies.

    Attributes:
        blocked: whether nothing more is to be decoded until a result is given.
    """

    def __init__(
        self,
        recorded: Recorded = lambda _: {},
        selection: Selection | None = None,
        *,
        alone: bool = False,
    ) -> None:
        """Start with no file.

        Args:
            recorded: asked for contents that were not met before.
            selection: of what is decoded; everything by default.
            alone: whether each file is taken up before the next is looked for.
        """
        self._together = 1 if alone else _TOGETHER
        self._selection = selection or Selection()
        self.blocked = False
        self._recorded = recorded
        self._outcomes: OrderedDict[str, MediaHashes | Unreadable] = OrderedDict()
        self._readings = 0
        self._waiting: dict[str, list[Digested]] = {}
        self._waiting_count = self._waiting_bytes = 0
        self._ready: deque[Task] = deque()
        self._nesting = Nesting()

    def tasks(self, digested: Iterable[Digested | None]) -> Iterator[Task | None]:
        """What must be decoded, and what need not be, with its item; None for nothing as yet.

        Copies of what is being decoded are left out: `finished` gives them.

        Args:
            digested: files in any order; None where there is none for now.
        """
        upstream = _several(digested, self._together)
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
            if isinstance(each, list):
                self._take([one for one in each if self._nesting.arrived(one)])
            elif each is None or self._waiting_count or self._nesting.held:
                yield None
            elif not self._ready:
                return

    def finished(self, task: Task, item: Item) -> Iterator[tuple[Found, Item]]:
        """A file with its item, then all copies that waited for it."""
        for found, each in self._finished(task, item):
            yield found, each
            if found.container is not None and (outer := [*self._nesting.given(found)]):
                self._take(outer)

    def _finished(self, task: Task, item: Item) -> Iterator[tuple[Found, Item]]:
        # What is said of the file is not said of its copies, in which other things were read.
        yield task.digested.found, item if task.item is not None else task.digested.remarked(item)
        if task.item is not None or item.digests.sha256 is None:
            return
        outcome = item.media or item.unreadable
        copies = self._waiting.pop(item.digests.sha256, ())
        if copies:
            self._waiting_count -= len(copies)
            self._waiting_bytes -= sum(map(_named_bytes, copies))
        if outcome is not None and item.fault is None and not _may_differ(item):
            self._keep(item.digests.sha256, outcome)
            for copy in copies:
                yield copy.found, _item(copy, outcome)
        elif copies:
            self._take(copies)

    def _take(self, several: Sequence[Digested]) -> None:
        new = [
            sha256
            for each in several
            if each.problem is None
            and (sha256 := each.digests.sha256) is not None
            and sha256 not in self._waiting
            and sha256 not in self._outcomes
        ]
        recorded = self._recorded(new) if new else {}
        for each in several:
            self._take_up(each, recorded)

    def _take_up(self, digested: Digested, recorded: Mapping[str, MediaHashes]) -> None:
        if digested.problem is not None:
            self._ready.append(Task(digested, _item(digested, digested.problem)))
        elif (left_out := self._selection.why_not(digested)) is not None and digested.size:
            _forget_bytes(digested)
            self._ready.append(Task(digested, _item(digested, left_out)))
        elif digested.size == 0 or (digested.size is None and digested.sent is None):
            self._ready.append(Task(digested, _item(digested, _EMPTY)))
        elif (sha256 := digested.digests.sha256) is None:
            self._ready.append(Task(digested))
        elif sha256 in self._waiting:
            _forget_bytes(digested)
            self._waiting[sha256].append(digested)
            self._waiting_count += 1
            self._waiting_bytes += _named_bytes(digested)
        elif (outcome := self._outcomes.get(sha256)) is not None:
            _forget_bytes(digested)
            self._ready.append(Task(digested, _item(digested, outcome)))
        elif (item := _on_record(digested, recorded.get(sha256))) is not None:
            _forget_bytes(digested)
            self._ready.append(Task(digested, item))
        else:
            self._waiting[sha256] = []
            self._ready.append(Task(digested))

    def _keep(self, sha256: str, outcome: MediaHashes | Unreadable) -> None:
        self._outcomes[sha256] = outcome
        self._readings += _count(outcome)
        while len(self._outcomes) > _KEPT or self._readings > _KEPT_READINGS:
            _, dropped = self._outcomes.popitem(last=False)
            self._readings -= _count(dropped)


def _several(digested: Iterable[Digested | None], most: int) -> Iterator[list[Digested] | None]:
    """Files that are there at once, up to so many; None for nothing as yet."""
    some: list[Digested] = []
    try:
        for each in digested:
            if each is not None:
                some.append(each)
            # Bytes that were sent are not gathered: they may be many.
            if some and (each is None or each.sent is not None or len(some) == most):
                yield some
                some = []
            if each is None:
                yield None
    except Exception:
        # Behind what came before it.
        if some:
            yield some
        raise
    if some:
        yield some


def _forget_bytes(digested: Digested) -> None:
    """Drop bytes that nobody will decode."""
    if digested.sent is not None:
        digested.sent.take()


def _count(outcome: MediaHashes | Unreadable) -> int:
    if not isinstance(outcome, MediaHashes):
        return 0
    return len(outcome.readings) + sum([region.count for region in outcome.regions])


def _named_bytes(copy: Digested) -> int:
    found = copy.found
    return len(found.path) + len(found.locator) + len(found.within)


def _may_differ(item: Item) -> bool:
    return item.unreadable is not None and item.unreadable.reason in _NOT_KEPT


def _on_record(digested: Digested, media: MediaHashes | None) -> Item | None:
    """The item with hashes on record; None where the file is to be decoded.

    What lies behind a picture may have been read otherwise by the scan that recorded it: with other
    limits, with a password, or not at all.
    """
    if media is None or Flag.UNREAD_PART in media.flags:
        return None
    item = _item(digested, media)
    return item if item.media == media else None


def _item(digested: Digested, outcome: MediaHashes | Unreadable) -> Item:
    item = Item(
        digested.found.locator,
        digested.size,
        digests=digested.digests,
        media=outcome if isinstance(outcome, MediaHashes) else None,
        unreadable=outcome if isinstance(outcome, Unreadable) else None,
        place=digested.found.place,
    )
    return digested.remarked(item)
