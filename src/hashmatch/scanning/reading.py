"""Files of evidence to items, each read in a sandboxed worker."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hashmatch.hashing.options import HashOptions
from hashmatch.model import Item, Locator
from hashmatch.scanning.backup_names import BackupNames, told
from hashmatch.scanning.copies import Copies, Recorded
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested, DigestFiles
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.scanning.images.images import Images
from hashmatch.scanning.images.job import InsideAnswer, InsideTask, ReadInside
from hashmatch.scanning.images.volume import Rank
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.links import Links
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.second_reading import SecondReading
from hashmatch.scanning.selection import Selection
from hashmatch.sources.base import Found
from hashmatch.sources.inside.opening import InsideOpener
from hashmatch.sources.inside.options import Inside
from hashmatch.sources.opener import FILES, Opener

if TYPE_CHECKING:
    from hashmatch.scanning.job import Job
    from hashmatch.scanning.task import Task

V = TypeVar("V")
_MEBIBYTE: Final = 1 << 20

_AT_ONCE: Final = 64
"""Files in which nothing lies that are passed on together."""


def read_items(
    files: Iterable[Found | None],
    options: HashOptions,
    *,
    opener: Opener = FILES,
    recorded: Recorded = lambda _: None,
    workers: int | None = None,
    sandbox: Sandbox | None = None,
    limits: WorkerLimits | None = None,
    inside: Inside | None = None,
    selection: Selection | None = None,
    done: Callable[[Locator], bool] = lambda _: False,
    rank: Rank | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_notice: Callable[[str], object] = lambda _: None,
    on_progress: Callable[[str, float], object] = lambda _locator, _reached: None,
    on_expanding: Callable[[str, float], object] = lambda _locator, _reached: None,
    on_held: Callable[[int], object] = lambda _count: None,
    on_sandbox: Callable[[Mapping[str, Any]], object] = lambda _: None,
) -> Generator[tuple[Found, Item] | None]:
    """Every file with its item, as soon as there is one: a slow file holds no other back.

    None is given now and then while there is none.

    Each file is read twice, by two workers: one computes its size and digests, and runs no
    decoder; the other decodes it, unless its content is known already.

    Args:
        files: of a source; read as needed. None where there is none for now, and more may follow.
        options: what to hash and how.
        opener: of the files; by default by their paths.
        recorded: asked for the hashes on record of a content.
        workers: processes that decode, and as many that compute digests; as many as cores by
            default; 0 reads in this process, with no limits and no sandbox.
        sandbox: what workers may read, and whether they may do without; by default all files.
        limits: of a worker and of each item.
        inside: how what lies in files is read; None where it is not.
        selection: of what is decoded; everything by default.
        done: asked of each item that lies in a file, by where it lies: whether it is left out, as
            it is on record already.
        rank: of files on disk images: what comes earlier has a lower one. By default they are read
            as they are found.
        stop: asked before each file; once it says so, only what was handed out is finished.
        on_notice: called once for each thing that this system cannot do to lock workers down.
        on_progress: called now and then for long videos, with the path of each and how many seconds
            of it were read.
        on_expanding: told now and then of containers: where each lies, and how many MiB of it were
            read.
        on_held: called now and then with how many files are decoded whose results are still
            checked.
        on_sandbox: called with what workers gave up, as plain names and values.

    Raises:
        SandboxError: the system refuses to lock workers down.
        WorkerError: workers cannot be started.
    """
    links, copies = Links(), Copies(recorded, selection)
    common = WorkerPool(
        count=workers,
        limits=limits or WorkerLimits(),
        sandbox=sandbox or Sandbox(),
        stop=stop,
        on_notice=_once(on_notice),
        on_sandbox=_once(on_sandbox),
    )
    if inside is not None:
        files = BackupNames(opener, common).named(files)
    digest = DigestFiles(opener, searches=inside is not None)
    digested = in_workers(digest, links.first_names(files), common, waits=False)
    named = links.all_names(each and each[1] for each in digested)
    expanded: Generator[tuple[Digested, Digested] | None] | None = None
    if inside is not None:
        opener = InsideOpener(opener, inside.limits, inside.passwords, parses=False)
        images = Images(done, partial(_in_mebibytes, on_expanding), rank)
        expanded = _expanded(opener, named, common, images, on_expanding)
        named = _not_done(SecondReading(opener, common).checked(expanded), done)
    decoded = in_workers(
        HashFiles(options, opener),
        copies.tasks(named),
        common,
        on_progress=lambda task, reached: on_progress(task.digested.found.locator, reached),
        on_held=on_held,
        checks=True,
        blocked=lambda: copies.blocked,
    )
    return _items([digested, expanded, decoded], decoded, copies)


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


def _items(
    pools: "Iterable[Generator[Any] | None]",
    decoded: "Generator[tuple[Task, Item] | None]",
    copies: Copies,
) -> Generator[tuple[Found, Item] | None]:
    with ExitStack() as stack:
        # Workers are ended before an error leaves, not when somebody forgets the error.
        for pool in pools:
            if pool is not None:
                stack.enter_context(closing(pool))
        for each in decoded:
            if each is None:
                yield None
            else:
                for found, item in copies.finished(*each):
                    yield found, told(found, item)


def _once(told: Callable[[V], object]) -> Callable[[V], object]:
    """Tells each value once: the workers that digest say what those say that decode."""
    said: list[V] = []

    def tell(value: V) -> None:
        if value not in said:
            said.append(value)
            told(value)

    return tell
