"""The pool's clock, how long a worker may take for what it was given, and how long one is kept."""

from time import monotonic
from typing import Any, Final

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.process import WorkerProcess
from hashmatch.scanning.tickets import Ticket

_LONGEST_TURN: Final = 1.0
"""More than this between two looks at the clock means that this process was stopped, and with it
perhaps the workers: they are not charged for it."""
_SILENT_BYTES: Final = 1 << 30
"""Bytes that are read without a sign of life: whoever reads more says that it goes on. What the
system says of a file's size buys no patience beyond that."""
_FILES: Final = 1000
_SECONDS: Final = 15.0
"""A worker whose answers nobody checks is replaced once it answered so many tasks, and lived so
long."""
_CHECKS: Final = 20
"""Tasks after which a worker that checks others is replaced."""


class Clock:
    """Seconds in which this process ran.

    Attributes:
        now: since it was started.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._last = 0.0

    def start(self) -> None:
        """Begin to count."""
        self._last = monotonic()

    def tick(self) -> None:
        """Look at the system's clock."""
        now = monotonic()
        self.now += min(now - self._last, _LONGEST_TURN)
        self._last = now


def cpu_seconds(ticket: Ticket[Any, Any], limits: WorkerLimits) -> float:
    """Seconds of processor time that a worker is allowed between two signs of life."""
    return limits.cpu_seconds + min(ticket.size, _SILENT_BYTES) / limits.slowest


def overdue(
    worker: WorkerProcess[Ticket[Any, Any]], now: float, limits: WorkerLimits
) -> Unreadable | None:
    """Why a worker is ended that takes too long for the task in front; None while it does not."""
    size, slowest = worker.running[0].size, limits.slowest
    if now - worker.begun > limits.longest_seconds + size / slowest:
        allowed = limits.longest_seconds
    elif now - worker.since > limits.wall_seconds + min(size, _SILENT_BYTES) / slowest:
        allowed = limits.wall_seconds
    else:
        return None
    return Unreadable(Reason.TIMED_OUT, f"more than {allowed:g} s")


def is_worn(worker: WorkerProcess[Any], now: float) -> bool:
    """Whether a worker whose answers nobody checks has done enough, and another takes its place."""
    return worker.answered_count >= _FILES and now - worker.started > _SECONDS


def has_checked_enough(worker: WorkerProcess[Any]) -> bool:
    """Whether a worker that checks others has done enough, and another takes its place."""
    return worker.answered_count >= _CHECKS
