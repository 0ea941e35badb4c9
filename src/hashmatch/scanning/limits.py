"""What a worker process may spend."""

from dataclasses import dataclass


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
