"""Files that the kernel makes up: they look like regular ones, and some keep a reader waiting.

Source: Linux, Documentation/filesystems/proc.rst, "/proc/<pid>/mountinfo".
"""

import os
import stat
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

_TABLE: Final = Path("/proc/self/mountinfo")
_MAJOR: Final[Callable[[int], int] | None] = getattr(os, "major", None)
_MINOR: Final[Callable[[int], int] | None] = getattr(os, "minor", None)
_MADE_UP: Final = frozenset(
    ("proc", "sysfs", "debugfs", "tracefs", "configfs", "securityfs", "pstore", "cgroup", "cgroup2")
)
"""File systems of Linux whose files hold nothing, and answer when they are read."""


def made_up_by(status: os.stat_result) -> str:
    """The file system of the kernel that a file belongs to; empty of a file that is stored.

    To read such a file may wait without end, as that of `/proc/kmsg`, or take away what it gives.
    """
    if not stat.S_ISREG(status.st_mode) or status.st_size:
        # They all say that they are empty, or hold a page of text that nobody waits for.
        return ""
    return _kind_of(status.st_dev)


@cache
def _kind_of(device: int) -> str:
    """The kind of file system that the kernel makes up on a device; empty where it is none."""
    if _MAJOR is None or _MINOR is None:
        return ""
    number = f"{_MAJOR(device)}:{_MINOR(device)}".encode()
    try:
        lines = _TABLE.read_bytes().splitlines()
    except OSError:
        return ""
    for line in lines:
        before, _, after = line.partition(b" - ")
        if before.split()[2:3] == [number]:
            kind = os.fsdecode(after.split(b" ", 1)[0])
            return kind if kind in _MADE_UP else ""
    return ""
