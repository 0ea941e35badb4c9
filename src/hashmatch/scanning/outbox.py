"""What workers answered and reported, on its way to the thread that asks."""

from collections import deque
from collections.abc import Iterable, Mapping
from threading import Condition
from typing import Any, Generic, TypeVar

from hashmatch.scanning.tickets import Ticket

T = TypeVar("T")
R = TypeVar("R")


class Outbox(Generic[T, R]):
    """Finished tickets, notices and states; filled by one thread and emptied by another.

    Attributes:
        changed: notified by the thread that fills it, once for all that it added in a turn.
        has_news: whether anything was added since they were notified.
        waiting_bytes: of parts of answers that wait to be taken, about.
        error: why no worker does anything any more.
    """

    def __init__(self, changed: Condition) -> None:
        self.changed = changed
        self.error: Exception | None = None
        self.has_news = False
        self.waiting_bytes = 0
        self._done: deque[Ticket[T, R]] = deque()
        self._notices: dict[str, bool] = {}
        self._states: list[Mapping[str, Any]] = []

    @property
    def has_done(self) -> bool:
        """Whether tickets wait to be taken."""
        return bool(self._done)

    def give(self, tickets: Iterable[Ticket[T, R]]) -> None:
        """Add tickets that have their result."""
        with self.changed:
            self._done.extend(tickets)
            self.has_news = True

    def give_part(self, ticket: Ticket[T, R], size: int) -> None:
        """Add a part of an answer, of so many bytes."""
        with self.changed:
            self.has_news = True
            self.waiting_bytes += size
            self._done.append(ticket)

    def finish(self, ticket: Ticket[T, R], result: R) -> None:
        """Add a ticket with this result."""
        ticket.result = result
        self.give([ticket])

    def report(self, notices: Iterable[str], state: Mapping[str, Any]) -> None:
        """Add notices and a state; what was reported before is left out."""
        self.has_news = True
        for notice in notices:
            self._notices.setdefault(notice, False)
        if state not in self._states:
            self._states.append(state)

    def wait(self, seconds: float) -> bool:
        """Whether tickets wait to be taken. Without any, wait until something happens.

        Raises:
            Exception: `error`, once all tickets were taken.
        """
        with self.changed:
            if seconds and not self._done and self.error is None:
                self.changed.wait(seconds)
        if self.error is not None and not self._done:
            raise self.error
        return bool(self._done)

    def take_done(self) -> list[Ticket[T, R]]:
        """All tickets that were added since it was called last."""
        with self.changed:
            done = list(self._done)
            self._done.clear()
            self.waiting_bytes = 0
        return done

    def new_notices(self) -> list[str]:
        """All notices that were added since it was called last."""
        found = [text for text, taken in list(self._notices.items()) if not taken]
        self._notices.update(dict.fromkeys(found, True))
        return found

    def states(self) -> list[Mapping[str, Any]]:
        """All states, each once."""
        return list(self._states)
