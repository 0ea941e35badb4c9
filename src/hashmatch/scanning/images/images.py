"""Disk images of a scan: each is surveyed, read and searched by all workers that there are."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final

from hashmatch.errors import Reason
from hashmatch.model import Locator, Unreadable, UnreadRange, VolumeFacts
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.expanding import CHANGED
from hashmatch.scanning.image_plan import Plan
from hashmatch.scanning.images.job import InsideAnswer, InsideTask
from hashmatch.scanning.images.tasks import Answer, End, ImageTask, Item, Objects, Spans
from hashmatch.scanning.images.volume import Rank, SurveyedVolume
from hashmatch.scanning.members import first_of
from hashmatch.scanning.seen import Seen

_MOST_QUEUED: Final = 32 << 20
"""Bytes of files that were found and wait to be read, beyond which no further volume is begun."""
_MOST_BEGUN: Final = 2
"""Volumes of an image that are surveyed or read at a time."""
_END: Final = object()


class _Image:
    """A disk image that is being read."""

    def __init__(
        self, task: Digested, plan: Plan, is_done: Callable[[Locator], bool], rank: Rank | None
    ) -> None:
        self.task, self._plan = task, plan
        self._waiting = deque(
            SurveyedVolume(plan.image, each, is_done, rank) for each in plan.volumes
        )
        self._begun: list[SurveyedVolume] = []
        self._weight = 0
        self._volumes: list[VolumeFacts] = [*plan.facts]
        self._problems: list[Unreadable] = [*plan.problems]
        self._given = Seen()
        self._of: dict[ImageTask, SurveyedVolume] = {}
        self._is_abandoned = False

    def is_finished(self) -> bool:
        """Whether all of it was read."""
        for volume in [each for each in self._begun if each.is_finished]:
            self._begun.remove(volume)
            self._weight += volume.weight
            self._volumes.append(volume.facts)
            self._problems += volume.problems
        return not self._waiting and not self._begun

    @property
    def share(self) -> float:
        """The share of the medium that was read, 0–1."""
        weight = self._weight + sum(each.weight for each in self._begun)
        return weight / self._plan.size if self._plan.size else 1.0

    def next_task(self) -> ImageTask | None:
        """What is to be done next; None where nothing is for now."""
        for volume in self._begun:
            if (task := volume.next_task()) is not None:
                return self._given_to(volume, task)
        queued = sum(each.queued for each in self._begun)
        if self._waiting and len(self._begun) < _MOST_BEGUN and queued < _MOST_QUEUED:
            self._begun.append(volume := self._waiting.popleft())
            if (task := volume.next_task()) is not None:
                return self._given_to(volume, task)
        return None

    def _given_to(self, volume: SurveyedVolume, task: ImageTask) -> ImageTask:
        self._of[task] = volume
        return task

    def take(self, task: ImageTask, answer: Answer) -> Iterator[Digested]:
        """Take an answer; what is to be recorded of it, each once."""
        volume = self._of[task]
        for each in volume.take(task, answer):
            if self._given.add(each.found.recorded):
                yield each
        if isinstance(answer, End):
            del self._of[task]
            if answer.problem == CHANGED and not self._is_abandoned:
                self._abandon()

    def _abandon(self) -> None:
        """Read nothing further: it is another image by now."""
        self._is_abandoned = True
        self._problems.insert(0, CHANGED)
        for each in self._begun:
            each.abandon()
        self._waiting.clear()

    def closed(self) -> Digested:
        """The file itself, behind all that lies in it."""
        image = self._plan.image
        where = image.found.where
        places = {where.inside(*each.steps): at for at, each in enumerate(self._plan.volumes, 1)}
        # They end in another order in each scan.
        volumes = sorted(self._volumes, key=lambda each: places.get(each.locator, 0))
        medium: tuple[VolumeFacts | UnreadRange, ...] = (*volumes, *self._plan.unread)
        image = replace(image, found=replace(image.found, medium=medium))
        if not self._problems:
            return _judged(image, self._plan.verdict)
        why, verdict = first_of(tuple(dict.fromkeys(self._problems))), self._plan.verdict
        if verdict and verdict not in why.detail:
            why = Unreadable(why.reason, f"{why.detail}; {verdict}")
        return replace(image, remark=why) if image.problem is None else replace(image, problem=why)


def _judged(image: Digested, verdict: str) -> Digested:
    """An image that was read, with what is to be said of the digests that it keeps."""
    why = image.problem
    if not verdict or why is None or why.reason is not Reason.OPENED:
        return image
    return replace(image, problem=Unreadable(why.reason, f"{why.detail}: {verdict}"))


class Images:
    """Makes the tasks that disk images need of what was found on them."""

    def __init__(
        self,
        is_done: Callable[[Locator], bool] = lambda _: False,
        on_reached: Callable[[str, float], object] = lambda _locator, _share: None,
        rank: Rank | None = None,
    ) -> None:
        """Start with no image.

        Args:
            is_done: asked of each file that is found, by where it lies: whether it is on record
                with all that lies in it.
            on_reached: told now and then of an image: its locator, and how many bytes of it were
                read.
            rank: of each file on a volume; by default they are read as they are found.
        """
        self._is_done, self._on_reached, self._rank = is_done, on_reached, rank
        self._open: dict[str, _Image] = {}
        self._asked = 0

    def tasks(self, files: Iterable[Digested | None]) -> Iterator[InsideTask | None]:
        """Files, and what is to be done with images among them; None for nothing as yet.

        Args:
            files: to be read.
        """
        upstream = iter(files)
        while True:
            task = next((each for each in self._next() if each is not None), None)
            if task is not None:
                yield task
                continue
            file = next(upstream, _END)
            if isinstance(file, Digested):
                self._asked += 1
                yield file
            elif file is None or self._open or self._asked:
                yield None
            else:
                return

    def _next(self) -> Iterator[ImageTask | None]:
        for image in self._open.values():
            yield image.next_task()

    def read(
        self, answers: Generator[tuple[InsideTask, InsideAnswer] | None]
    ) -> Generator[tuple[Digested, Digested] | None]:
        """Files with what lies in them; a file comes last.

        Args:
            answers: of `ReadInside` to `tasks`.
        """
        with closing(answers):
            for each in answers:
                if each is None:
                    yield None
                    yield from self._closed()
                    continue
                task, answer = each
                if isinstance(task, ImageTask):
                    yield from self._of_image(task, answer)
                else:
                    yield from self._of_file(task, answer)
                yield from self._closed()

    def _of_file(self, task: Digested, answer: InsideAnswer) -> Iterator[tuple[Digested, Digested]]:
        if isinstance(answer, Plan):
            self._asked -= 1
            self._open[task.found.recorded] = _Image(task, answer, self._is_done, self._rank)
        elif isinstance(answer, Digested):
            self._asked -= answer.found.container is None
            yield task, answer

    def _of_image(
        self, task: ImageTask, answer: InsideAnswer
    ) -> Iterator[tuple[Digested, Digested]]:
        image = self._open[task.image.found.recorded]
        if isinstance(answer, Objects | Spans | Item | End):
            for digested in image.take(task, answer):
                yield image.task, digested
        found = image.task.found
        self._on_reached(found.locator, image.share * found.size)

    def _closed(self) -> Iterator[tuple[Digested, Digested]]:
        for name, image in [*self._open.items()]:
            if image.is_finished():
                del self._open[name]
                yield image.task, image.closed()
