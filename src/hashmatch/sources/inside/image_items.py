"""All that lies on a disk image: files of its file systems, and pictures in all other space."""

from collections.abc import Callable, Generator, Iterator
from enum import Enum
from functools import partial
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.kinds.sqlite_log import SUFFIX
from hashmatch.model import AllocationState, Unreadable, VolumeStatus
from hashmatch.model.locator import FileObject, Member, Step
from hashmatch.sources.diskimage.base import Bytes, Medium
from hashmatch.sources.diskimage.contents import Content, Nature
from hashmatch.sources.diskimage.entry import Entry
from hashmatch.sources.diskimage.filesystems.base import FileSystem, nothing
from hashmatch.sources.diskimage.filesystems.opening import READERS, open_file_system
from hashmatch.sources.diskimage.reading import held
from hashmatch.sources.diskimage.spans import Span, common
from hashmatch.sources.diskimage.volumes import GAP, Volume, Volumes, find_volumes
from hashmatch.sources.inside.backup_places import is_named
from hashmatch.sources.inside.base import Budget, Inner, SearchState
from hashmatch.sources.inside.free_space import UNALLOCATED, Space, stored
from hashmatch.sources.inside.image_backups import named_entries
from hashmatch.sources.inside.image_selection import ImageSelection
from hashmatch.sources.inside.volume_reports import (
    LEFT_OUT,
    Surveyed,
    VolumeReport,
    report_of,
    without_deleted,
)

NO_SUCH_ITEM: Final = UnreadableError(Reason.IO_ERROR, "there is no such item on the medium")
_ALL: Final = ImageSelection()
_MOST_NAMED: Final = 20
_MOST_HELD: Final = 8 << 20
"""Bytes of a file that are held in memory."""


class Survey(Enum):
    """How much of the file systems of a volume is read."""

    WHOLE = "whole"
    WITHOUT_NAMES = "without-names"
    """No folder is opened: each entry is read, where the file system has a list of them."""
    BY_CONTENT = "by-content"
    """Nothing: the whole volume is searched for pictures."""


class ImageItems:
    """What lies on a medium.

    Attributes:
        medium: that is read.
        names: of the files of the image, the first one first.
        volumes: of it.
        reports: what became of the volumes that were read so far.
    """

    def __init__(
        self, medium: Medium, selection: ImageSelection = _ALL, names: tuple[str, ...] = ()
    ) -> None:
        """Look for volumes.

        Args:
            medium: that is read.
            selection: of its volumes and files.
            names: of the files of the image.

        Raises:
            OSError: the medium cannot be read.
        """
        self.medium, self._selection, self.names = medium, selection, names
        self.volumes: Volumes = find_volumes(medium, snapshots=selection.snapshots)
        self.reports: list[VolumeReport] = []
        self._systems: dict[tuple[tuple[Step, ...], str], FileSystem] = {}

    def __call__(self, budget: Budget) -> Iterator[Inner | Unreadable]:
        """All items, volume by volume; in between what could not be read.

        Args:
            budget: of the search in space that belongs to no file.

        Raises:
            OSError: the medium cannot be read.
        """
        yield from self.problems
        for volume in self.volumes.volumes:
            given: set[Span] = set()
            entries = self.survey(volume, budget.check)
            surveyed = yield from self._named(volume, entries, given)
            report = surveyed.report
            for found in self._carved(volume, surveyed, budget, given):
                if isinstance(found, Unreadable):
                    report = report.without(found.detail)
                yield found
            self.reports.append(report)
            if (told := report.told) is not None:
                yield told

    @property
    def problems(self) -> list[Unreadable]:
        """What is wrong with the medium, with its partition tables, and with the selection."""
        unread = (
            f"{each.length:,} bytes at {each.offset:,} are missing: {each.reason}"
            for each in self.medium.unread
        )
        said = (*self.medium.problems, *self.volumes.problems, *unread)
        problems = [Unreadable(Reason.CORRUPT_DATA, each) for each in said]
        steps = [each.steps for each in self.volumes.volumes]
        if not any(map(self._selection.takes, steps)):
            wanted = ", ".join(self._selection.volumes)
            there = ", ".join("!".join(map(str, each)) for each in steps[:_MOST_NAMED])
            what = f"no volume of it is called {wanted}: it has {there}"
            problems.append(Unreadable(Reason.CONTAINER, what))
        return problems

    def volume(self, steps: tuple[Step, ...]) -> Volume:
        """The volume that these steps lead to.

        Raises:
            UnreadableError: there is none.
        """
        for volume in self.volumes.volumes:
            if volume.steps == steps:
                return volume
        raise NO_SUCH_ITEM

    def survey(
        self,
        volume: Volume,
        on_step: Callable[[], object] = nothing,
        how: Survey = Survey.WHOLE,
    ) -> Generator[Entry, None, Surveyed]:
        """All files of a volume, also deleted ones, in the order of their first bytes.

        Args:
            volume: of the medium.
            on_step: called now and then.
            how: what is read of its file systems.

        Returns:
            What became of the volume, if all of its files and its free space can be read.

        Raises:
            OSError: the medium cannot be read.
        """
        if not self._selection.takes(volume.steps):
            return Surveyed(VolumeReport(volume, VolumeStatus.NOT_READ, LEFT_OUT))
        if volume.unreadable:
            return Surveyed(VolumeReport(volume, VolumeStatus.NOT_READ, volume.unreadable))
        natures = {each.nature for each in volume.contents}
        locked = [f"{x.title} is encrypted" for x in volume.contents if x.nature is Nature.LOCKED]
        # How far it reaches where no partition says so is not known: the rest is searched.
        if locked and volume.scheme != GAP:
            return Surveyed(VolumeReport(volume, VolumeStatus.NOT_READ, locked[0]))
        if natures <= {Nature.EMPTY}:
            return Surveyed(VolumeReport(volume, VolumeStatus.READ))
        wrong: list[str] = [*locked, *volume.problems]
        left: list[Entry] = []
        unowned: list[Span] | None = None
        data = volume.open(self.medium)
        for content in volume.contents:
            if content.nature is not Nature.FILE_SYSTEM or how is Survey.BY_CONTENT:
                continue
            system = self._system(volume, data, content, wrong)
            if system is not None:
                entries = system.entries(on_step, by_names=how is Survey.WHOLE)
                named = named_entries(entries, system.open, on_step)
                yield from (each for each in named if self._takes(each, left))
                wrong += [each.detail for each in system.problems]
                free = list(system.unowned())
                # Where several file systems claim a volume, what one of them owns is read.
                unowned = free if unowned is None else list(common(unowned, free))
        is_unknown = unowned is None and volume.scheme != GAP
        report = report_of(volume, wrong, is_known=not is_unknown)
        spans = stored(data, [(0, data.size)] if unowned is None else unowned)
        if is_unknown:
            return Surveyed(report, spans, AllocationState.CARVED)
        return (
            Surveyed(report, spans)
            if self._selection.deleted
            else without_deleted(report, spans, left)
        )

    def _takes(self, entry: Entry, left: list[Entry]) -> bool:
        """Whether a file is read; else it is added to those that are left out."""
        is_taken = self._selection.deleted or entry.state is AllocationState.ALLOCATED
        left += () if is_taken else (entry,)
        return is_taken

    def _system(
        self, volume: Volume, data: Bytes, content: Content, wrong: list[str]
    ) -> FileSystem | None:
        if content.kind not in READERS:
            wrong.append(f"{content.title} is not read: it was searched for pictures by content")
            return None
        try:
            system = open_file_system(data, content.kind)
        except UnreadableError as error:
            wrong.append(f"{content.title}: {error.detail}")
            return None
        self._systems[volume.steps, content.kind] = system
        return system

    def _named(
        self, volume: Volume, entries: Generator[Entry, None, Surveyed], given: set[Span]
    ) -> Generator[Inner, None, Surveyed]:
        """The files of a volume; ranges of those that are deleted are added to `given`."""
        while True:
            try:
                entry = next(entries)
            except StopIteration as end:
                surveyed: Surveyed = end.value
                return surveyed
            if (span := entry.deleted_span) is not None:
                given.add(span)
            yield self.inner(volume, entry)

    def inner(self, volume: Volume, entry: Entry) -> Inner:
        """A file of a volume as an item."""
        return Inner(
            entry.step,
            entry.size,
            entry.times,
            entry.problem,
            None if entry.problem else partial(self._opened, volume, entry),
            before=volume.steps,
            state=entry.state,
            confidence=entry.confidence,
            runs=volume.on_medium(entry.runs),
            original_name=entry.original_name,
            remark=entry.remark,
            has=partial(self._has, volume, entry.step) if is_named(entry.step.path) else None,
            beside=self.beside((*volume.steps, entry.step)),
        )

    def _has(self, volume: Volume, manifest: FileObject, below: str) -> bool:
        """Whether there is a file below the folder of the list of a backup."""
        folder, slash, _ = manifest.path.rpartition("/")
        path = f"{folder}{slash}{below}"
        # Nobody can ask for a path that is no text: then no file is missing.
        is_text = path.encode("utf-8", "ignore") == path.encode("utf-8", "surrogatepass")
        return not is_text or self._system_at(volume, manifest).find(path) is not None

    def _beside(self, volume: Volume, file: FileObject, ending: str) -> BinaryIO | None:
        """The file beside another one that has its name without an ending."""
        path = file.path.removesuffix(ending)
        return None if path == file.path else self._system_at(volume, file).find(path)

    def beside(self, steps: tuple[Step, ...]) -> Callable[[str], BinaryIO | None] | None:
        """What opens the file beside another one; None of what has none that is asked for.

        Args:
            steps: from the medium to the other file.
        """
        *volume, last = steps
        if not isinstance(last, FileObject) or not last.path.endswith(SUFFIX):
            return None
        return partial(self._beside, self.volume(tuple(volume)), last)

    def original_name(self, steps: tuple[Step, ...]) -> str:
        """What a file of a file system was called where it came from; empty where nothing says it.

        Args:
            steps: from the medium to it.
        """
        *volume, last = steps
        for entry in self.survey(self.volume(tuple(volume))):
            if entry.step == last:
                return entry.original_name
        return ""

    def _opened(self, volume: Volume, entry: Entry) -> BinaryIO:
        """The bytes of a file, in memory where they are few: they are read several times."""
        file, _ = self.open((*volume.steps, entry.step))
        return held(file, _MOST_HELD)

    def _carved(
        self, volume: Volume, surveyed: Surveyed, budget: Budget, given: set[Span]
    ) -> Iterator[Inner | Unreadable]:
        """Pictures in the space of a volume that belongs to no file, or in all of it."""
        data = volume.open(self.medium)
        space = Space(data, surveyed.free)
        for found in space.search(budget, SearchState(), (0, space.size)):
            yield from space.placed(found, volume, surveyed.state, given)

    def open(self, steps: tuple[Step, ...]) -> tuple[BinaryIO, int]:
        """What lies behind some steps, and how many of them lead to it.

        Args:
            steps: from the medium.

        Raises:
            OSError: it cannot be read.
            UnreadableError: there is no such item.
        """
        for volume in self.volumes.volumes:
            count = len(volume.steps)
            if steps[:count] != volume.steps or len(steps) <= count:
                continue
            data, last = volume.open(self.medium), steps[count]
            if isinstance(last, FileObject) and last.system in READERS:
                return self._system_at(volume, last).open(last), count + 1
            if isinstance(last, Member) and last.container == UNALLOCATED:
                how = Survey.BY_CONTENT if last.number else Survey.WHOLE
                return Space(data, self._unowned(volume, data, how)).file, count + 1
        raise NO_SUCH_ITEM

    def _system_at(self, volume: Volume, file: FileObject) -> FileSystem:
        """The file system of a file, opened once.

        Raises:
            OSError, UnreadableError: it cannot be opened.
        """
        key = volume.steps, file.system
        if key not in self._systems:
            self._systems[key] = open_file_system(volume.open(self.medium), file.system)
        return self._systems[key]

    def _unowned(self, volume: Volume, data: Bytes, how: Survey) -> list[Span]:
        """The space of a volume that belongs to no file, as it was searched."""
        entries = self.survey(volume, how=how)
        while True:
            try:
                next(entries)
            except StopIteration as end:
                surveyed: Surveyed = end.value
                return surveyed.free or stored(data, [(0, data.size)])
