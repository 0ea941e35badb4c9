"""Answers that are held until some of them, drawn by lot, were given by another worker too.

A file that takes over a worker decides about the files that follow. Which of these are done once
more nobody can foretell, so that a worker that lies about many is found out, and its answers are
not given.
"""

import secrets
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar

from hashmatch.scanning.tickets import Stage, Ticket

T = TypeVar("T")
R = TypeVar("R")

ALARM: Final = "ALARM: "
"""How a notice begins that a worker gave false answers."""
_GROUP: Final = 50
"""Answers of which one is checked."""
_SECONDS: Final = 1.0
"""The longest that an answer waits for others."""
_DOUBTFUL: Final = 4
"""Of so many doubtful answers one is checked."""


@dataclass(slots=True, eq=False)
class Group(Generic[T, R]):
    """Answers of one worker that are held together.

    Attributes:
        worker: any value of its own for each worker.
        since: when the first was given, on the pool's clock.
        tickets: what was answered.
        drawn: those that are to be checked.
        open: how many checks have not come back.
    """

    worker: object
    since: float
    tickets: list[Ticket[T, R]] = field(default_factory=list)
    drawn: list[Ticket[T, R]] = field(default_factory=list)
    open: int = 0


class Checks(Generic[T, R]):
    """Holds answers, draws, and lets go.

    Attributes:
        waiting: tasks to be done once more, by a worker that does nothing else.
    """

    def __init__(self) -> None:
        self.waiting: deque[Ticket[T, R]] = deque()
        self._filling: dict[object, Group[T, R]] = {}
        self._checked: dict[Ticket[T, R], Group[T, R]] = {}
        self._given: dict[object, int] = {}

    def hold(self, worker: object, ticket: Ticket[T, R], now: float, *, doubtful: bool) -> None:
        """Hold an answer."""
        group = self._filling.setdefault(worker, Group(worker, now))
        group.tickets.append(ticket)
        if doubtful and not secrets.randbelow(_DOUBTFUL):
            group.drawn.append(ticket)

    def is_due(self, worker: object, now: float, *, idle: bool) -> bool:
        """Whether enough answers of a worker are held, or they have been for long enough."""
        group = self._filling.get(worker)
        if group is None:
            return False
        return idle or len(group.tickets) >= _GROUP or now - group.since > _SECONDS

    def close(self, worker: object, *, draw: bool = False) -> list[Ticket[T, R]]:
        """Draw from the answers held of a worker.

        Args:
            worker: whose.
            draw: whether one is drawn for certain, as of a worker that died.

        Returns:
            Those that can be given at once: all, if none was drawn.
        """
        group = self._filling.pop(worker, None)
        if group is None:
            return []
        if not group.drawn and (draw or secrets.randbelow(_GROUP) < len(group.tickets)):
            group.drawn.append(secrets.choice(group.tickets))
        if not group.drawn:
            return self._let_go(group)
        group.open = len(group.drawn)
        for each in group.drawn:
            check = replace(each, stage=Stage.CHECK, result=None, first=each)
            self._checked[check] = group
            self.waiting.append(check)
        return []

    def agreed(self, check: Ticket[T, R]) -> list[Ticket[T, R]]:
        """A second worker gave the same answer: those that can be given now."""
        group = self._checked.pop(check, None)
        if group is None:
            return []
        group.open -= 1
        return [] if group.open else self._let_go(group)

    def differed(self, check: Ticket[T, R]) -> tuple[object, list[Ticket[T, R]], int]:
        """A second worker gave another answer.

        Returns:
            The worker, all of its answers that are held, and how many of it were given before.
        """
        worker = self._checked[check].worker
        groups = {id(each): each for each in self._checked.values() if each.worker == worker}
        held = [ticket for group in groups.values() for ticket in group.tickets]
        if (filling := self._filling.pop(worker, None)) is not None:
            held += filling.tickets
        gone = {each for each, group in self._checked.items() if group.worker == worker}
        self._checked = {k: v for k, v in self._checked.items() if k not in gone}
        self.waiting = deque(each for each in self.waiting if each not in gone)
        return worker, held, self._given.get(worker, 0)

    def _let_go(self, group: Group[T, R]) -> list[Ticket[T, R]]:
        self._given[group.worker] = self._given.get(group.worker, 0) + len(group.tickets)
        return group.tickets
