"""What becomes of tasks whose worker failed, or is not believed."""

from collections import deque
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from hashmatch.errors import Reason
from hashmatch.faults import fault_of
from hashmatch.model import Unreadable
from hashmatch.scanning.checks import ALARM, Checks
from hashmatch.scanning.job import NOTHING_SPECIAL, Impression, Job
from hashmatch.scanning.messages import ProtocolError
from hashmatch.scanning.outbox import Outbox
from hashmatch.scanning.tickets import Stage, Ticket

T = TypeVar("T")
R = TypeVar("R")

_ALARM: Final = (
    "two workers gave different hashes of one file, as when a file takes one over; {0:,} "
    "files are decoded again, each by a process of its own"
)
_GIVEN: Final = (
    ", and {0:,} that the worker had answered before a long task may have false hashes: scan once "
    "more with --rescan; they are named on record"
)


@dataclass(frozen=True, slots=True)
class Understood(Generic[R]):
    """What a worker answered, once it was read.

    Attributes:
        result: of the task; None where there is none.
        impression: what it looks like.
        size: bytes of memory that it takes, about.
        agrees: of a check: whether it is what the first worker gave.
        why: a fault of ours for which it cannot be read.
    """

    result: R | None
    impression: Impression = NOTHING_SPECIAL
    size: int = 0
    agrees: bool = False
    why: Unreadable | None = None


class Retries(Generic[T, R]):
    """Decides which tasks are done again, and when a result is given.

    Attributes:
        urgent: batches for any worker, before all that waits.
        alone: tasks of which each needs a fresh worker.
        checks: of answers; None where there are none.
    """

    def __init__(self, job: Job[T, R], outbox: Outbox[T, R], *, checks: bool) -> None:
        self.urgent: deque[list[Ticket[T, R]]] = deque()
        self.alone: deque[Ticket[T, R]] = deque()
        self.checks: Checks[T, R] | None = Checks() if checks else None
        self._job = job
        self._outbox = outbox

    @property
    def waiting_count(self) -> int:
        """Batches and tasks that a worker should be started for."""
        return len(self.urgent) + len(self.alone)

    def understand(self, ticket: Ticket[T, R], content: bytes) -> Understood[R]:
        """What a worker answered, in any thread.

        Raises:
            ProtocolError: it is no answer.
        """
        try:
            result = self._result(ticket, content)
            seen = self._job.impression(ticket.task, result)
            agrees = ticket.first is not None and self._job.agree(ticket.first.result, result)
        except ProtocolError:
            raise
        except Exception as error:  # noqa: BLE001 (one task is not to end a scan)
            return Understood(None, why=Unreadable(Reason.INTERNAL_ERROR, fault_of(error)))
        size = max(len(content), seen.bytes) + ticket.named_bytes
        return Understood(result, seen, size, agrees=agrees)

    def answered(
        self, worker: object, ticket: Ticket[T, R], answer: Understood[R], now: float
    ) -> object:
        """Give the answer to a task, hold it, or compare it with that of another worker.

        Returns:
            The worker that is not believed any more; None where all are.
        """
        if answer.why is not None:
            return self.salvage(ticket, answer.why)
        if ticket.first is not None:
            return self._compared(ticket, answer)
        ticket.result, ticket.impression = answer.result, answer.impression
        if self.checks is None or ticket.stage is not Stage.FIRST:
            self._outbox.give([ticket])
        else:
            self.checks.hold(worker, ticket, now, answer.size)
        return None

    def failed(self, ticket: Ticket[T, R], why: Unreadable, *, certain: bool) -> object:
        """Do a task again whose worker ended, or says that it cannot do it.

        Args:
            ticket: what it worked on.
            why: the reason.
            certain: whether nothing else can have harmed the worker.

        Returns:
            As `answered`.
        """
        if ticket.first is not None and why.reason is Reason.WORKER_DIED:
            return self._compared(ticket, Understood(None))
        if certain or ticket.first or ticket.why or why.reason is Reason.TIMED_OUT:
            return self.salvage(ticket, why)
        ticket.stage = Stage.AGAIN
        self.alone.append(ticket)
        return None

    def salvage(self, ticket: Ticket[T, R], why: Unreadable) -> object:
        """Do only what is safe of a task that failed; give it up where that failed too.

        Returns:
            As `answered`.
        """
        if ticket.first is not None:
            result = self._job.failed(ticket.task, why, None)
            agrees = self._job.agree(ticket.first.result, result)
            seen = self._job.impression(ticket.task, result)
            return self._compared(ticket, Understood(result, seen, agrees=agrees))
        if ticket.why is not None:
            self._outbox.finish(ticket, self._job.failed(ticket.task, ticket.why, None))
            return None
        ticket.stage = Stage.SALVAGE
        ticket.why = why
        self.alone.append(ticket)
        return None

    def close(
        self, worker: object, *, least: int = 0, early: bool = False, alone: bool = False
    ) -> None:
        """Have the answers of a worker given, once some were checked, as `Checks.close` says."""
        if self.checks is not None:
            self._outbox.give(self.checks.close(worker, least=least, early=early, alone=alone))

    def _result(self, ticket: Ticket[T, R], content: bytes) -> R:
        if ticket.why is None:
            return self._job.result(ticket.task, content)
        return self._job.failed(ticket.task, ticket.why, content)

    def _compared(self, check: Ticket[T, R], answer: Understood[R]) -> object:
        if self.checks is None or check.first is None or not self.checks.is_open(check):
            return None
        first = check.first
        if answer.agrees:
            if first.impression.excuse and not answer.impression.excuse:
                # Harmless files do that too, so it is no alarm; but it hides nothing.
                first.result = answer.result
            self._outbox.give(self.checks.agreed(check))
            return None
        worker, held, given = self.checks.differed(check)
        for ticket in held:
            ticket.stage, ticket.result = Stage.AGAIN, None
        self.alone.extend(held)
        alarm = ALARM + _ALARM.format(len(held)) + (_GIVEN.format(len(given)) if given else "")
        named = {"files": [self._job.name(each.task) for each in given]} if given else {}
        self._outbox.report([alarm], {"notices": [alarm], **named})
        return worker
