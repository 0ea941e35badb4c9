"""A kind of source whose items are no files on disk: members of one file, at offsets."""

import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from hashmatch.model.confidence import Confidence
from hashmatch.sources.access import open_evidence
from hashmatch.sources.base import Found
from hashmatch.sources.byte_range import ByteRange

MAGIC = b"STORED\n"


class Stored:
    """A file that holds others: a line with their names, offsets and sizes, then their bytes."""

    kind = "stored"

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.roots = (os.path.realpath(path),)

    @staticmethod
    def detect(path: str, head: bytes, /) -> Confidence:
        return Confidence.MAGIC if head.startswith(MAGIC) else Confidence.NONE

    def __iter__(self) -> Iterator[Found]:
        with open_evidence(self.roots[0]) as file:
            file.readline()
            members = json.loads(file.readline())
        for name, start, size in members:
            locator = f"{self.roots[0]}!{name}"
            yield Found(self.roots[0], locator, size=size, within=name, address=(start, size))

    def open(self, found: Found, /) -> BinaryIO:
        start, size = cast("tuple[int, int]", found.address)
        return ByteRange.of(open_evidence(found.path), start, size)


class InMemory(Stored):
    """The same, each member read whole: its streams have no stamp."""

    def open(self, found: Found, /) -> BinaryIO:
        with super().open(found) as file:
            return io.BytesIO(file.read())


class Leading(Stored):
    """It says that it lies elsewhere."""

    def __init__(self, path: str | os.PathLike[str], roots: str | os.PathLike[str]) -> None:
        self._path = os.path.realpath(path)
        self.roots = (os.fspath(roots),)

    def __iter__(self) -> Iterator[Found]:
        yield from Stored(self._path)


def stored(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write such a file."""
    names: list[tuple[str, int, int]] = []
    place = 0
    for name, data in members.items():
        names.append((name, place, len(data)))
        place += len(data)

    def head(shift: int) -> bytes:
        listed = [[name, start + shift, size] for name, start, size in names]
        return MAGIC + json.dumps(listed).encode().ljust(100 * len(names)) + b"\n"

    path.write_bytes(head(len(head(0))) + b"".join(members.values()))
    return path
