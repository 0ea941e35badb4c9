"""What the thread that runs workers hears from them: answers, parts of answers, and their end."""

import json
import selectors
from abc import abstractmethod
from functools import partial
from threading import Condition
from time import monotonic, sleep
from typing import Final, Generic, TypeAlias, TypeVar

from hashmatch.errors import InternalError, Reason, SandboxError, WorkerError
from hashmatch.faults import is_fault
from hashmatch.model import Unreadable
from hashmatch.scanning.background import Background
from hashmatch.scanning.endings import number_in, reason_in
from hashmatch.scanning.job import Job, Streaming
from hashmatch.scanning.large import LargeAnswers
from hashmatch.scanning.messages import Answer, Kind, ProtocolError
from hashmatch.scanning.outbox import Outbox
from hashmatch.scanning.process import WorkerProcess
from hashmatch.scanning.retries import Retries, Understood
from hashmatch.scanning.tickets import Stage, Ticket
from hashmatch.scanning.timing import Clock

T = TypeVar("T")
R = TypeVar("R")
Process: TypeAlias = WorkerProcess[Ticket[T, R]]

_TURN: Final = 0.5
_QUICK: Final = 1 / 100
"""Seconds from one answer to the next, on average, below which answers gather."""
_GATHER: Final = 0.025
"""Seconds for which they do: each look at them wakes two threads, whether for one or for many. Who
checks others is given one task at a time, and waits meanwhile."""
_MOST_PARTS: Final = 32 << 20
"""Bytes of parts of answers that wait to be taken: beyond it, nobody who sends parts is heard."""
_PART: Final = 4000
"""Bytes of memory that a part takes besides its content, about."""
NONSENSE: Final = Unreadable(Reason.WORKER_DIED, "its process gave an invalid answer")


class Hearing(Background, Generic[T, R]):
    """The sockets of workers, and what comes from them.

    Attributes:
        outbox: what workers answered and reported.
    """

    _selector: selectors.BaseSelector

    def __init__(self, job: Job[T, R], changed: Condition, *, checks: bool) -> None:
        """Prepare.

        Args:
            job: what workers do.
            changed: notified when something was heard.
            checks: whether answers are held until some were checked.
        """
        super().__init__()
        self._job = job
        # Asked once: it takes longer than to read a part.
        self._streaming: Streaming[T, R] | None = job if isinstance(job, Streaming) else None
        self._changed = changed
        self.outbox: Outbox[T, R] = Outbox(changed)
        self._signs: dict[Process[T, R], tuple[Ticket[T, R], float]] = {}

        # What follows belongs to the thread alone.
        self._workers: list[Process[T, R]] = []
        self._retries = Retries(job, self.outbox, checks=checks)
        self._checks = self._retries.checks
        self._clock = Clock()
        self._bad_starts = 0
        self._paused: list[Process[T, R]] = []
        self._heard = self._untold = 0
        self._looked = monotonic()
        self._large: LargeAnswers[Process[T, R], Understood[R]] = LargeAnswers(self._wake_up)

    @abstractmethod
    def _replace(self, worker: Process[T, R]) -> None:
        """End a worker that is well; what it has not answered is done by others."""

    @abstractmethod
    def _reap(self, worker: Process[T, R], why: Unreadable | None) -> None:
        """End a worker that is not."""

    @abstractmethod
    def _distrust(self, worker: object, checker: Process[T, R]) -> None:
        """Replace a worker that gave other answers than the one that checks it, and this one."""

    def _read_sockets(self) -> None:
        for key, events in self._selector.select(_TURN):
            worker = key.data
            if worker is None:
                self._awake()
                continue
            if worker not in self._workers:
                continue  # replaced a moment ago, because of what another answered
            if events & selectors.EVENT_WRITE:
                worker.send()
            if events & selectors.EVENT_READ:
                self._go_on(worker, alive=worker.receive())

    def _let_gather(self) -> None:
        """Look away for a moment where answers come quickly."""
        now, heard = monotonic(), self._heard
        is_quick = now - self._looked < heard * _QUICK
        self._looked, self._heard = now, 0
        if is_quick:
            sleep(_GATHER)

    def _read_large(self) -> None:
        """Take large answers that were read meanwhile; of workers that were replaced, nothing."""
        for worker, read in self._large.take_done():
            if worker not in self._workers:
                continue
            self._listen(worker)
            if isinstance(read, ProtocolError):
                self._reap(worker, NONSENSE)
            else:
                self._take_result(worker, read)
                if worker.spent:
                    self._replace(worker)
                else:
                    self._go_on(worker, alive=True)

    def _listen(self, worker: Process[T, R]) -> None:
        worker.reading = False
        self._selector.register(worker.socket, selectors.EVENT_READ, worker)

    def _hear_again(self) -> None:
        """Listen again to workers whose parts were more than could be held."""
        if not self._paused or self.outbox.waiting_bytes > _MOST_PARTS // 2:
            return
        paused, self._paused = self._paused, []
        for worker in paused:
            if worker in self._workers:
                self._listen(worker)
                self._go_on(worker, alive=True)

    def _go_on(self, worker: Process[T, R], *, alive: bool) -> None:
        if not self._take_answers(worker):
            self._reap(worker, NONSENSE)
        elif worker.reading:
            # Neither is it listened to meanwhile, so that it cannot fill our memory.
            self._selector.unregister(worker.socket)
        elif worker.spent:
            self._replace(worker)
        elif not alive:
            self._reap(worker, None)

    def _take_answers(self, worker: Process[T, R], *, ended: bool = False) -> bool:
        """Take all answers that have come; whether each of them is one.

        Nothing is taken behind nonsense, nor behind what has the worker replaced: those tasks are
        done once more by another.
        """
        try:
            for answer in worker.answers():
                self._take(worker, answer, ended=ended)
                if worker.spent or worker.reading:
                    break
        except ProtocolError:
            return False
        return True

    def _take(self, worker: Process[T, R], answer: Answer, *, ended: bool) -> None:
        if not worker.ready:
            self._on_ready(worker, answer)
            return
        if not worker.running or answer.task != worker.running[0].number:
            raise ProtocolError
        ticket = worker.running[0]
        now = self._clock.now
        self._heard += 1
        self._untold += 1
        if answer.kind is Kind.ALIVE:
            self._signs[worker] = ticket, number_in(answer.content)
            worker.heard(now)
            return
        if answer.kind is Kind.PART:
            self._take_part(worker, ticket, answer.content)
            return
        self._signs.pop(worker, None)
        if answer.kind is Kind.DONE:
            ticket.seconds = now - worker.begun
            # Not before the content is understood: else the task is the worker's still.
            read = partial(self._retries.understand, ticket, answer.content)
            if not ended and self._job.is_large(answer.content):
                worker.reading = True
                self._large.add(worker, read)
            else:
                self._take_result(worker, read())
        else:
            why, certain = reason_in(answer), worker.fresh
            worker.answered(now)
            worker.spent = worker.failed = True
            self._distrust(self._retries.failed(ticket, why, certain=certain), worker)

    def _take_part(self, worker: Process[T, R], ticket: Ticket[T, R], content: bytes) -> None:
        """Give a part of an answer, unless an earlier attempt gave it."""
        if self._streaming is None:
            raise ProtocolError
        key, result = self._streaming.part(ticket.task, content)
        worker.since = self._clock.now
        if ticket.is_new(key):
            part: Ticket[T, R] = Ticket(ticket.number, ticket.task, result=result, is_part=True)
            self.outbox.give_part(part, len(content) + _PART)
        if self.outbox.waiting_bytes > _MOST_PARTS:
            worker.reading = True
            self._paused.append(worker)

    def _take_result(self, worker: Process[T, R], answer: Understood[R]) -> None:
        now, ticket = self._clock.now, worker.running[0]
        distrusted = self._retries.answered(worker, ticket, answer, now)
        worker.answered(now)
        stage = ticket.stage
        worker.spent = worker.spent or stage is Stage.AGAIN or stage is Stage.SALVAGE
        self._distrust(distrusted, worker)

    def _on_ready(self, worker: Process[T, R], answer: Answer) -> None:
        """Take a worker's first answer, given before it has read any evidence."""
        if answer.kind is Kind.REFUSED:
            why = answer.content.decode(errors="replace")
            if is_fault(why):
                raise InternalError(why)
            msg = f"cannot start a worker: {why}"
            raise WorkerError(msg)
        if answer.kind is Kind.EXPOSED:
            raise SandboxError(answer.content.decode(errors="replace"))
        first = json.loads(answer.content)
        self.outbox.report(first["notices"], {**first["state"], **worker.group.state})
        worker.ready = True
        worker.start_seconds = self._clock.now - worker.started
        self._bad_starts = 0
