"""What a worker that opened a disk image says is to be read of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hashmatch.errors import Reason
from hashmatch.model import Unreadable, UnreadRange, VolumeFacts
from hashmatch.model.locator import Step, Volume, plain_steps
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.disks import medium_facts, medium_in, plain_medium, steps_of, word_in
from hashmatch.scanning.members import plain, problem_in, size_in
from hashmatch.scanning.messages import ProtocolError

if TYPE_CHECKING:
    from hashmatch.sources.inside.image_items import ImageItems


@dataclass(frozen=True, slots=True)
class PlannedVolume:
    """A volume that is to be read.

    Attributes:
        steps: from the image to it.
        kind: what lies on it, in a word.
        offset: of its first byte on the medium.
        size: in bytes.
        weight: bytes of the medium that it stands for: those of all volumes add up to the medium.
    """

    steps: tuple[Step, ...]
    kind: str
    offset: int
    size: int
    weight: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A disk image that is to be read.

    Attributes:
        image: the file, as it is once all of it was read and nothing was wrong.
        size: of the medium, in bytes.
        volumes: in the order in which they are read.
        problems: what is wrong with the image as a whole.
        unread: ranges of the medium that are missing.
        facts: of the medium as a whole.
        verdict: what is to be said of the digests that the image keeps; empty where it keeps none.
    """

    image: Digested
    size: int
    volumes: tuple[PlannedVolume, ...]
    problems: tuple[Unreadable, ...]
    unread: tuple[UnreadRange, ...]
    facts: tuple[VolumeFacts, ...] = ()
    verdict: str = ""


def plan_of(
    items: "ImageItems", *, verify: bool, on_progress: Callable[[int], object]
) -> dict[str, Any]:
    """What is to be read of an image, as JSON.

    Args:
        items: on the image.
        verify: whether digests that the image keeps are compared with its bytes.
        on_progress: told of the bytes that were read for that.
    """
    from hashmatch.sources.diskimage.verifying import compared, stored_in

    medium = items.medium
    digests = compared(medium, on_progress) if verify else stored_in(medium)
    return {
        "medium": plain_medium(medium.size, digests),
        "size": items.medium.size,
        "problems": [plain(each) for each in items.problems],
        "unread": [[each.offset, each.length, each.reason] for each in items.medium.unread],
        "volumes": [
            [
                *(plain_steps(each.steps), each.contents[0].kind if each.contents else "unknown"),
                *(each.offset, each.size, each.weight),
            ]
            for each in items.volumes.volumes
        ],
    }


def plan_in(task: Digested, said: Mapping[str, Any]) -> Plan:
    """What a worker says is to be read of an image.

    Raises:
        ValueError, TypeError, KeyError: it is nothing that `plan_of` gives.
        ProtocolError: likewise.
    """
    volumes = tuple(_volume(*each) for each in said["volumes"])
    if len({each.steps for each in volumes}) < len(volumes):
        raise ProtocolError
    problems = [why for each in said["problems"] if (why := problem_in(each)) is not None]
    where = task.found.where
    size, digests = medium_in(said["medium"])
    if digests.is_different:
        problems.insert(0, Unreadable(Reason.CORRUPT_DATA, digests.verdict))
    return Plan(
        task,
        size_in(said["size"]),
        volumes,
        tuple(problems),
        tuple(
            UnreadRange(
                locator=where,
                offset=size_in(offset),
                length=size_in(length),
                reason=word_in(reason),
            )
            for offset, length, reason in said["unread"]
        ),
        tuple(medium_facts(where, size, digests)),
        digests.verdict,
    )


def _volume(steps: Any, kind: Any, offset: Any, size: Any, weight: Any) -> PlannedVolume:  # noqa: ANN401 (whatever JSON holds)
    taken = steps_of(steps)
    if not all(isinstance(each, Volume) for each in taken):
        raise ProtocolError
    return PlannedVolume(taken, word_in(kind), size_in(offset), size_in(size), size_in(weight))
