"""One volume of a disk image, on its way from its survey to the last of its files."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from hashmatch.model import AllocationState, Unreadable, VolumeFacts, VolumeStatus
from hashmatch.model.locator import Locator
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.image_plan import PlannedVolume
from hashmatch.scanning.images.objects import FoundObject, objects_in
from hashmatch.scanning.images.space import FreeSpace
from hashmatch.scanning.images.tasks import (
    DEAD,
    Answer,
    End,
    ImageTask,
    Item,
    Objects,
    ReadTask,
    SearchEnd,
    SearchTask,
    Spans,
    SurveyTask,
    VolumeEnd,
)
from hashmatch.sources.inside.base import SearchState

Rank: TypeAlias = Callable[[FoundObject], float]
"""What comes earlier has a lower rank."""

_RANKED: Final = 8 << 20
"""Bytes of packed files that are put in order together: some hundred thousand files."""
_TOGETHER: Final = 32
"""Files of a task, where they are read in an order of their own."""


class SurveyedVolume:
    """What is known of a volume, and what is still to be done.

    Attributes:
        problems: why the image was not read whole.
        queued: bytes that what is to be read takes in memory.
        done: bytes of the volume that were read, or need not be.
    """

    def __init__(
        self,
        image: Digested,
        planned: PlannedVolume,
        is_done: Callable[[Locator], bool],
        rank: Rank | None = None,
    ) -> None:
        """Nothing is known yet.

        Args:
            image: the file that is the image.
            planned: the volume.
            is_done: asked of each file whether it is on record.
            rank: of each file; by default they are read as they are found.
        """
        self._rank, self._ranked = rank, deque[FoundObject]()
        self._image, self._planned, self._is_done = image, planned, is_done
        self._where = image.found.where.inside(*planned.steps)
        self._waiting: deque[ImageTask] = deque([SurveyTask(image, planned)])
        self._packed: deque[Objects] = deque()
        self._running = 0
        self._space, self._searched = FreeSpace(), 0
        self._state, self._search = AllocationState.UNALLOCATED, SearchState()
        self._number = 0
        self._is_surveyed = self._is_searching = False
        self._read: dict[ImageTask, set[int]] = {}
        self._salvaged: dict[ImageTask, Digested] = {}
        self._said: VolumeFacts | None = None
        self._wrong: list[str] = []
        self.problems: list[Unreadable] = []
        self.queued = 0
        self.done = 0

    @property
    def facts(self) -> VolumeFacts:
        """What became of it, in the end."""
        if self._said is not None and not self._wrong:
            return self._said
        wrong = self._wrong or ["nothing was said of it"]
        if self._said is not None:
            is_read = self._said.status is VolumeStatus.READ
            status = VolumeStatus.PARTLY_READ if is_read else self._said.status
            return replace(self._said, status=status, reason=wrong[0])
        return VolumeFacts(
            locator=self._where,
            kind=self._planned.kind,
            offset=self._planned.offset,
            length=self._planned.size,
            status=VolumeStatus.NOT_READ,
            reason=wrong[0],
        )

    @property
    def is_finished(self) -> bool:
        """Whether there is nothing left to be done."""
        left = self._waiting or self._packed or self._ranked or self._is_left
        return not (self._running or left)

    @property
    def _is_left(self) -> bool:
        """Whether space is still to be searched."""
        return self._is_surveyed and self._searched < self._space.size

    @property
    def weight(self) -> int:
        """Bytes of the medium that were read, or need not be: in the end all that it stands for."""
        if self.is_finished:
            return self._planned.weight
        size = max(self._planned.size, 1)
        return self._planned.weight * min(self.done, size) // size

    def next_task(self) -> ImageTask | None:
        """What is to be done next; None where nothing is for now."""
        task = self._next()
        if task is not None:
            self._running += 1
            self._read[task] = set()
        return task

    def _next(self) -> ImageTask | None:
        if self._waiting:
            return self._waiting.popleft()
        if self._rank is not None and (self._packed or self._ranked or not self._is_surveyed):
            # What is likeliest is known when all are, and is read before space that is no file's.
            return self._next_ranked(self._rank) if self._is_surveyed else None
        if self._is_left and not self._is_searching:
            self._is_searching = True
            stretch = self._space.part(self._searched, self._number, self._state)
            return SearchTask(self._image, self._planned, stretch, self._search)
        while self._packed:
            if left := self._unpacked():
                return ReadTask(self._image, self._planned, left)
        return None

    def _unpacked(self) -> tuple[FoundObject, ...]:
        """The next files that were found, without those on record."""
        batch = self._packed.popleft()
        self.queued -= len(batch.packed)
        found = objects_in(batch.packed)
        left = tuple(each for each in found if not self._is_done(self._where.inside(each.step)))
        self.done += sum(each.weight for each in found) - sum(each.weight for each in left)
        return left

    def _next_ranked(self, rank: Rank) -> ImageTask | None:
        if not self._ranked:
            found, size = list[FoundObject](), 0
            while self._packed and size < _RANKED:
                size += len(self._packed[0].packed)
                found += self._unpacked()
            self._ranked.extend(sorted(found, key=rank))
        some = tuple(self._ranked.popleft() for _ in range(min(_TOGETHER, len(self._ranked))))
        return ReadTask(self._image, self._planned, some) if some else None

    def abandon(self) -> None:
        """Do nothing further: the image is another one by now."""
        self._waiting.clear()
        self._packed.clear()
        self._ranked.clear()
        self._searched = self._space.size
        self.queued = 0

    def take(self, task: ImageTask, answer: Answer) -> Iterator[Digested]:
        """Take an answer; what is to be recorded of it."""
        if isinstance(answer, Objects):
            self._note_deleted(objects_in(answer.packed))
            self._packed.append(answer)
            self.queued += len(answer.packed)
        elif isinstance(answer, Spans):
            if not self._space.add(answer.spans):
                self.problems.append(DEAD)
        elif isinstance(answer, Item):
            yield from self._item(task, answer)
        else:
            yield from self._end(task, answer)

    def _note_deleted(self, found: list[FoundObject]) -> None:
        for each in found:
            if each.deleted is not None:
                self._space.give(each.deleted)

    def _item(self, task: ImageTask, item: Item) -> Iterator[Digested]:
        if item.is_salvaged and item.is_unit and isinstance(task, ReadTask):
            self._salvaged[task] = item.digested
            return
        if item.is_unit and isinstance(task, ReadTask):
            self._read[task].add(item.unit)
            self.done += task.objects[item.unit].weight
        yield item.digested

    def _end(self, task: ImageTask, end: End) -> Iterator[Digested]:
        self._running -= 1
        read = self._read.pop(task)
        if isinstance(task, SurveyTask):
            self._surveyed(task, end)
        elif isinstance(task, SearchTask):
            self._searched_part(task, end)
        elif isinstance(task, ReadTask):
            missing = [number for number in range(len(task.objects)) if number not in read]
            yield from self._missing(task, missing, end)

    def _surveyed(self, task: SurveyTask, end: End) -> None:
        said = end.said if isinstance(end.said, VolumeEnd) else None
        if said is None and end.has_failed and not task.by_content:
            # Its file systems are left alone; what was found by name until then is read.
            self._note(end.problem)
            self._space, self._number = FreeSpace(), 1
            self._waiting.append(replace(task, by_content=True))
            return
        self._is_surveyed = True
        if said is None:
            self._space = FreeSpace()
            self._note(end.problem)
            return
        self._state, self._said = said.state, said.facts
        if said.told is not None:
            self.problems.append(said.told)
        if end.problem is not None:
            what = f"its folders cannot be read: {_text(end)}"
            self._note(Unreadable(end.problem.reason, what))

    def _searched_part(self, task: SearchTask, end: End) -> None:
        self._is_searching = False
        begin, stop = task.stretch.part
        self._searched = stop
        self.done += stop - begin
        if isinstance(end.said, SearchEnd):
            self._search = end.said.reached
            for why in end.said.problems:
                self._note(why)
        if end.problem is not None:
            what = f"bytes {begin:,} to {stop:,} of its free space were not searched: {_text(end)}"
            self._note(Unreadable(end.problem.reason, what))

    def _missing(self, task: ReadTask, missing: list[int], end: End) -> Iterator[Digested]:
        """What becomes of files of which nothing was said."""
        salvaged = self._salvaged.pop(task, None)
        if end.has_failed and len(task.objects) > 1:
            # The first of them ended the worker: it is tried once more, alone.
            left = tuple(task.objects[number] for number in missing)
            for objects in filter(None, (left[1:], left[:1])):
                self._waiting.appendleft(replace(task, objects=objects))
            return
        why = end.problem or DEAD
        for number in missing:
            own = task.objects[number]
            self.done += own.weight
            if own.problem is not None:
                yield task.lost(number, own.problem)
            elif salvaged is not None:
                yield replace(salvaged, remark=why)
            else:
                yield task.lost(number, why)

    def _note(self, why: Unreadable | None) -> None:
        """Say why not all of the volume was read."""
        if why is not None:
            what = why.detail or str(why.reason)
            where = "!".join(map(str, self._planned.steps))
            self.problems.append(Unreadable(why.reason, f"volume {where}: {what}"))
            self._wrong.append(what)


def _text(end: End) -> str:
    why = end.problem or DEAD
    return why.detail or str(why.reason)
