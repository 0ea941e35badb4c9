"""Worker processes that do one job on many tasks: results as they come, whatever a task does.

A task that ends its worker, hangs or exceeds a limit costs exactly itself. Earlier files may
have harmed a worker's memory, so that a death is held against a task only once it has ended a
fresh worker too, alone; the rest of its batch is done by others.
"""

import os
import pickle
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, Final, Generic, TypeVar

from hashmatch.errors import Reason
from hashmatch.faults import fault_of
from hashmatch.model import Unreadable
from hashmatch.scanning.dispatch import Dispatcher
from hashmatch.scanning.job import Job, Streaming
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.tickets import Ticket

T = TypeVar("T")
R = TypeVar("R")

_AHEAD: Final = 1024
_AHEAD_EACH: Final = 128
"""Tasks that are begun or wait, or so many for each worker if that is more: others go on while some
are slow."""
_REFILL: Final = 1 / 8
"""Share of these that is done before more are read: each that is read by itself wakes threads."""
_GIVEN: Final = 64
"""Results that are given before others are read ahead: hundreds may come at once."""
_AHEAD_BYTES: Final = 256 << 20
"""Bytes of waiting files: the system still has what was read once when it is read again."""
_LOADED_BYTES: Final = 32 << 20
"""Bytes of members of archives that are held in memory for tasks that wait."""
_HELD_BYTES: Final = 96 << 20
"""Bytes of results that are held until some of them were checked, and of their tasks."""
_AHEAD_NAMED_BYTES: Final = 32 << 20
"""Bytes that the names of tasks that are not done may take."""
_PATIENCE: Final = 0.1
"""Seconds between two questions whether to stop."""

NO_WORKERS: Final[Mapping[str, Any]] = {
    "workers": 0,
    "landlock": 0,
    "seccomp": "none",
    "notices": ["evidence was read without workers, and so without a sandbox"],
}
"""The state of a sandbox that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPool:
    """Processes, and who is told of them.

    Attributes:
        count: processes; as many as cores by default. With 0 all is done in this process: no
            limits, no sandbox, for debugging and for systems without processes.
        limits: of a worker and of each task.
        sandbox: what a worker may read.
        stop: asked before each task; once it says so, no further task is read, and those read
            but not yet handed out are dropped.
        on_notice: told of each thing that this system cannot do to lock workers down.
        on_sandbox: told of what workers gave up, as plain names and values, before the first
            result; again of each worker that differs.
        changed: notified when a result is there; several pools may share it.
    """

    count: int | None = None
    limits: WorkerLimits
    sandbox: Sandbox
    stop: Callable[[], bool] = lambda: False
    on_notice: Callable[[str], object] = lambda _: None
    on_sandbox: Callable[[Mapping[str, Any]], object] = lambda _: None
    changed: Condition = field(default_factory=Condition)

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            ValueError: fewer than no processes.
        """
        if self.count is not None and self.count < 0:
            msg = f"workers is at least 0, not {self.count}"
            raise ValueError(msg)


def in_workers(
    job: Job[T, R],
    tasks: Iterable[T | None],
    workers: WorkerPool,
    *,
    waits: bool = True,
    checks: bool = False,
    abandons: bool = False,
    blocked: Callable[[], bool] = lambda: False,
    on_progress: Callable[[T, float], object] = lambda _task, _reached: None,
    on_held: Callable[[int], object] = lambda _count: None,
) -> Generator[tuple[T, R] | None]:
    """Each task with its result, as soon as there is one, in any order; None while there is none.

    Args:
        job: what is done; pickled to the workers.
        tasks: read as needed, in the thread that asks for results; None where there is none for
            now, and more may follow.
        workers: who does it.
        waits: whether to wait a moment for a result before None is given.
        checks: whether some tasks, drawn by lot, are done by two workers and compared: where they
            do not agree, notices say so, and all that was not given yet is done again, each task
            by a worker of its own.
        abandons: whether tasks that are begun are given up once it is to stop.
        blocked: asked behind None: whether no task follows until a result was given.
        on_progress: told now and then of tasks that take long, and how far each is.
        on_held: told now and then how many tasks are done whose results are not given yet, as they
            are checked.

    Raises:
        SandboxError: the system refuses to lock workers down, and `sandbox` insists.
        WorkerError: workers cannot be started.
        Exception: what reading or pickling a task raised, behind all results of earlier ones.
    """
    count = (os.cpu_count() or 1) if workers.count is None else workers.count
    if not count:
        workers.on_sandbox(NO_WORKERS)
        return _here(job, tasks, workers.stop)
    dispatcher = Dispatcher(
        job, count, workers.limits, workers.sandbox, workers.changed, checks=checks
    )
    run = _Run(job, tasks, workers, dispatcher, blocked, abandons=abandons)
    return run.results(on_progress, on_held, waits=waits)


def _here(
    job: Job[T, R], tasks: Iterable[T | None], stop: Callable[[], bool]
) -> Generator[tuple[T, R] | None]:
    for task in tasks:
        if stop():
            return
        if task is None:
            yield None
            continue
        result = job.local(task)
        if result is not None:
            yield task, result
            continue
        try:
            answer = yield from _parts_here(job, task, stop)
            if answer is None:
                return
            result = job.result(task, answer)
        except Exception as error:  # noqa: BLE001 (one task is not to end a scan)
            why = Unreadable(Reason.INTERNAL_ERROR, fault_of(error))
            result = job.failed(task, why, _salvaged(job, task))
        yield task, result


def _parts_here(
    job: Job[T, R], task: T, stop: Callable[[], bool]
) -> Generator[tuple[T, R], None, bytes | None]:
    """The parts of an answer, and the answer; None where it is to stop before there is one."""
    payload = job.loaded(task) or job.payload(task)
    if not isinstance(job, Streaming):
        return job.perform(payload, lambda _: None)
    last: bytes | None = None
    for content in job.stream(payload, lambda _: None, safe=False):
        if last is not None:
            yield task, job.part(task, last)[1]
        if stop():
            return None
        last = content
    return last or b""


def _salvaged(job: Job[T, R], task: T) -> bytes | None:
    try:
        return job.salvage(job.payload(task))
    except Exception:  # noqa: BLE001 (the first fault is told)
        return None


class _Run(Generic[T, R]):
    """The asking side of one run: reads tasks ahead, and gives results."""

    def __init__(
        self,
        job: Job[T, R],
        tasks: Iterable[T | None],
        workers: WorkerPool,
        dispatcher: Dispatcher[T, R],
        blocked: Callable[[], bool],
        *,
        abandons: bool,
    ) -> None:
        self._abandons = abandons
        self._count = dispatcher.count
        self._job = job
        self._tasks = iter(tasks)
        self._workers = workers
        self._dispatcher = dispatcher
        self._blocked = blocked
        self._done: list[Ticket[T, R]] = []
        self._read = 0
        self._pending = 0
        self._named_bytes = 0
        self._more = True
        self._is_full = False
        self._told = 0
        self._failure: Exception | None = None

    def results(
        self,
        on_progress: Callable[[T, float], object],
        on_held: Callable[[int], object],
        *,
        waits: bool,
    ) -> Generator[tuple[T, R] | None]:
        with self._dispatcher as dispatcher:
            while True:
                self._read_ahead()
                if not self._more and (not self._pending or self._is_abandoned()):
                    break
                if self._done and len(self._done) == self._pending:
                    # Nothing is with workers: there is nothing to ask them.
                    yield from self._local()
                    continue
                done = bool(self._done) or dispatcher.outbox.wait(_PATIENCE if waits else 0)
                self._tell(on_progress)
                taken = [*self._done, *dispatcher.take_done()]
                self._done = []
                # Behind what was taken: no result is both held and given.
                on_held(dispatcher.held[0])
                for number, ticket in enumerate(taken, 1):
                    if not ticket.is_part:
                        self._pending -= 1
                        self._named_bytes -= ticket.named_bytes
                    yield ticket.task, ticket.taken()
                    if number % _GIVEN == 0:
                        self._read_ahead(_GIVEN)
                if not done:
                    yield None
        if self._failure is not None:
            raise self._failure

    def _tell(self, on_progress: Callable[[T, float], object]) -> None:
        """Tell what workers said besides their answers."""
        outbox = self._dispatcher.outbox
        for notice in outbox.new_notices():
            self._workers.on_notice(notice)
        for state in outbox.states()[self._told :]:
            self._workers.on_sandbox(state)
            self._told += 1
        for task, reached in self._dispatcher.signs():
            on_progress(task, reached)

    def _local(self) -> Iterator[tuple[T, R]]:
        """Results that no worker was needed for."""
        taken, self._done = self._done, []
        self._pending -= len(taken)
        for ticket in taken:
            yield ticket.task, ticket.taken()

    def _is_abandoned(self) -> bool:
        """Whether what is begun is given up."""
        has_done = bool(self._done) or self._dispatcher.outbox.has_done
        return self._abandons and not has_done and self._workers.stop()

    def _read_ahead(self, least: int = 1) -> None:
        """Read tasks until a result is there, enough wait, or there are no more for now.

        Args:
            least: tasks that are read even if results are there.
        """
        before = self._read
        while self._more and self._is_short():
            if self._workers.stop():
                self._drop()
                break
            try:
                task = next(self._tasks)
                if task is None:
                    break
                self._add(task)
            except StopIteration:
                self._more = False
            except Exception as error:  # noqa: BLE001 (raised again behind what was read)
                self._more = False
                self._failure = error
            is_there = self._done or self._dispatcher.outbox.has_done
            if is_there and self._read - before >= least:
                # One in, one out: a slow source does not keep back what is done.
                break
        self._dispatcher.expect(more=self._more and not self._blocked())

    def _is_short(self) -> bool:
        """Whether workers could run out of tasks; those whose results are held are done."""
        held, held_bytes = self._dispatcher.held
        begun = self._pending - held
        named = self._named_bytes - held_bytes
        most = max(_AHEAD, _AHEAD_EACH * self._count)
        self._is_full = begun >= (most * (1 - _REFILL) if self._is_full else most)
        return (
            not self._is_full
            and held_bytes < _HELD_BYTES
            and self._dispatcher.inbox.waiting_bytes < _AHEAD_BYTES
            and self._dispatcher.inbox.loaded_bytes < _LOADED_BYTES
            and named < _AHEAD_NAMED_BYTES
        )

    def _add(self, task: T) -> None:
        result = self._job.local(task)
        if result is not None:
            self._done.append(Ticket(self._read, task, result=result))
        else:
            payload, loaded = pickle.dumps(self._job.payload(task)), self._job.loaded(task)
            ticket: Ticket[T, R] = Ticket(self._read, task, payload, self._job.size(task))
            if loaded is None:
                self._dispatcher.fit(task)
            else:
                ticket.loaded = pickle.dumps(loaded)
            self._named_bytes += ticket.named_bytes
            self._dispatcher.submit(ticket)
        self._read += 1
        self._pending += 1

    def _drop(self) -> None:
        """Forget what no worker has been given yet."""
        self._more = False
        for ticket in self._dispatcher.inbox.take_back():
            self._pending -= 1
            self._named_bytes -= ticket.named_bytes
