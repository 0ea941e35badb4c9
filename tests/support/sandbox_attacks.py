"""What an attacker tries who has taken over a worker: each attack is made, not only its test.

An attack gives what the system answered: the name of an error, or `done`. Where an attack that
succeeded would harm the machine, it is made with arguments that the kernel refuses only after it
has let the caller in, so that `EINVAL` says as much as `done`.
"""

import ctypes
import errno
import os
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support.system_calls import numbers
from tests.support.unix import os as unix_os
from tests.support.unix import signal

REFUSED: Final = frozenset({"EPERM", "EACCES", "ENOSYS", "EROFS"})
"""What an attack that failed is told: whoever hears something else was let in."""

_FOLDER: Final = -100  # AT_FDCWD
_FLAGS: Final = 0x40086602  # FS_IOC_SETFLAGS
_MORE_FLAGS: Final = 0x401C5820  # FS_IOC_FSSETXATTR
_CLOCK: Final = 0  # CLOCK_REALTIME
_UNSHARED: Final = 0x10000000  # CLONE_NEWUSER
_NUMBERS: Final = numbers()

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


@dataclass(frozen=True)
class Scene:
    """What is attacked.

    Attributes:
        file: evidence, which may be read.
        secret: a file beside the evidence.
        victim: the process that started the attacker.
        port: where somebody listens on this machine.
    """

    file: str
    secret: str
    victim: int
    port: int

    @property
    def folder(self) -> str:
        return str(Path(self.file).parent)


class Answered(Exception):  # noqa: N818 (no error of ours)
    """What the kernel said."""


def call(name: str, *arguments: Any) -> int:
    """A system call, past the C library."""
    if name not in _NUMBERS:
        raise Answered(errno.errorcode[errno.ENOSYS])
    given = [
        ctypes.c_long(each) if isinstance(each, int) else each
        for each in (os.fsencode(each) if isinstance(each, str) else each for each in arguments)
    ]
    ctypes.set_errno(0)
    result = int(_libc.syscall(ctypes.c_long(_NUMBERS[name]), *given))
    if result == -1:
        raise Answered(errno.errorcode.get(ctypes.get_errno(), "?"))
    return result


def outcome(attack: Callable[[Scene], object], scene: Scene) -> str:
    """What came of an attack."""
    try:
        attack(scene)
    except Answered as answer:
        return str(answer)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "?")
    return "done"


def _reading(file: str, do: Callable[[int], object]) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        do(handle)
    finally:
        os.close(handle)


def _child(name: str, *arguments: Any) -> None:
    if not call(name, *arguments):
        os._exit(0)


def _connected(port: int) -> None:
    with socket.socket() as ours:
        ours.connect(("127.0.0.1", port))


def _memory(protection: int, flags: int) -> int:
    """A page of memory, never given back."""
    return call("mmap", 0, 4096, protection, flags, -1, 0)


def _made_executable() -> None:
    call("mprotect", _memory(3, 0x22), 4096, 5)


def _read_outside(path: str) -> None:
    with Path(path).open("rb") as file:
        file.read(1)


def _run_from_memory() -> None:
    handle = call("memfd_create", "x", 0)
    call("execveat", handle, "", None, None, 0x1000)


def _kept(make: str, remove: str, *arguments: int) -> None:
    """What outlives the process is removed."""
    call(remove, call(make, *arguments), 0, 0, None)


def _queue() -> None:
    call("mq_open", "hashmatch-x", 0o102, 0o600, None)
    call("mq_unlink", "hashmatch-x")


_VALUE: Final = ctypes.create_string_buffer(b"x")
_NO_DUMP: Final = struct.pack("=QIIII", 0x80, 0, 0, 0, 0)
_INT: Final = ctypes.create_string_buffer(8)
_HALF_SECOND_AGO: Final = struct.pack("=qqqq", 1, 0, 1, 0)
_SIGNAL_INFO: Final = struct.pack("=iii", 10, 0, -1).ljust(128, b"\0")
_LOW_PRIORITY: Final = struct.pack("=i", 0)
_ONE_CPU: Final = struct.pack("=Q", 1)


def _limits_of(scene: Scene) -> object:
    return call("prlimit64", scene.victim, 7, struct.pack("=QQ", 32, 4096), None)


ON_FILES: Final[dict[str, Callable[[Scene], object]]] = {
    "open to write": lambda s: os.open(s.file, os.O_WRONLY),
    "open to read and write": lambda s: os.open(s.file, os.O_RDWR),
    "open to append": lambda s: os.open(s.file, os.O_WRONLY | os.O_APPEND),
    "open and cut": lambda s: os.open(s.file, os.O_RDONLY | os.O_TRUNC),
    "create": lambda s: os.open(f"{s.folder}/new", os.O_RDONLY | os.O_CREAT),
    "create without a name": lambda s: os.open(s.folder, os.O_RDWR | unix_os.O_TMPFILE),
    "openat2": lambda s: call("openat2", _FOLDER, s.file, struct.pack("=QQQ", 1, 0, 0), 24),
    "truncate": lambda s: call("truncate", s.file, 1),
    "ftruncate": lambda s: _reading(s.file, lambda h: call("ftruncate", h, 1)),
    "fallocate": lambda s: _reading(s.file, lambda h: call("fallocate", h, 0, 0, 1)),
    "pwrite": lambda s: _reading(s.file, lambda h: call("pwrite64", h, b"x", 1, 0)),
    "unlink": lambda s: call("unlinkat", _FOLDER, s.file, 0),
    "rename": lambda s: call("renameat2", _FOLDER, s.file, _FOLDER, f"{s.file}2", 0),
    "link": lambda s: call("linkat", _FOLDER, s.file, _FOLDER, f"{s.file}3", 0),
    "symlink": lambda s: call("symlinkat", "x", _FOLDER, f"{s.file}4"),
    "mkdir": lambda s: call("mkdirat", _FOLDER, f"{s.file}5", 0o700),
    "mknod": lambda s: call("mknodat", _FOLDER, f"{s.file}6", 0o010600, 0),
    "chmod": lambda s: call("chmod", s.file, 0o777),
    "fchmod": lambda s: _reading(s.file, lambda h: call("fchmod", h, 0o777)),
    "fchmodat": lambda s: call("fchmodat", _FOLDER, s.file, 0o777),
    "fchmodat2": lambda s: call("fchmodat2", _FOLDER, s.file, 0o777, 0),
    "chown": lambda s: call("chown", s.file, unix_os.getuid(), unix_os.getgid()),
    "fchownat": lambda s: call("fchownat", _FOLDER, s.file, unix_os.getuid(), unix_os.getgid(), 0),
    "utimensat": lambda s: call("utimensat", _FOLDER, s.file, _HALF_SECOND_AGO, 0),
    "setxattr": lambda s: call("setxattr", s.file, "user.x", b"x", 1, 0),
    "setxattrat": lambda s: call(
        *("setxattrat", _FOLDER, s.file, 0, "user.y"),
        struct.pack("=QII", ctypes.addressof(_VALUE), 1, 0),
        16,
    ),
    "removexattr": lambda s: call("removexattr", s.file, "user.there"),
    "removexattrat": lambda s: call("removexattrat", _FOLDER, s.file, 0, "user.there2"),
    "file_setattr": lambda s: call("file_setattr", _FOLDER, s.file, _NO_DUMP, 24, 0),
    "FS_IOC_SETFLAGS": lambda s: _reading(
        s.file, lambda h: call("ioctl", h, _FLAGS, struct.pack("=q", 0x80040))
    ),
    "FS_IOC_FSSETXATTR": lambda s: _reading(
        s.file, lambda h: call("ioctl", h, _MORE_FLAGS, struct.pack("=I", 0x80).ljust(28, b"\0"))
    ),
    "flock": lambda s: _reading(s.file, lambda h: call("flock", h, 5)),
    "lease": lambda s: _reading(s.file, lambda h: unix_fcntl(h, 1024, 0)),
    "signal owner": lambda s: _reading(s.file, lambda h: unix_fcntl(h, 8, s.victim)),
    "copy_file_range": lambda s: _reading(
        s.file, lambda h: call("copy_file_range", h, None, h, None, 1, 0)
    ),
    "sync_file_range": lambda s: _reading(s.file, lambda h: call("sync_file_range", h, 0, 0, 2)),
    "name_to_handle_at": lambda s: call(
        "name_to_handle_at", _FOLDER, s.file, ctypes.create_string_buffer(8), _INT, 0
    ),
    "open_by_handle_at": lambda _: call("open_by_handle_at", 0, bytes(16), 0),
    "inotify": lambda _: call("inotify_init1", 0),
    "fanotify": lambda _: call("fanotify_init", 0x200, 0),
    "quotactl": lambda _: call("quotactl", 0x80000700, "/dev/none", 0, bytes(64)),
    "quotactl_fd": lambda s: _reading(s.file, lambda h: call("quotactl_fd", h, 7 << 8, 0, None)),
}


def unix_fcntl(handle: int, command: int, value: int) -> int:
    """`fcntl` past Python's own module, which other systems lack."""
    result = int(_libc.fcntl(handle, command, ctypes.c_long(value)))
    if result < 0:
        raise Answered(errno.errorcode[ctypes.get_errno()])
    return result


ON_PROCESSES: Final[dict[str, Callable[[Scene], object]]] = {
    "prlimit64 of the parent": _limits_of,
    "limits of the parent looked at": lambda s: call("prlimit64", s.victim, 7, None, bytes(16)),
    "own limit of files": lambda _: call("prlimit64", 0, 1, struct.pack("=QQ", 0, 0), None),
    "setpriority": lambda s: call("setpriority", 0, s.victim, 5),
    "sched_setscheduler": lambda s: call("sched_setscheduler", s.victim, 3, _LOW_PRIORITY),
    "sched_setparam": lambda s: call("sched_setparam", s.victim, _LOW_PRIORITY),
    "sched_setattr": lambda s: call(
        "sched_setattr", s.victim, struct.pack("=II", 48, 3).ljust(48, b"\0"), 0
    ),
    "sched_setaffinity": lambda s: call("sched_setaffinity", s.victim, 8, _ONE_CPU),
    "ioprio_set": lambda s: call("ioprio_set", 1, s.victim, 3 << 13),
    "kill": lambda s: call("kill", s.victim, signal.SIGUSR1),
    "kill all": lambda _: call("kill", -1, 0),
    "kill the group": lambda _: call("kill", 0, 0),
    "tgkill": lambda s: call("tgkill", s.victim, s.victim, signal.SIGUSR1),
    "tkill": lambda s: call("tkill", s.victim, signal.SIGUSR1),
    "rt_sigqueueinfo": lambda s: call("rt_sigqueueinfo", s.victim, signal.SIGUSR1, _SIGNAL_INFO),
    "pidfd_open": lambda s: call("pidfd_open", s.victim, 0),
    "pidfd_send_signal": lambda s: call("pidfd_send_signal", 0, signal.SIGUSR1, None, 0),
    "pidfd_getfd": lambda _: call("pidfd_getfd", 0, 0, 0),
    "process_madvise": lambda _: call("process_madvise", 0, None, 0, 4, 0),
    "process_mrelease": lambda _: call("process_mrelease", 0, 0),
    "process_vm_readv": lambda s: call("process_vm_readv", s.victim, None, 0, None, 0, 0),
    "process_vm_writev": lambda s: call("process_vm_writev", s.victim, None, 0, None, 0, 0),
    "ptrace": lambda s: call("ptrace", 0x4206, s.victim, 0, 0),
    "kcmp": lambda s: call("kcmp", s.victim, s.victim, 1, 0, 0),
    "get_robust_list": lambda s: call("get_robust_list", s.victim, _INT, bytes(8)),
    "migrate_pages": lambda s: call("migrate_pages", s.victim, 1, _INT, _INT),
    "move_pages": lambda s: call("move_pages", s.victim, 0, None, None, None, 0),
    "setpgid": lambda _: call("setpgid", 0, 0),
    "setsid": lambda _: call("setsid"),
    "fork": lambda _: _child("clone", signal.SIGCHLD, 0, 0, 0, 0),
    "clone3": lambda _: _child(
        "clone3", struct.pack("=8Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0), 64
    ),
    "execve": lambda _: call("execve", "/bin/true", None, None),
    "execveat": lambda _: call("execveat", _FOLDER, "/nowhere", None, None, 0),
    "memfd and exec": lambda _: _run_from_memory(),
    "unshare": lambda _: call("unshare", _UNSHARED),
    "setns": lambda _: call("setns", 0, 0),
    "personality": lambda _: call("personality", 0x0400000),
    "dumpable": lambda _: call("prctl", 4, 1, 0, 0, 0),
    "parent death": lambda _: call("prctl", 1, 0, 0, 0, 0),
    "another filter": lambda _: call("seccomp", 2, 0, None),
    "landlock": lambda _: call("landlock_create_ruleset", None, 0, 1),
    "timer": lambda _: call("timer_create", 0, None, _INT),
    "setitimer": lambda _: call("setitimer", 0, None, None),
    "umask": lambda _: call("umask", 0o22),
    "chdir": lambda _: call("chdir", "/"),
}

ON_MEMORY: Final[dict[str, Callable[[Scene], object]]] = {
    "memfd_create": lambda _: call("memfd_create", "x", 0),
    "memfd_secret": lambda _: call("memfd_secret", 0),
    "System V memory": lambda _: _kept("shmget", "shmctl", 0, 4096, 0o1600),
    "System V semaphores": lambda _: _kept("semget", "semctl", 0, 1, 0o1600),
    "System V messages": lambda _: _kept("msgget", "msgctl", 0, 0o1600),
    "POSIX memory": lambda _: os.open("/dev/shm/hashmatch-x", os.O_RDWR | os.O_CREAT),  # noqa: S108
    "POSIX messages": lambda _: _queue(),
    "shared memory without a file": lambda _: _memory(3, 0x21),
    "shared memory not yet written": lambda _: _memory(0, 0x21),
    "memory that may be discarded": lambda _: _memory(3, 0x28),
    "memory that grows": lambda _: _memory(3, 0x122),
    "memory that runs": lambda _: _memory(7, 0x22),
    "memory made to run": lambda _: _made_executable(),
    "pkey_mprotect": lambda _: call("pkey_mprotect", 0, 0, 5, -1),
    "mlock": lambda _: call("mlock", 0, 0),
    "mlockall": lambda _: call("mlockall", 4),
    "vmsplice": lambda _: call("vmsplice", 0, None, 0, 0),
    "pipe": lambda _: call("pipe2", _INT, 0),
    "eventfd": lambda _: call("eventfd2", 0, 0),
    "epoll": lambda _: call("epoll_create1", 0),
    "io_uring": lambda _: call("io_uring_setup", 1, ctypes.create_string_buffer(120)),
    "io_setup": lambda _: call("io_setup", 1, _INT),
    "userfaultfd": lambda _: call("userfaultfd", 1),
    "cachestat": lambda _: call("cachestat", 0, None, None, 0),
    "membarrier": lambda _: call("membarrier", 0, 0, 0),
}

ON_THE_MACHINE: Final[dict[str, Callable[[Scene], object]]] = {
    "reboot": lambda _: call("reboot", 0xFEE1DEAD, 672274793, 1, None),
    "settimeofday": lambda _: call("settimeofday", None, None),
    "clock_settime": lambda _: call("clock_settime", _CLOCK, None),
    "adjtimex": lambda _: call("adjtimex", None),
    "sethostname": lambda _: call("sethostname", None, -1),
    "setdomainname": lambda _: call("setdomainname", None, -1),
    "acct": lambda _: call("acct", "/nowhere"),
    "swapon": lambda _: call("swapon", "/nowhere", 0),
    "swapoff": lambda _: call("swapoff", "/nowhere"),
    "init_module": lambda _: call("init_module", None, 0, None),
    "finit_module": lambda _: call("finit_module", -1, None, 0),
    "delete_module": lambda _: call("delete_module", "none", 0),
    "kexec_load": lambda _: call("kexec_load", 0, 0, None, -1),
    "syslog": lambda _: call("syslog", 10, None, 0),
    "mount": lambda _: call("mount", None, "/nowhere", None, 0, None),
    "umount2": lambda _: call("umount2", "/nowhere", 0),
    "pivot_root": lambda _: call("pivot_root", "/nowhere", "/nowhere"),
    "chroot": lambda _: call("chroot", "/"),
    "fsopen": lambda _: call("fsopen", "tmpfs", 0),
    "fsmount": lambda _: call("fsmount", -1, 0, 0),
    "open_tree": lambda s: call("open_tree", _FOLDER, s.folder, 0),
    "open_tree_attr": lambda _: call("open_tree_attr", _FOLDER, "/nowhere", 0, None, 0),
    "move_mount": lambda _: call("move_mount", -1, "", -1, "", 0),
    "mount_setattr": lambda _: call("mount_setattr", _FOLDER, "/nowhere", 0, None, 0),
    "lookup_dcookie": lambda _: call("lookup_dcookie", 0, None, 0),
    "bpf": lambda _: call("bpf", 0, bytes(64), 64),
    "perf_event_open": lambda _: call("perf_event_open", bytes(128), 0, -1, -1, 0),
    "add_key": lambda _: call("add_key", "user", "x", b"x", 1, -2),
    "request_key": lambda _: call("request_key", "user", "x", None, 0),
    "keyctl": lambda _: call("keyctl", 0, -2, 0),
    "iopl": lambda _: call("iopl", 0),
    "ioperm": lambda _: call("ioperm", 0x80, 1, 0),
    "modify_ldt": lambda _: call("modify_ldt", 0, None, 0),
    "lsm_set_self_attr": lambda _: call("lsm_set_self_attr", 0, None, 0, 0),
    "setuid": lambda _: call("setuid", 0),
    "setresuid": lambda _: call("setresuid", -1, -1, -1),
    "setresgid": lambda _: call("setresgid", -1, -1, -1),
    "setgroups": lambda _: call("setgroups", 0, None),
    "setfsuid": lambda _: call("setfsuid", 0),
    "capset": lambda _: call("capset", None, None),
    "ambient capability": lambda _: call("prctl", 47, 2, 2, 0, 0),
    "keep capabilities": lambda _: call("prctl", 8, 1, 0, 0, 0),
}

ON_THE_NETWORK: Final[dict[str, Callable[[Scene], object]]] = {
    "connect": lambda s: _connected(s.port),
    "UDP": lambda _: call("socket", 2, 2, 0),
    "Unix socket": lambda _: call("socket", 1, 1, 0),
    "netlink": lambda _: call("socket", 16, 3, 0),
    "packets": lambda _: call("socket", 17, 3, 0),
    "vsock": lambda _: call("socket", 40, 1, 0),
    "socketpair": lambda _: call("socketpair", 1, 1, 0, _INT),
    "sendmsg": lambda _: call("sendmsg", 0, None, 0),
    "recvmsg": lambda _: call("recvmsg", 0, None, 0),
}

ON_SECRETS: Final[dict[str, Callable[[Scene], object]]] = {
    "a file beside the evidence": lambda s: _read_outside(s.secret),
    "/etc/passwd": lambda _: _read_outside("/etc/passwd"),
    "own environment": lambda _: _read_outside("/proc/self/environ"),
    "the parent's environment": lambda s: _read_outside(f"/proc/{s.victim}/environ"),
    "the parent's memory": lambda s: _read_outside(f"/proc/{s.victim}/mem"),
    "the parent's descriptors": lambda s: [*Path(f"/proc/{s.victim}/fd").iterdir()],
}
"""Landlock alone keeps these."""

ATTACKS: Final = ON_FILES | ON_PROCESSES | ON_MEMORY | ON_THE_MACHINE | ON_THE_NETWORK


def threads_work() -> str:
    """What decoders need, tried as the attacks are."""
    done: list[int] = []
    thread = threading.Thread(target=done.append, args=(1,))
    thread.start()
    thread.join()
    return "done" if done else "nothing"
