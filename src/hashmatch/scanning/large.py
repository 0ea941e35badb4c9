"""Large answers are read beside the thread that hears of workers: they keep no other waiting.

An answer with hundreds of thousands of hashes, as a day of video gives, takes seconds to be read.
Meanwhile the worker that gave it is not listened to, and all others are.
"""

from collections import deque
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

from hashmatch.scanning.messages import ProtocolError

W = TypeVar("W")
V = TypeVar("V")


class LargeAnswers(Generic[W, V]):
    """Answers that one thread reads, each after the other."""

    def __init__(self, wake_up: Callable[[], object]) -> None:
        """Prepare; the thread is started with the first answer.

        Args:
            wake_up: called when one was read.
        """
        self._wake_up = wake_up
        self._waiting: SimpleQueue[tuple[W, Callable[[], V]] | None] = SimpleQueue()
        self._done: deque[tuple[W, V | ProtocolError]] = deque()
        self._thread: Thread | None = None
        self._closed = False

    def add(self, worker: W, read: Callable[[], V]) -> None:
        """Have an answer read.

        Args:
            worker: that gave it.
            read: reads it; it may raise `ProtocolError`, and nothing else.
        """
        if self._thread is None:
            # It is not waited for at the end: what it reads then is of no use to anybody.
            self._thread = Thread(target=self._read, name="hashmatch-large-answers", daemon=True)
            self._thread.start()
        self._waiting.put((worker, read))

    def take_done(self) -> Iterator[tuple[W, V | ProtocolError]]:
        """Workers with what was read of their answers, each once."""
        while self._done:
            yield self._done.popleft()

    def close(self) -> None:
        """Read no further answer."""
        self._closed = True
        self._waiting.put(None)

    def _read(self) -> None:
        while (each := self._waiting.get()) is not None and not self._closed:
            worker, read = each
            try:
                self._done.append((worker, read()))
            except ProtocolError as error:
                self._done.append((worker, error))
            if not self._closed:
                self._wake_up()
