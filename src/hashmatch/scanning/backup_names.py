"""Names of files of iOS backups in folders, read by a worker from the manifest beside them.

A file is named before it is read, so that every match and every row of the record has the name.
For that the manifest is read twice: here, when the first file of its backup is met, and as the
database that it is, with all that lies in it.
"""

import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO, Final, cast

from hashmatch.errors import Reason
from hashmatch.model import Item, Unreadable
from hashmatch.scanning import wire
from hashmatch.scanning.job import StreamingJob
from hashmatch.scanning.messages import ProtocolError
from hashmatch.scanning.pool import WorkerPool, in_workers
from hashmatch.sources.access import open_evidence
from hashmatch.sources.base import Found
from hashmatch.sources.inside import backup_manifest as manifests
from hashmatch.sources.inside import backups
from hashmatch.sources.inside.backup_manifest import LONGEST_NAME, Listed
from hashmatch.sources.inside.backup_places import DATABASE, MBDB, SETTINGS, folder_of
from hashmatch.sources.inside.backups import Backup
from hashmatch.sources.inside.budget import InsideLimits, Spending
from hashmatch.sources.opener import Opener

_LONGEST_TIME: Final = 40
_AT_ONCE: Final = 1000
_KEPT: Final = 2
_NAMES: Final = (SETTINGS, DATABASE, MBDB)
_NOT_FOUND: Final = frozenset(
    {Reason.NOT_A_PICTURE, Reason.DAMAGED, Reason.UNSUPPORTED, Reason.TRUNCATED}
)
"""What is said of bytes in which nothing was found, as encrypted ones look."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a worker tells of a backup: a part, or what is known at the end."""

    encrypted: bool | None = None
    files: tuple[Listed, ...] = ()
    problem: Unreadable | None = None


@dataclass(frozen=True, slots=True)
class ReadBackups(StreamingJob):
    """The job of a worker that reads manifests of backups.

    A task is the folder of a backup with the paths of the files in it that tell of the others.
    """

    def local(self, task: tuple[str, ...]) -> _Answer | None:  # noqa: ARG002 (all are read)
        """Nothing."""
        return None

    def name(self, task: tuple[str, ...]) -> str:
        """The first path."""
        return task[0]

    def payload(self, task: tuple[str, ...]) -> object:
        """The paths."""
        return task

    def size(self, task: tuple[str, ...]) -> int:
        """Bytes that the files have."""
        total = 0
        for path in task:
            with suppress(OSError):
                total += os.lstat(path).st_size
        return total

    def part(self, task: tuple[str, ...], content: bytes) -> tuple[str, _Answer]:  # noqa: ARG002 (of any)
        """Some files.

        Raises:
            ProtocolError: it is nothing that `stream` gives.
        """
        try:
            number, rows = json.loads(content)
            return str(int(number)), _Answer(files=tuple(_listed(*row) for row in rows))
        except (ValueError, TypeError, AttributeError):
            raise ProtocolError from None

    def result(self, task: tuple[str, ...], answer: bytes) -> _Answer:  # noqa: ARG002 (of any)
        """Whether the backup is encrypted, and why names are missing.

        Raises:
            ProtocolError: it is nothing that `stream` gives.
        """
        try:
            encrypted, why = json.loads(answer)
            problem = None if why is None else wire.unreadable(*why)
        except (ValueError, TypeError):
            raise ProtocolError from None
        return _Answer(encrypted is True, problem=problem)

    def failed(self, task: tuple[str, ...], why: Unreadable, salvaged: bytes | None) -> _Answer:  # noqa: ARG002 (nothing is)
        """The names that came before are kept."""
        detail = f"the names of files of a backup: {why.detail}"
        return _Answer(problem=Unreadable(why.reason, detail))

    def warm_up(self) -> None:
        """Load what manifests are read with."""
        from importlib import import_module

        for module in manifests.MODULES:
            import_module(module)

    def salvage(self, payload: object) -> bytes:  # noqa: ARG002 (there is nothing to save)
        """Nothing."""
        return b""

    def stream(
        self,
        payload: object,
        on_progress: Callable[[float], object],
        *,
        safe: bool,  # noqa: ARG002 (it is)
    ) -> Iterator[bytes]:
        """The files, some at a time; and last whether the backup is encrypted."""
        paths = {os.path.basename(each): each for each in cast("tuple[str, ...]", payload)}  # noqa: PTH119
        spending = Spending(InsideLimits(), 0)

        def opened(name: str) -> BinaryIO | None:
            return open_evidence(paths[name]) if name in paths else None

        def check() -> None:
            on_progress(0)
            spending.check()

        reading = backups.Reading(opened, check)
        rows, number = iter(reading), 0
        while some := [*islice(rows, _AT_ONCE)]:
            yield json.dumps([number, some]).encode()
            number += 1
        why = reading.problem
        said = [reading.encrypted, None if why is None else [why.reason, why.detail]]
        yield json.dumps(said).encode()


def _listed(file: str, name: str, times: Mapping[str, str]) -> Listed:
    """A file that a worker says a manifest lists.

    Raises:
        ProtocolError: a manifest cannot list it.
    """
    is_text = all(isinstance(each, str) for each in (file, name, *times, *times.values()))
    if not is_text or folder_of(file) != "" or len(name) > LONGEST_NAME + 1:
        raise ProtocolError
    if not set(times) <= set(manifests.TIMES) or any(map(_is_long, times.values())):
        raise ProtocolError
    return Listed(file, name, times)


def _is_long(time: str) -> bool:
    return len(time) > _LONGEST_TIME


class BackupNames:
    """Gives files of backups their names; a backup is read when the first of its files is met."""

    def __init__(self, opener: Opener, workers: WorkerPool) -> None:
        """Read nothing yet.

        Args:
            opener: of the files. Only those that it opens by their paths are named.
            workers: one process of this kind reads.
        """
        self._opener = opener
        self._workers = replace(workers, count=0 if workers.count == 0 else 1)
        self._known: dict[str, Backup | None] = {}

    def named(self, files: Iterable[Found | None]) -> Iterator[Found | None]:
        """The same files, those of backups with their names; None for none as yet."""
        for found in files:
            yield None if found is None else self._named(found)

    def with_name(self, found: Found) -> Found:
        """One item of a source, or what lies in one, with its name."""
        if found.container is None:
            return self._named(found)
        outer = self._named(found.container)
        name = outer.inside(found.steps).original_name
        return replace(found, container=outer, original_name=name or found.original_name)

    def _named(self, found: Found) -> Found:
        path = found.path.replace(os.sep, "/")
        folder = folder_of(path)
        if folder is None or self._opener.path(self._opener.handle(found)) != found.path:
            return found
        above = f"{folder}/" if folder or path.startswith("/") else ""
        if above not in self._known:
            # Files come folder by folder; a backup may lie in another one.
            while len(self._known) >= _KEPT:
                del self._known[next(iter(self._known))]
            self._known[above] = self._read(above)
        backup = self._known[above]
        if backup is None:
            return found
        told = backup.tells(path[len(above) :])
        times = {**found.times, **told.times}
        return replace(found, original_name=told.name, times=times, remark=told.remark)

    def _read(self, above: str) -> Backup | None:
        """The backup in a folder; None where nothing there tells of one."""
        paths = tuple(path for name in _NAMES if _is_file(path := above + name))
        if not paths:
            return None
        backup = Backup()
        for each in in_workers(ReadBackups(), [paths], self._workers):
            if each is None:
                continue
            _, answer = each
            for listed in answer.files:
                if not backup.add(listed):
                    break
            if answer.encrypted is not None:
                backup.encrypted = answer.encrypted
            backup.problem = backup.problem or answer.problem
        return backup


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def told(found: Found, item: Item) -> Item:
    """An item with what files beside it tell: its name, and that it is encrypted."""
    remark, why = found.remark, item.unreadable
    if remark is not None and why is not None and item.media is None:
        # Of a manifest it is said even if the database that it is was opened.
        is_of_manifest = why.reason is Reason.OPENED and remark.detail != backups.OF_FILE
        if why.reason in _NOT_FOUND or is_of_manifest:
            item = replace(item, unreadable=remark)
    if found.original_name:
        item = replace(item, original_name=found.original_name)
    return item
