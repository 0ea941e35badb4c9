"""The system calls that a worker may make once it is locked down: a list of what is allowed.

The list was measured: all samples, formats, codecs, damaged files and videos of the tests were read
in workers while their calls were recorded. What decoders did not call is absent, unless it only
reads what a worker may read anyway. Numbers come from the kernel's headers: `asm/unistd_64.h` for
x86-64, `asm-generic/unistd.h` for arm64.
"""

import errno
from dataclasses import dataclass
from typing import Final

SELF: Final = -1
"""Stands for the number of the process that is locked down."""

_ALL: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on 32 bits of an argument of a system call.

    Attributes:
        argument: which one, from 0.
        values: one of which these bits equal.
        mask: the bits that are compared.
        high: whether the upper half of the 64-bit argument is looked at.
    """

    argument: int
    values: tuple[int, ...]
    mask: int = _ALL
    high: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that is allowed.

    Attributes:
        name: as the kernel names it.
        x86_64: its number there.
        arm64: its number there; None where that machine lacks it.
        ways: it is allowed if all tests of one of these hold; None for always.
        otherwise: the error where none of them holds.
        deadly: whether only an attacker makes it where none of them holds: the process is ended.
    """

    name: str
    x86_64: int
    arm64: int | None
    ways: tuple[tuple[Test, ...], ...] | None = None
    otherwise: int = errno.EPERM
    deadly: bool = False

    def number(self, machine: str) -> int | None:
        """Its number on `x86_64` or `aarch64`."""
        return self.x86_64 if machine == "x86_64" else self.arm64


def _none_of(argument: int, bits: int) -> Test:
    return Test(argument, (0,), bits)


_OPEN_ONLY_TO_READ: Final = 0o3 | 0o100 | 0o1000 | 0o20000000
"""O_WRONLY and O_RDWR, O_CREAT, O_TRUNC, O_TMPFILE: none of them."""

_EXECUTABLE: Final = 0x4
_WRITABLE: Final = 0x2
_READABLE: Final = 0x1
_NEITHER_SHARED_NOR_DISCARDED: Final = 0x1 | 0x8
"""MAP_SHARED and MAP_DROPPABLE: memory that no limit of a process counts."""
_ANONYMOUS: Final = 0x20
_ODD_MAPPINGS: Final = 0x100 | 0x2000 | 0x40000
"""MAP_GROWSDOWN, which the limit of memory does not count, MAP_LOCKED and MAP_HUGETLB."""

_THREAD: Final = 0x00010000
_NAMESPACES: Final = 0x7E020000 | 0x1000
"""CLONE_NEW… and CLONE_PIDFD."""

_ADVICE: Final = (0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 102, 103)
"""What is to be read ahead, given back, dumped or guarded, and huge pages for it."""

_FUTEX: Final = (0, 1, 3, 4, 5, 9, 10)
"""Waiting and waking, and no handing down of priorities."""
_FUTEX_OPERATION: Final = 0x7F

_DESCRIPTORS: Final = (0, 1, 2, 3, 1030)
"""Copies of descriptors, their flags; no locks, leases, signals or sizes of pipes."""
_ASK_TERMINAL: Final = (0x5401, 0x802C542A)
"""TCGETS and TCGETS2: whether something is a terminal, as Python asks of each file."""
_NAME_OF_THREAD: Final = (15, 16)
_LIMIT_CPU: Final = 0

ALLOWED: Final = (
    # The most frequent first: before Linux 5.11 the kernel goes through the list at each call.
    Call("futex", 202, 98, ((Test(1, _FUTEX, _FUTEX_OPERATION),),)),
    Call("read", 0, 63),
    Call("lseek", 8, 62),
    Call("newfstatat", 262, 79),
    Call("openat", 257, 56, ((_none_of(2, _OPEN_ONLY_TO_READ),),)),
    Call("close", 3, 57),
    Call(
        "mmap",
        9,
        222,
        (
            (
                _none_of(2, _EXECUTABLE),
                _none_of(3, _ODD_MAPPINGS | _NEITHER_SHARED_NOR_DISCARDED),
            ),
            # A file that is read through memory.
            (
                _none_of(2, _EXECUTABLE | _WRITABLE),
                Test(3, (1,), 0xF),
                _none_of(3, _ODD_MAPPINGS | _ANONYMOUS),
            ),
        ),
    ),
    Call("munmap", 11, 215),
    Call("mremap", 25, 216),
    # Never less than writable: memory that holds data and is not writable is not counted.
    Call("mprotect", 10, 226, ((Test(2, (_READABLE | _WRITABLE,)),),)),
    Call("madvise", 28, 233, ((Test(2, _ADVICE),),)),
    Call("brk", 12, 214),
    Call("ioctl", 16, 29, ((Test(1, _ASK_TERMINAL),),)),
    Call(
        "prlimit64",
        302,
        261,
        (
            (Test(0, (0,)), Test(1, (_LIMIT_CPU,))),
            # Limits of this process are looked at, and nothing is set.
            (Test(0, (0,)), Test(2, (0,)), Test(2, (0,), high=True)),
        ),
    ),
    Call("clock_gettime", 228, 113),
    Call("sendto", 44, 206),
    Call("recvfrom", 45, 207),
    Call("write", 1, 64),
    Call("rt_sigprocmask", 14, 135),
    # Threads alone.
    Call(
        "clone", 56, 220, ((Test(0, (_THREAD,), _THREAD), _none_of(0, _NAMESPACES)),), deadly=True
    ),
    # Nobody can look at flags that lie in memory: the C library falls back on `clone`.
    Call("clone3", 435, 435, (), otherwise=errno.ENOSYS),
    Call("exit", 60, 93),
    Call("rseq", 334, 293),
    Call("set_robust_list", 273, 99),
    Call("sched_getaffinity", 204, 123),
    Call("prctl", 157, 167, ((Test(0, _NAME_OF_THREAD),),)),
    # What follows is rare, or called by other versions of libraries.
    Call("open", 2, None, ((_none_of(1, _OPEN_ONLY_TO_READ),),)),
    Call("pread64", 17, 67),
    Call("readv", 19, 65),
    Call("preadv", 295, 69),
    Call("writev", 20, 66),
    Call("close_range", 436, 436),
    Call("dup", 32, 23),
    Call("fcntl", 72, 25, ((Test(1, _DESCRIPTORS),),)),
    Call("fadvise64", 221, 223),
    Call("fstat", 5, 80),
    Call("stat", 4, None),
    Call("lstat", 6, None),
    Call("statx", 332, 291),
    Call("access", 21, None),
    Call("faccessat", 269, 48),
    Call("faccessat2", 439, 439),
    Call("readlink", 89, None),
    Call("readlinkat", 267, 78),
    Call("getcwd", 79, 17),
    Call("getdents64", 217, 61),
    Call("poll", 7, None),
    Call("ppoll", 271, 73),
    Call("select", 23, None),
    Call("pselect6", 270, 72),
    Call("getrandom", 318, 278),
    Call("set_tid_address", 218, 96),
    Call("exit_group", 231, 94),
    Call("restart_syscall", 219, 128),
    Call("rt_sigaction", 13, 134),
    Call("rt_sigreturn", 15, 139),
    Call("sigaltstack", 131, 132),
    # `abort` and Python's own faults: signals of this process to itself.
    Call("kill", 62, 129, ((Test(0, (SELF,)),),), deadly=True),
    Call("tgkill", 234, 131, ((Test(0, (SELF,)),),), deadly=True),
    Call("clock_getres", 229, 114),
    Call("clock_nanosleep", 230, 115),
    Call("nanosleep", 35, 101),
    Call("gettimeofday", 96, 169),
    Call("time", 201, None),
    Call("times", 100, 153),
    Call("getrusage", 98, 165),
    Call("getcpu", 309, 168),
    Call("getpid", 39, 172),
    Call("getppid", 110, 173),
    Call("gettid", 186, 178),
    Call("getuid", 102, 174),
    Call("geteuid", 107, 175),
    Call("getgid", 104, 176),
    Call("getegid", 108, 177),
    Call("sched_yield", 24, 124),
    Call("sysinfo", 99, 179),
    Call("uname", 63, 160),
)
"""All other system calls are refused, those that kernels of tomorrow will have too."""
