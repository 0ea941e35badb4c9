"""Files of evidence to items, each read in a sandboxed worker."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from hashmatch.hashing.options import HashOptions
from hashmatch.model import Item, Locator
from hashmatch.scanning.copies import Copies, Recorded
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested, DigestFiles
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.links import Links
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.selection import Selection
from hashmatch.scanning.single import Results, read_one_or
from hashmatch.sources.base import Found
from hashmatch.sources.inside.options import Inside
from hashmatch.sources.opener import FILES, Opener

if TYPE_CHECKING:
    from hashmatch.scanning.images.volume import Rank
    from hashmatch.scanning.task import Task

V = TypeVar("V")


def read_items(
    files: Iterable[Found | None],
    options: HashOptions,
    *,
    opener: Opener = FILES,
    recorded: Recorded = lambda _: {},
    workers: int | None = None,
    sandbox: Sandbox | None = None,
    limits: WorkerLimits | None = None,
    inside: Inside | None = None,
    selection: Selection | None = None,
    done: Callable[[Locator], bool] = lambda _: False,
    rank: "Rank | None" = None,
    stop: Callable[[], bool] = lambda: False,
    on_notice: Callable[[str], object] = lambda _: None,
    on_progress: Callable[[str, float], object] = lambda _locator, _reached: None,
    on_expanding: Callable[[str, float], object] = lambda _locator, _reached: None,
    on_held: Callable[[int], object] = lambda _count: None,
    on_sandbox: Callable[[Mapping[str, Any]], object] = lambda _: None,
) -> Results:
    """Every file with its item, as soon as there is one: a slow file holds no other back.

    None is given now and then while there is none.

    Each file is read twice, by two workers: one computes its size and digests, and runs no
    decoder; the other decodes it, unless its content is known already. A picture that is the only
    file is read by one worker, which gives its digests before it decodes it.

    Args:
        files: of a source; read as needed. None where there is none for now, and more may follow.
        options: what to hash and how.
        opener: of the files; by default by their paths.
        recorded: asked for the hashes on record of contents.
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
    common = WorkerPool(
        count=workers,
        limits=limits or WorkerLimits(),
        sandbox=sandbox or Sandbox(),
        stop=stop,
        on_notice=_once(on_notice),
        on_sandbox=_once(on_sandbox),
    )
    reading = _Reading(
        options=options,
        opener=opener,
        recorded=recorded,
        selection=selection,
        inside=inside,
        done=done,
        rank=rank,
        workers=common,
        on_progress=lambda task, reached: on_progress(task.digested.found.locator, reached),
        on_expanding=on_expanding,
        on_held=on_held,
    )
    return reading.items(files)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """How files are read, as `read_items` was told."""

    options: HashOptions
    opener: Opener
    recorded: Recorded
    selection: Selection | None
    inside: Inside | None
    done: Callable[[Locator], bool]
    rank: "Rank | None"
    workers: WorkerPool
    on_progress: "Callable[[Task, float], object]"
    on_expanding: Callable[[str, float], object]
    on_held: Callable[[int], object]

    def items(self, files: Iterable[Found | None]) -> Results:
        """Every file with its item."""
        if self.opener is not FILES or self.workers.count == 0:
            return self._several(files, ())
        jobs = self._digest, HashFiles(self.options, self.opener)
        copies = Copies(self.recorded, self.selection)
        return read_one_or(self._several, files, jobs, copies, self.workers)

    @property
    def _digest(self) -> DigestFiles:
        return DigestFiles(self.opener, searches=self.inside is not None)

    def _several(self, files: Iterable[Found | None], known: Sequence[Digested]) -> Results:
        from hashmatch.scanning.backup_names import BackupNames

        alone = self.workers.count == 0
        copies = Copies(self.recorded, self.selection, alone=alone)
        links, opener = Links(), self.opener
        if self.inside is not None:
            files = BackupNames(opener, self.workers).named(files)
        digested = in_workers(self._digest, links.first_names(files), self.workers, waits=False)
        known_first = chain(known, (each and each[1] for each in digested))
        named = links.all_names(known_first)
        expanded = None
        if self.inside is not None:
            from hashmatch.scanning.inside_files import InsideFiles

            within = InsideFiles(opener, self.inside, self.workers, self.done)
            opener, expanded = within.opener, within.expanded(named, self.rank, self.on_expanding)
            named = within.to_decode(expanded)
        decoded = in_workers(
            HashFiles(self.options, opener),
            copies.tasks(named),
            self.workers,
            on_progress=self.on_progress,
            on_held=self.on_held,
            checks=True,
            blocked=lambda: copies.blocked,
        )
        return _items([digested, expanded, decoded], decoded, copies)


def _items(
    pools: "Iterable[Generator[Any] | None]",
    decoded: "Generator[tuple[Task, Item] | None]",
    copies: Copies,
) -> Results:
    from hashmatch.scanning.backup_names import told

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
