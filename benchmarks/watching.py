"""What a command and all that it starts use: processor seconds, and memory at its peak.

Processes are told by a variable of their environment, so that daemons count too, whoever their
parent is by then. Linux alone.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from benchmarks import unix

_MARK = "HASHMATCH_BENCHMARK"
_SECONDS = 0.2
_LOOKS_AT_MEMORY = 5
"""Every so many looks: memory costs more to read."""


class Watched:
    """What is seen of the processes of a command.

    Attributes:
        peak: bytes of memory at their peak, pages that several share counted once.
        seconds: on the clock.
        code: of the exit.
        output: what the command printed.
    """

    def __init__(self) -> None:
        self._cpu: dict[str, float] = {}
        self._known: dict[str, bool] = {}
        self.mark = uuid4().hex
        self.peak = 0
        self.seconds = 0.0
        self.code = 0
        self.output = ""

    @property
    def cpu(self) -> float:
        """Seconds of processor time of all of them."""
        return sum(self._cpu.values())

    def pids(self) -> list[int]:
        """The processes that live now."""
        return [int(each) for each in os.listdir("/proc") if each.isdigit() and self._ours(each)]  # noqa: PTH208 (often)

    def _ours(self, pid: str) -> bool:
        with suppress(OSError):
            begun = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
            key = f"{pid} {begun}"
            if key not in self._known or not self._known[key]:
                told = Path(f"/proc/{pid}/environ").read_bytes()
                self._known[key] = f"{_MARK}={self.mark}".encode() in told
            return self._known[key]
        return False

    def look(self, *, memory: bool) -> None:
        """Note what they used so far."""
        ticks = unix.os.sysconf("SC_CLK_TCK")
        total = 0
        for pid in self.pids():
            with suppress(OSError, ValueError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                self._cpu[f"{pid} {fields[19]}"] = (int(fields[11]) + int(fields[12])) / ticks
                if memory:
                    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
                    total += int(told.partition("Pss:")[2].split()[0]) << 10
        self.peak = max(self.peak, total)


def watched(command: Sequence[str], variables: Mapping[str, str] | None = None) -> Watched:
    """Run a command to its end."""
    seen = Watched()
    environment = {**os.environ, **(variables or {}), _MARK: seen.mark}
    begun = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 (ours)
        looks = 0
        while process.poll() is None:
            seen.look(memory=looks % _LOOKS_AT_MEMORY == 0)
            looks += 1
            time.sleep(_SECONDS)
        assert process.stdout is not None  # noqa: S101 (for type checkers)
        seen.output = process.stdout.read()
    seen.seconds, seen.code = time.monotonic() - begun, process.returncode
    return seen
