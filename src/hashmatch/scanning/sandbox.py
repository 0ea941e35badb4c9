"""What a worker gives up before it reads evidence."""

import ctypes
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hashmatch.scanning import landlock, seccomp
from hashmatch.scanning.limits import WorkerLimits

if sys.platform != "win32":
    # Loaded now: a worker that is locked down can load nothing.
    import resource

_DIE_WITH_PARENT = 1
_BE_DUMPABLE = 4


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a worker may read, once it is locked down.

    Attributes:
        readable: folders and files, with all that is below them; None where the source cannot
            say, so that everything may be read.
    """

    readable: tuple[str, ...] | None = None

    def enter(self, limits: WorkerLimits) -> list[str]:
        """Lock this process down for good. Every module must have been imported before.

        Returns:
            What this system could not do, in sentences for a person.
        """
        system: str = sys.platform  # as text: each check below is made on every system
        if system == "win32":
            return ["workers have limits of time alone, and no sandbox: this system has none"]
        _be_first_to_go()
        _limit(limits)
        if system != "linux":
            return ["workers have limits, but no sandbox: this system has none"]
        notices = []
        ctypes.CDLL(None).prctl(_BE_DUMPABLE, 0, 0, 0, 0)
        if landlock.version():
            notices += _tried("Landlock", lambda: landlock.restrict(self.readable))
        else:
            notices.append(
                "workers can read and write files as this user can: the kernel lacks Landlock"
            )
        if seccomp.is_known():
            notices += _tried("seccomp", seccomp.restrict)
        else:
            notices.append(
                "workers can open sockets and start programs: no list of system calls for this "
                "machine"
            )
        return notices


def _tried(name: str, restrict: Callable[[], None]) -> list[str]:
    try:
        restrict()
    except OSError as error:
        return [f"workers run without {name}: {error.strerror or error}"]
    return []


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however busy it is then (Linux only)."""
    if sys.platform == "linux":
        import signal

        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def allow_cpu(until: int) -> None:
    """End this process when it has used so many seconds of processor time in all."""
    if sys.platform != "win32":
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = until if hard == resource.RLIM_INFINITY else min(until, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _limit(limits: WorkerLimits) -> None:
    if sys.platform != "win32":
        fixed = {
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_NOFILE: limits.files,
            # Counts what is allocated, not what is mapped or only reserved, as threads do.
            resource.RLIMIT_DATA: limits.memory,
        }
        for what, most in fixed.items():
            hard = resource.getrlimit(what)[1]
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (allowed, allowed))


def _be_first_to_go() -> None:
    """Where memory runs out, the kernel ends a worker rather than the parent."""
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        try:
            score.write_text("1000")
        except OSError:
            return
