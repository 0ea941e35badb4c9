"""A scan of one picture and nothing else: a single worker reads it, and loads little.

To start a worker that can decode everything takes longer than to read a picture. Whatever is no
plain success, for whatever reason, is left to the workers that read several files.
"""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias

from hashmatch.errors import UnreadableError
from hashmatch.kinds import pictures
from hashmatch.model import Item
from hashmatch.scanning.copies import Copies
from hashmatch.scanning.decoding import HashFiles, is_by_chance
from hashmatch.scanning.digested import Digested, DigestFiles
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.scanning.single_job import LIGHT, ReadPicture
from hashmatch.scanning.task import Task
from hashmatch.sources.access import open_evidence
from hashmatch.sources.base import Found
from hashmatch.sources.inside.backup_places import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Results: TypeAlias = Generator[tuple[Found, Item] | None, None, None]
"""Files with their items; None where there is none for now."""
_HEAD = 64


def read_one_or(
    several: "Callable[[Iterable[Found | None], Sequence[Digested]], Results]",
    files: Iterable[Found | None],
    jobs: tuple[DigestFiles, HashFiles],
    copies: Copies,
    workers: WorkerPool,
) -> Results:
    """What `several` gives for these files; of a single picture, with less work.

    Args:
        several: reads any files, and before them one whose digests are known.
        files: opened by their paths.
        jobs: of workers that compute digests, and that decode.
        copies: that tell what need not be decoded, and know of no file yet.
        workers: who reads.
    """
    rest = iter(files)
    first = [*islice(rest, 2)]
    found = first[0] if len(first) == 1 else None
    if found is None or not (kind := _light_kind(found)):
        yield from several(chain(first, rest), ())
        return
    read = yield from _read(found, ReadPicture(*jobs, kind), copies, workers)
    if isinstance(read, Item):
        yield found, read
    elif read is not None:
        yield from several((), (read,))
    else:
        yield from several((found,), ())


def _light_kind(found: Found) -> str:
    """The format of a picture for which little is loaded; empty of any other file."""
    is_told_of = found.original_name or found.remark is not None
    if found.problem is not None or found.container is not None or is_told_of:
        return ""
    if folder_of(found.path.replace(os.sep, "/")) is not None:
        return ""  # a backup may tell its name
    try:
        with open_evidence(found.path) as file:
            kind = pictures.sniff(file.read(_HEAD))
    except (OSError, ValueError, UnreadableError):
        return ""
    return kind if kind in LIGHT else ""


class _Steps:
    """The tasks of the worker, one after the other.

    Attributes:
        next: what it is given; None while it works.
    """

    def __init__(self, found: Found) -> None:
        self.next: Found | Task | None = found

    def __iter__(self) -> Iterator[Found | Task | None]:
        while True:
            task, self.next = self.next, None
            yield task


def _read(
    found: Found, job: ReadPicture, copies: Copies, workers: WorkerPool
) -> Generator[None, None, Item | Digested | None]:
    """The item of a picture; where it is to be read otherwise, its digests, if they are known."""
    steps, digested = _Steps(found), None
    with closing(in_workers(job, steps, replace(workers, count=1))) as answers:
        for each in answers:
            answer = None if each is None else each[1]
            if each is None:
                yield None
            elif isinstance(answer, Item) and _is_success(answer):
                return answer
            elif not isinstance(answer, Digested):
                break
            else:
                digested = answer
                if answer.problem is not None or answer.searched:
                    break
                steps.next = task = next(_tasks(copies, answer))
                if task.item is not None:
                    return task.item
    return digested


def _tasks(copies: Copies, digested: Digested) -> Iterator[Task]:
    return (each for each in copies.tasks([digested]) if each is not None)


def _is_success(item: Item) -> bool:
    return item.media is not None and item.fault is None and not is_by_chance(item)
