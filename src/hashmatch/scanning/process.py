"""The parent's end of one worker process."""

import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Generic, TypeVar

from hashmatch.errors import WorkerError
from hashmatch.native.memory import MMAP_BYTES, TRIM_BYTES
from hashmatch.scanning import messages
from hashmatch.scanning.cgroups import Group
from hashmatch.scanning.messages import Answer, ProtocolError

Q = TypeVar("Q")

_START = """\
import gc, sys
gc.disable()
sys.path[:] = sys.argv[2:]
from hashmatch.scanning.worker import main
main()
"""
_RECEIVE = 1 << 18
_SIGNS = 1000
_SIGNS_A_SECOND = 2
"""Signs of life from one process, at most: it gives one a second. Who gives more keeps us busy."""
_FIRST_PACE = 1.0
_ANSWERS = 32
"""Answers that a worker's pace is the mean of, about; until then it is taken to be slow."""
_NOWHERE = subprocess.DEVNULL
_ENDED_BY_US = frozenset({-9, 1} if sys.platform == "win32" else {-9})
"""Exit codes of a process that `Popen.kill` ended."""
_NEEDED = frozenset(
    # How names of files are encoded, and where libraries lie that are installed elsewhere. Anything
    # else may be a secret, and whoever takes over a worker can read what it was given.
    (
        *("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
        *("HASHMATCH_NATIVE", "NPY_DISABLE_CPU_FEATURES", "OPENBLAS_CORETYPE"),
        # Windows finds neither sockets nor libraries without these.
        *("PATH", "SYSTEMROOT", "WINDIR") * (sys.platform == "win32"),
    )
)
_SURROUNDINGS = {
    # There is a worker for every core already.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # glibc would return the memory of every picture to the system, and have it zeroed again for
    # the next one: a fifth of the time of pictures of 0.6 megapixels.
    "MALLOC_MMAP_THRESHOLD_": str(MMAP_BYTES),
    "MALLOC_TRIM_THRESHOLD_": str(TRIM_BYTES),
}


def import_path() -> list[str]:
    """The folders that a worker imports from: its parent's, but never the current folder.

    The current folder may be evidence, and Python would import `numpy.py` from there.
    """
    here = os.path.realpath(os.getcwd())  # noqa: PTH109 (names that are no text)
    absolute = [each for each in sys.path if os.path.isabs(each)]  # noqa: PTH117 (as above)
    kept = [each for each in absolute if os.path.realpath(each) != here]
    home = str(Path(__file__).parents[2])
    return kept if home in kept else [*kept, home]


class WorkerProcess(Generic[Q]):
    """A process, its socket, and what it was given and has not answered.

    Attributes:
        setup: what it was told to start with.
        running: unanswered tasks, the one that it works on first.
        batches: how many of the running tasks each unfinished batch still has.
        ready: whether it has started.
        fresh: whether it has answered nothing yet, so that no earlier file can have harmed it.
        spent: whether it is to be replaced.
        failed: whether something happened that harmless files do not do.
        reading: whether its last answer is still being read, so that no other is taken.
        given_count: tasks that it was given.
        answered_count: tasks that it has answered.
        started: when it was started, on the pool's clock.
        start_seconds: that this took.
        begun: when the task in front was begun, on the pool's clock.
        pace: seconds from one answer to the next while it has tasks, as of late.
        since: when it was last heard of.
        group: that counts its memory; none where no group can be made.
        full: whether the kernel ended it because it met the limit of its group.
    """

    def __init__(self, setup: bytes, now: float, group: Group) -> None:
        """Start a process, and put it in its group before it is told what to do.

        Raises:
            WorkerError: the system does not allow it.
        """
        self.setup = setup
        self.running: deque[Q] = deque()
        self.batches: deque[int] = deque()
        self.ready = False
        self.fresh = True
        self.spent = False
        self.failed = False
        self.reading = False
        self.given_count = self.answered_count = 0
        self.started = now
        self.start_seconds = 0.0
        self.begun = self.since = now
        self.pace = _FIRST_PACE
        self._signs, self._told_since = 0, monotonic()
        self._outgoing: deque[memoryview] = deque()
        self._queue([setup])
        self._incoming = bytearray()
        self._taken = 0
        self.socket, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = _started(theirs)
        except OSError as error:
            self.socket.close()
            msg = f"cannot start a worker: {error.strerror or error}"
            raise WorkerError(msg) from None
        self.group, self.full = group, False
        group.add(self._process.pid)
        self.socket.setblocking(False)  # noqa: FBT003 (the standard library's own)

    @property
    def has_outgoing(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._outgoing)

    def give(self, batch: list[Q], contents: list[bytes], now: float) -> None:
        """Hand it a batch of tasks: what says all of them, and the payload of each."""
        if not self.running:
            self.begun = self.since = now
        self.running.extend(batch)
        self.given_count += len(batch)
        self.batches.append(len(batch))
        self._queue(contents)

    def _queue(self, contents: list[bytes]) -> None:
        self._outgoing.extend(memoryview(each) for each in messages.to_worker(contents))

    def answered(self, now: float) -> Q:
        """The task in front, which is done; the next one begins."""
        self.fresh = False
        self.answered_count += 1
        self.pace += (now - self.begun - self.pace) / _ANSWERS
        self.begun = self.since = now
        self.batches[0] -= 1
        if not self.batches[0]:
            self.batches.popleft()
        return self.running.popleft()

    def heard(self, now: float) -> None:
        """Take in that the task in front goes on.

        Raises:
            ProtocolError: it says so far more often than any of ours.
        """
        self._signs += 1
        if self._signs > _SIGNS + (monotonic() - self._told_since) * _SIGNS_A_SECOND:
            raise ProtocolError
        self.since = now

    def send(self) -> None:
        """Send as much as the process takes now."""
        try:
            while self._outgoing:
                piece = self._outgoing[0]
                sent = self.socket.send(piece)
                if sent == len(piece):
                    self._outgoing.popleft()
                else:
                    self._outgoing[0] = piece[sent:]
        except BlockingIOError:
            pass
        except OSError:
            # It is dead, which reading will show behind its last answers.
            self._outgoing.clear()

    def receive(self) -> bool:
        """Take in what has come; whether the process is still there."""
        return self._next_part() != b""

    def receive_last(self) -> None:
        """Take in all that a process sent before it was ended."""
        while self._next_part():
            pass

    def _next_part(self) -> bytes | None:
        """Take in what has come; None where there is nothing for now, empty where none follows."""
        try:
            part = self.socket.recv(_RECEIVE)
        except BlockingIOError:
            return None
        except OSError:
            part = b""
        # Once for all answers that were taken, not for each: what is behind them moves.
        del self._incoming[: self._taken]
        self._taken = 0
        self._incoming += part
        return part

    def answers(self) -> Iterator[Answer]:
        """The answers that have come whole, each once.

        Raises:
            ProtocolError: behind the last answer before something that is none.
        """
        while (answer := messages.answer_at(self._incoming, self._taken)) is not None:
            self._taken += messages.size_of(answer)
            yield answer

    def end(self, patience: float) -> int | None:
        """Let the process end by itself for so many seconds, then end it.

        Returns:
            Its exit code; negative for the number of the signal that ended it. None where it did
            not end by itself.
        """
        code = self._ended(patience)
        self.full = self.group.met_its_limit()
        self.group.remove()
        return code

    def _ended(self, patience: float) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(patience)
        self._process.kill()
        code = self._process.wait()
        # It may have ended by itself in between.
        return None if code in _ENDED_BY_US else code

    def close(self) -> None:
        """Close our end of the socket."""
        self.socket.close()


def _started(theirs: socket.socket) -> subprocess.Popen[bytes]:
    handle = str(theirs.fileno())
    command = [sys.executable, "-I", "-B", "-c", _START, handle, *import_path()]
    kept = {name: value for name, value in os.environ.items() if name.upper() in _NEEDED}
    surroundings = {**kept, **_SURROUNDINGS}
    if sys.platform == "win32":
        process = subprocess.Popen(  # noqa: S603 (our own interpreter)
            command, stdin=subprocess.PIPE, stdout=_NOWHERE, stderr=_NOWHERE, env=surroundings
        )
        assert process.stdin is not None  # noqa: S101 (asked for above)
        with process.stdin as stdin:
            stdin.write(theirs.share(process.pid))
    else:
        process = subprocess.Popen(  # noqa: S603 (our own interpreter)
            command,
            stdin=_NOWHERE,
            stdout=_NOWHERE,
            stderr=_NOWHERE,
            env=surroundings,
            pass_fds=[theirs.fileno()],
        )
    return process
