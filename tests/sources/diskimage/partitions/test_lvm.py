"""Logical volumes whose metadata LVM2's own tools wrote, and where those say that they lie."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hashmatch.sources.diskimage.partitions import lvm
from hashmatch.sources.diskimage.partitions.lvm_text import TextError, parse
from hashmatch.sources.diskimage.reading import Held, Padded
from hashmatch.sources.diskimage.volumes import Volume, find_volumes
from tests.support.disk_images import need, run
from tests.support.volumes import make_volume, open_raw

_MEBIBYTE = 1 << 20
_SIZE = 48 * _MEBIBYTE
_STARTS = (_MEBIBYTE, 50 * _MEBIBYTE)


def _lvm(*arguments: object) -> str:
    """What a command of LVM2 prints, without a device mapper."""
    environment = os.environ | {"LVM_SUPPRESS_FD_WARNINGS": "1"}
    done = subprocess.run(  # noqa: S603 (on files that we made)
        [need(str(arguments[0])), *map(str, arguments[1:])],
        capture_output=True,
        check=False,
        timeout=60,
        env=environment,
    )
    if done.returncode:
        pytest.skip(f"{arguments[0]} cannot be used here: {done.stderr.decode()[-200:]}")
    return done.stdout.decode()


@pytest.fixture(scope="session")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A disk with two physical volumes of one group, and what lvs says of the logical ones."""
    folder = tmp_path_factory.mktemp("lvm")
    disk = folder / "disk"
    run("truncate", "-s", "100M", disk)
    run("sgdisk", "-n1:2048:+48M", "-t1:8e00", "-n2:102400:+48M", "-t2:8e00", disk)
    devices = []
    try:
        for start in _STARTS:
            options = ("-f", "--show", "--offset", start, "--sizelimit", _SIZE, disk)
            devices.append(_lvm("losetup", *options).strip())
        group = f"hashmatch{os.getpid()}"
        without = ("--driverloaded", "n")
        new = ("lvcreate", *without, "-an", "-Zn", "-Wn", "-y")
        _lvm("pvcreate", "-ff", "-y", *devices)
        _lvm("vgcreate", group, *devices)
        _lvm(*new, "-L", "8M", "-n", "grown", group, devices[0])
        _lvm(*new, "-L", "8M", "-n", "other", group, devices[0])
        _lvm("lvextend", *without, "-L", "+12M", f"{group}/grown", devices[0])
        _lvm(*new, "-i", "2", "-I", "64k", "-L", "16M", "-n", "dealt", group)
        shown = ("--noheadings", "--segments", "--units", "b", "--nosuffix", "--separator", "|")
        fields = "lv_name,seg_start,seg_size,seg_pe_ranges"
        told = _lvm("lvs", *without, *shown, "-o", fields, group)
        for number, device in enumerate(devices):
            told = told.replace(device, f"pv{number}")
        yield disk, told
    finally:
        for device in devices:
            subprocess.run([need("losetup"), "-d", device], check=False)  # noqa: S603 (ours)


_EXTENT = 4 * _MEBIBYTE


def _segments(told: str, name: str) -> list[tuple[list[int], int]]:
    """Where lvs says that segments lie: first bytes on the disk of each stripe, and their size."""
    found = []
    for line in told.splitlines():
        fields = line.strip().split("|")
        if fields[0] == name:
            ranges = re.findall(r"pv(\d):(\d+)-(\d+)", fields[3])
            # The first extent begins a mebibyte into its physical volume.
            places = [(_STARTS[int(pv)], int(first) * _EXTENT) for pv, first, _ in ranges]
            starts = [start + _MEBIBYTE + place for start, place in places]
            found.append((int(fields[1]), starts, int(fields[2])))
    return [(starts, size) for _, starts, size in sorted(found)]


def _named(volumes: tuple[Volume, ...], name: str) -> Volume:
    return next(each for each in volumes if each.name.endswith(f"/{name}"))


def test_logical_volumes_lie_where_lvs_says(loops: tuple[Path, str], tmp_path: Path) -> None:
    original, told = loops
    disk = tmp_path / "disk"
    run("cp", "--sparse=always", original, disk)
    ext = make_volume("ext4", tmp_path / "ext").read_bytes()
    contents = {"grown": os.urandom(20 * _MEBIBYTE), "other": ext, "dealt": os.urandom(16 << 20)}
    with disk.open("r+b") as file:
        for name, data in contents.items():
            at = 0
            for starts, size in _segments(told, name):
                for number, stripe in enumerate(range(at, at + size, 64 << 10)):
                    row, which = divmod(number, len(starts))
                    file.seek(starts[which] + row * (64 << 10))
                    file.write(data[stripe : stripe + (64 << 10)])
                at += size
    with open_raw(disk) as medium:
        found = find_volumes(medium)
        assert sum(each.weight for each in found.volumes) == medium.size
        assert found.problems == ()
        for name, data in contents.items():
            volume = _named(found.volumes, name)
            opened = volume.open(medium)
            assert opened.size == volume.size == len(data)
            assert opened.pread(0, opened.size) == data
            assert opened.pread(65_000, 70_000) == data[65_000:135_000]
        assert [each.kind for each in _named(found.volumes, "other").contents] == ["ext4"]
        assert len(_segments(told, "grown")) == 2
        assert len(_segments(told, "dealt")[0][0]) == 2


def test_a_physical_volume_that_is_missing_is_told(loops: tuple[Path, str]) -> None:
    original, _ = loops
    with open_raw(original) as medium:
        data = medium.pread(0, 50 * _MEBIBYTE)
    half = Held(data)
    found = find_volumes(half)
    assert sum(each.weight for each in found.volumes) == half.size
    dealt = _named(found.volumes, "dealt")
    assert "8,388,608 of its 16,777,216 bytes" in dealt.problems[0]
    assert _named(found.volumes, "other").problems == ()
    assert found.problems


def test_damaged_metadata_are_told(loops: tuple[Path, str]) -> None:
    original, _ = loops
    with open_raw(original) as medium:
        data = bytearray(medium.pread(0, medium.size))
    for start in _STARTS:
        place = data.index(b"creation_host", start)
        while 0 <= place < start + _MEBIBYTE:
            data[place] ^= 1
            place = data.find(b"creation_host", place + 1)
    found = find_volumes(Held(bytes(data)))
    assert [each for each in found.problems if "description of its group (LVM2)" in each]
    assert not [each for each in found.volumes if each.scheme == "lvm"]
    assert sum(each.weight for each in found.volumes) == len(data)


_TEXT = """vg {
id = "g"
seqno = 4
extent_size = 8 # sectors
physical_volumes { pv0 { id = "AB-C" device = "/dev/sda" pe_start = 2048 pe_count = 9 } }
logical_volumes {
  thin { status = ["READ", "VISIBLE"] segment_count = 1
    segment1 { start_extent = 0 extent_count = 2 type = "thin-pool" } }
  hidden { status = ["READ"] segment_count = 1 segment1 { type = "striped" } }
  plain { status = ["VISIBLE"] segment_count = 1
    segment1 { extent_count = 2 type = "striped" stripe_count = 1 stripes = ["pv0", 3] } }
} }"""


def test_kinds_of_logical_volumes_that_are_not_read_are_named() -> None:
    volumes, problems = lvm.logical_volumes([lvm.Member("ABC", (_TEXT,), ())])
    assert problems == []
    assert [(each.name, each.problem) for each in volumes] == [
        ("vg/thin", "its kind, thin-pool, is not read"),
        ("vg/plain", ""),
    ]
    piece = lvm.Piece("ABC", 2048 * 512 + 3 * 8 * 512, 2 * 8 * 512)
    assert volumes[1].segments == [lvm.Segment((piece,), 0, 2 * 8 * 512)]


def test_the_newest_description_of_a_group_counts() -> None:
    older = _TEXT.replace("seqno = 4", "seqno = 3").replace("plain", "older")
    members = [lvm.Member("ABC", (older,), ()), lvm.Member("DEF", (_TEXT,), ())]
    assert [each.name for each in lvm.logical_volumes(members)[0]] == ["vg/thin", "vg/plain"]


@pytest.mark.parametrize(
    "text",
    [
        *("vg {", "vg = [1, ", "vg = ]", "vg", "= 3", "a {" * 50, "vg { a = }"),
        *('vg { id = "x" b }', "vg { a = 1 } } x"),
    ],
)
def test_texts_that_are_damaged(text: str) -> None:
    with pytest.raises(TextError):
        parse(text)
    assert lvm.logical_volumes([lvm.Member("A", (text,), ())])[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pe_start = 2048", "pe_start = 99999999999999999999999"),
        ("extent_size = 8", 'extent_size = "x"'),
        ("extent_size = 8", "extent_size = 0"),
        ('stripes = ["pv0", 3]', 'stripes = ["pv9", 3]'),
        ('stripes = ["pv0", 3]', 'stripes = ["pv0"]'),
        ("segment_count = 1", "segment_count = 9999999"),
        ("physical_volumes", "physical_volume"),
        ("extent_count = 2 type", "extent_count = 9999999999 type"),
    ],
)
def test_odd_descriptions_are_no_fault(old: str, new: str) -> None:
    assert old in _TEXT
    volumes, problems = lvm.logical_volumes([lvm.Member("ABC", (_TEXT.replace(old, new),), ())])
    assert volumes or problems


def test_a_label_without_anything_behind_it_is_no_fault() -> None:
    head = bytearray(4096)
    head[512:520] = b"LABELONE"
    head[532:536] = b"\x20\0\0\0"
    head[536:544] = b"LVM2 001"
    volumes = find_volumes(Padded(Held(bytes(head)), 1 << 20))
    assert [each.contents[0].kind for each in volumes.volumes] == ["lvm2"]
