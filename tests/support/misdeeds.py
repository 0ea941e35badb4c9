"""What hostile files make decoders do, by name; see `deeds`."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hashmatch.scanning import messages
from tests.support import unix


def echo(value: object = None) -> object:
    return value


def pid(seconds: float = 0) -> int:
    time.sleep(seconds)
    return os.getpid()


_poisoned: list[bool] = []


def sleep(seconds: float) -> float:
    if _poisoned:
        os.kill(os.getpid(), unix.signal.SIGKILL)
    time.sleep(seconds)
    return seconds


def spin(seconds: float) -> float:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds


def hang() -> None:
    unix.signal.pthread_sigmask(unix.signal.SIG_BLOCK, set(signal.Signals))
    while True:
        time.sleep(100)


def segfault() -> None:
    ctypes.string_at(0)


def leave(code: int) -> None:
    os._exit(code)


def system_exit() -> None:
    sys.exit(3)


def kill_by(number: int) -> None:
    os.kill(os.getpid(), number)


def kill_even_salvage() -> None:
    os._exit(1)


def devour() -> None:
    held = []
    while True:
        held.append(bytes(1 << 24))


def devour_in_c() -> None:
    """Memory that Python does not see, until the C library refuses; then what C programs do."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    while True:
        got = libc.malloc(ctypes.c_size_t(1 << 24))
        ctypes.memset(got, 1, 1 << 24)


def deserve(name: str) -> None:
    raise {"ValueError": ValueError, "MemoryError": MemoryError, "OSError": OSError}[name]


def close_everything() -> str:
    os.closerange(0, 100)
    return "closed"


def leave_slowly() -> None:
    """Close the socket, and do not end for longer than anybody waits."""
    os.close(_our_socket())
    time.sleep(600)


def print_much() -> str:
    for stream in (sys.stdout, sys.stderr):
        stream.write("\x1b[2J" * 100_000)
        stream.flush()
    os.write(1, b"raw")
    os.write(2, b"raw")
    return "printed"


def read_input() -> str:
    return sys.stdin.read()


def answer_nonsense() -> str:
    socket_number = _our_socket()
    os.write(socket_number, b"\xff" * 1000)
    time.sleep(100)
    return "sent"


def answer_for(number: int) -> str:
    """Claim an answer to a task that is not ours."""
    os.write(_our_socket(), messages.answer(messages.Kind.DONE, number, b'"forged"'))
    return "own"


def flood(number: int) -> None:
    """Say without end that a task goes on."""
    sign = messages.answer(messages.Kind.ALIVE, number, b"1.0") * 100
    for _ in range(100_000):
        os.write(_our_socket(), sign)


def answer_and_rave(number: int) -> None:
    """A proper answer to the task of this number, and nonsense with the next breath."""
    os.write(_our_socket(), messages.answer(messages.Kind.DONE, number, b'"early"') + b"\xff" * 100)
    time.sleep(100)


def answer_badly() -> str:
    """An answer that is none by the job's own rules."""
    os.write(_our_socket(), messages.answer(messages.Kind.DONE, 1, b"not json"))
    time.sleep(100)
    return "own"


def claim_fault(text: bytes) -> str:
    """Say that the first task after five others raised."""
    os.write(_our_socket(), messages.answer(messages.Kind.RAISED, 5, text))
    time.sleep(100)
    return "own"


def _our_socket() -> int:
    for number in range(3, 100):
        with contextlib.suppress(OSError):
            if str(Path(f"/proc/self/fd/{number}").readlink()).startswith("socket"):
                return number
    raise LookupError


def unencodable() -> object:
    return object()


def poison_next() -> str:
    """Survive, and end the worker in the middle of the next sleep."""
    _poisoned.append(True)
    return "survived"


def attempt(what: str, *arguments: Any) -> str:
    """What the system says to something that no decoder has to do."""
    try:
        value = _ATTEMPTS[what](*arguments)
    except OSError as error:
        return type(error).__name__
    return f"succeeded: {value}"


def _connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), 1).close()


def _fork() -> str:
    child = unix.os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"


def _thread() -> str:
    done: list[int] = []
    thread = threading.Thread(target=done.append, args=(1,))
    thread.start()
    thread.join()
    return f"{len(done)} thread"


def _trace(number: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, number, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "")


def _udp() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


_ATTEMPTS: dict[str, Callable[..., object]] = {
    "read": lambda path: len(Path(path).read_bytes()),
    "list": lambda path: len(os.listdir(path)),  # noqa: PTH208 (as decoders do)
    "write": lambda path: Path(path).write_bytes(b"x"),
    "append": lambda path: os.close(os.open(path, os.O_WRONLY | os.O_APPEND)),
    "truncate": lambda path: os.truncate(path, 0),
    "delete": os.unlink,
    "rename": lambda path: os.rename(path, path + "-new"),  # noqa: PTH104
    "link": lambda path: os.link(path, path + "-link"),
    "folder": os.mkdir,
    "chmod": lambda path: os.chmod(path, 0o777),  # noqa: PTH101, S103
    "touch": lambda path: os.utime(path, (0, 0)),
    "connect": _connect,
    "udp": _udp,
    "exec": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
    "run": lambda: subprocess.run(["/bin/true"], check=True).returncode,
    "fork": _fork,
    "thread": _thread,
    "trace": _trace,
    "kill": lambda number: os.kill(number, 0),
}


def limits() -> dict[str, Sequence[int]]:
    names = ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_DATA", "RLIMIT_CPU")
    return {name: unix.resource().getrlimit(getattr(unix.resource(), name)) for name in names}


def imported_from(name: str) -> str:
    import importlib

    return str(importlib.import_module(name).__file__)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def environment(name: str) -> object:
    return {
        "modules": [*sys.modules],
        "path": sys.path,
        "variables": dict(os.environ),
        "descriptors": [each for each in range(100) if _is_open(each)],
        "flags": [sys.flags.isolated, sys.flags.safe_path],
    }[name]


DEEDS: dict[str, Callable[..., object]] = {
    each.__name__: each
    for each in (
        answer_and_rave,
        answer_badly,
        answer_for,
        answer_nonsense,
        flood,
        attempt,
        claim_fault,
        close_everything,
        deserve,
        devour,
        devour_in_c,
        echo,
        environment,
        hang,
        imported_from,
        kill_by,
        kill_even_salvage,
        leave,
        leave_slowly,
        limits,
        pid,
        poison_next,
        print_much,
        read_input,
        segfault,
        sleep,
        spin,
        system_exit,
        unencodable,
    )
}
