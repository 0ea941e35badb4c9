"""Takes memory in one way until the system refuses, and says how much this process then has.

    python memory_probes.py WAY

Bytes go to standard output: the limit, what was resident before, and the most that was.
"""

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hashmatch.scanning import seccomp
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.sandbox import Sandbox
from tests.support.sandbox_attacks import Answered, call

_LIMIT: Final = 256 << 20
_PIECE: Final = 16 << 20
_PRIVATE, _SHARED = 0x22, 0x21
_GROWS_DOWN, _LOCKED, _DROPPABLE = 0x100, 0x2000, 0x08
_page: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def _taken(flags: int, *, then: int | None = None, handle: int = -1) -> None:
    """A piece of memory, filled; then its protection is changed."""
    address = call("mmap", 0, _PIECE, 3, flags, handle, 0)
    ctypes.memset(address, 1, _PIECE)
    if then is not None:
        call("mprotect", address, _PIECE, then)


def _from_read_only() -> None:
    address = call("mmap", 0, _PIECE, 1, _PRIVATE, -1, 0)
    call("mprotect", address, _PIECE, 3)
    ctypes.memset(address, 1, _PIECE)


def _in_file(folder: str) -> None:
    handle = os.open(f"{folder}/hashmatch-{os.getpid()}", os.O_RDWR | os.O_CREAT)
    _taken(1, handle=handle)


def _of_name(make: str) -> None:
    handle = call(make, "x", 0)
    _taken(1, handle=handle)


WAYS: Final[dict[str, Callable[[], object]]] = {
    "private": lambda: _taken(_PRIVATE),
    "private, then only readable": lambda: _taken(_PRIVATE, then=1),
    "private, then not even readable": lambda: _taken(_PRIVATE, then=0),
    "private, readable, then writable": _from_read_only,
    "shared": lambda: _taken(_SHARED),
    "growing downwards": lambda: _taken(_PRIVATE | _GROWS_DOWN),
    "locked": lambda: _taken(_PRIVATE | _LOCKED),
    "droppable": lambda: _taken(_DROPPABLE | 0x20),
    "memfd_create": lambda: _of_name("memfd_create"),
    "memfd_secret": lambda: _taken(1, handle=call("memfd_secret", 0)),
    "System V": lambda: call("shmat", call("shmget", 0, _PIECE, 0o1600), 0, 0),
    "/dev/shm": lambda: _in_file("/dev/shm"),  # noqa: S108 (must fail)
    "a folder in memory": lambda: _in_file("/run"),
}


def _resident() -> int:
    return int(_status.read_text().split()[1]) * _page


_status: Final = Path("/proc/self/statm")


def main() -> None:
    """Take memory in the way that the command line says."""
    take = WAYS[sys.argv[1]]
    before = most = _resident()
    # Opened now: nothing can be looked at afterwards.
    with _status.open() as status:
        Refusing(()).enter(WorkerLimits(memory=_LIMIT))
        for _ in range(4 * _LIMIT // _PIECE):
            try:
                take()
            except (Answered, OSError):
                break
        status.seek(0)
        most = int(status.read().split()[1]) * _page
    sys.stdout.write(f"{_LIMIT} {before} {most}")


class Refusing(Sandbox):
    """Refuses where workers end, so that the process can say how much it has."""

    def filter(self) -> None:
        """Give up system calls."""
        seccomp.restrict(kill=False)


if __name__ == "__main__":
    main()
