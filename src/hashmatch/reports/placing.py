"""The location of an item in reports: its name, the folder above it, and the rest in words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hashmatch.model import AllocationState, Place, PlaceConfidence
from hashmatch.model.locator import File, FileObject, Locator, Member, Page, Range, Step
from hashmatch.reports.text import shortened
from hashmatch.sightings.records import ItemRecord
from hashmatch.wording import number_of

_STATES: Final[Mapping[AllocationState, str]] = {
    AllocationState.DELETED: "deleted",
    AllocationState.ORPHANED: "deleted, and its folder is not known",
    AllocationState.UNALLOCATED: "in space that belongs to no file",
    AllocationState.SLACK: "behind the end of a file, in the last block of that file",
    AllocationState.CARVED: "found by its content in other bytes",
}
_CONFIDENCES: Final[Mapping[PlaceConfidence, str]] = {
    PlaceConfidence.CONTIGUOUS_ASSUMED: "read as if it lay in one piece: bytes may be of others",
    PlaceConfidence.OVERWRITTEN: "some of its bytes belong to another file now",
    PlaceConfidence.RECONSTRUCTED: "found without the damaged structure that lists it",
    PlaceConfidence.BY_CONTENT: "where it begins and ends follows from its bytes alone",
}

_LONGEST: Final = 1200
"""Characters of a name that a backup gives; longer ones are in the JSON report."""


def name_of(step: Step) -> str:
    """The name or path that a step holds, as it is; empty where it has none."""
    if isinstance(step, Member):
        return step.name
    return step.path if isinstance(step, File | FileObject) else ""


def renamed(step: Step, name: str) -> Step:
    """The step with another name; as it is where it has none."""
    if isinstance(step, Member):
        return replace(step, name=name)
    return replace(step, path=name) if isinstance(step, File | FileObject) else step


def parted(path: str) -> tuple[str, str]:
    """The folder that a path names, and the name in it."""
    folder, _, name = path.rpartition("/" if "/" in path else "\\")
    return folder, name


def folder_and_name(item: ItemRecord) -> tuple[str, str]:
    """The folder of an item with all that is around it, and the item's own name.

    In a container the folder is the locator up to it: `a.zip!zip:3:holiday` of the member
    `holiday/1.jpg`. What has no name has the text of its last step.
    """
    return parted(item.locator) if item.place is None else _parted(item.place.locator)


def _parted(locator: Locator) -> tuple[str, str]:
    last = locator.steps[-1]
    folder, name = parted(name_of(last))
    if not locator.depth:
        return folder, name
    if not name:
        return str(locator.parent), str(last)
    return (str(Locator((*locator.steps[:-1], renamed(last, folder)))), name)


def folder_and_name_around(item: ItemRecord) -> tuple[str, str] | None:
    """The same of the file that an item lies in; None where it lies on a volume, or in none."""
    around = None if item.place is None else item.place.locator.parent
    # Volumes, and space that belongs to no file, have no name.
    return None if around is None or not name_of(around.steps[-1]) else _parted(around)


def in_words(item: ItemRecord) -> list[str]:
    """What a reader should know of where it lies; nothing of a plain file."""
    named = [original_in_words(item)] if item.original_name else []
    if item.place is None:
        return named
    place = item.place
    words = [*named, *state_in_words(place)]
    if place.locator.depth:
        words.insert(0, step_in_words(place.locator.steps[-1]))
    if item.parent is not None:
        words.append(f"in item {item.parent}")
    if place.runs:
        offset, _ = place.runs[0]
        pieces = len(place.runs)
        in_pieces = f", in {number_of(pieces, 'piece')}" if pieces > 1 else ""
        words.append(f"at byte {offset:,} of the medium{in_pieces}")
    return [each for each in words if each]


def original_in_words(item: ItemRecord, longest: int = _LONGEST) -> str:
    """What the item was called where it came from, in so many characters at most."""
    return f"called {shortened(item.original_name, longest)} by its backup"


def state_in_words(place: Place) -> list[str]:
    """Whether its bytes belong to a file, and how sure it is that they are its own."""
    words = (_STATES.get(place.state, ""), _CONFIDENCES.get(place.confidence, ""))
    return [each for each in words if each]


def step_in_words(step: Step) -> str:
    """How a step leads on, in words, without the name that it holds; empty for a plain file."""
    if isinstance(step, Member):
        return f"member {step.number:,} of a container ({step.container})"
    if isinstance(step, Page):
        return f"picture {step.picture:,} on page {step.page:,}"
    if isinstance(step, Range):
        return f"{number_of(step.length, 'byte')} from byte {step.offset:,} of what it lies in"
    if isinstance(step, FileObject):
        return f"file {step.inode:,} of a file system ({step.system})"
    return ""
