"""Which system calls a sandbox refuses to decoders: for the diagnosis and the tests, not for scans.

A worker that is watched hands the kernel's listener for refused calls to its parent. The parent
answers each call with the error that other workers get, and remembers it, so that decoders behave
as they do in a scan. Source: Linux, seccomp_unotify(2).
"""

import array
import errno
import os
import platform
import selectors
import socket
import struct
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import TracebackType
from typing import Any, Final, Self

from hashmatch.scanning import seccomp
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.sandbox import Entered, Sandbox
from hashmatch.scanning.syscalls import ALLOWED, Call

_RECEIVE: Final = 0xC0502100
_SEND: Final = 0xC0182101
"""SECCOMP_IOCTL_NOTIF_RECV and SECCOMP_IOCTL_NOTIF_SEND."""
_NOTIFICATION: Final = struct.Struct("=QIIiIQ6Q")
"""Id, process, flags; number, architecture, address and arguments of the call."""
_ANSWER: Final = struct.Struct("=QqiI")
_HAND_OVER: Final = Call("sendmsg", 46, 211)
_TURN: Final = 0.1
_SOCKETS: Final[Any] = socket
"""Windows lacks some of its names, which type checkers say there."""
_TO_THE_WATCH: Final[ContextVar[Any]] = ContextVar("_TO_THE_WATCH")


@dataclass(frozen=True, slots=True)
class Refused:
    """A system call that was refused.

    Attributes:
        name: its name, or its number and machine where the name is not known.
        arguments: the six of it.
    """

    name: str
    arguments: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(hex(each) for each in self.arguments)})"


@dataclass(frozen=True, slots=True)
class Watched(Sandbox):
    """A sandbox whose refusals are told to a `Watch`.

    Attributes:
        address: the socket of the watch.
    """

    address: str = ""

    def enter(self, limits: WorkerLimits, parent: int | None = None) -> Entered:
        """Lock this process down as others are."""
        with socket.socket(_SOCKETS.AF_UNIX, socket.SOCK_STREAM) as ours:
            # Now, as a process that is locked down reaches nobody.
            ours.connect(self.address)
            _TO_THE_WATCH.set(ours)
            return Sandbox.enter(self, limits, parent)

    def filter(self) -> None:
        """Give up system calls, and hand over where one can hear of those refused."""
        listener = seccomp.restrict((*ALLOWED, _HAND_OVER), listen=True)
        rights = array.array("i", [listener]).tobytes()
        _TO_THE_WATCH.get().sendmsg([b"!"], [(socket.SOL_SOCKET, _SOCKETS.SCM_RIGHTS, rights)])
        os.close(listener)


class Watch:
    """Hears of the calls that watched workers are refused, as a context manager."""

    def __init__(self) -> None:
        self._refused: Counter[Refused] = Counter()
        self._ended = False

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="hashmatch-watch-")
        self.address = str(Path(self._folder.name) / "socket")
        self._server = socket.socket(_SOCKETS.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(self.address)
        self._server.listen()
        self._thread = Thread(target=self._serve, name="hashmatch-watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = True
        self._thread.join()
        self._server.close()
        self._folder.cleanup()

    @property
    def refused(self) -> dict[Refused, int]:
        """What was refused, and how often."""
        return dict(self._refused)

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ)
            while not self._ended:
                for key, _ in selector.select(_TURN):
                    if key.fileobj is self._server:
                        for listener in self._handed_over():
                            selector.register(listener, selectors.EVENT_READ)
                    elif not self._answer(key.fd):
                        selector.unregister(key.fd)
                        os.close(key.fd)
            for key in list(selector.get_map().values()):
                if key.fileobj is not self._server:
                    os.close(key.fd)

    def _handed_over(self) -> list[int]:
        connection, _ = self._server.accept()
        with connection:
            _, descriptors, _, _ = _SOCKETS.recv_fds(connection, 1, 1)
        return list(descriptors)

    def _answer(self, listener: int) -> bool:
        """Whether the process is still there."""
        control = import_module("fcntl")
        told = bytearray(_NOTIFICATION.size)
        try:
            control.ioctl(listener, _RECEIVE, told)
            identity, _, _, number, _, _, *arguments = _NOTIFICATION.unpack(told)
            self._refused[Refused(_name(number), tuple(arguments))] += 1
            error = errno.ENOSYS if number > seccomp.NEWEST else errno.EPERM
            control.ioctl(listener, _SEND, _ANSWER.pack(identity, 0, -error, 0))
        except OSError:
            return False
        return True


def _name(number: int) -> str:
    machine = platform.machine()
    names = [call.name for call in ALLOWED if call.number(machine) == number]
    return names[0] if names else f"system call {number} of {machine}"
