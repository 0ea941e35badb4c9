"""The thread that starts workers, gives them tasks, reads their answers and ends them."""

import os
import pickle
import selectors
import signal
import sys
from collections import deque
from dataclasses import replace
from threading import Condition
from typing import TYPE_CHECKING, Final, TypeVar

from hashmatch.errors import HashmatchError, Reason, WorkerError
from hashmatch.faults import internal_error
from hashmatch.model import Unreadable
from hashmatch.scanning.cgroups import group_for
from hashmatch.scanning.endings import is_attack, reason_of, words_for
from hashmatch.scanning.hearing import Hearing, Process
from hashmatch.scanning.inbox import Inbox
from hashmatch.scanning.job import Job
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.process import WorkerProcess
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.tickets import Stage, Ticket
from hashmatch.scanning.timing import cpu_seconds, has_checked_enough, is_worn, overdue
from hashmatch.scanning.worker import Setup

if TYPE_CHECKING:
    from hashmatch.scanning.checks import Group

T = TypeVar("T")
R = TypeVar("R")

_BATCHES_EACH: Final = 2
"""Batches per worker: it need not wait while its last answer travels."""
_BATCH: Final = 16
"""Tasks of a batch, at most; fewer where others would have none."""
_QUEUED_SECONDS: Final = 0.1
_QUEUED: Final = 128
"""Tasks, and how long they take at the pace of those before, beyond which a worker is given no
third batch: it need not wait while answers gather."""
_TOGETHER: Final = 64
"""Answers that are held before who asks is told that workers can be given more."""
_START_SECONDS: Final = 120.0
_BAD_STARTS: Final = 5
"""Failed starts in a row: then the machine is at fault rather than one process."""
_WORKERS_CHECKED: Final = 8
"""Workers per further worker that checks, besides the first: in the 20 seconds for which
answers are held it can check those of eleven, if it takes 50 ms for one."""
_CHECKED_OF_FAILED: Final = 5
"""Answers, at least, that are checked of a worker that died, or was replaced for a failure."""
_GRACE: Final = 1.0
"""Seconds for a process that hung up to end by itself, so that its exit code can be told."""


class Dispatcher(Hearing[T, R]):
    """Workers as a context manager; one thread hands in tickets and waits for them.

    Attributes:
        inbox: tasks that no worker was given yet.
        count: workers, at most, besides those that check others.
    """

    def __init__(
        self,
        job: Job[T, R],
        count: int,
        limits: WorkerLimits,
        sandbox: Sandbox,
        changed: Condition,
        *,
        checks: bool = False,
        batches_each: int = _BATCHES_EACH,
    ) -> None:
        """Prepare; no process is started before there is a task.

        Raises:
            Exception: what pickling the job raised.
        """
        super().__init__(job, changed, checks=checks)
        self.count = count
        self._batches_each = batches_each
        self._limits = limits
        self._fit = job
        self._first_setup = Setup(job, limits, sandbox, os.getpid())
        self._setup = pickle.dumps(self._first_setup)
        self.inbox: Inbox[T, R] = Inbox(changed)
        # Whether a worker can take more than there was when it was looked at last.
        self._is_short = True
        # This belongs to the thread alone.
        self._checkers: dict[Process[T, R], Group[T, R]] = {}

    @property
    def held(self) -> tuple[int, int]:
        """Tasks that are done, and whose results are held; and their bytes, about."""
        return (
            (0, 0) if self._checks is None else (self._checks.held_count, self._checks.held_bytes)
        )

    def submit(self, ticket: Ticket[T, R]) -> None:
        """Have this task done."""
        self.inbox.add(ticket)
        # In this order: a worker that was found to have too little is given it in this turn.
        if self._is_short:
            self._wake_up()

    def expect(self, *, more: bool) -> None:
        """Say whether more tasks may follow; else results are held no longer than they must be."""
        if self.inbox.finished is more:
            self.inbox.finished = not more
            self._wake_up()

    def take_done(self) -> list[Ticket[T, R]]:
        """All tickets that are done, and parts of others, since it was called last."""
        done = self.outbox.take_done()
        if self._paused:
            self._wake_up()
        return done

    def fit(self, task: T) -> None:
        """Have this task, and all that are begun from now on, done by workers that can do it.

        Raises:
            Exception: what pickling their job raised.
        """
        if (job := self._fit.fit_for(task)) is not None:
            self._fit = job
            self._setup = pickle.dumps(replace(self._first_setup, job=job))
            self._wake_up()

    def signs(self) -> list[tuple[T, float]]:
        """Tasks that take long, with how far each is."""
        return [(each.task, reached) for each, reached in list(self._signs.values())]

    def _serve(self) -> None:
        if sys.platform != "win32":
            # Processes inherit it: Ctrl-C cannot meet them before they can ignore it.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with selectors.DefaultSelector() as self._selector:
                self._selector.register(self._wakeup_read, selectors.EVENT_READ)
                self._clock.start()
                while not self._closing:
                    self._start_workers()
                    self._hand_out()
                    self._read_sockets()
                    self._read_large()
                    self._hear_again()
                    self._retire_due()
                    self._check_time()
                    if self.outbox.has_news or self._untold >= _TOGETHER:
                        self.outbox.has_news, self._untold = False, 0
                        with self._changed:
                            self._changed.notify_all()
                    if self._batches_each > 1:
                        # Else workers have nothing to do meanwhile.
                        self._let_gather()
        except Exception as error:  # noqa: BLE001 (raised again by who waits)
            known = isinstance(error, HashmatchError | OSError)
            self.outbox.error = error if known else internal_error(error)
        finally:
            self._large.close()
            for worker in self._workers:
                worker.end(0)
                worker.close()
            with self._changed:
                self._changed.notify_all()

    def _start_workers(self) -> None:
        waiting = len(self.inbox) + self._retries.waiting_count
        ours = [worker for worker in self._workers if worker not in self._checkers]
        starting = sum(not worker.ready for worker in ours)
        for _ in range(min(self.count - len(ours), waiting - starting)):
            self._start_worker()
        most = 1 + self.count // _WORKERS_CHECKED
        while self._checks and self._checks.waiting and len(self._checkers) < most:
            group = self._checks.waiting.popleft()
            for each in group.checks:
                if each.costly:
                    self.fit(each.task)
            # Started for these answers alone: no file of others has been read by it.
            self._checkers[self._start_worker()] = group

    def _start_worker(self) -> Process[T, R]:
        worker: Process[T, R] = WorkerProcess(
            self._setup, self._clock.now, group_for(self._limits.memory)
        )
        self._workers.append(worker)
        self._selector.register(worker.socket, selectors.EVENT_READ, worker)
        return worker

    def _retire_due(self) -> None:
        """Replace workers whose answers were held for long enough."""
        if self._checks is None:
            return
        now = self._clock.now
        finishing = self.inbox.finished and not len(self.inbox) and not self._retries.waiting_count
        for worker in self._workers:
            idle = not worker.running
            if worker.spent or self._checks.is_due(
                worker, now, idle=idle, finishing=finishing, start=worker.start_seconds
            ):
                worker.spent = True
                self._wake_up()
                if not idle and self._checks.is_held_up(worker, now, worker.begun):
                    self._retries.close(worker, early=True)

    def _hand_out(self) -> None:
        # Before anything is looked at: what is added from now on wakes this thread up.
        self._is_short = True
        self._hand_out_all()
        ours = [worker for worker in self._workers if worker not in self._checkers]
        self._is_short = len(ours) < self.count or any(
            worker.ready and not worker.reading and not self._has_enough(worker) for worker in ours
        )

    def _hand_out_all(self) -> None:
        for worker in [each for each in self._workers if not each.reading]:
            if self._is_spent(worker) and not worker.running:
                self._replace(worker)
                continue
            while worker.ready and (batch := self._next_batch(worker)):
                orders = pickle.dumps([self._order(ticket) for ticket in batch])
                payloads = [ticket.order_payload() for ticket in batch]
                worker.give(batch, [orders, *payloads], self._clock.now)
            if worker.has_outgoing:
                worker.send()
            self._watch(worker)

    def _watch(self, worker: Process[T, R]) -> None:
        """Listen to a worker, and wait until it takes more if something is still to be sent."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE * worker.has_outgoing)
        if self._selector.get_key(worker.socket).events != events:
            self._selector.modify(worker.socket, events, worker)

    def _is_spent(self, worker: Process[T, R]) -> bool:
        if worker in self._checkers:
            done = not self._checkers[worker].checks
            return worker.spent or done or has_checked_enough(worker)
        return (
            worker.spent
            or worker.setup is not self._setup
            or (self._checks is None and is_worn(worker, self._clock.now))
        )

    def _replace(self, worker: Process[T, R]) -> None:
        """End a worker that is well; what it was given and has not answered is done by others."""
        self._forget(worker)
        worker.end(0)
        worker.close()
        if worker.running:
            self._retries.urgent.append(list(worker.running))
        least = _CHECKED_OF_FAILED if worker.failed else 0
        alone = worker.given_count == 1 and not worker.failed
        self._retries.close(worker, least=least, alone=alone)
        self._wake_up()  # another is started in the next turn

    def _forget(self, worker: Process[T, R]) -> None:
        if not worker.reading:
            self._selector.unregister(worker.socket)
        self._workers.remove(worker)
        self._signs.pop(worker, None)
        group = self._checkers.pop(worker, None)
        if self._checks is not None and group is not None and group.checks:
            self._checks.waiting.appendleft(group)

    def _next_batch(self, worker: Process[T, R]) -> list[Ticket[T, R]]:
        if self._is_spent(worker) or worker.setup is not self._setup:
            return []
        if worker in self._checkers:
            return [] if worker.running else self._next_alone(worker, self._checkers[worker].checks)
        if worker.fresh and not worker.running and self._retries.alone:
            return self._next_alone(worker, self._retries.alone)
        # What is tried alone is all that its worker was given.
        alone = worker.running and worker.running[0].stage is not Stage.FIRST
        return [] if alone or self._has_enough(worker) else self._next_of_all()

    def _has_enough(self, worker: Process[T, R]) -> bool:
        """Whether a worker is given nothing more for now."""
        if len(worker.batches) < self._batches_each:
            return False
        queued = len(worker.running)
        is_quick = queued < _QUEUED and queued * worker.pace < _QUEUED_SECONDS
        return self._batches_each == 1 or not is_quick

    def _next_of_all(self) -> list[Ticket[T, R]]:
        """The tasks that are next for any worker."""
        if self._retries.urgent:
            return self._retries.urgent.popleft()
        if self._batches_each == 1:
            return self.inbox.take(1)
        return self.inbox.take(min(max(len(self.inbox) // (2 * self.count), 1), _BATCH))

    def _next_alone(
        self, worker: Process[T, R], tickets: deque[Ticket[T, R]]
    ) -> list[Ticket[T, R]]:
        """The first of these tasks, unless another worker must be started for it."""
        if tickets[0].costly:
            self.fit(tickets[0].task)
            worker.spent = worker.spent or worker.setup is not self._setup
        return [] if worker.spent else [tickets.popleft()]

    def _order(self, ticket: Ticket[T, R]) -> tuple[int, float, bool]:
        """The fields of an `Order`: pickled in a tenth of its time."""
        seconds = cpu_seconds(ticket, self._limits)
        return ticket.number, seconds, ticket.stage is Stage.SALVAGE

    def _distrust(self, worker: object, checker: Process[T, R]) -> None:
        """Replace a worker that gave other answers than the one that checks it, and this one."""
        if worker is None:
            return
        # Nobody knows which of the two was taken over.
        checker.spent = True
        for each in [each for each in self._workers if each is worker]:
            self._replace(each)

    def _check_time(self) -> None:
        self._clock.tick()
        for worker in list(self._workers):
            if not worker.ready:
                if self._clock.now - worker.since > _START_SECONDS:
                    self._start_failed("nothing was heard of it")
            elif worker.reading:
                worker.begun = worker.since = self._clock.now
            elif worker.running and (why := overdue(worker, self._clock.now, self._limits)):
                self._reap(worker, why)

    def _reap(self, worker: Process[T, R], why: Unreadable | None) -> None:
        """End a worker; find which task it was, and have all others done."""
        self._forget(worker)
        suspect = worker.running[0] if worker.running else None
        code = worker.end(_GRACE if why is None else 0)
        if why is None or why.reason is Reason.TIMED_OUT:
            worker.receive_last()
            self._take_answers(worker, ended=True)
        worker.close()
        # Who makes calls that only an attacker makes may have lied before.
        least = sys.maxsize if is_attack(code) else _CHECKED_OF_FAILED
        self._retries.close(worker, least=least)
        if not worker.ready:
            self._start_failed(words_for(code))
        rest = list(worker.running)
        if rest and rest[0] is suspect:
            reason = why or reason_of(code, self._limits, full=worker.full)
            distrusted = self._retries.failed(rest.pop(0), reason, certain=worker.fresh)
            self._distrust(distrusted, worker)
        if rest:
            self._retries.urgent.append(rest)

    def _start_failed(self, how: str) -> None:
        self._bad_starts += 1
        if self._bad_starts >= _BAD_STARTS:
            msg = f"cannot start a worker: its process {how}"
            raise WorkerError(msg)
