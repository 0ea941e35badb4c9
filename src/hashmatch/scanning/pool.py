"""Worker processes that do one job on many tasks: results in order, whatever a task does.

A task that ends its worker, hangs or exceeds a limit costs exactly itself. Earlier files may
have harmed a worker's memory, so that a death is held against a task only once it has ended a
fresh worker too, alone; the rest of its batch is done by others.
"""

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Generic, TypeVar

from hashmatch.errors import Reason
from hashmatch.faults import fault_of
from hashmatch.model import Unreadable
from hashmatch.scanning.dispatch import Dispatcher
from hashmatch.scanning.job import Job
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.tickets import Ticket

T = TypeVar("T")
R = TypeVar("R")

_BATCH: Final = 16
_BATCH_BYTES: Final = 4 << 20
_AHEAD: Final = 1024
"""Tasks read beyond the oldest unfinished one: others go on while one is slow."""
_PATIENCE: Final = 0.1
"""Seconds between two questions whether to stop."""

NO_WORKERS: Final[Mapping[str, Any]] = {
    "workers": 0,
    "landlock": 0,
    "seccomp": "none",
    "notices": ["evidence was read without workers, and so without a sandbox"],
}
"""The state of a sandbox that is none."""


def in_workers(
    job: Job[T, R],
    tasks: Iterable[T],
    *,
    workers: int | None = None,
    limits: WorkerLimits,
    sandbox: Sandbox,
    stop: Callable[[], bool] = lambda: False,
    on_notice: Callable[[str], object] = lambda _: None,
    on_sign: Callable[[T, float], object] = lambda _task, _reached: None,
    on_sandbox: Callable[[Mapping[str, Any]], object] = lambda _: None,
) -> Iterator[R]:
    """One result per task, in their order.

    Args:
        job: what is done; pickled to the workers.
        tasks: read as needed, in the thread that asks for results.
        workers: processes; as many as cores by default. With 0 all is done in this process:
            no limits, no sandbox, for debugging and for systems without processes.
        limits: of a worker and of each task.
        sandbox: what a worker may read.
        stop: asked before each task; once it says so, no further task is read, and those read
            but not yet handed out are dropped. The results given are then those of the tasks up
            to some task, without a gap.
        on_notice: told once of each thing that this system cannot do to lock workers down.
        on_sign: told now and then of tasks that take long, and how far each is.
        on_sandbox: told of what workers gave up, as plain names and values, before the first
            result; again of each worker that differs.

    Raises:
        SandboxError: the system refuses to lock workers down, and `sandbox` insists.
        WorkerError: workers cannot be started.
        ValueError: fewer than no workers.
        Exception: what reading or pickling a task raised, behind all results of earlier ones.
    """
    if workers is not None and workers < 0:
        msg = f"workers is at least 0, not {workers}"
        raise ValueError(msg)
    count = (os.cpu_count() or 1) if workers is None else workers
    if not count:
        on_sandbox(NO_WORKERS)
        return _here(job, tasks, stop)
    dispatcher = Dispatcher(job, count, limits, sandbox)
    return _Run(job, tasks, stop, dispatcher).results(on_notice, on_sign, on_sandbox)


def _here(job: Job[T, R], tasks: Iterable[T], stop: Callable[[], bool]) -> Iterator[R]:
    for task in tasks:
        if stop():
            return
        result = job.local(task)
        if result is None:
            try:
                result = job.result(task, job.perform(job.payload(task), lambda _: None))
            except Exception as error:  # noqa: BLE001 (one task is not to end a scan)
                why = Unreadable(Reason.INTERNAL_ERROR, fault_of(error))
                result = job.failed(task, why, _salvaged(job, task))
        yield result


def _salvaged(job: Job[T, R], task: T) -> bytes | None:
    kept: list[bytes] = []
    try:
        return job.salvage(job.payload(task), kept.append)
    except Exception:  # noqa: BLE001 (the first fault is told)
        return kept[-1] if kept else None


class _Run(Generic[T, R]):
    """The asking side of one run: reads tasks ahead, and gives results in order."""

    def __init__(
        self,
        job: Job[T, R],
        tasks: Iterable[T],
        stop: Callable[[], bool],
        dispatcher: Dispatcher[T, R],
    ) -> None:
        self._job = job
        self._tasks = iter(tasks)
        self._stop = stop
        self._dispatcher = dispatcher
        self._window: deque[Ticket[T, R]] = deque()
        self._batch: list[Ticket[T, R]] = []
        self._read = 0
        self._more = True
        self._stopped = False
        self._failure: Exception | None = None

    def results(
        self,
        on_notice: Callable[[str], object],
        on_sign: Callable[[T, float], object],
        on_sandbox: Callable[[Mapping[str, Any]], object],
    ) -> Iterator[R]:
        told = 0
        with self._dispatcher as dispatcher:
            while True:
                self._read_ahead()
                if not self._window:
                    break
                finished = dispatcher.wait(self._window[0], seconds=_PATIENCE)
                for notice in dispatcher.new_notices():
                    on_notice(notice)
                for state in dispatcher.sandbox_states()[told:]:
                    on_sandbox(state)
                    told += 1
                for task, reached in dispatcher.signs():
                    on_sign(task, reached)
                if finished:
                    yield self._window.popleft().taken()
        if self._failure is not None:
            raise self._failure

    def _read_ahead(self) -> None:
        """Read tasks until the next result is there, the window is full, or there are no more."""
        while not self._stopped and len(self._window) < _AHEAD:
            if self._stop():
                self._drop()
                return
            if not self._more:
                break
            try:
                self._add(next(self._tasks))
            except StopIteration:
                self._more = False
            except Exception as error:  # noqa: BLE001 (raised again behind what was read)
                self._more = False
                self._failure = error
            if self._window and self._window[0].done:
                # One in, one out: a slow source does not keep back what is done.
                break
        if not self._more or self._dispatcher.is_hungry:
            self._hand_over()

    def _add(self, task: T) -> None:
        result = self._job.local(task)
        if result is not None:
            self._window.append(Ticket(self._read, task, result=result, done=True))
        else:
            payload = pickle.dumps(self._job.payload(task))
            ticket: Ticket[T, R] = Ticket(self._read, task, payload, self._job.size(task))
            self._window.append(ticket)
            self._batch.append(ticket)
            size = sum(each.size for each in self._batch)
            if len(self._batch) == _BATCH or size > _BATCH_BYTES or self._dispatcher.is_hungry:
                self._hand_over()
        self._read += 1

    def _hand_over(self) -> None:
        if self._batch:
            self._dispatcher.submit(self._batch)
            self._batch = []

    def _drop(self) -> None:
        """Forget what no worker has been given yet: a tail of what was read."""
        self._stopped = True
        dropped = [*self._dispatcher.take_back(), *self._batch]
        self._batch = []
        first = min((ticket.number for ticket in dropped), default=self._read)
        while self._window and self._window[-1].number >= first:
            self._window.pop()
