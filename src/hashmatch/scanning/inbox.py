"""Tasks on their way from the thread that asks to the workers."""

from collections import deque
from collections.abc import Iterable
from threading import Condition
from typing import Generic, TypeVar

from hashmatch.scanning.tickets import Ticket

T = TypeVar("T")
R = TypeVar("R")


class Inbox(Generic[T, R]):
    """Batches that no worker was given yet; filled by one thread and emptied by another.

    Attributes:
        waiting_bytes: of all of their tasks.
        loaded_bytes: of these, what is held in memory for them.
        finished: whether nothing more will be added, as far as is known now.
    """

    def __init__(self, changed: Condition) -> None:
        self.waiting_bytes = self.loaded_bytes = 0
        self.finished = False
        self._changed = changed
        self._queue: deque[list[Ticket[T, R]]] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, batch: list[Ticket[T, R]]) -> None:
        """Add tasks to be done by one worker if all goes well."""
        with self._changed:
            self._queue.append(batch)
            self._count(batch, 1)

    def take(self) -> list[Ticket[T, R]]:
        """The next batch; an empty one where there is none."""
        with self._changed:
            batch = self._queue.popleft() if self._queue else []
            self._count(batch, -1)
        return batch

    def take_back(self) -> list[Ticket[T, R]]:
        """All tickets that no worker was given yet; they will not be done."""
        with self._changed:
            waiting = [ticket for batch in self._queue for ticket in batch]
            self._queue.clear()
            self.waiting_bytes = self.loaded_bytes = 0
        return waiting

    def _count(self, batch: Iterable[Ticket[T, R]], sign: int) -> None:
        self.waiting_bytes += sign * sum(ticket.size for ticket in batch)
        self.loaded_bytes += sign * sum(len(ticket.loaded) for ticket in batch)
