"""Landlock: a Linux process gives up its rights to files and sockets, for good.

Source: Linux, include/uapi/linux/landlock.h and Documentation/userspace-api/landlock.rst. The
system calls have the same numbers on every architecture.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Sequence
from typing import Final

_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_SET_NO_NEW_PRIVILEGES: Final = 38

_READ_FILE: Final = 1 << 2
_READ_FOLDER: Final = 1 << 3
_FILE_RIGHTS: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
"""Versions of Landlock, and how many bits of file rights each knows from the lowest."""
_TCP_RIGHTS: Final = 0b11
_TCP_SINCE: Final = 4
_SCOPES: Final = 0b11
"""No abstract Unix sockets of others, no signals to others."""
_SCOPES_SINCE: Final = 6
_OPEN: Final = getattr(os, "O_PATH", 0) | getattr(os, "O_CLOEXEC", 0)
"""Other systems lack these flags, and Landlock."""


def version() -> int:
    """Which version of Landlock this kernel speaks; 0 for none."""
    try:
        return offered() if sys.platform == "linux" else 0
    except OSError:
        return 0


def offered() -> int:
    """Which version of Landlock this kernel speaks.

    Raises:
        OSError: it lacks Landlock, or refuses it.
    """
    size = ctypes.c_size_t(0)
    return _checked(int(_libc().syscall(_CREATE_RULESET, None, size, _ASK_VERSION)))


def restrict(readable: Sequence[str] | None, known: int) -> None:
    """Give up every right to files but reading, and all use of TCP, as far as the kernel knows.

    Args:
        readable: the folders and files to be read, with all that is below; None for everything.
        known: which version of Landlock is asked for; no newer one than the kernel speaks.

    Raises:
        OSError: the kernel refuses.
    """
    libc = _libc()
    handled = (1 << max(bits for since, bits in _FILE_RIGHTS if since <= known)) - 1
    reading = _READ_FILE | _READ_FOLDER
    tcp = _TCP_RIGHTS if known >= _TCP_SINCE else 0
    scopes = _SCOPES if known >= _SCOPES_SINCE else 0
    attributes = struct.pack("=QQQ", handled, tcp, scopes)[: _size_of_attributes(known)]
    ruleset = _checked(
        libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    )
    try:
        for root in ["/"] if readable is None else readable:
            try:
                folder = os.open(root, _OPEN)
            except OSError:
                # What cannot be reached cannot be read, which is said of each file there.
                continue
            try:
                rights = reading if os.path.isdir(root) else _READ_FILE  # noqa: PTH112 (no text)
                rule = struct.pack("=Qi", rights, folder)
                _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
            finally:
                os.close(folder)
        _checked(libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _size_of_attributes(known: int) -> int:
    """Older kernels refuse a longer structure."""
    if known < _TCP_SINCE:
        return 8
    return 16 if known < _SCOPES_SINCE else 24


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
