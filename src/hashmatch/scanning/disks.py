"""What a worker that read a disk image says of its volumes."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from hashmatch.model import UnreadRange, VolumeFacts, VolumeStatus
from hashmatch.model.locator import File, Locator, Step
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.base import Found

if TYPE_CHECKING:
    from hashmatch.sources.inside.image_items import ReadMedium

_LONGEST: Final = 1 << 12
"""Characters of a reason."""

_MOST_STEPS: Final = 1 << 20
"""Characters of the steps to one item."""


def plain(disk: "ReadMedium") -> dict[str, Any]:
    """What became of the volumes of a disk image, as JSON."""
    return {
        "steps": Locator((File(""), *disk.steps)).to_list()[1:],
        "volumes": [
            [
                *(Locator((File(""), *each.volume.steps)).to_list()[1:], each.kind),
                *(each.volume.offset, each.volume.size, each.status, each.remark),
            ]
            for each in disk.reports
        ],
        "unread": disk.unread,
    }


def facts_of(outer: Found, said: Mapping[str, Any]) -> Iterator[VolumeFacts | UnreadRange]:
    """What became of the volumes of a disk image, and what of it is missing.

    Raises:
        ValueError, TypeError, KeyError: it is none that `stream` gives.
    """
    around = steps_of(said["steps"]) if said["steps"] else ()
    for values, kind, offset, length, status, reason in said["volumes"]:
        locator = outer.where.inside(*around, *steps_of(values))
        yield VolumeFacts(
            locator=locator,
            kind=word_in(kind),
            offset=offset,
            length=length,
            status=VolumeStatus(status),
            reason=word_in(reason),
        )
    for offset, length, reason in said["unread"]:
        locator = outer.where.inside(*around) if around else outer.where
        yield UnreadRange(locator=locator, offset=offset, length=length, reason=word_in(reason))


def word_in(value: object) -> str:
    """A text that is not too long.

    Raises:
        ProtocolError: it is none.
    """
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ProtocolError
    return value


def steps_of(values: list[Mapping[str, str | int]]) -> tuple[Step, ...]:
    """The steps to an item.

    Raises:
        ValueError, TypeError: they are none, or too many.
    """
    steps = Locator.from_list([{"step": File.word, "path": ""}, *values]).steps[1:]
    if not steps or sum(len(str(each)) for each in steps) > _MOST_STEPS:
        raise ProtocolError
    return steps
