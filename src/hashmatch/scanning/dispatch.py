"""The thread that starts workers, feeds them, listens to them and buries them."""

import atexit
import json
import os
import pickle
import selectors
import signal
import socket
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar, cast

from hashmatch.errors import HashmatchError, InternalError, Reason, SandboxError, WorkerError
from hashmatch.faults import fault_of, internal_error, is_fault
from hashmatch.model import Unreadable
from hashmatch.scanning.checks import ALARM, Checks
from hashmatch.scanning.endings import number_in, reason_of, words_for
from hashmatch.scanning.frames import Answer, Kind, NonsenseError
from hashmatch.scanning.job import Job
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.process import WorkerProcess
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.tickets import Stage, Ticket
from hashmatch.scanning.worker import Order, Setup

T = TypeVar("T")
R = TypeVar("R")

_BATCHES_EACH: Final = 2
"""So that a worker need not wait while its last answer travels."""
_START_SECONDS: Final = 120.0
_BAD_STARTS: Final = 5
"""In a row: something is wrong with this machine rather than with one process."""
_TURN: Final = 0.5
_LONGEST_TURN: Final = 1.0
"""More than this between two looks at the clock means that this process was stopped, and with it
perhaps the workers: they are not charged for it."""
_SILENT_BYTES: Final = 1 << 30
"""Bytes that are read without a sign of life: whoever reads more says that it goes on. What the
system says of a file's size buys no patience beyond that."""
_FILES: Final = 1000
_SECONDS: Final = 15.0
"""A worker is replaced once it answered so many tasks, and lived so long: starting one takes half a
second, and a file that took it over decides about no more than these."""
_CHECKS: Final = 20
"""Tasks after which a worker that checks others is replaced."""
_ALARM: Final = (
    "two workers gave different hashes of one file, as when a file takes one over; {0:,} "
    "files are decoded again, each by a process of its own, and {1:,} that the worker had answered "
    "before may have false hashes: scan once more with --rescan"
)
_GRACE: Final = 1.0
"""Seconds for a process that hung up to end by itself, so that its exit code can be told."""


class Dispatcher(Generic[T, R]):
    """Workers as a context manager; one thread hands in tickets and waits for them.

    Attributes:
        waiting_bytes: of tasks that no worker was given yet.
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
    ) -> None:
        """Prepare; no process is started before there is a task.

        Raises:
            Exception: what pickling the job raised.
        """
        self._job = job
        self._count = count
        self._limits = limits
        self._setup = pickle.dumps(Setup(job, limits, sandbox, os.getpid()))
        self._changed = changed
        self._done: deque[Ticket[T, R]] = deque()
        self.waiting_bytes = 0
        self._queue: deque[list[Ticket[T, R]]] = deque()
        self._notices: dict[str, bool] = {}
        self._states: list[Mapping[str, Any]] = []
        self._signs: dict[WorkerProcess[Ticket[T, R]], tuple[Ticket[T, R], float]] = {}
        self._error: Exception | None = None
        self._closing = False

        # What follows belongs to the thread alone.
        self._workers: list[WorkerProcess[Ticket[T, R]]] = []
        self._urgent: deque[list[Ticket[T, R]]] = deque()
        self._suspects: deque[Ticket[T, R]] = deque()
        self._checks: Checks[T, R] | None = Checks() if checks else None
        self._checker: WorkerProcess[Ticket[T, R]] | None = None
        self._bad_starts = 0
        self._clock = 0.0
        self._last_look = 0.0

    def __enter__(self) -> Self:
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)  # noqa: FBT003 (the standard library's own)
        self._ringer.setblocking(False)  # noqa: FBT003
        self._thread = Thread(target=self._serve, name="hashmatch-workers", daemon=True)
        self._thread.start()
        # A generator that is finalised at interpreter exit would wait without end for the thread:
        # daemon threads no longer run then. They do while exit handlers are called.
        atexit.register(self._close)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        atexit.unregister(self._close)
        self._close()

    def _close(self) -> None:
        """End the thread and all workers; a second time, nothing."""
        if self._closing:
            return
        self._closing = True
        self._ring()
        self._thread.join()
        self._bell.close()
        self._ringer.close()

    @property
    def has_done(self) -> bool:
        """Whether results wait to be taken."""
        return bool(self._done)

    @property
    def is_hungry(self) -> bool:
        """Whether nothing waits to be handed out."""
        return not self._queue

    def submit(self, batch: list[Ticket[T, R]]) -> None:
        """Have these tasks done, by one worker if all goes well."""
        with self._changed:
            self._queue.append(batch)
            self.waiting_bytes += _bytes_of(batch)
        self._ring()

    def take_back(self) -> list[Ticket[T, R]]:
        """All tickets that no worker was given yet; they will not be done."""
        with self._changed:
            waiting = [ticket for batch in self._queue for ticket in batch]
            self._queue.clear()
            self.waiting_bytes = 0
        return waiting

    def wait(self, seconds: float) -> bool:
        """Whether results wait to be taken. Without any, wait until something happens.

        Args:
            seconds: on the clock, at most. What happens may be of another dispatcher that
                notifies the same condition.

        Raises:
            WorkerError: workers cannot be started.
        """
        with self._changed:
            if seconds and not self._done and self._error is None:
                self._changed.wait(seconds)
        if self._error is not None and not self._done:
            raise self._error
        return bool(self._done)

    def take_done(self) -> list[Ticket[T, R]]:
        """All tickets that were done since it was asked last."""
        with self._changed:
            done = list(self._done)
            self._done.clear()
        return done

    def new_notices(self) -> list[str]:
        """What workers had to say of this system and nobody has asked for yet."""
        found = [text for text, told in list(self._notices.items()) if not told]
        self._notices.update(dict.fromkeys(found, True))
        return found

    def sandbox_states(self) -> list[Mapping[str, Any]]:
        """What workers gave up when they were started, each state once."""
        return list(self._states)

    def signs(self) -> list[tuple[T, float]]:
        """Tasks that take long, with how far each is."""
        return [(each.task, reached) for each, reached in list(self._signs.values())]

    def _ring(self) -> None:
        with suppress(BlockingIOError):  # it rings already
            self._ringer.send(b"!")

    def _serve(self) -> None:
        if sys.platform != "win32":
            # Processes inherit it: Ctrl-C cannot meet them before they can ignore it.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with selectors.DefaultSelector() as self._selector:
                self._selector.register(self._bell, selectors.EVENT_READ)
                self._last_look = monotonic()
                while not self._closing:
                    self._start_workers()
                    self._hand_out()
                    self._listen()
                    self._close_groups()
                    self._check_time()
        except Exception as error:  # noqa: BLE001 (raised again by who waits)
            known = isinstance(error, HashmatchError | OSError)
            self._error = error if known else internal_error(error)
        finally:
            for worker in self._workers:
                worker.end(0)
                worker.close()
            with self._changed:
                self._changed.notify_all()

    def _start_workers(self) -> None:
        waiting = len(self._queue) + len(self._urgent) + len(self._suspects)
        ours = [worker for worker in self._workers if worker is not self._checker]
        starting = sum(not worker.ready for worker in ours)
        for _ in range(min(self._count - len(ours), waiting - starting)):
            self._start_worker()
        if self._checks is not None and self._checks.waiting and self._checker is None:
            self._checker = self._start_worker()

    def _start_worker(self) -> WorkerProcess[Ticket[T, R]]:
        worker: WorkerProcess[Ticket[T, R]] = WorkerProcess(self._setup, self._clock)
        self._workers.append(worker)
        self._selector.register(worker.socket, selectors.EVENT_READ, worker)
        return worker

    def _close_groups(self) -> None:
        """Draw from answers that have been held for long enough, and give the rest."""
        if self._checks is None:
            return
        for worker in self._workers:
            if self._checks.is_due(worker, self._clock, idle=not worker.running):
                self._give(self._checks.close(worker))

    def _give(self, tickets: list[Ticket[T, R]]) -> None:
        with self._changed:
            self._done.extend(tickets)
            self._changed.notify_all()

    def _hand_out(self) -> None:
        for worker in list(self._workers):
            if self._is_spent(worker) and not worker.running:
                self._replace(worker)
                continue
            while worker.ready and (batch := self._next_batch(worker)):
                orders = [self._order(ticket) for ticket in batch]
                worker.give(batch, pickle.dumps(orders), self._clock)
            if worker.has_outgoing:
                worker.send()
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE * worker.has_outgoing)
            self._selector.modify(worker.socket, events, worker)

    def _is_spent(self, worker: WorkerProcess[Ticket[T, R]]) -> bool:
        if worker is self._checker and worker.answered_count >= _CHECKS:
            return True
        lived = self._clock - worker.started
        return worker.spent or (worker.answered_count >= _FILES and lived > _SECONDS)

    def _replace(self, worker: WorkerProcess[Ticket[T, R]]) -> None:
        """End a worker that is well; what it was given and has not answered is done by others."""
        self._forget(worker)
        worker.end(0)
        worker.close()
        if worker.running:
            self._urgent.append(list(worker.running))
        self._leave(worker, draw=worker.spent)
        self._ring()  # another is started in the next turn

    def _forget(self, worker: WorkerProcess[Ticket[T, R]]) -> None:
        self._selector.unregister(worker.socket)
        self._workers.remove(worker)
        self._signs.pop(worker, None)
        if worker is self._checker:
            self._checker = None

    def _leave(self, worker: WorkerProcess[Ticket[T, R]], *, draw: bool) -> None:
        """Close what is held of a worker that is gone."""
        if self._checks is not None:
            self._give(self._checks.close(worker, draw=draw))

    def _next_batch(self, worker: WorkerProcess[Ticket[T, R]]) -> list[Ticket[T, R]]:
        if self._is_spent(worker):
            return []
        if worker is self._checker:
            waiting = self._checks.waiting if self._checks is not None else None
            return [waiting.popleft()] if waiting and not worker.running else []
        if worker.fresh and not worker.running and self._suspects:
            return [self._suspects.popleft()]
        alone = any(ticket.stage is not Stage.FIRST for ticket in worker.running)
        if alone or len(worker.batches) >= _BATCHES_EACH:
            return []
        if self._urgent:
            return self._urgent.popleft()
        with self._changed:
            batch = self._queue.popleft() if self._queue else []
            self.waiting_bytes -= _bytes_of(batch)
        return batch

    def _order(self, ticket: Ticket[T, R]) -> Order:
        silent = min(ticket.size, _SILENT_BYTES)
        seconds = self._limits.cpu_seconds + silent / self._limits.slowest
        return Order(ticket.number, ticket.payload, seconds, ticket.stage is Stage.SALVAGE)

    def _listen(self) -> None:
        for key, events in self._selector.select(_TURN):
            worker = key.data
            if worker is None:
                self._bell.recv(1 << 16)
                continue
            if worker not in self._workers:
                continue  # replaced a moment ago, because of what another said
            if events & selectors.EVENT_WRITE:
                worker.send()
            if events & selectors.EVENT_READ:
                self._hear(worker)
        with self._changed:
            self._changed.notify_all()

    def _hear(self, worker: WorkerProcess[Ticket[T, R]]) -> None:
        alive = worker.receive()
        if not self._believed(worker):
            nonsense = Unreadable(Reason.WORKER_DIED, "its process answered nonsense")
            self._bury(worker, nonsense)
        elif worker.spent:
            self._replace(worker)
        elif not alive:
            self._bury(worker, None)

    def _believed(self, worker: WorkerProcess[Ticket[T, R]]) -> bool:
        """Whether all is plausible that the worker says.

        Nothing is heard behind nonsense, nor behind what has the worker replaced: those tasks are
        done once more by another.
        """
        try:
            for answer in worker.answers():
                self._take(worker, answer)
                if worker.spent:
                    break
        except NonsenseError:
            return False
        return True

    def _take(self, worker: WorkerProcess[Ticket[T, R]], answer: Answer) -> None:
        if not worker.ready:
            self._welcome(worker, answer)
            return
        if not worker.running or answer.task != worker.running[0].number:
            raise NonsenseError
        ticket = worker.running[0]
        if answer.kind is Kind.DONE:
            self._hear_done(worker, ticket, answer.content)
        elif answer.kind is Kind.ALIVE:
            worker.since = self._clock
            self._signs[worker] = ticket, number_in(answer.content)
        elif answer.kind is Kind.NO_MEMORY:
            worker.answered(self._clock)
            worker.spent = True
            self._salvage(ticket, Unreadable(Reason.OUT_OF_MEMORY, "not enough memory to read it"))
        elif answer.kind is Kind.RAISED:
            fault = answer.content.decode("ascii", "replace")
            if not is_fault(fault):
                raise NonsenseError
            worker.answered(self._clock)
            worker.spent = True
            self._salvage(ticket, Unreadable(Reason.INTERNAL_ERROR, fault))
        else:
            raise NonsenseError

    def _welcome(self, worker: WorkerProcess[Ticket[T, R]], answer: Answer) -> None:
        """Hear a worker's first words, said before it has read any evidence."""
        if answer.kind is Kind.REFUSED:
            why = answer.content.decode(errors="replace")
            if is_fault(why):
                raise InternalError(why)
            msg = f"cannot start a worker: {why}"
            raise WorkerError(msg)
        if answer.kind is Kind.EXPOSED:
            raise SandboxError(answer.content.decode(errors="replace"))
        first = json.loads(answer.content)
        for notice in first["notices"]:
            self._notices.setdefault(notice, False)
        if first["state"] not in self._states:
            self._states.append(first["state"])
        worker.ready = True
        self._bad_starts = 0

    def _hear_done(
        self, worker: WorkerProcess[Ticket[T, R]], ticket: Ticket[T, R], content: bytes
    ) -> None:
        try:
            result = self._result(ticket, content)
            end = partial(self._answered, worker, ticket, result)
        except NonsenseError:
            raise
        except Exception as error:  # noqa: BLE001 (one task is not to end a scan)
            end = partial(self._salvage, ticket, Unreadable(Reason.INTERNAL_ERROR, fault_of(error)))
        self._signs.pop(worker, None)
        worker.answered(self._clock)
        end()

    def _answered(
        self, worker: WorkerProcess[Ticket[T, R]], ticket: Ticket[T, R], result: R
    ) -> None:
        """Give the result of a task, hold it, or compare it with that of another worker."""
        checks = self._checks
        worker.spent = worker.spent or ticket.last
        if ticket.first is not None:
            self._compare(ticket, result)
        elif checks is None or ticket.stage is not Stage.FIRST:
            self._finish(ticket, result)
        else:
            ticket.result = result
            doubtful = self._job.doubtful(ticket.task, result)
            checks.hold(worker, ticket, self._clock, doubtful=doubtful)

    def _compare(self, check: Ticket[T, R], result: R | None) -> None:
        if self._checks is None or check.first is None:
            return
        if result is not None and self._job.agree(check.first.result, result):
            self._give(self._checks.agreed(check))
            return
        if self._checker is not None:
            # Nobody knows which of the two was taken over.
            self._checker.spent = True
        worker, held, given = self._checks.differed(check)
        for ticket in held:
            ticket.stage, ticket.last, ticket.result = Stage.AGAIN, True, None
        self._suspects.extend(held)
        if worker in self._workers:
            self._replace(cast("WorkerProcess[Ticket[T, R]]", worker))
        alarm = ALARM + _ALARM.format(len(held), given)
        self._notices.setdefault(alarm, False)
        self._states.append({"notices": [alarm]})

    def _result(self, ticket: Ticket[T, R], content: bytes) -> R:
        if ticket.why is None:
            return self._job.result(ticket.task, content)
        return self._job.failed(ticket.task, ticket.why, content)

    def _check_time(self) -> None:
        now = monotonic()
        self._clock += min(now - self._last_look, _LONGEST_TURN)
        self._last_look = now
        for worker in list(self._workers):
            spent = self._clock - worker.since
            if not worker.ready:
                if spent > _START_SECONDS:
                    self._start_failed("nothing was heard of it")
            elif worker.running:
                size, slowest = worker.running[0].size, self._limits.slowest
                allowed = self._limits.wall_seconds
                if self._clock - worker.begun > self._limits.longest_seconds + size / slowest:
                    allowed = self._limits.longest_seconds
                elif spent <= allowed + min(size, _SILENT_BYTES) / slowest:
                    continue
                self._bury(worker, Unreadable(Reason.TIMED_OUT, f"more than {allowed:g} s"))

    def _bury(self, worker: WorkerProcess[Ticket[T, R]], why: Unreadable | None) -> None:
        """End a worker; find which task it was, and have all others done."""
        self._forget(worker)
        suspect = worker.running[0] if worker.running else None
        code = worker.end(_GRACE if why is None else 0)
        if why is None or why.reason is Reason.TIMED_OUT:
            worker.receive_last()
            self._believed(worker)
        worker.close()
        self._leave(worker, draw=True)
        if not worker.ready:
            self._start_failed(words_for(code))
        rest = list(worker.running)
        if rest and rest[0] is suspect:
            self._failed(rest.pop(0), why or reason_of(code, self._limits), certain=worker.fresh)
        if rest:
            self._urgent.append(rest)

    def _start_failed(self, how: str) -> None:
        self._bad_starts += 1
        if self._bad_starts >= _BAD_STARTS:
            msg = f"cannot start a worker: its process {how}"
            raise WorkerError(msg)

    def _failed(self, ticket: Ticket[T, R], why: Unreadable, *, certain: bool) -> None:
        if ticket.first is not None:
            failed = self._job.failed(ticket.task, why, None)
            self._compare(ticket, None if why.reason is Reason.WORKER_DIED else failed)
        elif ticket.why is not None:
            self._finish(ticket, self._job.failed(ticket.task, ticket.why, None))
        elif certain or why.reason is Reason.TIMED_OUT:
            self._salvage(ticket, why)
        else:
            ticket.stage = Stage.AGAIN
            self._suspects.append(ticket)

    def _salvage(self, ticket: Ticket[T, R], why: Unreadable) -> None:
        if ticket.first is not None:
            self._compare(ticket, self._job.failed(ticket.task, why, None))
            return
        if ticket.why is not None:
            self._finish(ticket, self._job.failed(ticket.task, ticket.why, None))
            return
        ticket.stage = Stage.SALVAGE
        ticket.why = why
        self._urgent.append([ticket])

    def _finish(self, ticket: Ticket[T, R], result: R) -> None:
        ticket.result = result
        with self._changed:
            self._done.append(ticket)


def _bytes_of(batch: list[Ticket[T, R]]) -> int:
    return sum(ticket.size for ticket in batch)
