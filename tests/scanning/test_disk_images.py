"""Scans of disk images: files of all volumes, deleted ones, and what lies between them."""

import hashlib
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.model import AllocationState, Item, VolumeStatus
from tests.support.archives import tool, zipped
from tests.support.disk_volumes import disk, volume
from tests.support.hostile_values import run
from tests.support.photos import encoded, variants

pytest.importorskip("pytsk3")
_NTFS, _FAT32, _LINUX = 7, 12, 0x83


@cache
def contents() -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Files that stay, and files that are deleted."""
    images = [
        encoded(each.resize((160, 120)), "JPEG", quality=92) for each in variants(24, largest=300)
    ]
    named = {f"DCIM/{number % 3}/{number:02}.jpg": data for number, data in enumerate(images)}
    gone = dict(list(named.items())[::6])
    return {path: data for path, data in named.items() if path not in gone}, gone


@cache
def exhibit() -> bytes:
    """A disk with FAT32 and ext4, of which files were deleted on both."""
    return disk([volume("fat32", *contents()), volume("ext4", *contents())], [_FAT32, _LINUX])


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    (tmp_path / "evidence").mkdir()
    return tmp_path / "evidence"


def scanned(evidence: Path, workers: int = 2) -> list[Item]:
    against = (
        evidence.parent / "known.csv" if evidence.is_dir() else evidence.parents[1] / "known.csv"
    )
    return [each.item for each in hm.iter_scan(evidence, against=against, workers=workers)]


def states(items: list[Item]) -> Counter[tuple[str, AllocationState]]:
    """How many of the pictures were found on each volume, by their state."""
    kept, gone = contents()
    known = {hashlib.sha256(data).hexdigest() for data in (*kept.values(), *gone.values())}
    return Counter(
        (str(each.place.locator.steps[1]).split("@")[0], each.place.state)
        for each in items
        if each.place and each.digests.sha256 in known
    )


EVERY_PICTURE = {
    ("mbr:1", AllocationState.ALLOCATED): 20,
    ("mbr:1", AllocationState.DELETED): 4,
    ("mbr:2", AllocationState.ALLOCATED): 20,
    # The kernel wipes where the blocks of a deleted file lie: it is found by its content.
    ("mbr:2", AllocationState.UNALLOCATED): 4,
}


@pytest.mark.parametrize("form", ["E01", "split", "qcow2"])
def test_every_picture_is_found_in_every_container(form: str, evidence: Path) -> None:
    raw = evidence.parent / "raw"
    raw.write_bytes(exhibit())
    if form == "E01":
        stem = str(evidence / "exhibit")
        command = [tool("ewfacquire"), "-u", "-q", "-t", stem, "-S", "1MiB", str(raw)]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        assert len(list(evidence.iterdir())) > 1
    elif form == "split":
        for number in range(3):
            part = exhibit()[number << 25 : (number + 1) << 25]
            (evidence / f"disk.{number + 1:03}").write_bytes(part)
    else:
        command = [tool("qemu-img"), "convert", "-O", form, str(raw), str(evidence / "image")]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    before = {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(evidence.iterdir())
    }
    items = scanned(evidence, workers=2 if form == "E01" else 0)
    assert states(items) == EVERY_PICTURE
    outer = [each for each in items if each.place is None]
    assert {each.unreadable.reason for each in outer if each.unreadable} == {Reason.OPENED}
    assert len(outer) == len(before)
    assert before == {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(evidence.iterdir())
    }


def test_an_image_that_is_given_by_itself_is_read_with_its_further_files(evidence: Path) -> None:
    for number in range(3):
        part = exhibit()[number << 25 : (number + 1) << 25]
        (evidence / f"disk.{number + 1:03}").write_bytes(part)
    assert states(scanned(evidence / "disk.001")) == EVERY_PICTURE


def test_an_image_in_an_archive_and_an_image_on_an_image(evidence: Path) -> None:
    inner = disk([volume("hfsplus", contents()[0])], [0xAF])
    outer = volume("fat32", {"backup/old disk.img": inner, "a.zip": zipped([("x.img", inner)])})
    (evidence / "outer.img").write_bytes(outer)
    found = Counter(each.digests.sha256 for each in scanned(evidence, workers=0) if each.media)
    assert set(found) == {hashlib.sha256(each).hexdigest() for each in contents()[0].values()}
    assert set(found.values()) == {2}


def test_volumes_that_are_not_read_are_named_and_on_record(evidence: Path) -> None:
    locked = (b"LUKS\xba\xbe\x00\x02" + bytes(4088)).ljust(1 << 20, b"\1")
    hidden = encoded(next(variants(1, largest=300)).resize((200, 150)), "JPEG", quality=90)
    unknown = bytearray(b"some file system that nobody knows".ljust(1 << 20, b"\2"))
    unknown[4096 : 4096 + len(hidden)] = hidden
    data = disk([locked, bytes(unknown), volume("fat32", contents()[0])], [0x83, 0x83, _FAT32])
    (evidence / "disk.img").write_bytes(data)
    known = evidence.parent / "known.csv"
    path = evidence.parent / "lab.sightings"
    hm.scan(evidence, against=known, db=path, case="1", exhibit="1")
    with hm.Database.open(path, read_only=True) as database:
        (source,) = database.case("1").sources
        items = [*database.items("1")]
        assert database.verify().problems == ()
    volumes = {each.kind: each for each in source.volumes}
    image = next(each for each in items if each.place is None)
    assert image.reason == Reason.ENCRYPTED
    assert "LUKS" in image.detail
    assert "1 more" in image.detail
    assert volumes["luks2"].status is VolumeStatus.NOT_READ
    assert volumes["unknown"].status is VolumeStatus.BY_CONTENT
    assert volumes["fat32"].status is VolumeStatus.READ
    assert hashlib.sha256(hidden).hexdigest() in {each.digests.sha256 for each in items}


def test_a_missing_segment_is_said_with_its_name(evidence: Path) -> None:
    raw = evidence.parent / "raw"
    raw.write_bytes(exhibit())
    stem = str(evidence / "exhibit")
    command = [tool("ewfacquire"), "-u", "-q", "-t", stem, "-S", "1MiB", str(raw)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    (evidence / "exhibit.E02").unlink()
    items = {Path(each.locator).name: each for each in scanned(evidence, 0) if each.place is None}
    why = items["exhibit.E01"].unreadable
    assert why is not None
    assert not why.reason.skipped
    assert "exhibit.E02" in why.detail
    assert "same folder" in why.detail


def state_of(item: Item) -> AllocationState | None:
    return item.place.state if item.place else None


def test_show_opens_a_deleted_file_again(evidence: Path) -> None:
    (evidence / "disk.img").write_bytes(exhibit())
    found = [each for each in scanned(evidence, 0) if each.media and each.place]
    gone = [each for each in found if state_of(each) is AllocationState.DELETED]
    assert gone
    for each in (gone[0], *found[::16]):
        code, said = run(("show", each.locator, "--digest"))
        assert not code
        assert str(each.digests.sha256) in said


def test_an_image_with_huge_holes_is_read_as_far_as_it_is_stored(evidence: Path) -> None:
    data = volume("hfsplus", contents()[0])
    first, size = 2048, 1 << 40
    table = bytearray(512)
    entry = bytes([0, 0, 0, 0, 0xAF, 0, 0, 0]) + first.to_bytes(4, "little")
    table[446:462] = entry + (len(data) // 512).to_bytes(4, "little")
    table[510:] = b"\x55\xaa"
    hidden = encoded(next(variants(1, largest=300)).resize((200, 150)), "JPEG", quality=90)
    with (evidence / "disk.img").open("wb") as file:
        file.write(table)
        file.seek(first * 512)
        file.write(data)
        file.seek(size - (1 << 20))
        file.write(hidden)
        file.truncate(size)
    items = scanned(evidence, 0)
    found = {each.digests.sha256 for each in items}
    assert {hashlib.sha256(each).hexdigest() for each in contents()[0].values()} < found
    assert hashlib.sha256(hidden).hexdigest() in found
    (image,) = (each for each in items if each.place is None)
    assert image.unreadable is not None
    assert image.unreadable.reason is Reason.OPENED


def test_a_damaged_chunk_costs_no_other_volume_and_is_told(evidence: Path) -> None:
    raw, stem = evidence.parent / "raw", str(evidence / "exhibit")
    raw.write_bytes(exhibit())
    command = [tool("ewfacquire"), "-u", "-q", "-c", "none", "-t", stem, str(raw)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    image = evidence / "exhibit.E01"
    data = bytearray(image.read_bytes())
    victim = list(contents()[0].values())[-1]
    data[data.index(victim[:64]) + 70] ^= 1
    image.write_bytes(data)
    items = scanned(evidence, 0)
    found = states(items)
    assert {key: found[key] for key in found if key[0] == "mbr:2"} == {
        key: count for key, count in EVERY_PICTURE.items() if key[0] == "mbr:2"
    }
    (outer,) = (each for each in items if each.place is None)
    assert outer.unreadable is not None
    assert outer.unreadable.reason is Reason.CONTAINER
    assert "mbr:1@" in outer.unreadable.detail
