"""What is told of how a worker ended, and of how far it is."""

import re
import signal
from typing import Final

from hashmatch.errors import Reason
from hashmatch.model import Unreadable
from hashmatch.scanning.frames import NonsenseError
from hashmatch.scanning.limits import WorkerLimits

_NUMBER: Final = re.compile(rb"[0-9]{1,9}(?:\.[0-9])?").fullmatch


def reason_of(code: int | None, limits: WorkerLimits) -> Unreadable:
    """Why a task is unreadable whose worker ended with this code."""
    if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
        allowed = limits.cpu_seconds
        return Unreadable(Reason.TIMED_OUT, f"more than {allowed:g} s of processor time")
    return Unreadable(Reason.WORKER_DIED, f"its process {words_for(code)}")


def words_for(code: int | None) -> str:
    """What a process did that ended with this code."""
    if code is None:
        return "left without an answer"
    if code >= 0:
        return f"ended with code {code}"
    names = {each.value: each.name for each in signal.Signals}
    return f"was ended by {names.get(-code, f'signal {-code}')}"


def number_in(content: bytes) -> float:
    """How far a worker says it is.

    Raises:
        NonsenseError: it is no number of ours.
    """
    if not _NUMBER(content):
        raise NonsenseError
    return float(content)
