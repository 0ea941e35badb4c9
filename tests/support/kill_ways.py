"""Ways in which a process ends that nobody planned, and what is counted of them."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from tests.support import unix
from tests.support.scan_process import workers_of

if TYPE_CHECKING:
    import subprocess

PATIENCE: Final = 120.0
"""Seconds within which whatever was killed, and all that it started, must be gone."""


class Way(Enum):
    """A signal, and who gets it."""

    KILL_ALL = "SIGKILL to all"
    KILL_PARENT = "SIGKILL to the parent"
    KILL_WORKER = "SIGKILL to a worker"
    INTERRUPT_ALL = "SIGINT to all"
    INTERRUPT_PARENT = "SIGINT to the parent"
    TERMINATE_ALL = "SIGTERM to all"
    TERMINATE_PARENT = "SIGTERM to the parent"


ALONE: Final = (Way.KILL_PARENT, Way.INTERRUPT_PARENT, Way.TERMINATE_PARENT)
"""Of a process without workers."""


@dataclass
class Outcome:
    """What came of killing one kind of process.

    Attributes:
        kind: what was killed.
        kills: signals that met a process that still ran, by their way.
        amid: how many met it in the middle of what is to be whole.
        wrong: what was not as it must be, in words.
    """

    kind: str
    kills: Counter[Way] = field(default_factory=Counter)
    amid: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many kills there were."""
        return self.kills.total()

    def demand(self, true: object, what: str) -> None:
        """Count it as wrong if this is not true."""
        if not true:
            self.wrong.append(f"{self.kind}, kill {self.count}: {what}")


def hit(process: "subprocess.Popen[str]", way: Way, chance: Random) -> bool:
    """Send the signal; whether it could be sent to a process that still ran."""
    signal = getattr(unix.signal, way.value.partition(" ")[0])
    if process.poll() is not None:
        return False
    with suppress(ProcessLookupError):
        if way is Way.KILL_WORKER:
            workers = workers_of(process)
            if not workers:
                return False
            unix.os.kill(chance.choice(workers), signal)
        elif way.value.endswith("all"):
            unix.os.killpg(process.pid, signal)
        else:
            process.send_signal(signal)
        return True
    return False


def ended(process: "subprocess.Popen[str]", workers: list[int]) -> tuple[str, list[int]]:
    """Wait until a process ended: what it said, and which of its workers outlived it."""
    said = "".join(each for each in process.communicate(timeout=PATIENCE) if each)
    end = time.monotonic() + PATIENCE
    while (left := [each for each in workers if _runs(each)]) and time.monotonic() < end:
        time.sleep(0.02)
    return said, left


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] != "Z"


def wait(process: "subprocess.Popen[str]", seconds: float, *, until: Callable[[], bool]) -> None:
    """Wait for a moment, at most so many seconds, while a process runs."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None and not until():
        time.sleep(0.001)
