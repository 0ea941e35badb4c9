"""What is told of how a worker ended, and of how far it is."""

import re
import signal
from typing import Final

from hashmatch.errors import Reason
from hashmatch.faults import is_fault
from hashmatch.model import Unreadable
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.messages import Answer, Kind, ProtocolError

_NUMBER: Final = re.compile(rb"[0-9]{1,18}(?:\.[0-9])?").fullmatch


def reason_of(code: int | None, limits: WorkerLimits, *, full: bool = False) -> Unreadable:
    """Why a task is unreadable whose worker ended with this code.

    Args:
        code: of the process.
        limits: of the worker.
        full: whether it met the limit of memory of its control group.
    """
    if full:
        return Unreadable(Reason.OUT_OF_MEMORY, "not enough memory to read it")
    if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
        allowed = limits.cpu_seconds
        return Unreadable(Reason.TIMED_OUT, f"more than {allowed:g} s of processor time")
    return Unreadable(Reason.WORKER_DIED, f"its process {words_for(code)}")


def is_attack(code: int | None) -> bool:
    """Whether a process ended with this code because of a system call that no decoder makes."""
    return hasattr(signal, "SIGSYS") and code == -signal.SIGSYS


def words_for(code: int | None) -> str:
    """What a process did that ended with this code."""
    if code is None:
        return "left without an answer"
    if code >= 0:
        return f"ended with code {code}"
    if is_attack(code):
        return "made a system call that no decoder makes, as when a file takes it over"
    names = {each.value: each.name for each in signal.Signals}
    return f"was ended by {names.get(-code, f'signal {-code}')}"


def number_in(content: bytes) -> float:
    """How far a worker says it is.

    Raises:
        ProtocolError: it is no number of ours.
    """
    if not _NUMBER(content):
        raise ProtocolError
    return float(content)


def reason_in(answer: Answer) -> Unreadable:
    """Why a worker did not do a task that it outlived.

    Raises:
        ProtocolError: it says nothing that a worker of ours says.
    """
    if answer.kind is Kind.NO_MEMORY:
        return Unreadable(Reason.OUT_OF_MEMORY, "not enough memory to read it")
    fault = answer.content.decode("ascii", "replace")
    if answer.kind is not Kind.RAISED or not is_fault(fault):
        raise ProtocolError
    return Unreadable(Reason.INTERNAL_ERROR, fault)
