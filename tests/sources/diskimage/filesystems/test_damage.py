"""Damage costs the files that it lies in, and no others that are read with them."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

import hashmatch as hm
from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import AllocationState
from hashmatch.sources.diskimage.base import UnreadRangeError
from hashmatch.sources.diskimage.filesystems.opening import open_file_system, warm_up
from hashmatch.sources.diskimage.spans import Span
from tests.support.archives import tool
from tests.support.disk_volumes import run_tool, volume
from tests.support.photos import encoded, photo

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


def test_a_file_with_a_size_below_zero_is_searched_by_content(tmp_path: Path) -> None:
    image = tmp_path / "evidence" / "volume.img"
    image.parent.mkdir()
    picture = encoded(photo("coffee"), "JPEG")
    image.write_bytes(volume("ext2", {"a.jpg": picture, "b.bin": b"b" * 3000}))
    command = "set_inode_field /a.jpg size 0xfffffffffffff000"
    run_tool(tool("debugfs"), "-w", "-R", command, str(image))
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    found = [
        each.item for each in hm.iter_scan(image.parent, against=tmp_path / "known.csv", workers=0)
    ]
    reasons = {each.unreadable.reason for each in found if each.unreadable}
    assert Reason.INTERNAL_ERROR not in reasons
    (named,) = (each for each in found if each.locator.endswith(":/a.jpg"))
    assert named.unreadable is not None
    assert named.unreadable.reason is Reason.DAMAGED
    assert "below zero" in named.unreadable.detail
    (seen,) = (each for each in found if each.media is not None)
    assert seen.place is not None
    assert seen.place.state is not AllocationState.ALLOCATED
