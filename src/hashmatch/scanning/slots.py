"""Places for work that is begun: whoever finds none waits for one, in a thread or in a loop."""

from collections import deque
from concurrent.futures import Future
from threading import Lock


class Slots:
    """A number of places."""

    def __init__(self, count: int) -> None:
        """All of them are free."""
        self._free = count
        self._waiting: deque[Future[None]] = deque()
        self._lock = Lock()

    def ask(self) -> "Future[None]":
        """A place, once there is one: who waits first has it first."""
        place: Future[None] = Future()
        with self._lock:
            if self._free:
                self._free -= 1
                place.set_result(None)
            else:
                self._waiting.append(place)
        return place

    def give_back(self) -> None:
        """Hand a place to who waits first, or keep it free."""
        with self._lock:
            while self._waiting:
                place = self._waiting.popleft()
                if place.set_running_or_notify_cancel():
                    place.set_result(None)
                    return
            self._free += 1

    def leave(self, place: "Future[None]") -> None:
        """Wait for a place no more; one that was had meanwhile is given back."""
        if not place.cancel():
            self.give_back()

    def refuse_all(self, error: Exception) -> None:
        """Nobody who waits will have a place."""
        with self._lock:
            waiting, self._waiting = self._waiting, deque()
        for place in waiting:
            if place.set_running_or_notify_cancel():
                place.set_exception(error)
