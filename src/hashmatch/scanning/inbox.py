"""Tasks on their way from the thread that asks to the workers."""

from collections import deque
from threading import Condition
from typing import Final, Generic, TypeVar

from hashmatch.scanning.tickets import Ticket

T = TypeVar("T")
R = TypeVar("R")

_BATCH_BYTES: Final = 4 << 20
"""Bytes of the files of one batch: beyond it, no further task is added."""


class Inbox(Generic[T, R]):
    """Tasks that no worker was given yet; filled by one thread and emptied by another.

    Attributes:
        waiting_bytes: of all of them.
        loaded_bytes: of these, what is held in memory for them.
        finished: whether nothing more will be added, as far as is known now.
    """

    def __init__(self, changed: Condition) -> None:
        self.waiting_bytes = self.loaded_bytes = 0
        self.finished = False
        self._changed = changed
        self._queue: deque[Ticket[T, R]] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, ticket: Ticket[T, R]) -> None:
        """Add a task."""
        with self._changed:
            self._queue.append(ticket)
            self._count(ticket, 1)

    def take(self, most: int) -> list[Ticket[T, R]]:
        """The next tasks, for one worker if all goes well: so many at most; none if none wait."""
        batch: list[Ticket[T, R]] = []
        size = 0
        with self._changed:
            while self._queue and len(batch) < most and size <= _BATCH_BYTES:
                ticket = self._queue.popleft()
                self._count(ticket, -1)
                batch.append(ticket)
                size += ticket.size
        return batch

    def take_back(self) -> list[Ticket[T, R]]:
        """All tickets that no worker was given yet; they will not be done."""
        with self._changed:
            waiting = [*self._queue]
            self._queue.clear()
            self.waiting_bytes = self.loaded_bytes = 0
        return waiting

    def _count(self, ticket: Ticket[T, R], sign: int) -> None:
        self.waiting_bytes += sign * ticket.size
        self.loaded_bytes += sign * len(ticket.loaded)
