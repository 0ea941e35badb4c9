"""What is to be done with a disk image, and what is believed of the answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from hashmatch.errors import HashFormatError, Reason
from hashmatch.model import AllocationState, Unreadable, UnreadRange, VolumeFacts, VolumeStatus
from hashmatch.model.locator import Member, Step
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.disks import facts_of, steps_of, word_in
from hashmatch.scanning.image_plan import PlannedVolume
from hashmatch.scanning.images.objects import FoundObject, objects_in
from hashmatch.scanning.images.orders import Place, ReadOrder, SearchOrder, Stretch, SurveyOrder
from hashmatch.scanning.members import (
    LONGEST_ORIGINAL,
    member_of,
    plain,
    problem_in,
    size_in,
    unpacked,
)
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.inside.base import SearchState
from hashmatch.sources.inside.opening import InsideOpener

UNALLOCATED: Final = "unallocated"
_INVALID: Final = (ValueError, TypeError, KeyError, AttributeError, IndexError, HashFormatError)


@dataclass(frozen=True, slots=True)
class Objects:
    """Files that were found on a volume: they are read as one task.

    Attributes:
        packed: as the worker gave them.
        count: of them.
    """

    packed: bytes
    count: int


@dataclass(frozen=True, slots=True)
class Spans:
    """Ranges of a volume that belong to no file.

    Attributes:
        spans: offset and length of each, in order.
    """

    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A file, or what is found in space, or what lies in one.

    Attributes:
        digested: it.
        unit: number of the file of its task that it is or lies in; -1 of what is found in space.
        is_unit: whether it is that file itself.
        is_salvaged: whether it was read without the parsers that ended a worker.
    """

    digested: Digested
    unit: int = -1
    is_unit: bool = False
    is_salvaged: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """A task came to its end.

    Attributes:
        problem: why it did not do all; None where it did.
        has_failed: whether it ended its workers.
        said: the answer, as it was checked; None where there is none.
    """

    problem: Unreadable | None = None
    has_failed: bool = False
    said: "VolumeEnd | SearchEnd | None" = None


@dataclass(frozen=True, slots=True)
class VolumeEnd:
    """What became of a volume, if all of it can be read.

    Attributes:
        facts: for the record.
        told: why the image was not read whole, where the volume was not.
        state: of what is found in space that belongs to no file.
    """

    facts: VolumeFacts
    told: Unreadable | None
    state: AllocationState


@dataclass(frozen=True, slots=True)
class SearchEnd:
    """How far a search is.

    Attributes:
        reached: by it.
        problems: what could not be searched.
    """

    reached: SearchState
    problems: tuple[Unreadable, ...] = ()


Answer: TypeAlias = Objects | Spans | Item | End


@dataclass(frozen=True, slots=True, eq=False)
class ImageTask:
    """Something to be done with a volume of a disk image.

    Attributes:
        image: the file that is the image.
        volume: of it.
    """

    image: Digested
    volume: PlannedVolume

    @property
    def name(self) -> str:
        """What a person calls it."""
        return "!".join((self.image.found.locator, *map(str, self.volume.steps)))

    @property
    def size(self) -> int:
        """Bytes that are read, about."""
        return self.volume.size

    def place(self, opener: InsideOpener) -> Place:
        """The volume, for a worker."""
        return Place(opener.handle(self.image.found), self.image.stamp, self.volume.steps)

    def order(self, opener: InsideOpener) -> object:
        """What a worker is told."""
        raise NotImplementedError

    def part(self, said: Mapping[str, Any], data: bytes) -> tuple[str, Answer]:
        """What tells a part of the answer from all others, and what it says.

        Raises:
            ProtocolError, ValueError, TypeError, KeyError: it is none.
        """
        raise NotImplementedError

    def end(self, said: Mapping[str, Any]) -> "VolumeEnd | SearchEnd | None":
        """What is said at the end.

        Raises:
            ProtocolError, ValueError, TypeError, KeyError: it is nothing of ours.
        """
        raise NotImplementedError

    def answered(self, content: bytes) -> tuple[str, Answer]:
        """A part of the answer, likewise.

        Raises:
            ProtocolError: it is none.
        """
        said, data = unpacked(content)
        try:
            return self.part(said, data)
        except _INVALID:
            raise ProtocolError from None

    def ended(self, answer: bytes) -> End:
        """The answer behind all parts.

        Raises:
            ProtocolError: it is none.
        """
        said, _ = unpacked(answer)
        try:
            problem = problem_in(said["problem"])
            return End(problem, said=None if problem else self.end(said))
        except _INVALID:
            raise ProtocolError from None

    def _medium(
        self, said: Mapping[str, Any], steps: tuple[Step, ...]
    ) -> tuple[VolumeFacts | UnreadRange, ...]:
        """What is said of disk images in an item."""
        found: list[VolumeFacts | UnreadRange] = []
        for disk in said["disks"]:
            inner = steps_of(disk["steps"])
            if inner[: len(steps)] != steps:
                raise ProtocolError
            found += facts_of(self.image.found, disk)
        return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class SurveyTask(ImageTask):
    """Say what lies on a volume.

    Attributes:
        by_content: whether its file systems are left alone.
    """

    by_content: bool = False

    def order(self, opener: InsideOpener) -> SurveyOrder:
        """What a worker is told."""
        return SurveyOrder(self.place(opener), self.by_content)

    def part(self, said: Mapping[str, Any], data: bytes) -> tuple[str, Answer]:
        """Files, or ranges of free space."""
        if "objects" in said:
            count = len(objects_in(data))
            if count != said["objects"] or not count:
                raise ProtocolError
            return f"{count} {hash(data)}", Objects(data, count)
        spans = tuple((size_in(start), size_in(length)) for start, length in said["spans"])
        end = 0
        for start, length in spans:
            if start < end or not length or start + length > self.volume.size:
                raise ProtocolError
            end = start + length
        return f"spans {spans[0][0]}", Spans(spans)

    def end(self, said: Mapping[str, Any]) -> VolumeEnd:
        """What became of the volume."""
        volume = self.volume
        facts = VolumeFacts(
            locator=self.image.found.where.inside(*volume.steps),
            kind=word_in(said["kind"]),
            offset=volume.offset,
            length=volume.size,
            status=VolumeStatus(said["status"]),
            reason=word_in(said["reason"]),
        )
        return VolumeEnd(facts, problem_in(said["told"]), AllocationState(said["state"]))


@dataclass(frozen=True, slots=True, eq=False)
class ReadTask(ImageTask):
    """Read files of a volume, with all that lies in them.

    Attributes:
        objects: the files.
    """

    objects: tuple[FoundObject, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that are read."""
        return sum(each.size for each in self.objects)

    @property
    def name(self) -> str:
        """What a person calls it."""
        volume = ImageTask.name.fget(self)  # type: ignore[attr-defined]
        return f"{volume}!{self.objects[0].step}"

    def order(self, opener: InsideOpener) -> ReadOrder:
        """What a worker is told: nothing of files that are not to be read."""
        objects = tuple(
            (number, each.step, each.size)
            for number, each in enumerate(self.objects)
            if each.problem is None
        )
        return ReadOrder(self.place(opener), objects)

    def steps(self, number: int) -> tuple[Step, ...]:
        """The steps from the image to one of the files."""
        return (*self.volume.steps, self.objects[number].step)

    def part(self, said: Mapping[str, Any], data: bytes) -> tuple[str, Answer]:
        """A file, or what lies in one: the worker says which file of ours, and the steps in it."""
        number = said["unit"]
        if type(number) is not int or not 0 <= number < len(self.objects):
            raise ProtocolError
        inner = steps_of(said["steps"]) if said["steps"] else ()
        own = self.objects[number]
        if not inner:
            facts = {"times": own.times, "state": own.state, "confidence": own.confidence}
            said = {**said, **facts, "runs": own.runs, **self._told(own)}
        elif own.original_name and not said["name"]:
            name = "!".join([own.original_name, *map(str, inner)])
            said = {**said, "name": name[:LONGEST_ORIGINAL]}
        steps = self.steps(number)
        digested = member_of(self.image.found, (*steps, *inner), said, data)
        medium = self._medium(said, steps)
        if not inner:
            digested = replace(digested, closes=True, found=replace(digested.found, medium=medium))
        return digested.found.recorded, Item(
            digested, number, is_unit=not inner, is_salvaged=said.get("safe") is True
        )

    @staticmethod
    def _told(own: FoundObject) -> dict[str, object]:
        """What is known of a file by others, as `part_of` says it."""
        return {"name": own.original_name, "remark": plain(own.remark)}

    def end(self, said: Mapping[str, Any]) -> None:
        """Nothing is said."""

    def lost(self, number: int, why: Unreadable) -> Digested:
        """One of the files, which could not be read."""
        own = self.objects[number]
        found = self.image.found.inside(
            *(self.steps(number), why, own.size, own.times),
            state=own.state,
            confidence=own.confidence,
            runs=own.runs,
            original_name=own.original_name,
            remark=own.remark,
        )
        return Digested(found, problem=why, closes=True)


@dataclass(frozen=True, slots=True, eq=False)
class SearchTask(ImageTask):
    """Search a part of the space of a volume that belongs to no file.

    Attributes:
        stretch: the part.
        begun: what the search of the parts before it gave.
    """

    stretch: Stretch = field(default_factory=lambda: Stretch((), (0, 0), (0, 0)))
    begun: SearchState = field(default_factory=SearchState)

    @property
    def size(self) -> int:
        """Bytes that are read, about."""
        begin, end = self.stretch.part
        return end - begin

    def order(self, opener: InsideOpener) -> SearchOrder:
        """What a worker is told."""
        return SearchOrder(self.place(opener), self.stretch, self.begun)

    def part(self, said: Mapping[str, Any], data: bytes) -> tuple[str, Answer]:
        """What was found, or what lies in it."""
        space = (*self.volume.steps, Member(UNALLOCATED, self.stretch.number))
        inner = steps_of(said["steps"])
        digested = member_of(self.image.found, (*space, *inner), said, data)
        is_unit = len(inner) == 1
        medium = self._medium(said, (*space, inner[0]))
        if is_unit:
            digested = replace(digested, closes=True, found=replace(digested.found, medium=medium))
        return digested.found.recorded, Item(digested, is_unit=is_unit)

    def end(self, said: Mapping[str, Any]) -> SearchEnd:
        """How far it is: never less than before."""
        before = (self.begun.carved, self.begun.text, self.begun.number)
        reached = tuple(size_in(each) for each in said["reached"])
        if len(reached) != len(before) or any(
            now < then for now, then in zip(reached, before, strict=True)
        ):
            raise ProtocolError
        problems = tuple(why for each in said["problems"] if (why := problem_in(each)))
        return SearchEnd(SearchState(*reached), problems)


DEAD: Final = Unreadable(Reason.WORKER_DIED, "its process said nothing of it")
