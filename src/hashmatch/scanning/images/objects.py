"""Files of a volume on their way from the worker that found them: many at a time, packed."""

import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from hashmatch.model import AllocationState, PlaceConfidence
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
from hashmatch.sources.diskimage.entry import Entry

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.volumes import Volume

_MOST_RUNS: Final = 1000
"""Pieces of a file on its medium that go on record."""
_LARGEST: Final = 64 << 20
"""Bytes of objects that are packed together."""
_LONGEST: Final = 1 << 20
"""Characters of a path."""


@dataclass(frozen=True, slots=True)
class FoundObject(Entry):
    """A file that a file system lists, as the worker said that found it.

    Its runs are those on the medium, as far as they go on record.

    Attributes:
        deleted: begin and size on the volume, of a deleted file.
        weight: bytes of the volume that it stands for.
    """

    deleted: tuple[int, int] | None = None
    weight: int = 0


def row_of(entry: Entry, volume: "Volume") -> list[Any]:
    """What is said of a file, as JSON: the values of its fields, in their order."""
    is_there = entry.state is AllocationState.ALLOCATED
    own = {each.name: getattr(entry, each.name) for each in fields(Entry)}
    own |= {"runs": volume.on_medium(entry.runs[:_MOST_RUNS]), "deleted": entry.deleted_span}
    own["weight"] = sum(length for _, length in entry.runs) if is_there else 0
    return [write(own[name]) for name, (write, _) in _FIELDS.items()]


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
        return [_object(each) for each in rows]
    except (zlib.error, ValueError, TypeError, AttributeError):
        raise ProtocolError from None


def _object(row: list[Any]) -> FoundObject:
    read = (each for _, each in _FIELDS.values())
    return FoundObject(*(each(value) for each, value in zip(read, row, strict=True)))


def _plain_step(step: FileObject) -> list[Any]:
    return [step.system, step.inode, step.attribute, step.instance, step.path]


def _step_in(value: Any) -> FileObject:  # noqa: ANN401 (whatever JSON holds)
    system, inode, attribute, instance, path = value
    numbers = (inode, attribute, instance)
    is_step = all(type(each) is int and each >= 0 for each in numbers) and isinstance(path, str)
    if not is_step or not isinstance(system, str) or len(path) > _LONGEST:
        raise ProtocolError
    step = FileObject(system, *numbers, path)
    # What is no step of a locator is refused now, and not when it goes on record.
    Locator((File(""), step))
    return step


def _span_in(value: Any) -> tuple[int, int] | None:  # noqa: ANN401
    return None if value is None else (size_in(value[0]), size_in(value[1]))


def _as_it_is(value: Any) -> Any:  # noqa: ANN401
    return value


_Field = tuple[Callable[[Any], Any], Callable[[Any], Any]]
_WORDS: Final[_Field] = (plain, problem_in)
_CODED: Final[dict[str, _Field]] = {
    "step": (_plain_step, _step_in),
    "size": (_as_it_is, size_in),
    "times": (dict, times_in),
    "state": (_as_it_is, AllocationState),
    "confidence": (_as_it_is, PlaceConfidence),
    "runs": (_as_it_is, runs_in),
    "links": (_as_it_is, size_in),
    "problem": _WORDS,
    "original_name": (_as_it_is, original_name_in),
    "remark": _WORDS,
    "deleted": (_as_it_is, _span_in),
    "weight": (_as_it_is, size_in),
}
_FIELDS: Final = {each.name: _CODED[each.name] for each in fields(FoundObject)}
"""What writes each field as JSON, and what reads it: in the order in which they are declared."""
