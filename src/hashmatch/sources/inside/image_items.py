"""All that lies on a disk image: files of its file systems, and pictures in all other space."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import (
    AllocationState,
    PlaceConfidence,
    Unreadable,
    VolumeStatus,
)
from hashmatch.model.locator import FileObject, Member, Range, Step
from hashmatch.sources.diskimage.base import Bytes, Medium
from hashmatch.sources.diskimage.contents import Content, Nature
from hashmatch.sources.diskimage.filesystems.base import Entry, FileSystem
from hashmatch.sources.diskimage.filesystems.opening import READERS, open_file_system
from hashmatch.sources.diskimage.reading import Joined, Window, as_file, read_around
from hashmatch.sources.diskimage.spans import Span, common, merged, within, without
from hashmatch.sources.diskimage.volumes import GAP, Volume, Volumes, find_volumes
from hashmatch.sources.inside.base import Inner

UNALLOCATED: Final = "unallocated"
"""The word of the step to the space of a volume that belongs to no file: all of it, joined."""

Search = Callable[[BinaryIO], Iterator[Inner | Unreadable]]
"""Finds pictures at any place of a file."""


@dataclass(frozen=True, slots=True)
class VolumeReport:
    """What became of a volume.

    Attributes:
        volume: it.
        status: what became of it.
        reason: why it was not read, or not all of it; empty if it was.
    """

    volume: Volume
    status: VolumeStatus
    reason: str = ""

    @property
    def kind(self) -> str:
        """What lies on it, in a word."""
        return self.volume.contents[0].kind if self.volume.contents else "unknown"


@dataclass(frozen=True, slots=True)
class ReadMedium:
    """A disk image in a file, with what became of its volumes.

    Attributes:
        steps: from the file to it; none where the file is the image.
        reports: of its volumes.
        unread: offset, length and reason of ranges that are missing.
    """

    steps: tuple[Step, ...]
    reports: tuple[VolumeReport, ...]
    unread: tuple[tuple[int, int, str], ...] = ()


class _Patient:
    """Bytes with zeros in place of what cannot be read: a search goes on behind it."""

    def __init__(self, source: Bytes) -> None:
        self._source, self.name, self.size = source, source.name, source.size

    def pread(self, offset: int, size: int, /) -> bytes:
        return read_around(self._source, offset, size)[0]

    def holes(self) -> Iterator[Span]:
        return self._source.holes()


class ImageItems:
    """What lies on a medium.

    Attributes:
        medium: that is read.
        volumes: of it.
        reports: what became of the volumes that were read so far.
    """

    def __init__(self, medium: Medium) -> None:
        """Look for volumes.

        Raises:
            OSError: the medium cannot be read.
        """
        self.medium = medium
        self.volumes: Volumes = find_volumes(medium)
        self.reports: list[VolumeReport] = []
        self._systems: dict[tuple[tuple[Step, ...], str], FileSystem] = {}

    def __call__(self, search: Search) -> Iterator[Inner | Unreadable]:
        """All items, volume by volume; in between what could not be read.

        Args:
            search: finds pictures in space that belongs to no file.

        Raises:
            OSError: the medium cannot be read.
        """
        yield from (Unreadable(Reason.CORRUPT_DATA, each) for each in self._problems())
        for volume in self.volumes.volumes:
            report = yield from self._volume(volume, search)
            self.reports.append(report)
            if report.status is not VolumeStatus.READ and volume.scheme != GAP:
                yield _told(report)

    def _problems(self) -> Iterator[str]:
        yield from self.medium.problems
        yield from self.volumes.problems
        for each in self.medium.unread:
            yield f"{each.length:,} bytes at {each.offset:,} are missing: {each.reason}"

    def _volume(
        self, volume: Volume, search: Search
    ) -> Generator[Inner | Unreadable, None, VolumeReport]:
        """The items of a volume; returns what became of it."""
        if volume.unreadable:
            return VolumeReport(volume, VolumeStatus.NOT_READ, volume.unreadable)
        data = volume.open(self.medium)
        natures = {each.nature for each in volume.contents}
        if Nature.LOCKED in natures:
            locked = next(each for each in volume.contents if each.nature is Nature.LOCKED)
            reason = f"{locked.title} is encrypted"
            return VolumeReport(volume, VolumeStatus.NOT_READ, reason)
        if natures <= {Nature.EMPTY}:
            return VolumeReport(volume, VolumeStatus.READ)
        wrong: list[str] = list(volume.problems)
        given: set[Span] = set()
        unowned: list[Span] | None = None
        for content in volume.contents:
            if content.nature is not Nature.FILE_SYSTEM:
                continue
            system = self._system(volume, data, content, wrong)
            if system is not None:
                yield from self._files(volume, system, given)
                wrong += [each.detail for each in system.problems]
                free = list(system.unowned())
                # Where several file systems claim a volume, what one of them owns is read.
                unowned = free if unowned is None else list(common(unowned, free))
        is_part = volume.scheme == GAP
        yield from self._carved(volume, data, unowned, search, given)
        return _report(volume, wrong, is_known=unowned is not None or is_part)

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

    def _files(self, volume: Volume, system: FileSystem, given: set[Span]) -> Iterator[Inner]:
        for entry in system.entries():
            if entry.state is not AllocationState.ALLOCATED and entry.runs and not entry.problem:
                given.add((entry.runs[0][0], entry.size))
            yield Inner(
                entry.step,
                entry.size,
                entry.times,
                entry.problem,
                None if entry.problem else _opens(system, entry),
                before=volume.steps,
                state=entry.state,
                confidence=entry.confidence,
                runs=_on_medium(volume, entry.runs),
            )

    def _carved(
        self,
        volume: Volume,
        data: Bytes,
        unowned: list[Span] | None,
        search: Search,
        given: set[Span],
    ) -> Iterator[Inner | Unreadable]:
        """Pictures in the space of a volume that belongs to no file, or in all of it.

        Those that are a deleted file, which was given by its name, are left out.
        """
        spans = [(0, data.size)] if unowned is None else unowned
        free = _stored(data, spans)
        state = AllocationState.UNALLOCATED
        if unowned is None and volume.scheme != GAP:
            state = AllocationState.CARVED
        space = Joined([Window(data, *each) for each in free], data.name)
        before: tuple[Step, ...] = (*volume.steps, Member(UNALLOCATED, 0))
        for found in search(as_file(_Patient(space))):
            if isinstance(found, Unreadable):
                yield found
                continue
            step = found.step
            runs: tuple[Span, ...] = ()
            if isinstance(step, Range):
                runs = tuple(_placed(free, step.offset, step.length))
                if (runs[0][0], step.length) in given:
                    continue
            yield replace(
                found,
                before=before,
                state=state,
                confidence=PlaceConfidence.BY_CONTENT,
                runs=_on_medium(volume, runs),
            )

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
                key = volume.steps, last.system
                if key not in self._systems:
                    self._systems[key] = open_file_system(data, last.system)
                return self._systems[key].open(last), count + 1
            if isinstance(last, Member) and last.container == UNALLOCATED:
                return as_file(self._space(volume, data)), count + 1
        raise UnreadableError(Reason.IO_ERROR, "there is no such item on the medium")

    def _space(self, volume: Volume, data: Bytes) -> Bytes:
        """The space of a volume that belongs to no file, as it was searched."""
        unowned: list[Span] | None = None
        for content in volume.contents:
            if content.nature is Nature.FILE_SYSTEM and content.kind in READERS:
                try:
                    system = open_file_system(data, content.kind)
                except UnreadableError:
                    continue
                for _ in system.entries():
                    pass
                free = list(system.unowned())
                unowned = free if unowned is None else list(common(unowned, free))
        spans = [(0, data.size)] if unowned is None else unowned
        return Joined([Window(data, *each) for each in _stored(data, spans)], data.name)


def _opens(system: FileSystem, entry: Entry) -> Callable[[], BinaryIO]:
    return lambda: system.open(entry.step)


def _stored(data: Bytes, spans: list[Span]) -> list[Span]:
    """What of the ranges is stored: nobody need look at zeros that are not."""
    holes = list(merged(data.holes()))
    return [each for start, length in spans for each in without(start, length, holes)]


def _placed(free: list[Span], offset: int, length: int) -> Iterator[Span]:
    """Where a range of joined space lies on its volume."""
    place = 0
    for start, size in free:
        yield from (
            within([(start, size)], start + offset - place, length)
            if (place < offset + length and offset < place + size)
            else ()
        )
        place += size


def _on_medium(volume: Volume, runs: tuple[Span, ...]) -> tuple[Span, ...]:
    """The same ranges on the medium; of a volume that lies there in several pieces, none."""
    if len(volume.runs) != 1:
        return ()
    return tuple((volume.offset + offset, length) for offset, length in runs)


def _report(volume: Volume, wrong: list[str], *, is_known: bool) -> VolumeReport:
    if wrong:
        more = f" (and {len(wrong) - 1:,} more)" if len(wrong) > 1 else ""
        status = VolumeStatus.PARTLY_READ if is_known else VolumeStatus.BY_CONTENT
        return VolumeReport(volume, status, f"{wrong[0]}{more}")
    if is_known:
        return VolumeReport(volume, VolumeStatus.READ)
    titles = ", ".join(each.title for each in volume.contents)
    reason = f"{titles}: searched for pictures by content alone"
    return VolumeReport(volume, VolumeStatus.BY_CONTENT, reason)


def _told(report: VolumeReport) -> Unreadable:
    where = "!".join(map(str, report.volume.steps))
    is_locked = report.status is VolumeStatus.NOT_READ and "encrypted" in report.reason
    reason = Reason.ENCRYPTED if is_locked else Reason.CONTAINER
    return Unreadable(reason, f"volume {where}: {report.reason}")
