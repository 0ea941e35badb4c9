"""seccomp: a Linux process gives up all system calls but those that decoders need, for good.

Landlock says nothing of attributes, limits and priorities of other processes, clocks, shared
memory, UDP, Unix sockets and tracing; a list of what is forbidden would say nothing of what the
next kernel brings. Source: Linux, Documentation/userspace-api/seccomp_filter.rst.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Sequence
from typing import Final

from hashmatch.scanning.deadly_calls import DEADLY
from hashmatch.scanning.syscalls import ALLOWED, SELF, Call, Test

_SET_NO_NEW_PRIVILEGES: Final = 38
_SET_MODE_FILTER: Final = 1
_NEW_LISTENER: Final = 8

_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_AND: Final = 0x54
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_NOTIFY: Final = 0x7FC00000
_KILL: Final = 0x80000000
"""The whole process; before Linux 4.14 the thread."""
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ARGUMENT_BYTES, _HALF = 8, 4
_OTHER_TABLE: Final = 0x40000000
"""The first x86-64 number of x32, a second table that nothing of ours uses."""
NEWEST: Final = 469
"""The newest system call of Linux 6.18. What is newer is as on a kernel that lacks it, which C
libraries expect and have a way around; what is older is forbidden, which they tell."""

_MACHINES: Final = {"x86_64": (0xC000003E, 317), "aarch64": (0xC00000B7, 277)}
"""Per machine: the audit architecture, and the number of `seccomp`."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def is_known() -> bool:
    """Whether the system calls of this machine are known."""
    # A 32-bit program on a 64-bit kernel uses another table.
    return (
        sys.platform == "linux"
        and platform.machine() in _MACHINES
        and ctypes.sizeof(ctypes.c_void_p) == _ARGUMENT_BYTES
    )


def restrict(calls: Sequence[Call] = ALLOWED, *, listen: bool = False, kill: bool = True) -> int:
    """Give up every system call but these.

    Args:
        calls: what is allowed.
        listen: a diagnosis: whoever holds the descriptor is told of each refused call, and answers.
        kill: whether calls that only an attacker makes end the process; else they are refused.

    Returns:
        The descriptor to listen at; 0 where nobody listens.

    Raises:
        OSError: the kernel refuses.
    """
    machine = platform.machine()
    code = b"".join(program(machine, os.getpid(), calls, listen=listen, kill=kill))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    ours = _Program(len(code) // 8, code)
    flags = _NEW_LISTENER if listen else 0
    done = libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if done == 0:
        number = ctypes.c_long(_MACHINES[machine][1])
        done = libc.syscall(
            number, ctypes.c_long(_SET_MODE_FILTER), ctypes.c_long(flags), ctypes.byref(ours)
        )
    if done < 0:
        number_of_error = ctypes.get_errno()
        raise OSError(number_of_error, os.strerror(number_of_error))
    return int(done)


def program(
    machine: str,
    process: int,
    calls: Sequence[Call] = ALLOWED,
    *,
    listen: bool = False,
    kill: bool = True,
) -> list[bytes]:
    """The instructions for the kernel; jumps count those to skip if a test holds, and if not.

    Args:
        machine: `x86_64` or `aarch64`.
        process: the number of the process that is locked down.
        calls: what is allowed.
        listen: whether refused calls are told to a listener.
        kill: whether calls that only an attacker makes end the process.
    """
    kill = kill and not listen
    forbidden = _refusal(errno.EPERM, listen=listen)
    code = [
        _instruction(_LOAD, _ARCHITECTURE_AT),
        _instruction(_EQUAL, _MACHINES[machine][0], 1, 0),
        forbidden,
        _instruction(_LOAD, _NUMBER_AT),
        _instruction(_AT_LEAST, _OTHER_TABLE, 0, 1),
        forbidden,
    ]
    for call in calls:
        number = call.number(machine)
        if number is not None:
            body = _body(call, process, listen=listen, kill=kill)
            code += [_instruction(_EQUAL, number, 0, len(body)), *body]
    deadly = [call.number(machine) for call in DEADLY if kill]
    for number in filter(None, deadly):
        code += [_instruction(_EQUAL, number, 0, 1), _instruction(_RETURN, _KILL)]
    return [
        *code,
        _instruction(_AT_LEAST, NEWEST + 1, 0, 1),
        _refusal(errno.ENOSYS, listen=listen),
        forbidden,
    ]


def _body(call: Call, process: int, *, listen: bool, kill: bool) -> list[bytes]:
    """What is done with one call: it ends in an answer in each case."""
    allow = _instruction(_RETURN, _ALLOW)
    if call.ways is None:
        return [allow]
    body: list[bytes] = []
    for way in call.ways:
        rest = [allow]
        for test in reversed(way):
            rest = [*_tested(test, process, len(rest)), *rest]
        body += rest
    if call.deadly and kill:
        return [*body, _instruction(_RETURN, _KILL)]
    # That the C library looks for another way is no news to a listener.
    expected = call.otherwise == errno.ENOSYS
    return [*body, _refusal(call.otherwise, listen=listen and not expected)]


def _tested(test: Test, process: int, rest: int) -> list[bytes]:
    """Go on behind these instructions if the test holds, else skip the rest of the way."""
    at = _FIRST_ARGUMENT_AT + _ARGUMENT_BYTES * test.argument + _HALF * test.high
    values = [process if value == SELF else value for value in test.values]
    jumps = [
        _instruction(_EQUAL, value, len(values) - 1 - place, 0)
        for place, value in enumerate(values)
    ]
    jumps[-1] = _instruction(_EQUAL, values[-1], 0, rest)
    return [_instruction(_LOAD, at), _instruction(_AND, test.mask), *jumps]


def _refusal(number: int, *, listen: bool) -> bytes:
    return _instruction(_RETURN, _NOTIFY if listen else _ERRNO | number)


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)
