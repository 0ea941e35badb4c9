"""The volumes of a medium: partitions, logical volumes, and the space that belongs to none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from hashmatch.errors import UnreadableError
from hashmatch.model.locator import Volume as Step
from hashmatch.sources.diskimage import contents
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.contents import Content
from hashmatch.sources.diskimage.identifying import identify, is_file_system
from hashmatch.sources.diskimage.lost import lost_in, removed
from hashmatch.sources.diskimage.partitions import apm, bsd, gpt, lvm, mbr
from hashmatch.sources.diskimage.partitions.base import Part, Table
from hashmatch.sources.diskimage.reading import Joined, Missing, Remembered, Window, first_unread
from hashmatch.sources.diskimage.snapshots import SCHEME as SNAPSHOTS
from hashmatch.sources.diskimage.snapshots import SnapshotBytes, WithSnapshots, snapshots_of
from hashmatch.sources.diskimage.spans import Span, common, merged, within, without
from hashmatch.sources.diskimage.striped import Striped

WHOLE: Final = "whole"
"""Scheme of the medium as one volume."""
GAP: Final = "gap"
"""Scheme of space that belongs to no partition."""
_BSD_KINDS: Final = ("0xa5", "0xa6", "0xa9", "516e7cb4-6ecf-11d6-8ff8-00022d09712b")
_DEEPEST: Final = 3


class Stretch(NamedTuple):
    """A part of a logical volume.

    Attributes:
        runs: of its stripes on the medium; shorter than they should be where bytes are missing.
        length: of each stripe, in bytes.
        stripe: bytes after which the next one follows; 0 where there is one.
    """

    runs: tuple[Span, ...]
    length: int
    stripe: int

    def open(self, medium: Bytes) -> Bytes:
        """Its bytes."""
        stripes = [self._stripe(medium, *run) for run in self.runs]
        return Striped(stripes, self.stripe) if self.stripe else stripes[0]

    def _stripe(self, medium: Bytes, offset: int, length: int) -> Bytes:
        there = Window(medium, offset, length)
        if length == self.length:
            return there
        why = "this part of the logical volume lies on no physical volume that is there"
        return Joined([there, Missing(medium.name, self.length - length, why)])


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of a medium.

    Attributes:
        steps: from the medium to it, as its locator has them.
        runs: where it lies on the medium: offset and length of each piece, in their order; for a
            striped one all of its stripes.
        size: in bytes.
        contents: what lies on it; several where several claim it.
        weight: bytes of the medium that it stands for: those of all volumes add up to the medium.
        kind: what its partition table says that it is for.
        name: that its user gave it.
        problems: what is wrong with it: one sentence each.
        unreadable: why nothing of it can be read; empty where it can.
        stretches: of a logical volume.
        outer: the volume that it is a shadow copy of; None where it is none.
        made: when it was made, of a shadow copy: ISO 8601 in UTC.
        has_snapshots: whether it has shadow copies, which are read as volumes.
    """

    steps: tuple[Step, ...]
    runs: tuple[Span, ...]
    size: int
    contents: tuple[Content, ...] = ()
    weight: int = 0
    kind: str = ""
    name: str = ""
    problems: tuple[str, ...] = ()
    unreadable: str = ""
    stretches: tuple[Stretch, ...] = field(default=(), repr=False)
    outer: "Volume | None" = field(default=None, repr=False)
    made: str = ""
    has_snapshots: bool = False

    @property
    def scheme(self) -> str:
        """What it is a part of: `gpt`, `lvm`; `gap` or `whole`."""
        return self.steps[-1].scheme

    @property
    def offset(self) -> int:
        """Where it begins on the medium."""
        if self.outer is not None:
            return self.outer.offset
        return self.runs[0][0] if self.runs else 0

    def on_medium(self, runs: tuple[Span, ...]) -> tuple[Span, ...]:
        """Ranges of the volume where they lie on the medium; none if it lies in several pieces."""
        if len(self.runs) != 1:
            return ()
        return tuple((self.offset + offset, length) for offset, length in runs)

    def open(self, medium: Bytes) -> Bytes:
        """Its bytes.

        Args:
            medium: the one that it was found on.
        """
        if self.outer is not None:
            return SnapshotBytes(self.outer.open(medium), self.steps[-1].number)
        opened: Bytes = Window(medium, self.offset, self.size)
        if self.stretches:
            opened = Joined([each.open(medium) for each in self.stretches], medium.name)
        return WithSnapshots(opened) if self.has_snapshots else opened


@dataclass(frozen=True, slots=True)
class Volumes:
    """All volumes of a medium.

    Attributes:
        volumes: by their place on it, logical volumes and file systems over all of it last.
        problems: what is wrong with its partition tables: one sentence each.
    """

    volumes: tuple[Volume, ...]
    problems: tuple[str, ...]


def find_volumes(medium: Bytes, *, snapshots: bool = True) -> Volumes:
    """The volumes of a medium.

    A file system is looked for before a partition table: the first sector of some looks like one.
    Where both are there, both count.

    Args:
        medium: that is looked at.
        snapshots: whether shadow copies of volumes are volumes too.

    Raises:
        OSError: it cannot be read.
    """
    problems: list[str] = []
    medium = Remembered(medium)
    whole = Volume((Step(WHOLE, 0, 0),), ((0, medium.size),), medium.size, identify(medium))
    whole = replace(whole, problems=first_unread(medium))
    found = list(_partitions(medium, whole, problems))
    if not found:
        found = _without_table(medium, whole, problems)
    else:
        found += list(_gaps(medium, [each.runs[0] for each in found]))
        found.sort(key=lambda each: (each.offset, each.scheme, len(each.steps)))
        if is_file_system(whole.contents):
            found.append(whole)
    found += list(_logical(medium, found, problems))
    weighed = list(_weighed(found, medium.size))
    if snapshots:
        weighed = [each for volume in weighed for each in _with_snapshots(volume, medium)]
    return Volumes(tuple(weighed), tuple(problems))


def _with_snapshots(volume: Volume, medium: Bytes) -> Iterator[Volume]:
    """A volume, and behind it its shadow copies: they stand for no bytes of the medium."""
    if contents.NTFS not in volume.contents or volume.unreadable:
        yield volume
        return
    try:
        found = snapshots_of(volume.open(medium))
    except UnreadableError as error:
        why = f"its shadow copies cannot be read: {error.detail}"
        yield replace(volume, problems=(*volume.problems, why))
        return
    # What holds one that is not read is searched as a file.
    are_read = bool(found) and not any(each.problem for each in found)
    yield replace(volume, has_snapshots=are_read)
    for each in found:
        step = Step(SNAPSHOTS, each.number, volume.offset)
        shadow = Volume(
            (*volume.steps, step), (), each.size, outer=volume, made=each.made, kind=volume.kind
        )
        if each.problem:
            yield replace(shadow, contents=_UNREAD, unreadable=f"shadow copy: {each.problem}")
            continue
        try:
            yield replace(shadow, contents=identify(shadow.open(medium)))
        except UnreadableError as error:
            yield replace(shadow, contents=_UNREAD, unreadable=f"shadow copy: {error.detail}")


def _without_table(medium: Bytes, whole: Volume, problems: list[str]) -> list[Volume]:
    """The medium as a whole; if it is not known, file systems that a table may have led to."""
    if whole.contents[0].nature is contents.Nature.UNKNOWN:
        found = list(_gaps(medium, ()))
        if any(each.scheme == LOST for each in found):
            problems.append(
                "there is no partition table: file systems were found where partitions begin"
            )
            return found
        if any(each.problems for each in found):
            return found
    return [whole]


def _partitions(medium: Bytes, whole: Volume, problems: list[str]) -> Iterator[Volume]:
    """The volumes of the partition tables; none where a file system begins like such a table."""
    tables = [table for look in _TABLES if (table := look(medium)) and table.parts]
    known: dict[Span, Volume] = {}
    has_files = is_file_system(whole.contents)
    for table in tables:
        volumes = [_volume(medium, table, part, ()) for part in table.parts]
        usable = [each for each in volumes if each is not None]
        if has_files and not table.is_sure and not _are_used(usable, medium):
            continue
        problems += table.problems
        lost = [part for part, each in zip(table.parts, volumes, strict=True) if each is None]
        problems += [
            f"partition {part.number} ({table.scheme}) lies behind the end of the medium, at "
            f"{part.offset:,}: the image is cut, or of another disk"
            for part in lost
        ]
        for volume in usable:
            known.setdefault(volume.runs[0], volume)
    for volume in known.values():
        yield volume
        yield from _inner(medium, volume, problems)


def _gpt_or_mbr(medium: Bytes) -> Table | None:
    """The entries of the MBR that the GPT does not have are those of a hybrid one."""
    table = mbr.table_of(medium)
    if table is not None:
        table.parts = [each for each in table.parts if each.kind != f"{mbr.PROTECTIVE:#04x}"]
    return table


_TABLES: Final = (gpt.table_of, apm.table_of, _gpt_or_mbr, bsd.table_of)


def _volume(medium: Bytes, table: Table, part: Part, outer: tuple[Step, ...]) -> Volume | None:
    """The volume of a partition; None where it lies behind the end."""
    length = min(part.length, medium.size - part.offset)
    if length <= 0:
        return None
    problems: tuple[str, ...] = ()
    if length < part.length:
        cut = (
            f"its last {part.length - length:,} of {part.length:,} bytes lie behind the end of the "
            "medium: the image is cut, or of another disk"
        )
        problems = (cut,)
    window = Window(medium, part.offset, length)
    problems += first_unread(window)
    found = identify(window)
    step = Step(table.scheme, part.number, part.offset)
    return Volume(
        *((*outer, step), ((part.offset, length),), length, found),
        kind=part.kind,
        name=part.name,
        problems=problems,
    )


def _are_used(volumes: Sequence[Volume], medium: Bytes) -> bool:
    """Whether what could be chance are partitions: on one at least something is recognised."""
    return any(
        each.size < medium.size
        and each.offset
        and any(content.nature in _RECOGNISED for content in each.contents)
        for each in volumes
    )


_RECOGNISED: Final = (
    contents.Nature.FILE_SYSTEM,
    contents.Nature.LOCKED,
    contents.Nature.MEMBER,
    contents.Nature.SWAP,
)


def _inner(medium: Bytes, volume: Volume, problems: list[str]) -> Iterator[Volume]:
    """Partitions of a partition that holds a BSD label, or a whole table of its own."""
    if is_file_system(volume.contents) and volume.kind not in _BSD_KINDS:
        return
    if len(volume.steps) > _DEEPEST:
        return
    window = Window(medium, volume.offset, volume.size)
    table = bsd.table_of(window, volume.offset)
    if table is None:
        return
    problems += table.problems
    for part in table.parts:
        moved = replace(part, offset=part.offset + volume.offset)
        inner = _volume(medium, table, moved, volume.steps)
        if inner is not None and inner.runs[0] != volume.runs[0]:
            yield inner


def _gaps(medium: Bytes, taken: Sequence[Span]) -> Iterator[Volume]:
    """The space that belongs to no partition, and file systems in it that a table once had."""
    number = 0
    for start, length in without(0, medium.size, merged(sorted(taken))):
        told = list(lost_in(Window(medium, start, length)))
        lost = [each for each in told if each[1]]
        for at, size, found in lost:
            place = start + at
            step = Step(LOST, place // 512, place)
            yield Volume((step,), ((place, size),), size, found)
        spans = ((start + at, size) for at, size, _ in lost)
        for place, size in without(start, length, merged(spans)):
            number += 1
            found = identify(Window(medium, place, size))
            others = ((start + at, each) for at, length, each in told if not length)
            problems = tuple(removed(*each) for each in others if place < each[0] < place + size)
            step = Step(GAP, number, place)
            yield Volume((step,), ((place, size),), size, found, problems=problems)


LOST: Final = "lost"
"""Scheme of file systems in space that belongs to no partition: their partition was removed."""


def _logical(medium: Bytes, found: Sequence[Volume], problems: list[str]) -> Iterator[Volume]:
    """The logical volumes (LVM2) of all physical volumes of the medium."""
    members, places = list[lvm.Member](), dict[str, Volume]()
    for each in found:
        if contents.LVM2 in each.contents:
            physical = lvm.member_of(Window(medium, each.offset, each.size))
            if physical is not None and physical.identity not in places:
                members.append(physical)
                places[physical.identity] = each
    logical, wrong = lvm.logical_volumes(members)
    problems += wrong
    for number, described in enumerate(logical, 1):
        stretches = tuple(_stretch(each, places) for each in described.segments)
        runs = tuple(run for each in stretches for run in each.runs if run[1])
        step = Step(lvm.SCHEME, number, runs[0][0] if runs else 0)
        size = sum(each.length for each in described.segments)
        volume = Volume((step,), runs, size, name=described.name, stretches=stretches)
        if described.problem:
            unread = replace(volume, runs=(), stretches=(), contents=_UNREAD)
            yield replace(unread, unreadable=described.problem)
            continue
        missing = size - sum(length for _, length in runs)
        if missing:
            cut = (
                f"{missing:,} of its {size:,} bytes lie on physical volumes that are not there, or "
                "are cut"
            )
            volume = replace(volume, problems=(cut,), unreadable="" if missing < size else cut)
        yield replace(volume, contents=identify(volume.open(medium)))


def _stretch(segment: lvm.Segment, places: Mapping[str, Volume]) -> Stretch:
    """Where a segment lies on the medium, as far as it does."""
    runs = []
    for piece in segment.stripes:
        member = places.get(piece.member)
        there = 0 if member is None else max(0, min(piece.length, member.size - piece.offset))
        runs.append((member.offset + piece.offset if member and there else 0, there))
    return Stretch(tuple(runs), segment.stripes[0].length, segment.stripe)


_UNREAD: Final = (contents.UNKNOWN,)


def _weighed(found: Sequence[Volume], size: int) -> Iterator[Volume]:
    """The same with weights: of bytes that several stand for, the innermost counts.

    Logical volumes lie in physical ones, and partitions of BSD in those of others.
    """
    order = sorted(range(len(found)), key=lambda each: (-_depth(found[each]), each))
    taken: list[Span] = []
    weights = [0] * len(found)
    for index in order:
        runs = list(merged(sorted(found[index].runs)))
        inside = list(within(runs, 0, size))
        weights[index] = _total(inside) - _total(common(inside, taken))
        taken = list(merged(sorted([*taken, *inside])))
    for volume, weight in zip(found, weights, strict=True):
        yield replace(volume, weight=weight)


def _total(spans: Iterable[Span]) -> int:
    return sum(length for _, length in spans)


def _depth(volume: Volume) -> int:
    """Volumes that lie in others weigh first, a whole medium last."""
    if volume.scheme == WHOLE:
        return 0
    return len(volume.steps) + (1 if volume.scheme == lvm.SCHEME else 0)
