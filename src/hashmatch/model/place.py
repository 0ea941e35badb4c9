"""The location of items that no plain path leads to, and unread ranges of a medium."""

from dataclasses import dataclass
from typing import ClassVar, Final

from hashmatch.errors import Choice
from hashmatch.model.locator import File, Locator
from hashmatch.model.plain import PlainValue, Shape

_LARGEST: Final = (1 << 63) - 1
"""A number of bytes that every program and the database can hold."""


class AllocationState(Choice):
    """Whether the bytes of an item belong to a file that its file system has."""

    ALLOCATED = "allocated"
    DELETED = "deleted"
    """The file system still lists it, as a file that was deleted."""
    ORPHANED = "orphaned"
    """The same, without the folder that it lay in."""
    UNALLOCATED = "unallocated"
    """Found by its content in space that belongs to no file, or outside of all volumes."""
    SLACK = "slack"
    """Found by its content behind the end of a file, in the last block that belongs to it."""
    CARVED = "carved"
    """Found by its content in bytes that something else owns, and whose structure is not known."""


class PlaceConfidence(Choice):
    """How sure it is that the bytes that were read are those of the item."""

    CERTAIN = "certain"
    CONTIGUOUS_ASSUMED = "contiguous-assumed"
    """Only where it begins is on record: it was read as if it lay in one piece."""
    OVERWRITTEN = "overwritten"
    """Some of its bytes belong to another file now."""
    RECONSTRUCTED = "reconstructed"
    """What lists it is damaged or missing: it was found without that, as a member of a cut zip."""
    BY_CONTENT = "by-content"
    """Beginning and end follow from the bytes alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(PlainValue):
    """The location of an item that no plain path leads to, and how it was found.

    An item without one is a plain file: its locator on record is its path, as it is. Of an item
    with one it is the text of these steps. So a plain file whose path looks like the text of
    another locator (`a.zip!zip:0:b.jpg`, `file:x`) has a place of one step, and its text is
    escaped; whoever records it need not care, as `Run.record` does that.

    Attributes:
        locator: the whole chain, as it is on record: it begins with the path below the root of
            the source.
        state: whether its bytes belong to a file.
        confidence: how sure it is that these are its bytes.
        runs: where its bytes lie on the medium: offset and length of each piece in bytes, in their
            order; empty where it is not known, or where they are decompressed from others.
        weight: bytes of the evidence that it stands for; 0 where another item stands for them.
            Those of all items add up to what was read.
        from_source: whether the source itself gives it, as a plain file or one of a disk image;
            false of what lies in another item of the record, as a member in its archive.

    Raises:
        ValueError: a number is negative or above 2**63 - 1, or a word is none of its kind.
    """

    json_shape: ClassVar = Shape(
        computed={
            "parent": lambda place: None if place.parent is None else str(place.parent),
            "steps": lambda place: place.locator.to_list(),
        }
    )

    locator: Locator
    state: AllocationState = AllocationState.ALLOCATED
    confidence: PlaceConfidence = PlaceConfidence.CERTAIN
    runs: tuple[tuple[int, int], ...] = ()
    weight: int = 0
    from_source: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be put on record."""
        object.__setattr__(self, "state", AllocationState(self.state))
        object.__setattr__(self, "confidence", PlaceConfidence(self.confidence))
        for each in self.runs:
            offset, length = each
            _check(offset=offset, length=length)
        _check(weight=self.weight)
        if not self.locator.depth:
            object.__setattr__(self, "from_source", True)

    @classmethod
    def of_file(cls, path: str, *, weight: int = 0) -> "Place | None":
        """The place of a plain file; None where its path says it all, as nearly always."""
        if "!" not in path and ":" not in path:
            return None
        locator = Locator((File(path),))
        return None if str(locator) == path else cls(locator=locator, weight=weight)

    @property
    def parent(self) -> Locator | None:
        """The location of the item or volume that it lies in; None for a file."""
        return self.locator.parent

    @property
    def is_inside(self) -> bool:
        """Whether it lies in another item of the record."""
        return not self.from_source


class VolumeStatus(Choice):
    """What became of a volume, or of a gap between volumes."""

    READ = "read"
    PARTLY_READ = "partly-read"
    """Some of its files or ranges were not; `UnreadRange` names the latter."""
    BY_CONTENT = "by-content"
    """Its file system is not known or not read: it was searched for pictures by content alone."""
    NOT_READ = "not-read"


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeFacts(PlainValue):
    """A volume of a medium, a snapshot of one, or a gap between volumes.

    Attributes:
        locator: where it lies.
        kind: what it is, in a word: `ntfs`, `bitlocker`, `gap`, `unknown`.
        offset: of its first byte on the medium.
        length: in bytes.
        status: what became of it.
        reason: why it was not read, or not all of it, in one sentence; empty if it was. Of a
            shadow copy it begins with when that was made.

    Raises:
        ValueError: no kind, a number is negative or above 2**63 - 1, a volume that was not read
            and does not say why, or a word that is none of its kind.
    """

    json_shape: ClassVar = Shape(null=("reason",))

    locator: Locator
    kind: str
    offset: int
    length: int
    status: VolumeStatus = VolumeStatus.READ
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be put on record."""
        object.__setattr__(self, "status", VolumeStatus(self.status))
        _check(offset=self.offset, length=self.length)
        if not self.kind:
            msg = "a volume needs a kind; `unknown` is one"
            raise ValueError(msg)
        if self.status is not VolumeStatus.READ and not self.reason:
            msg = f"a volume that is {self.status.value} says why"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRange(PlainValue):
    """Bytes of a medium or volume that could not be read.

    Attributes:
        locator: of the medium or volume.
        offset: of the first byte in it.
        length: in bytes, at least one.
        reason: why, in one sentence.

    Raises:
        ValueError: no reason, no byte, or a number that is negative or above 2**63 - 1.
    """

    locator: Locator
    offset: int
    length: int
    reason: str

    def __post_init__(self) -> None:
        """Refuse what cannot be put on record."""
        _check(offset=self.offset, length=self.length)
        if not self.reason or not self.length:
            msg = "bytes that were not read are at least one, and say why"
            raise ValueError(msg)


def _check(**numbers: object) -> None:
    """Refuse numbers of bytes that are none.

    Raises:
        ValueError: one is no whole number, negative, or larger than the database holds.
    """
    for name, number in numbers.items():
        if type(number) is not int or not 0 <= number <= _LARGEST:
            msg = f"{name} is a number of bytes from 0 to 2**63 - 1, not {str(number)[:40]}"
            raise ValueError(msg)
