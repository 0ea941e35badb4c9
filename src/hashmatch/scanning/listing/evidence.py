"""All files of a source, and the volumes of disk images among them, before they are scanned."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Final

from hashmatch.model import Unreadable, VolumeFacts, VolumeStatus
from hashmatch.scanning.images.counting import CountEnd, Counts, CountTask
from hashmatch.scanning.images.tasks import DEAD, End
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.listing.files import Answer, LookAtFiles, LookedAt, Task
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.base import Found, Source, readable_of
from hashmatch.sources.inside.opening import InsideOpener
from hashmatch.sources.inside.options import Inside
from hashmatch.sources.opener import opener_of

_INSIDE: Final = Inside()


@dataclass(frozen=True, slots=True)
class ListedVolume:
    """A volume of a disk image.

    Attributes:
        facts: its place, what lies on it, and whether it would be read.
        counts: of files and bytes.
        told: why not all of it would be read; None where nothing would be missing.
    """

    facts: VolumeFacts
    counts: Counts = field(default_factory=Counts)
    told: Unreadable | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the evidence, and what lies in it.

    Attributes:
        file: it.
        volumes: of the disk image that it is, in their order.
    """

    file: LookedAt
    volumes: tuple[ListedVolume, ...] = ()

    @property
    def problems(self) -> tuple[Unreadable, ...]:
        """Why something would not be read, of the file itself or of its volumes."""
        plan = self.file.plan
        own = () if plan is None else plan.problems
        told = (each.told for each in self.volumes if each.told is not None)
        return (*self.file.problems, *own, *told)

    @property
    def is_unread(self) -> bool:
        """Whether a scan would have something unreadable in it."""
        needs = any(not each.reason.skipped for each in self.problems)
        return bool(needs or self.file.locked) and not self.file.is_further


def list_evidence(
    source: Source,
    *,
    inside: Inside | None = _INSIDE,
    workers: int | None = None,
    unsandboxed: bool = False,
    stop: Callable[[], bool] = lambda: False,
    on_notice: Callable[[str], object] = lambda _: None,
) -> Iterator[Listed]:
    """Every file of the evidence with what it is, as soon as that is known; nothing is decoded.

    Members of archives are counted, and the files of each volume of a disk image.

    Args:
        source: of the files.
        inside: how what lies in files is read; None where it is not.
        workers: processes that read, as of `iter_scan`.
        unsandboxed: as of `iter_scan`.
        stop: asked before each file.
        on_notice: as of `iter_scan`.

    Raises:
        SourceError: the evidence cannot be opened.
        SandboxError, WorkerError: as of `iter_scan`.
    """
    how = inside or _INSIDE
    opener = InsideOpener(opener_of(source), how.limits, how.passwords)
    pool = WorkerPool(
        count=workers,
        limits=WorkerLimits(),
        sandbox=Sandbox(readable_of(source), unsandboxed),
        stop=stop,
        on_notice=on_notice,
    )
    job, listing = LookAtFiles(opener, opens=inside is not None), _Listing(source)
    # Without workers this process reads.
    with job.image, closing(in_workers(job, listing.tasks(), pool)) as answers:
        yield from listing.listed(answers)


class _Image:
    """A disk image whose volumes are surveyed."""

    def __init__(self, file: LookedAt, tasks: "tuple[CountTask, ...]") -> None:
        self.file, self._tasks = file, tasks
        self._known: dict[CountTask, ListedVolume] = {}

    def take(self, task: CountTask, answer: End) -> CountTask | None:
        """Take an answer; what is to be asked instead of it."""
        if isinstance(answer.said, CountEnd):
            said = answer.said
            volume = ListedVolume(said.facts, said.counts, said.told)
            if answer.problem is not None:
                volume = _without_names(volume, answer.problem)
            self._known[task] = volume
            return None
        if answer.has_failed and not task.by_content:
            again = replace(task, by_content=True)
            self._tasks = tuple(again if each is task else each for each in self._tasks)
            return again
        self._known[task] = _unread(task, answer.problem or DEAD)
        return None

    @property
    def is_known(self) -> bool:
        """Whether something is known of each volume."""
        return len(self._known) == len(self._tasks)

    @property
    def listed(self) -> Listed:
        """The image with its volumes."""
        return Listed(self.file, tuple(self._known[each] for each in self._tasks))


def _without_names(volume: ListedVolume, why: Unreadable) -> ListedVolume:
    """A volume whose folders ended the process that read them."""
    what = f"its folders cannot be read: {why.detail or why.reason}"
    facts = replace(volume.facts, status=VolumeStatus.PARTLY_READ, reason=what)
    return replace(volume, facts=facts, told=Unreadable(why.reason, what))


def _unread(task: CountTask, why: Unreadable) -> ListedVolume:
    planned = task.volume
    facts = VolumeFacts(
        locator=task.image.found.where.inside(*planned.steps),
        kind=planned.kind,
        offset=planned.offset,
        length=planned.size,
        status=VolumeStatus.NOT_READ,
        reason=why.detail or str(why.reason),
    )
    return ListedVolume(facts, told=why)


class _Listing:
    """Makes the tasks that disk images need of what was found."""

    def __init__(self, files: Iterable[Found]) -> None:
        self._files = iter(files)
        self._waiting: deque[CountTask] = deque()
        self._of: dict[CountTask, _Image] = {}
        self._asked = 0

    def tasks(self) -> Iterator[Task | None]:
        """Volumes, and files; None where there is nothing as yet."""
        while True:
            if self._waiting:
                yield self._waiting.popleft()
                continue
            file = next(self._files, None)
            if file is not None:
                self._asked += 1
                yield file
            elif self._asked or self._of:
                yield None
            else:
                return

    def listed(self, answers: "Generator[tuple[Task, Answer] | None]") -> Iterator[Listed]:
        """Files; of a disk image once something is known of all of its volumes."""
        for each in answers:
            if each is None:
                continue
            task, answer = each
            if isinstance(task, CountTask) and isinstance(answer, End):
                yield from self._of_volume(task, answer)
            elif isinstance(answer, LookedAt):
                yield from self._of_file(answer)

    def _of_file(self, file: LookedAt) -> Iterator[Listed]:
        self._asked -= 1
        plan = file.plan
        tasks = () if plan is None else tuple(CountTask(plan.image, each) for each in plan.volumes)
        if not tasks:
            yield Listed(file)
            return
        image = _Image(file, tasks)
        self._of |= dict.fromkeys(tasks, image)
        self._waiting += tasks

    def _of_volume(self, task: CountTask, answer: End) -> Iterator[Listed]:
        image = self._of.pop(task)
        again = image.take(task, answer)
        if again is not None:
            self._of[again] = image
            self._waiting.append(again)
        elif image.is_known:
            yield image.listed
