"""What a worker process may spend."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    # Loaded now: a worker that is locked down can load nothing.
    import resource

MOST_THREADS: Final = 1024
"""Beyond all that there are: decoders use some per processor."""
_FURTHER_ADDRESSES: Final = 64 << 30
"""Threads reserve addresses that they never use, and files may be mapped; beyond this, tables of
addresses would take memory that no other limit counts."""

_STACK: Final = 64 << 20
"""Bytes of the first thread's stack, which the limit of memory does not count."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Bounds of one worker, and of each item that it reads.

    Attributes:
        memory: bytes that a worker may allocate; beyond it an item is `out-of-memory`.
        cpu_seconds: processor time per item; beyond it an item is `timed-out`.
        wall_seconds: time on the clock per item, likewise.
        longest_seconds: on the clock, of an item that goes on saying that it is not stuck, as long
            videos do. Each time it does, the limits above begin anew.
        slowest: bytes a second that even a slow disk gives; a large file is allowed the time to
            read it at this rate on top of both.
        files: open at a time.
    """

    memory: int = 4 << 30
    cpu_seconds: float = 60.0
    wall_seconds: float = 120.0
    longest_seconds: float = 14400.0
    slowest: int = 10_000_000
    files: int = 64

    def __post_init__(self) -> None:
        seconds = min(self.cpu_seconds, self.wall_seconds, self.longest_seconds)
        if min(self.memory, seconds, self.slowest, self.files) <= 0:
            msg = "every limit of a worker is more than 0"
            raise ValueError(msg)


def limit(limits: WorkerLimits) -> None:
    """Set all limits of this process but that of processor time, for good."""
    if sys.platform != "win32":
        fixed = {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_NOFILE: limits.files,
            # Counts what is allocated, not what is mapped or only reserved, as threads do. Memory
            # that it does not count cannot be had (see `syscalls`): shared memory, memory that
            # grows downwards, memory that is no longer writable, and stacks beyond this.
            resource.RLIMIT_DATA: limits.memory,
            resource.RLIMIT_STACK: _STACK,
        }
        if sys.platform == "linux":
            fixed |= {
                resource.RLIMIT_AS: limits.memory + _FURTHER_ADDRESSES,
                resource.RLIMIT_MEMLOCK: 0,
                resource.RLIMIT_MSGQUEUE: 0,
                resource.RLIMIT_NICE: 0,
                resource.RLIMIT_NPROC: _threads_of_all() + MOST_THREADS,
                resource.RLIMIT_RTPRIO: 0,
            }
        for what, most in fixed.items():
            hard = resource.getrlimit(what)[1]
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (allowed, allowed))


def allow_cpu(until: int) -> None:
    """End this process when it has used so many seconds of processor time in all."""
    if sys.platform != "win32":
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = until if hard == resource.RLIM_INFINITY else min(until, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _threads_of_all() -> int:
    """Threads of all processes: the limit counts those of this user, whoever started them."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    except (OSError, ValueError, IndexError):
        return MOST_THREADS
