"""Each file system as its own tools made it: every file is read, also deleted ones."""

import io
from functools import cache
from random import Random

import pytest

from hashmatch.errors import Reason
from hashmatch.model import AllocationState, PlaceConfidence
from hashmatch.sources.diskimage.filesystems.base import FileSystem
from hashmatch.sources.diskimage.filesystems.ext_inodes import used_inodes
from hashmatch.sources.diskimage.filesystems.opening import open_file_system, warm_up
from hashmatch.sources.diskimage.filesystems.tsk_volume import TskVolume
from hashmatch.sources.diskimage.reading import FromFile
from tests.support.disk_volumes import DELETES, KINDS, volume
from tests.support.hfsplus_writer import HfsFile, HfsWriter
from tests.support.photos import encoded, variants

pytsk3 = pytest.importorskip("pytsk3")
_DELETED = 5


@cache
def contents() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Files that stay, and files that are deleted."""
    images = [
        encoded(each.resize((160, 120)), "JPEG", quality=92) for each in variants(40, largest=300)
    ]
    named = {
        f"DCIM/{number % 7} a/größe {number:02}.jpg": data for number, data in enumerate(images)
    }
    gone = dict(list(named.items())[::8])
    assert len(gone) == _DELETED
    return {path: data for path, data in named.items() if path not in gone}, gone


@cache
def made(kind: str) -> tuple[bytes, dict[str, bytes], dict[str, bytes]]:
    """A volume, the files on it, and those that were deleted."""
    kept, gone = contents()
    if kind not in DELETES:
        kept, gone = {**kept, **gone}, {}
    if kind == "xfs":
        # Names in what its files are made from have no spaces.
        kept = {path.replace(" ", "_"): data for path, data in kept.items()}
    return volume(kind, kept, gone), kept, gone


def opened(data: bytes, kind: str) -> FileSystem:
    warm_up()
    return open_file_system(FromFile(io.BytesIO(data), "volume"), kind)


def read(system: FileSystem) -> dict[str, bytes]:
    """All files by their paths."""
    found = {}
    for entry in system.entries():
        with system.open(entry.step) as file:
            found[entry.step.path] = file.read()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_read_with_its_name_and_runs(kind: str) -> None:
    data, kept, _ = made(kind)
    system = opened(data, kind)
    found = {}
    for entry in system.entries():
        with system.open(entry.step) as file:
            there = b"".join(data[offset : offset + length] for offset, length in entry.runs)
            if entry.state is AllocationState.ALLOCATED:
                found[entry.step.path] = (file.read(), there[: entry.size])
    for path, expected in kept.items():
        assert found[f"/{path}"] == (expected, expected)
    assert not system.problems


@pytest.mark.parametrize("kind", ["ntfs", "fat32", "exfat"])
def test_deleted_files_have_their_names_and_say_how_sure_it_is(kind: str) -> None:
    data, _, gone = made(kind)
    system = opened(data, kind)
    found = {}
    for entry in system.entries():
        if entry.state is AllocationState.DELETED and entry.size:
            with system.open(entry.step) as file:
                # FAT loses the first letter of a short name.
                found[entry.step.path.rpartition("/")[2][1:]] = file.read()
            guessed = entry.confidence is PlaceConfidence.CONTIGUOUS_ASSUMED
            assert guessed == (kind != "ntfs")
    assert gone
    for path, expected in gone.items():
        assert found[path.rpartition("/")[2][1:]] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_space_that_belongs_to_no_file_holds_none(kind: str) -> None:
    data, kept, _ = made(kind)
    system = opened(data, kind)
    entries = list(system.entries())
    assert len(entries) >= len(kept)
    starts = [each.runs[0][0] for each in entries if each.runs]
    assert starts == sorted(starts)
    spans = list(system.unowned())
    assert spans == sorted(spans)
    free = b"".join(data[offset : offset + length] for offset, length in spans)
    assert not [path for path, each in kept.items() if each in free]
    assert 0 < len(free) < len(data)


def test_the_same_order_and_steps_every_time() -> None:
    data, _, _ = made("ntfs")
    steps = [each.step for each in opened(data, "ntfs").entries()]
    assert steps == [each.step for each in opened(data, "ntfs").entries()]
    assert len(set(steps)) == len(steps)


def test_every_folder_of_hfs_is_read_wherever_its_thread_lies() -> None:
    # Threads at the end of a node make The Sleuth Kit refuse a whole folder.
    files = {
        f"Users/folder {number // 2:03} with a name/{number}.jpg": b"%d" % number * 999
        for number in range(240)
    }
    system = opened(volume("hfsplus", files), "hfsplus")
    assert read(system) == {f"/{path}": data for path, data in files.items()}
    assert not system.problems


def test_forks_and_fragments_of_hfs() -> None:
    random = Random(3)
    files = {
        f"a/{number}": HfsFile(random.randbytes(90_000), random.randbytes(5000), pieces=number)
        for number in range(1, 23)
    }
    found = read(opened(HfsWriter(2000).volume(files), "hfsplus"))
    assert {path: found[f"/{path}"] for path in files} == {
        path: each.data for path, each in files.items()
    }
    for path, each in files.items():
        assert found[f"/{path}/..namedfork/rsrc"] == each.resource


@pytest.mark.parametrize("kind", ["ext4", "ext2"])
def test_entries_of_ext_that_were_used_are_those_that_hold_something(kind: str) -> None:
    data, kept, gone = made(kind)
    used = set(used_inodes(FromFile(io.BytesIO(data), "volume")))
    assert len(used) >= len(kept) + len(gone)
    image = TskVolume(FromFile(io.BytesIO(data), "volume"))
    system = pytsk3.FS_Info(image, offset=0)
    for inode in range(1, int(system.info.last_inum)):
        meta = system.open_meta(inode=inode).info.meta
        if meta.mode or meta.size or meta.mtime:
            assert inode in used


def _without_name(data: bytearray, name: bytes) -> None:
    """Give the place of an entry of a folder of ext2 to the one before it, as deleting does."""
    at = data.index(name) - 8
    place = at // 1024 * 1024
    while (following := place + int.from_bytes(data[place + 4 : place + 6], "little")) != at:
        place = following
    length = at - place + int.from_bytes(data[at + 4 : at + 6], "little")
    data[place + 4 : place + 6] = length.to_bytes(2, "little")


def test_a_deleted_name_of_which_another_file_has_the_entry_is_listed_without_bytes() -> None:
    files = {f"a/{name}.jpg": name.encode() * 700 for name in ("one", "two", "three")}
    data = bytearray(volume("ext2", files))
    _without_name(data, b"two.jpg")
    system = opened(bytes(data), "ext2")
    found = {each.step.path: each for each in system.entries()}
    assert set(found) == {"/a/one.jpg", "/a/two.jpg", "/a/three.jpg", ""}
    lost = found["/a/two.jpg"]
    assert lost.state is AllocationState.DELETED
    assert lost.problem is not None
    assert lost.problem.reason is Reason.EMPTY
    # The bytes are those of the entry, which no name leads to any more.
    assert found[""].state is AllocationState.ALLOCATED
    with system.open(found[""].step) as file:
        assert file.read() == files["a/two.jpg"]


@pytest.mark.parametrize("kind", ["ext2", "xfs"])
def test_folders_that_lie_too_deep_are_told(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "tsk_walk" if kind == "ext2" else "libyal"
    monkeypatch.setattr(f"hashmatch.sources.diskimage.filesystems.{module}._DEEPEST", 2)
    system = opened(volume(kind, {"a/b/c/d.jpg": b"deep" * 99, "a/b/e.jpg": b"here" * 99}), kind)
    found = {each.step.path for each in system.entries()}
    assert "/a/b/e.jpg" in found
    assert "/a/b/c/d.jpg" not in found
    (why,) = system.problems
    assert why.reason is Reason.TOO_DEEP
    assert "/a/b/c" in why.detail


def test_a_file_that_its_file_system_encrypts_is_named_and_not_read() -> None:
    data = bytearray(volume("ntfs", {"secret.jpg": b"x" * 5000, "plain.jpg": b"y" * 5000}))
    name = "secret.jpg".encode("utf-16-le")
    entry = next(
        at
        for at in range(0, len(data), 1024)
        if data.startswith(b"FILE", at) and name in data[at : at + 1024]
    )
    place = entry + int.from_bytes(data[entry + 20 : entry + 22], "little")
    while data[place] != 0x80:
        place += int.from_bytes(data[place + 4 : place + 8], "little")
    data[place + 12 : place + 14] = (0x4000).to_bytes(2, "little")
    problems = {each.step.path: each.problem for each in opened(bytes(data), "ntfs").entries()}
    assert problems["/plain.jpg"] is None
    why = problems["/secret.jpg"]
    assert why is not None
    assert why.reason is Reason.ENCRYPTED
    assert "EFS" in why.detail


@pytest.mark.parametrize("kind", ["ext2", "ext3"])
def test_a_deleted_file_lies_in_one_piece_of_free_space_without_its_lists(kind: str) -> None:
    chance = Random(5)
    gone = {"DCIM/large.bin": chance.randbytes(400_000)}
    data = volume("ext2", {"DCIM/other.bin": chance.randbytes(30_000)}, gone)
    system = opened(data, kind)
    assert len(list(system.entries())) == 1
    space = b"".join(data[offset : offset + length] for offset, length in system.unowned())
    assert gone["DCIM/large.bin"] in space
    # Blocks that list others lie amid it on the volume.
    assert gone["DCIM/large.bin"] not in data
