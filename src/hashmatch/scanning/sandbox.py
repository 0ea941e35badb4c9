"""What a worker gives up before it reads evidence."""

import ctypes
import errno
import os
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from hashmatch.errors import SandboxError
from hashmatch.scanning import landlock, privileges, seccomp
from hashmatch.scanning.limits import WorkerLimits, limit

_DIE_WITH_PARENT: Final = 1
_BE_DUMPABLE: Final = 4
_FEW_SECONDS: Final = 2.0
"""Seconds to wait for threads of libraries that have been told to end."""
_LANDLOCK_SINCE: Final = (5, 13)
_SECCOMP_SINCE: Final = (3, 17)
_ADVICE: Final = (
    "allow what is named (in a container: its seccomp profile), or scan with --unsandboxed where "
    "the evidence is trusted, or where the machine holds nothing else"
)


@dataclass(frozen=True, slots=True)
class Entered:
    """What a process gave up.

    Attributes:
        notices: what this system does not offer, in sentences for a person.
        state: of the sandbox, for the record: names and plain values.
    """

    notices: list[str] = field(default_factory=list)
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What a worker may read, once it is locked down.

    Attributes:
        readable: folders and files, with all that is below them; None where the source cannot
            say, so that everything may be read.
        unsandboxed: whether to go on where the system has a lock and refuses it.
    """

    readable: tuple[str, ...] | None = None
    unsandboxed: bool = False

    def enter(self, limits: WorkerLimits, parent: int | None = None) -> Entered:
        """Lock this process down for good. Every module must have been imported before.

        Args:
            limits: of memory and time.
            parent: the process that this one ends with.

        Raises:
            SandboxError: the system has a lock and refuses it.
        """
        system: str = sys.platform  # as text: each check below is made on every system
        state: dict[str, Any] = {"system": system, "machine": platform.machine()}
        if system == "win32":
            said = "workers have limits of time alone, and no sandbox: this system has none"
            return Entered([said], {**state, "notices": [said]})
        _be_first_to_go()
        limit(limits)
        if system != "linux":
            said = "workers have limits, but no sandbox: this system has none"
            return Entered([said], {**state, "notices": [said]})
        locking = _Locking(self)
        locking.lock(parent)
        if locking.refused and not self.unsandboxed:
            msg = f"workers cannot be locked down: {'; '.join(locking.refused)}: {_ADVICE}"
            raise SandboxError(msg)
        notices = [*locking.notices, *(f"workers run without {each}" for each in locking.refused)]
        return Entered(
            notices,
            {
                **state,
                "kernel": platform.release(),
                **locking.state,
                "memory": limits.memory,
                "unsandboxed": self.unsandboxed,
                "refused": locking.refused,
                "notices": notices,
            },
        )

    def filter(self) -> None:
        """Give up system calls.

        Raises:
            OSError: the kernel refuses.
        """
        seccomp.restrict()


class _Locking:
    """The locks of Linux, one after the other."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        # Looked at now: a process that is locked down cannot look at itself.
        self._filtered = _is_filtered()
        self.state: dict[str, Any] = {"landlock": 0, "seccomp": "none"}
        self.notices: list[str] = []
        self.refused: list[str] = []

    def lock(self, parent: int | None) -> None:
        if (count := _threads()) > 1:
            # A thread that is not locked down shares its memory with those that are.
            self.refused.append(f"any lock on {count - 1} threads that libraries started")
        self._drop_privileges()
        ctypes.CDLL(None).prctl(_BE_DUMPABLE, 0, 0, 0, 0)
        if parent is not None:
            # Who becomes another user no longer ends with its parent.
            die_with_parent(parent)
        self._landlock()
        self._seccomp()

    def _drop_privileges(self) -> None:
        try:
            left = privileges.drop(self._sandbox.readable, keep_owner=seccomp.is_known())
        except OSError as error:
            self.refused.append(f"giving up capabilities: {error.strerror or error}")
            return
        self.state["user"] = left.user
        self.state["capabilities"] = list(left.capabilities)
        if left.why:
            self.state["user_stays"] = left.why

    def _landlock(self) -> None:
        try:
            known = landlock.offered()
            landlock.restrict(self._sandbox.readable, known)
        except OSError as error:
            if self._lacks(error, since=_LANDLOCK_SINCE):
                self.notices.append(
                    "workers can read files as this user can: the kernel lacks Landlock"
                )
            else:
                self.refused.append(f"Landlock: {error.strerror or error}")
                self.state["landlock"] = "refused"
        else:
            self.state["landlock"] = known

    def _seccomp(self) -> None:
        if not seccomp.is_known():
            self.notices.append(
                "workers can change files, open sockets and start programs as far as Landlock lets "
                f"them: no list of system calls for {platform.machine()}, only for x86-64 and arm64"
            )
            return
        try:
            self._sandbox.filter()
        except OSError as error:
            if self._lacks(error, since=_SECCOMP_SINCE):
                self.notices.append(
                    "workers can change files, open sockets and start programs as far as Landlock "
                    "lets them: the kernel lacks seccomp"
                )
            else:
                self.refused.append(f"seccomp: {error.strerror or error}")
                self.state["seccomp"] = "refused"
        else:
            self.state["seccomp"] = "allow-list"

    def _lacks(self, error: OSError, *, since: tuple[int, int]) -> bool:
        """Whether the kernel has no such lock, rather than that somebody forbids it.

        Containers let calls that they forbid look like those of older kernels.

        Args:
            error: of the attempt.
            since: the first version of Linux that has it.
        """
        if error.errno == errno.EOPNOTSUPP:
            return True  # it was turned off when the system was started
        unknown = error.errno in (errno.ENOSYS, errno.EINVAL)
        return unknown and (not self._filtered or _kernel() < since)


def _is_filtered() -> bool:
    """Whether somebody has taken system calls from this process already."""
    try:
        return "\nSeccomp:\t2" in Path("/proc/self/status").read_text()
    except OSError:
        return False


def _kernel() -> tuple[int, int]:
    found = re.match(r"([0-9]{1,9})\.([0-9]{1,9})", platform.release())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _threads() -> int:
    """Threads of this process, once those that are ending have ended."""
    until = monotonic() + _FEW_SECONDS
    while True:
        try:
            count = len(os.listdir("/proc/self/task"))  # noqa: PTH208 (names alone)
        except OSError:
            return 1
        if count == 1 or monotonic() > until:
            return count
        sleep(0.01)


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however busy it is then (Linux only)."""
    if sys.platform == "linux":
        import signal

        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def _be_first_to_go() -> None:
    """Let the kernel end this worker rather than the parent when memory runs out."""
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        try:
            score.write_text("1000")
        except OSError:
            return
