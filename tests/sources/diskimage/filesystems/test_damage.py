"""Damage costs the files that it lies in, and no others that are read with them."""

from collections.abc import Iterator
from random import Random

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import UnreadRangeError
from hashmatch.sources.diskimage.filesystems.opening import open_file_system, warm_up
from hashmatch.sources.diskimage.spans import Span
from tests.support.disk_volumes import volume

pytest.importorskip("pytsk3")


class Damaged:
    """A volume of which one sector cannot be read."""

    name = "volume"

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at, self.size = data, at, len(data)

    def pread(self, offset: int, size: int, /) -> bytes:
        size = max(0, min(size, self.size - offset))
        if offset < self._at + 512 and offset + size > self._at:
            raise UnreadRangeError(Reason.CORRUPT_DATA, "a bad sector", self._at, 512)
        return self._data[offset : offset + size]

    def holes(self) -> Iterator[Span]:
        return iter(())


@pytest.mark.parametrize("kind", ["ext4", "ntfs"])
def test_a_bad_sector_costs_the_file_that_it_lies_in_alone(kind: str) -> None:
    random = Random(1)
    files = {f"/a/{number}.bin": random.randbytes(20_000) for number in range(30)}
    data = volume(kind, {path[1:]: content for path, content in files.items()})
    warm_up()
    system = open_file_system(Damaged(data, data.index(files["/a/7.bin"][:64]) + 4096), kind)
    read, lost = {}, set()
    for entry in system.entries():
        try:
            with system.open(entry.step) as file:
                read[entry.step.path] = file.read()
        except UnreadableError:
            lost.add(entry.step.path)
    assert lost == {"/a/7.bin"}
    assert {path: read[path] for path in files.keys() - lost} == {
        path: files[path] for path in files.keys() - lost
    }
    assert not system.problems
