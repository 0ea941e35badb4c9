"""A worker process: started by `process`, it answers tasks until its parent hangs up.

Nothing is written to standard output or error: both lead nowhere, as decoders print what they
find in files.
"""

import gc
import json
import os
import pickle
import signal
import socket
import sys
from dataclasses import dataclass
from math import ceil
from time import monotonic, process_time
from typing import Any, Final, NamedTuple

from hashmatch.errors import HashmatchError, SandboxError
from hashmatch.faults import fault_of
from hashmatch.scanning import messages
from hashmatch.scanning.job import Job, Streaming
from hashmatch.scanning.limits import WorkerLimits, allow_cpu
from hashmatch.scanning.messages import Kind
from hashmatch.scanning.sandbox import Sandbox, die_with_parent
from hashmatch.sources.access import keep_folders_open

_SILENCE: Final = 1.0
"""Seconds between two signs of life."""


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a worker must know to start."""

    job: Job[Any, Any]
    limits: WorkerLimits
    sandbox: Sandbox
    parent: int


class Order(NamedTuple):
    """One task as a worker sees it; its payload follows in a frame of its own.

    Attributes:
        number: of the task, sent back with its answer.
        seconds: of processor time.
        salvage: whether only what is safe is to be done.
    """

    number: int
    seconds: float
    salvage: bool = False


def main() -> None:
    """Serve the parent whose socket is given on the command line."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            # A terminal signals all its processes; the parent decides what becomes of us.
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    connection = _connection(sys.argv[1])
    setup_bytes = _receive(connection)
    if setup_bytes is None:
        return
    try:
        setup: Setup = pickle.loads(setup_bytes)  # noqa: S301 (from our own parent)
        die_with_parent(setup.parent)
        setup.job.warm_up()
        entered = setup.sandbox.enter(setup.limits, setup.parent)
    except SandboxError as error:
        connection.sendall(messages.answer(Kind.EXPOSED, 0, str(error).encode(errors="replace")))
        return
    except Exception as error:  # noqa: BLE001 (the parent raises it)
        known = isinstance(error, HashmatchError | ImportError | OSError)
        text = f"{type(error).__name__}: {error}" if known else fault_of(error)
        connection.sendall(messages.answer(Kind.REFUSED, 0, text.encode(errors="replace")[:1000]))
        return
    keep_folders_open()
    # What was loaded stays: looking for garbage in it took a tenth of the time of a start.
    gc.freeze()
    gc.enable()
    first = {"notices": entered.notices, "state": entered.state}
    connection.sendall(messages.answer(Kind.READY, 0, json.dumps(first).encode()))
    while (batch := _receive(connection)) is not None:
        for fields in pickle.loads(batch):  # noqa: S301 (from our own parent)
            order = Order(*fields)
            payload = _receive(connection)
            if payload is None:
                return
            on_progress = Alive(connection, order)
            kind, content = _answered(setup.job, order, payload, on_progress)
            messages.send_answer(connection.sendall, kind, order.number, content)


class Alive:
    """Tells the parent now and then that a task goes on, and has the limits begin anew."""

    def __init__(self, connection: socket.socket, order: Order) -> None:
        self._connection, self._order = connection, order
        self._begin()

    def _begin(self) -> None:
        self._last = self._allowed = monotonic()
        allow_cpu(ceil(process_time() + self._order.seconds))

    def part(self, content: bytes) -> None:
        """Send a part of the answer, and have the limit of processor time begin anew."""
        messages.send_answer(self._connection.sendall, Kind.PART, self._order.number, content)
        if monotonic() - self._allowed > _SILENCE:
            self._allowed = monotonic()
            allow_cpu(ceil(process_time() + self._order.seconds))

    def __call__(self, reached: float) -> None:
        """Say that so much is done, unless that was said a moment ago."""
        if monotonic() - self._last > _SILENCE:
            self._begin()
            content = f"{reached:.1f}".encode()
            self._connection.sendall(messages.answer(Kind.ALIVE, self._order.number, content))


def _answered(
    job: Job[Any, Any], order: Order, pickled: bytearray, on_progress: Alive
) -> tuple[Kind, bytes]:
    try:
        payload = pickle.loads(pickled)  # noqa: S301 (from our own parent)
        pickled.clear()
        if isinstance(job, Streaming):
            done = _streamed(job, payload, order, on_progress)
        else:
            done = job.salvage(payload) if order.salvage else job.perform(payload, on_progress)
    except MemoryError:
        return Kind.NO_MEMORY, b""
    except Exception as error:  # noqa: BLE001 (one task is not to end a worker)
        return Kind.RAISED, fault_of(error).encode()
    return Kind.DONE, done


def _streamed(job: Streaming[Any, Any], payload: object, order: Order, on_progress: Alive) -> bytes:
    """The answer, once all parts before it were sent."""
    last: bytes | None = None
    for content in job.stream(payload, on_progress, safe=order.salvage):
        if last is not None:
            on_progress.part(last)
        last = content
    return last or b""


def _connection(handle: str) -> socket.socket:
    if sys.platform == "win32":
        connection = socket.fromshare(sys.stdin.buffer.read())
    else:
        connection = socket.socket(fileno=int(handle))
        os.set_inheritable(connection.fileno(), False)  # noqa: FBT003 (the standard library's own)
    return connection


def _receive(connection: socket.socket) -> bytearray | None:
    """The next frame of the parent; None when there is no parent any more."""
    header = _exactly(connection, messages.HEADER_TO_WORKER)
    return None if header is None else _exactly(connection, messages.size_to_worker(header))


def _exactly(connection: socket.socket, size: int) -> bytearray | None:
    received = bytearray(size)
    count = 0
    with memoryview(received) as view:
        while count < size:
            part = connection.recv_into(view[count:])
            if not part:
                return None
            count += part
    return received
