"""A glance at videos: their keyframes alone are hashed and matched, ahead of their turn."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

from hashmatch.hashing.options import HashOptions
from hashmatch.model import Item
from hashmatch.model.media import Sampling
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found
from hashmatch.sources.opener import Opener


class Glances:
    """Videos whose keyframes are looked at, in workers of their own.

    What a glance finds goes on no record, and nothing is left out for it: it only decides when a
    video is read.
    """

    def __init__(
        self,
        *,
        opener: Opener,
        options: HashOptions,
        sandbox: Sandbox,
        workers: int | None,
        limits: WorkerLimits | None,
        stop: Callable[[], bool],
        met: Callable[[Item], bool],
    ) -> None:
        """Look at none yet.

        Args:
            opener: as for `read_items`, like all but the last.
            options: what is hashed of a file.
            sandbox: what workers may read.
            workers: processes that look.
            limits: of a worker.
            stop: whether to stop.
            met: whether anything that is known meets an item.
        """
        self._met = met
        self._asked: deque[Found] = deque()
        self._waiting = 0
        job = HashFiles(replace(options, sampling=Sampling.TRIAGE), opener)
        pool = WorkerPool(
            count=workers, limits=limits or WorkerLimits(), sandbox=sandbox, stop=stop
        )
        self._results = in_workers(job, self._tasks(), pool, waits=False)
        self._ended = False

    @property
    def waiting(self) -> int:
        """Videos that were asked for, and not answered yet."""
        return 0 if self._ended else self._waiting

    def ask(self, video: Found) -> None:
        """Look at a video, when a worker has time."""
        self._asked.append(video)
        self._waiting += 1

    def met(self) -> Iterator[Found]:
        """The videos in which something known was seen, of those that were looked at by now."""
        while self.waiting:
            try:
                each = next(self._results)
            except StopIteration:
                self._ended = True
                return
            if each is None:
                return
            self._waiting -= 1
            task, item = each
            if self._met(item):
                yield task.digested.found

    def close(self) -> None:
        """End the workers."""
        with closing(self._results):
            self._asked.clear()

    def _tasks(self) -> Iterator[Task | None]:
        while True:
            found = self._asked.popleft() if self._asked else None
            yield None if found is None else Task(Digested(found, found.size, stored=found.size))
