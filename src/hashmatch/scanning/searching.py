"""Items in batches, each searched in a thread while the next is read.

What searches lets go of the interpreter while it runs: meanwhile other answers are read, and what
was found before is put on record. Large batches are cheaper: their tables are walked once.
"""

from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, TypeAlias

from hashmatch.matching.matcher import Matcher
from hashmatch.model import Item, ScanResult
from hashmatch.scanning.faulty import matched
from hashmatch.sources.base import Found

Searched: TypeAlias = tuple[list[Found], list[ScanResult]]
"""Files of one batch, and their items with what they match."""

_BATCH: Final = 1024
_HASHES: Final = 1 << 16
"""Hashes of the items of a batch, beyond which no further item is added: videos have thousands."""
_SECONDS: Final = 0.5
"""The longest that a read item waits for others to be searched with."""


@dataclass(slots=True)
class _Batch:
    """Items that are searched together.

    Attributes:
        files: where they were found.
        items: of these files.
        hashes: of all of them.
        since: when the first was added.
    """

    files: list[Found] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    hashes: int = 0
    since: float = 0.0

    def add(self, found: Found, item: Item) -> None:
        if not self.items:
            self.since = monotonic()
        self.files.append(found)
        self.items.append(item)
        if (media := item.media) is not None:
            self.hashes += len(media.readings) + sum([each.count for each in media.regions])

    @property
    def is_full(self) -> bool:
        return len(self.items) >= _BATCH or self.hashes >= _HASHES

    @property
    def is_late(self) -> bool:
        return bool(self.items) and monotonic() - self.since > _SECONDS

    def searched(self, matcher: Matcher) -> Searched:
        return self.files, matched(matcher, self.items)


def searched(items: Generator[tuple[Found, Item] | None], matcher: Matcher) -> Generator[Searched]:
    """Files with what their items match, batch by batch, in the order in which they come.

    Args:
        items: closed at the end, however that comes; None where there is none for now.
        matcher: what is known.

    Raises:
        DamagedIndexError: an index is damaged.
        Exception: what reading raised, behind all that was read before, or what searching did.
    """
    pending: Future[Searched] | None = None
    failure: Exception | None = None
    # Workers are ended before an error leaves, not when somebody forgets the error.
    with ThreadPoolExecutor(1, "hashmatch-search") as thread, closing(items):
        for batch in _batches(items):
            if isinstance(batch, Exception):
                failure = batch
                continue
            if pending is not None and (batch is not None or pending.done()):
                yield pending.result()
                pending = None
            if batch is not None:
                pending = thread.submit(batch.searched, matcher)
        if pending is not None:
            yield pending.result()
    if failure is not None:
        raise failure


def _batches(items: Generator[tuple[Found, Item] | None]) -> Generator[_Batch | Exception | None]:
    """Items in batches; None now and then while there is none; last what reading them raised."""
    batch, failure = _Batch(), None
    try:
        for each in items:
            if each is not None:
                batch.add(*each)
            if batch.is_full or batch.is_late:
                yield batch
                batch = _Batch()
            elif each is None:
                yield None
    except Exception as error:  # noqa: BLE001 (raised again behind what was read)
        failure = error
    if batch.items:
        yield batch
    if failure is not None:
        yield failure
