"""A thread of its own that waits for many things at once, and can be woken up."""

import atexit
import socket
from abc import ABC, abstractmethod
from contextlib import suppress
from threading import Thread
from types import TracebackType
from typing import Self


class Background(ABC):
    """A thread as a context manager: it serves until the block is left."""

    def __init__(self) -> None:
        """Prepare; the thread is started when the block is entered."""
        self._closing = self._woken = False

    def __enter__(self) -> Self:
        self._wakeup_read, self._wakeup_write = socket.socketpair()
        self._wakeup_read.setblocking(False)  # noqa: FBT003 (the standard library's own)
        self._wakeup_write.setblocking(False)  # noqa: FBT003
        self._thread = Thread(target=self._serve, name="hashmatch-workers", daemon=True)
        self._thread.start()
        # A generator that is finalised at interpreter exit would wait without end for the thread:
        # daemon threads no longer run then. They do while exit handlers are called.
        atexit.register(self._close)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        atexit.unregister(self._close)
        self._close()

    def _close(self) -> None:
        """End the thread; a second time, nothing."""
        if self._closing:
            return
        self._closing = True
        self._wake_up()
        self._thread.join()
        self._wakeup_read.close()
        self._wakeup_write.close()

    def _wake_up(self) -> None:
        """Have what waits on `_wakeup_read` look around; from any thread."""
        if not self._woken:
            self._woken = True
            # It may have ended.
            with suppress(OSError):
                self._wakeup_write.send(b"!")

    def _awake(self) -> None:
        """Take in that it was woken up, in the thread itself, before it looks around."""
        # In this order: who finds it woken up between the two is looked at in this very turn.
        self._wakeup_read.recv(1 << 16)
        self._woken = False

    @abstractmethod
    def _serve(self) -> None:
        """Serve until `_closing`."""
