"""What a worker that read a disk image says of its volumes."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from hashmatch.model import UnreadRange, VolumeFacts, VolumeStatus
from hashmatch.model.locator import File, Locator, Step
from hashmatch.scanning.messages import ProtocolError
from hashmatch.sources.base import Found

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.verifying import StoredDigests
    from hashmatch.sources.inside.volume_reports import ReadMedium

MEDIUM: Final = "medium"
"""What a whole medium is called, where volumes are listed."""
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
        "medium": plain_medium(disk.size, disk.digests),
    }


def plain_medium(size: int, digests: "StoredDigests") -> list[Any]:
    """What is known of the digests of a medium, as JSON."""
    return [size, dict(digests.stored), dict(digests.computed), digests.problem]


def medium_in(said: Any) -> "tuple[int, StoredDigests]":  # noqa: ANN401 (whatever JSON holds)
    """The size of a medium, and what is known of its digests.

    Raises:
        ValueError, TypeError, AttributeError: it is nothing that `plain_medium` gives.
        ProtocolError: likewise.
    """
    from hashmatch.sources.diskimage.verifying import StoredDigests

    size, stored, computed, problem = said
    return int(size), StoredDigests(dict(stored), dict(computed), word_in(problem))


def medium_facts(where: Locator, size: int, digests: "StoredDigests") -> Iterator[VolumeFacts]:
    """What goes on record of a medium whose image keeps digests of it."""
    if digests.stored:
        yield VolumeFacts(
            locator=where,
            kind=MEDIUM,
            offset=0,
            length=size,
            status=VolumeStatus.PARTLY_READ if digests.is_different else VolumeStatus.READ,
            reason=digests.in_words,
        )


def facts_of(outer: Found, said: Mapping[str, Any]) -> Iterator[VolumeFacts | UnreadRange]:
    """What became of the volumes of a disk image, and what of it is missing.

    Raises:
        ValueError, TypeError, KeyError: it is none that `stream` gives.
    """
    around = steps_of(said["steps"]) if said["steps"] else ()
    where = outer.where.inside(*around) if around else outer.where
    yield from medium_facts(where, *medium_in(said["medium"]))
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
        yield UnreadRange(locator=where, offset=offset, length=length, reason=word_in(reason))


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
