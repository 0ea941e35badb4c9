"""seccomp: a Linux process gives up system calls that no decoder needs, for good.

Landlock says nothing of UDP, Unix sockets, processes and tracing. The list names what is
forbidden rather than what is allowed, because what decoders and libraries call changes with
every version. Source: Linux, Documentation/userspace-api/seccomp_filter.rst; numbers from the
kernel's system call tables.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import Final

_SET_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP: Final = 22
_FILTER: Final = 2
_THREAD: Final = 0x00010000
"""The flag of `clone` that makes a thread rather than a process."""

_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_ANY_BIT: Final = 0x45
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_OTHER_TABLE: Final = 0x40000000
"""From here on x86-64 numbers are those of x32, a second table that nothing of ours uses."""

_SHARED: Final = {
    "add_key": (248, 217),
    "bpf": (321, 280),
    "execve": (59, 221),
    "execveat": (322, 281),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "open_by_handle_at": (304, 265),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "setns": (308, 268),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
    # Landlock knows nothing of these, and evidence stays as it was.
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "fremovexattr": (199, 16),
    "fsetxattr": (190, 7),
    "lremovexattr": (198, 15),
    "lsetxattr": (189, 6),
    "removexattr": (197, 14),
    "setxattr": (188, 5),
    "utimensat": (280, 88),
}
"""Numbers on x86-64 and on arm64."""
_X86_ONLY: Final = {
    "chmod": 90,
    "chown": 92,
    "fork": 57,
    "futimesat": 261,
    "lchown": 94,
    "utime": 132,
    "utimes": 235,
    "vfork": 58,
}
_CLONE3: Final = 435
_TABLES: Final = {
    "x86_64": (
        0xC000003E,
        56,
        [numbers[0] for numbers in _SHARED.values()] + list(_X86_ONLY.values()),
    ),
    "aarch64": (0xC00000B7, 220, [numbers[1] for numbers in _SHARED.values()]),
}
"""Per machine: the audit architecture, the number of `clone`, and what is forbidden."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def is_known() -> bool:
    """Whether the tables of this machine are known."""
    return sys.platform == "linux" and platform.machine() in _TABLES


def restrict() -> None:
    """Give up sockets, new processes, tracing and changing who may read a file.

    Raises:
        OSError: the kernel refuses.
    """
    code = b"".join(_filter(*_TABLES[platform.machine()]))
    libc = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(code) // 8, code)
    if (
        libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) < 0
        or libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program)) < 0
    ):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _filter(architecture: int, clone: int, forbidden: list[int]) -> list[bytes]:
    """The program: jumps count instructions to skip when the test holds, and when it does not."""
    refuse = _instruction(_RETURN, _ERRNO | errno.EPERM)
    code = [
        _instruction(_LOAD, _ARCHITECTURE_AT),
        _instruction(_EQUAL, architecture, 1, 0),
        refuse,
        _instruction(_LOAD, _NUMBER_AT),
        _instruction(_AT_LEAST, _OTHER_TABLE, 0, 1),
        refuse,
        # The C library falls back on `clone`, whose flags a filter can see.
        _instruction(_EQUAL, _CLONE3, 0, 1),
        _instruction(_RETURN, _ERRNO | errno.ENOSYS),
    ]
    for number in forbidden:
        code += [_instruction(_EQUAL, number, 0, 1), refuse]
    return [
        *code,
        _instruction(_EQUAL, clone, 0, 3),
        _instruction(_LOAD, _FIRST_ARGUMENT_AT),
        _instruction(_ANY_BIT, _THREAD, 1, 0),
        refuse,
        _instruction(_RETURN, _ALLOW),
    ]


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)
