"""What a worker is told to do with a disk image: all of it is pickled."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hashmatch.model import AllocationState
from hashmatch.model.locator import FileObject, Step
from hashmatch.sources.inside.base import SearchState

if TYPE_CHECKING:
    from hashmatch.sources.access import Stamp
    from hashmatch.sources.inside.address import Address


@dataclass(frozen=True, slots=True)
class Place:
    """A volume of a disk image.

    Attributes:
        address: what opens the file that is the image.
        stamp: what tells it from another one at its place.
        steps: from the image to the volume.
    """

    address: "Address"
    stamp: "Stamp | None"
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class SurveyOrder:
    """Say what lies on a volume.

    Attributes:
        place: the volume.
        by_content: whether its file systems are left alone.
        counts: whether only is said how many files there are.
    """

    place: Place
    by_content: bool = False
    counts: bool = False


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """Read files of a volume, with all that lies in them.

    Attributes:
        place: the volume.
        objects: number, step and size of each.
    """

    place: Place
    objects: tuple[tuple[int, FileObject, int], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the space of a volume that is searched.

    Attributes:
        spans: offset and length of its ranges on the volume, and of some around them.
        left_out: number of the range before which others are left out, and their bytes.
        part: begin and end in the joined space.
        given: ranges of deleted files that were given by their names.
        number: of the space on the volume.
        state: of what is found.
    """

    spans: tuple[tuple[int, int], ...]
    left_out: tuple[int, int]
    part: tuple[int, int]
    given: frozenset[tuple[int, int]] = frozenset()
    number: int = 0
    state: AllocationState = AllocationState.UNALLOCATED


@dataclass(frozen=True, slots=True)
class SearchOrder:
    """Search a part of the space of a volume that belongs to no file.

    Attributes:
        place: the volume.
        stretch: the part.
        begun: what the search of the parts before it gave.
    """

    place: Place
    stretch: Stretch
    begun: SearchState = field(default_factory=SearchState)
