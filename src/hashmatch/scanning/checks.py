"""Answers of a worker that are held until some of them were given by another worker too.

A file that takes over a worker decides about the files that follow. All answers of a worker are
held until it has ended. Then some are drawn, and computed once more by another worker: nobody can
foretell which. Where one differs, none of the worker's answers is given.

A worker that read a single file in its life is not checked. No other file can have had a say in its
answer; and a file that takes over its reader to lie about itself takes over the second reader too.
Only where the answer blames chance is the file read once more: the next time may be better.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar

from hashmatch.scanning.lots import drawn, happens, rounded
from hashmatch.scanning.plausibility import CHECKED, Patterns
from hashmatch.scanning.tickets import Stage, Ticket

T = TypeVar("T")
R = TypeVar("R")

ALARM: Final = "ALARM: "
"""How a notice begins that a worker gave false answers."""
_LIFE: Final = 20.0
_STARTS: Final = 25
_LONGEST_LIFE: Final = 120.0
"""Seconds for which answers of a worker are held, at most: 20, or 25 times as long as it took to
start, on a machine so busy that this is longer: starting takes 4 % of all time at most."""
_IDLE: Final = 1 / 20
"""Share of this time without a task after which nobody waits for more of a worker's answers."""
_LONG: Final = 2.0
"""Seconds of a task after which the answers before it are not held for it."""
_MOST_BYTES: Final = 64 << 20
"""Bytes of all held answers; beyond, those of the worker with the most are let go."""
_OVERHEAD: Final = 4000
"""Bytes of memory that an answer takes besides its content, about: with its task, and its item."""
_KEPT: Final = 128
_LARGEST_KEPT: Final = 4 << 20
_MOST_KEPT: Final = 16 << 20
"""Bytes that were sent with tasks are kept of so many answers of a worker, drawn by lot from all of
them, if they are no more: members of archives would be expanded again from the beginning of their
file."""
_SHARE: Final = 1 / 20
_ENOUGH: Final = 20
_LEAST_SHARE: Final = 1 / 50
"""One in 20 of a worker's answers is checked, up to 20 answers; then one in 50. Whoever lies about
the share p of n answers hides n p (1 - p)^k files on average, k being the number of checks: at most
n / (e (k + 1)), which is 18 files for any n from 400 on, and fewer below."""
_FLOOR: Final = 20
"""Answers that are checked in each scan, or all where there are fewer. Slow ones do not count, so
that no scan takes longer by more than 20 times `_LONG`."""


@dataclass(slots=True, eq=False)
class Group(Generic[T, R]):
    """Answers of one worker that are held together.

    Attributes:
        worker: any value of its own for each worker.
        since: when the first was given, on the pool's clock.
        last: when the last was.
        bytes: of all of them, about.
        tickets: what was answered.
        checks: that no worker was given yet, of the latest answer first: a file that takes over a
            worker is not met by the one that checks it before the files behind it were.
        open: how many checks have not come back.
        early: whether the worker went on behind it.
        kept: of the tickets, those that may be checked without loading their item again.
        loaded_count: of those that these were drawn from.
    """

    worker: object
    since: float
    last: float = 0.0
    bytes: int = 0
    tickets: list[Ticket[T, R]] = field(default_factory=list)
    checks: deque[Ticket[T, R]] = field(default_factory=deque)
    open: int = 0
    early: bool = False
    kept: list[Ticket[T, R]] = field(default_factory=list)
    loaded_count: int = 0

    @property
    def kept_bytes(self) -> int:
        """Bytes that are kept of all of them."""
        return sum(len(each.kept) for each in self.tickets)


class Checks(Generic[T, R]):
    """Holds answers, draws, and lets go.

    Attributes:
        waiting: groups with tasks to be done once more, by a worker that does nothing else.
        held_count: answers that are held, or wait for checks of their group.
        held_bytes: of these, about.
    """

    def __init__(self) -> None:
        self.waiting: deque[Group[T, R]] = deque()
        self.held_count = self.held_bytes = 0
        self._patterns = Patterns()
        self._drawn_count = 0
        self._filling: dict[object, Group[T, R]] = {}
        self._checked: dict[Ticket[T, R], Group[T, R]] = {}
        self._given: dict[object, list[Ticket[T, R]]] = {}

    def hold(self, worker: object, ticket: Ticket[T, R], now: float, size: int = 0) -> None:
        """Hold an answer, of `size` bytes."""
        group = self._filling.setdefault(worker, Group(worker, now))
        group.tickets.append(ticket)
        group.last = now
        before = group.bytes
        ticket.is_doubted = _is_excuse(ticket) or happens(ticket.impression.doubt)
        _keep(group, ticket)
        group.bytes += size + _OVERHEAD
        self.held_bytes += group.bytes - before
        self.held_count += 1

    def is_due(
        self, worker: object, now: float, *, idle: bool, finishing: bool = False, start: float = 0.0
    ) -> bool:
        """Whether a worker is to end, so that its answers can be given.

        Args:
            worker: whose answers.
            now: on the pool's clock.
            start: seconds that it took to start.
            idle: whether it has nothing to do.
            finishing: whether nothing more is to be done by anybody.
        """
        group = self._filling.get(worker)
        if group is None:
            return False
        life = max(_LIFE, min(start * _STARTS, _LONGEST_LIFE))
        if idle and (finishing or now - group.last > life * _IDLE):
            return True
        sizes = [each.bytes for each in self._filling.values()]
        if sum(sizes) > _MOST_BYTES:
            return group.bytes == max(sizes)
        return now - group.since > life

    def is_held_up(self, worker: object, now: float, begun: float) -> bool:
        """Whether a worker's answers would wait for a long task that it began at this time."""
        return worker in self._filling and now - begun > _LONG

    def close(
        self, worker: object, *, least: int = 0, early: bool = False, alone: bool = False
    ) -> list[Ticket[T, R]]:
        """Draw from the answers held of a worker.

        Args:
            worker: whose.
            least: how many are drawn at least.
            early: whether the worker goes on.
            alone: whether it was given a single task in its life.

        Returns:
            Those that can be given at once: all, if none was drawn.
        """
        group = self._filling.pop(worker, None)
        if group is None:
            return []
        group.early = early
        if alone:
            found = [each for each in group.tickets if _is_excuse(each)]
        else:
            found = self._draw(group.tickets, group.kept, least)
        self._free(group, found)
        if not found:
            return self._let_go(group)
        self._drawn_count += len(found)
        group.open = len(found)
        for each in found:
            check = replace(each, stage=Stage.CHECK, result=None, first=each)
            self._checked[check] = group
            group.checks.appendleft(check)
        self.waiting.append(group)
        return []

    def _draw(
        self, tickets: Sequence[Ticket[T, R]], kept: Sequence[Ticket[T, R]], least: int
    ) -> list[Ticket[T, R]]:
        found = {each for each in tickets if each.is_doubted}
        for kind in self._patterns.conspicuous(tickets):
            found.update(_cheaper(drawn(kind, CHECKED), kept, kind))
        count = max(rounded(_draws(len(tickets))), least)
        found.update(_cheaper(drawn(tickets, count), kept, tickets))
        quick = [each for each in tickets if each.seconds < _LONG and each not in found]
        more = drawn(quick, max(_FLOOR - self._drawn_count - len(found), 0))
        found.update(_cheaper(more, kept, quick))
        return [each for each in tickets if each in found]

    def _free(self, group: Group[T, R], drawn_tickets: Sequence[Ticket[T, R]]) -> None:
        """Let go of what is kept of tickets that are not checked."""
        before, chosen = group.kept_bytes, {*drawn_tickets}
        for each in group.tickets:
            if each not in chosen:
                each.forget()
        group.kept.clear()
        freed = before - group.kept_bytes
        group.bytes -= freed
        self.held_bytes -= freed

    def is_open(self, check: Ticket[T, R]) -> bool:
        """Whether the group of a check is still held."""
        return check in self._checked

    def agreed(self, check: Ticket[T, R]) -> list[Ticket[T, R]]:
        """A second worker gave the same answer: those that can be given now."""
        group = self._checked.pop(check)
        group.open -= 1
        return [] if group.open else self._let_go(group)

    def differed(
        self, check: Ticket[T, R]
    ) -> tuple[object, list[Ticket[T, R]], list[Ticket[T, R]]]:
        """A second worker gave another answer.

        Returns:
            The worker, all of its answers that are held, and those that were given before.
        """
        worker = self._checked[check].worker
        groups = {id(each): each for each in self._checked.values() if each.worker == worker}
        if (filling := self._filling.pop(worker, None)) is not None:
            groups[id(filling)] = filling
        held = []
        for group in groups.values():
            held += group.tickets
            group.checks.clear()
            self._forget(group)
        gone = {each for each, group in self._checked.items() if group.worker == worker}
        self._checked = {k: v for k, v in self._checked.items() if k not in gone}
        self.waiting = deque(each for each in self.waiting if each.worker != worker)
        return worker, held, self._given.pop(worker, [])

    def _forget(self, group: Group[T, R]) -> None:
        self.held_count -= len(group.tickets)
        self.held_bytes -= group.bytes

    def _let_go(self, group: Group[T, R]) -> list[Ticket[T, R]]:
        self._forget(group)
        for each in group.tickets:
            each.forget()
        self._patterns.note_given(group.tickets)
        if group.early:
            self._given.setdefault(group.worker, []).extend(group.tickets)
        else:
            self._given.pop(group.worker, None)
        return group.tickets


def _keep(group: Group[T, R], ticket: Ticket[T, R]) -> None:
    """Keep what was loaded for a ticket, if it is doubted or is drawn for it.

    Each ticket of a group is drawn with the same probability, and no worker knows which: a check of
    one that is kept is as good as a check of any.
    """
    size = len(ticket.loaded)
    if not 0 < size <= _LARGEST_KEPT:
        ticket.answered()
        return
    group.loaded_count += 1
    is_drawn = len(group.kept) < _KEPT or happens(_KEPT / group.loaded_count)
    ticket.answered(keeps=is_drawn or ticket.is_doubted)
    group.bytes += len(ticket.kept)
    if not is_drawn:
        return
    group.kept.append(ticket)
    while len(group.kept) > _KEPT or sum(len(each.kept) for each in group.kept) > _MOST_KEPT:
        (out,) = drawn(group.kept[:-1], 1)
        group.kept.remove(out)
        if not out.is_doubted:
            group.bytes -= len(out.kept)
            out.forget()


def _cheaper(
    chosen: Sequence[Ticket[T, R]], kept: Sequence[Ticket[T, R]], tickets: Sequence[Ticket[T, R]]
) -> list[Ticket[T, R]]:
    """The same number of these tickets, with some that are kept instead of costly ones."""
    among, taken = {*tickets}, {*chosen}
    free = [each for each in kept if each in among and each not in taken]
    free = drawn(free, len(free))
    return [free.pop() if each.costly and free else each for each in chosen]


def _is_excuse(ticket: Ticket[T, R]) -> bool:
    """Whether an answer blames chance, and came too soon to have met a limit of time.

    An answer that took longer than a worker's life is the last one of that worker: it hides one
    file at most, and to do such a task twice may take hours.
    """
    return ticket.impression.excuse and ticket.seconds < _LIFE


def _draws(count: int) -> float:
    """How many of so many answers are checked."""
    return max(min(count * _SHARE, _ENOUGH), count * _LEAST_SHARE)
