"""Files of a volume on their way from the worker that found them: many at a time, packed."""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hashmatch.model import AllocationState, PlaceConfidence, Unreadable
from hashmatch.model.locator import File, FileObject, Locator
from hashmatch.scanning.members import (
    original_name_in,
    plain,
    problem_in,
    runs_in,
    size_in,
    times_in,
)
from hashmatch.scanning.messages import ProtocolError

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.filesystems.base import Entry
    from hashmatch.sources.diskimage.volumes import Volume

_MOST_RUNS: Final = 1000
"""Pieces of a file on its medium that go on record."""
_LARGEST: Final = 64 << 20
"""Bytes of objects that are packed together."""
_LONGEST: Final = 1 << 20
"""Characters of a path."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """A file that a file system lists, as the worker said that found it.

    Attributes:
        step: from the volume to it.
        size: in bytes.
        times: by kind.
        state: whether its bytes belong to a file.
        confidence: how sure it is that they are its own.
        runs: offset and length of its pieces on the medium, as far as they go on record.
        deleted: begin and size on the volume, of a deleted file.
        weight: bytes of the volume that it stands for.
        problem: why its bytes cannot be read.
        original_name: what it was called where it came from; empty where nothing says it.
        remark: what is to be said of it if nothing is found in it.
    """

    step: FileObject
    size: int = 0
    times: Mapping[str, str] = field(default_factory=dict)
    state: AllocationState = AllocationState.ALLOCATED
    confidence: PlaceConfidence = PlaceConfidence.CERTAIN
    runs: tuple[tuple[int, int], ...] = ()
    deleted: tuple[int, int] | None = None
    weight: int = 0
    problem: Unreadable | None = None
    original_name: str = ""
    remark: Unreadable | None = None


def row_of(entry: "Entry", volume: "Volume") -> list[Any]:
    """What is said of a file, as JSON."""
    step = entry.step
    is_there = entry.state is AllocationState.ALLOCATED
    return [
        *(step.system, step.inode, step.attribute, step.instance, step.path),
        *(entry.size, dict(entry.times), entry.state, entry.confidence),
        volume.on_medium(entry.runs[:_MOST_RUNS]),
        entry.deleted_span,
        sum(length for _, length in entry.runs) if is_there else 0,
        *(plain(entry.problem), entry.original_name, plain(entry.remark)),
    ]


def packed_rows(rows: Iterable[list[Any]]) -> bytes:
    """Files as few bytes."""
    return zlib.compress(json.dumps([*rows], separators=(",", ":")).encode(), 1)


def objects_in(data: bytes) -> list[FoundObject]:
    """The files.

    Raises:
        ProtocolError: they are nothing that was packed.
    """
    expander = zlib.decompressobj()
    try:
        rows = json.loads(expander.decompress(data, _LARGEST))
        if not expander.eof:
            raise ProtocolError
        return [_object(*each) for each in rows]
    except (zlib.error, ValueError, TypeError, AttributeError):
        raise ProtocolError from None


def _object(*row: Any) -> FoundObject:  # noqa: ANN401 (whatever JSON holds)
    system, inode, attribute, instance, path, size, *facts = row
    times, state, sure, runs, gone, weight, why, name, remark = facts
    numbers = (inode, attribute, instance)
    is_step = all(type(each) is int and each >= 0 for each in numbers) and isinstance(path, str)
    if not is_step or not isinstance(system, str) or len(path) > _LONGEST:
        raise ProtocolError
    step = FileObject(system, *numbers, path)
    # What is no step of a locator is refused now, and not when it goes on record.
    Locator((File(""), step))
    return FoundObject(
        step,
        size_in(size),
        times_in(times),
        AllocationState(state),
        PlaceConfidence(sure),
        runs_in(runs),
        None if gone is None else (size_in(gone[0]), size_in(gone[1])),
        size_in(weight),
        problem_in(why),
        original_name_in(name),
        problem_in(remark),
    )
