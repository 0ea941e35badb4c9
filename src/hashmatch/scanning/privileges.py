"""What a worker that root starts gives up: the user, and all capabilities but those for reading.

Root may do anything to anyone: a worker of root becomes a user of its own that owns nothing.
Evidence is often readable by root alone: the capability that reads and never writes is kept for
that. Source: Linux, capabilities(7), user_namespaces(7) and include/uapi/linux/capability.h.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hashmatch.scanning import mounts
from hashmatch.scanning.mounts import Mount

_NUMBERS: Final = {
    "CAP_DAC_OVERRIDE": 1,
    "CAP_DAC_READ_SEARCH": 2,
    "CAP_FOWNER": 3,
    "CAP_KILL": 5,
    "CAP_SETGID": 6,
    "CAP_SETUID": 7,
    "CAP_SETPCAP": 8,
}
_TO_CHANGE: Final = ("CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP")
"""Capabilities to become another user; CAP_KILL lets the parent end such a worker."""
_TO_READ: Final = ("CAP_DAC_READ_SEARCH", "CAP_DAC_OVERRIDE")
"""Either reads all files; the second, which containers have, would write them too."""
_HIGHEST: Final = 63

_SET_SECURE_BITS: Final = 28
_DROP_FROM_BOUNDING: Final = 24
_AMBIENT: Final = 47
_CLEAR_ALL: Final = 4
_USER_TAKES_NOTHING: Final = 0b00000100
_LOCKED: Final = 0b11101111
"""Being root gives nothing, a change of user takes nothing, nothing becomes ambient, for good."""

_VERSION: Final = 0x20080522
_OWN_USERS: Final = 0x70000000
"""The first user number that nobody assigns (systemd, docs/UIDS-GIDS.md)."""
_USERS: Final = Path("/proc/self/uid_map")
_ALL_USERS: Final = "0 0 4294967295"


@dataclass(frozen=True, slots=True)
class Privileges:
    """What a process is left with.

    Attributes:
        user: `own` for one that no other process has, or `root`, or `same` as who started it.
        why: why it stayed root; empty where it did not.
        capabilities: that are left, by name.
    """

    user: str
    why: str = ""
    capabilities: tuple[str, ...] = ()


def drop(readable: Iterable[str] | None, *, keep_owner: bool) -> Privileges:
    """Give up the user root and all capabilities that reading evidence does not need.

    Args:
        readable: folders and files that must stay readable; None for everything.
        keep_owner: whether that capability may be kept which leaves access times as they are. It
            could change other attributes too: the system calls for that have to be forbidden.

    Raises:
        OSError: a capability cannot be given up.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    held = _held(libc)
    is_root = sys.platform != "win32" and os.geteuid() == 0
    if not held:
        return Privileges("root" if is_root else "same", "it has no capabilities" * is_root)
    found = mounts.below(["/"] if readable is None else readable)
    kept: list[str] = [*[name for name in _TO_READ if name in held][:1]]
    if keep_owner and "CAP_FOWNER" in held and _leaves_marks(found):
        kept.append("CAP_FOWNER")
    libc.prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    why = _why_it_stays(held, found)
    if is_root and not why:
        _checked(libc.prctl(_SET_SECURE_BITS, _USER_TAKES_NOTHING, 0, 0, 0))
        _become(_OWN_USERS + os.getpid())
    if "CAP_SETPCAP" in held:
        _checked(libc.prctl(_SET_SECURE_BITS, _LOCKED, 0, 0, 0))
        for number in range(_HIGHEST + 1):
            # Refused of numbers that this kernel does not know.
            libc.prctl(_DROP_FROM_BOUNDING, number, 0, 0, 0)
    _keep(libc, kept)
    if not is_root:
        return Privileges("same", capabilities=tuple(kept))
    return Privileges("root" if why else "own", why, tuple(kept))


def _leaves_marks(found: Sequence[Mount] | None) -> bool:
    return found is None or any(mount.notes_reading for mount in found)


def _why_it_stays(held: frozenset[str], found: Sequence[Mount] | None) -> str:
    lacking = [name for name in _TO_CHANGE if name not in held]
    if lacking or not held.intersection(_TO_READ):
        return f"root lacks {(lacking or _TO_READ)[0]}"
    if not _USERS.exists() or " ".join(_USERS.read_text().split()) != _ALL_USERS:
        return "root is an ordinary user outside this container"
    if found is None:
        return "the kernel does not say what is mounted"
    decided = sorted({mount.kind for mount in found if not mount.kernel_decides})
    if decided:
        return f"{', '.join(decided)} may let root alone read the evidence"
    return ""


def _become(user: int) -> None:
    if sys.platform == "linux":
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def _held(libc: ctypes.CDLL) -> frozenset[str]:
    """The capabilities in effect, of those that are of use here, and `other` for any other."""
    data = ctypes.create_string_buffer(24)
    _checked(libc.capget(struct.pack("=Ii", _VERSION, 0), data))
    low, permitted, _, high, permitted_high, _ = struct.unpack("=6I", data.raw)
    held = {name for name, number in _NUMBERS.items() if low >> number & 1}
    return frozenset(held | ({"other"} if (low | high | permitted | permitted_high) else set()))


def _keep(libc: ctypes.CDLL, kept: Iterable[str]) -> None:
    bits = sum(1 << _NUMBERS[name] for name in kept)
    _checked(
        libc.capset(struct.pack("=Ii", _VERSION, 0), struct.pack("=6I", bits, bits, 0, 0, 0, 0))
    )


def _checked(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
