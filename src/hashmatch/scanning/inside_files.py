"""Files with all that lies in them, read in workers of their own."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from hashmatch.model import Locator
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.scanning.images.images import Images
from hashmatch.scanning.images.job import InsideAnswer, InsideTask, ReadInside
from hashmatch.scanning.images.volume import Rank
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.second_reading import SecondReading
from hashmatch.sources.inside.opening import InsideOpener
from hashmatch.sources.inside.options import Inside
from hashmatch.sources.opener import Opener

if TYPE_CHECKING:
    from hashmatch.scanning.job import Job

_MEBIBYTE: Final = 1 << 20

_AT_ONCE: Final = 64
"""Files in which nothing lies that are passed on together."""


class InsideFiles:
    """Reads what lies in files.

    Attributes:
        opener: of files and what lies in them.
    """

    def __init__(
        self,
        opener: Opener,
        inside: Inside,
        workers: WorkerPool,
        done: Callable[[Locator], bool],
    ) -> None:
        """Read nothing yet.

        Args:
            opener: of the files.
            inside: how what lies in them is read.
            workers: who reads.
            done: asked of each item that lies in a file, by where it lies: whether it is left out.
        """
        self.opener = InsideOpener(opener, inside.limits, inside.passwords, parses=False)
        self._workers, self._done = workers, done

    def expanded(
        self,
        files: Iterable[Digested | None],
        rank: Rank | None,
        on_expanding: Callable[[str, float], object],
    ) -> Generator[tuple[Digested, Digested] | None]:
        """Each file with all that lies in it, as pairs of the file and an item; files come last.

        Args:
            files: with their digests.
            rank: of files on disk images, as `read_items` takes it.
            on_expanding: told of containers, as `read_items` tells it.
        """
        images = Images(self._done, partial(_in_mebibytes, on_expanding), rank)
        return _expanded(self.opener, files, self._workers, images, on_expanding)

    def to_decode(
        self, expanded: Generator[tuple[Digested, Digested] | None]
    ) -> Iterator[Digested | None]:
        """Files and what lies in them, but for what is on record; some are read twice."""
        checked = SecondReading(self.opener, self._workers).checked(expanded)
        return _not_done(checked, self._done)


def _in_mebibytes(told: Callable[[str, float], object], locator: str, reached: float) -> None:
    told(locator, reached / _MEBIBYTE)


def _expanded(
    opener: InsideOpener,
    files: Iterable[Digested | None],
    workers: WorkerPool,
    images: Images,
    on_expanding: Callable[[str, float], object],
) -> Generator[tuple[Digested, Digested] | None]:
    """Files with all that lies in them; files come last."""

    def on_progress(task: InsideTask, reached: float) -> None:
        if isinstance(task, Digested):
            on_expanding(task.found.locator, reached)

    # What holds nothing goes past the pool: most files do, and each would be a task of it.
    past: deque[Digested] = deque()
    at_once = 1 if workers.count == 0 else _AT_ONCE
    reading = ReadInside(ExpandFiles(replace(opener, parses=True), divides=True))
    job: Job[InsideTask, InsideAnswer] = reading
    answers: Generator[tuple[InsideTask, InsideAnswer] | None] = in_workers(
        job,
        images.tasks(_searched(files, past, at_once)),
        workers,
        waits=False,
        abandons=True,
        on_progress=on_progress,
    )
    # Without workers this process reads.
    with reading.image, closing(images.read(answers)) as read:
        for each in read:
            yield from _all_of(past)
            yield each
        yield from _all_of(past)


def _searched(
    files: Iterable[Digested | None], past: deque[Digested], at_once: int
) -> Iterator[Digested | None]:
    """Files in which others may lie; those in which none do are added to `past`."""
    for each in files:
        if each is None or each.searched:
            yield each
        else:
            past.append(each)
            if len(past) == at_once:
                yield None


def _all_of(past: deque[Digested]) -> Iterator[tuple[Digested, Digested]]:
    while past:
        each = past.popleft()
        yield each, each


def _not_done(
    digested: Iterable[Digested | None], done: Callable[[Locator], bool]
) -> Iterator[Digested | None]:
    """What lies in files, but for what is on record; and the files."""
    for each in digested:
        if each is None or each.found.container is None or not done(each.found.where):
            yield each
