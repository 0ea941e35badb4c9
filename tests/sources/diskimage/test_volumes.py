"""Volumes of disks that the tools of the system divided, against what those tools say."""

import os
import struct
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hashmatch.model import VolumeStatus
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.reading import Held, Padded
from hashmatch.sources.diskimage.volumes import Volumes, find_volumes
from hashmatch.sources.inside.image_items import ImageItems
from hashmatch.sources.inside.volume_reports import Surveyed
from tests.support.disk_images import run
from tests.support.volumes import make_volume, open_raw

_MEBIBYTE = 1 << 20


@contextmanager
def _found(path: Path) -> Iterator[tuple[Bytes, Volumes]]:
    """The volumes on a disk, whose weights add up to it."""
    with open_raw(path) as disk:
        volumes = find_volumes(disk)
        assert sum(each.weight for each in volumes.volumes) == disk.size
        yield disk, volumes


def _listed(volumes: Volumes, *schemes: str) -> list[tuple[str, int, int, str]]:
    return [
        (str(each.steps[-1]), each.offset, each.size, each.contents[0].kind)
        for each in volumes.volumes
        if not schemes or each.scheme in schemes
    ]


def _parted(path: Path) -> list[tuple[int, int]]:
    """Offsets and lengths of the partitions that parted sees, but for extended ones."""
    lines = run("parted", "-s", "-m", path, "unit", "B", "print").splitlines()[2:]
    fields = [line.rstrip(";").split(":") for line in lines if line]
    return [(int(each[1].rstrip("B")), int(each[3].rstrip("B"))) for each in fields]


def _put(disk: Path, offset: int, volume: Path) -> None:
    with disk.open("r+b") as file:
        file.seek(offset)
        file.write(volume.read_bytes())


@pytest.fixture(scope="session")
def gpt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GPT disk of 64 MiB: NTFS, FAT16 and ext4."""
    folder = tmp_path_factory.mktemp("gpt")
    disk = folder / "disk"
    run("truncate", "-s", "64M", disk)
    options = ("-n1:2048:+8M", "-c1:Fotos ü", "-n2:0:+24M", "-n3:0:+12M")
    run("sgdisk", *options, disk)
    for kind, offset in (("ntfs", 1), ("fat16", 9), ("ext4", 33)):
        _put(disk, offset * _MEBIBYTE, make_volume(kind, folder / kind))
    return disk


def _copy(disk: Path, folder: Path) -> Path:
    path = folder / "copy"
    run("cp", "--sparse=always", disk, path)
    return path


def _write(disk: Path, place: int, data: bytes) -> None:
    with disk.open("r+b") as file:
        file.seek(place)
        file.write(data)


_ON_GPT = [
    ("gpt:1@1048576", _MEBIBYTE, 8 * _MEBIBYTE, "ntfs"),
    ("gpt:2@9437184", 9 * _MEBIBYTE, 24 * _MEBIBYTE, "fat16"),
    ("gpt:3@34603008", 33 * _MEBIBYTE, 12 * _MEBIBYTE, "ext4"),
]


def test_gpt(gpt: Path) -> None:
    with _found(gpt) as (disk, volumes):
        assert volumes.problems == ()
        assert _listed(volumes, "gpt") == _ON_GPT
        assert [each[:2] for each in _listed(volumes, "gap")] == [
            ("gap:1@0", 0),
            ("gap:2@47185920", 45 * _MEBIBYTE),
        ]
        first = volumes.volumes[1]
        assert (first.name, first.kind[:8]) == ("Fotos ü", "0fc63daf")
        assert first.open(disk).pread(3, 8) == b"NTFS    "
        assert [each[1:3] for each in _ON_GPT] == _parted(gpt)


@pytest.mark.parametrize(
    ("place", "data", "problem"),
    [
        (512, bytes(512), "at the beginning is missing"),
        (530, b"\xff", "its copy is used"),
        (1024 + 33, b"\xff", "its copy is used"),
        ((64 << 20) - 512, bytes(512), "the copy of the partition table at the end is missing"),
        ((64 << 20) - 500, b"\xff", "checksum of the copy"),
    ],
)
def test_a_damaged_gpt_is_read_from_what_is_whole(
    gpt: Path, tmp_path: Path, place: int, data: bytes, problem: str
) -> None:
    disk = _copy(gpt, tmp_path)
    _write(disk, place, data)
    with _found(disk) as (_, volumes):
        assert _listed(volumes, "gpt") == _ON_GPT
        assert len(volumes.problems) == 1
        assert problem in volumes.problems[0]


def test_a_file_system_of_a_partition_that_was_removed_is_found(gpt: Path, tmp_path: Path) -> None:
    disk = _copy(gpt, tmp_path)
    run("sgdisk", "-d", "2", disk)
    with _found(disk) as (_, volumes):
        assert _listed(volumes, "gpt") == [_ON_GPT[0], _ON_GPT[2]]
        assert _listed(volumes, "lost") == [
            ("lost:18432@9437184", 9 * _MEBIBYTE, 20 * _MEBIBYTE, "fat16")
        ]


def test_file_systems_of_a_disk_whose_table_was_wiped_are_found(gpt: Path, tmp_path: Path) -> None:
    disk = _copy(gpt, tmp_path)
    run("sgdisk", "--zap-all", disk)
    with _found(disk) as (_, volumes):
        assert [each[1:] for each in _listed(volumes, "lost")] == [
            (_MEBIBYTE, 4 * _MEBIBYTE, "ntfs"),
            (9 * _MEBIBYTE, 20 * _MEBIBYTE, "fat16"),
            (33 * _MEBIBYTE, 8 * _MEBIBYTE, "ext4"),
        ]
        assert "there is no partition table" in volumes.problems[0]


@pytest.mark.parametrize("sector", [63, 16065 * 2, 16065 * 2 + 63])
def test_file_systems_are_found_where_older_systems_put_partitions(
    sector: int, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    run("truncate", "-s", "64M", disk)
    _put(disk, sector * 512, make_volume("ntfs", tmp_path / "ntfs"))
    with _found(disk) as (_, volumes):
        assert _listed(volumes, "lost")[0][1:] == (sector * 512, 4 * _MEBIBYTE, "ntfs")


def test_a_cut_disk_has_a_cut_volume_and_a_warning(gpt: Path, tmp_path: Path) -> None:
    disk = _copy(gpt, tmp_path)
    run("truncate", "-s", "20M", disk)
    with _found(disk) as (_, volumes):
        assert [each[1:] for each in _listed(volumes, "gpt")] == [
            (_MEBIBYTE, 8 * _MEBIBYTE, "ntfs"),
            (9 * _MEBIBYTE, 11 * _MEBIBYTE, "fat16"),
        ]
        assert "lie behind the end of the medium" in volumes.volumes[2].problems[0]
        assert any("partition 3 (gpt) lies behind the end" in each for each in volumes.problems)


def test_a_hybrid_disk_has_each_volume_once(gpt: Path, tmp_path: Path) -> None:
    disk = _copy(gpt, tmp_path)
    run("sgdisk", "-h", "1:2", disk)
    with _found(disk) as (_, volumes):
        assert _listed(volumes, "gpt", "mbr") == _ON_GPT


_MBR = """label: dos
disk1 : start=2048, size=8M, type=7
disk2 : start=18432, size=50M, type=5
disk5 : start=20480, size=10M, type=83
disk6 : size=12M, type=b
disk7 : size=8M, type=83
"""


@pytest.fixture(scope="session")
def mbr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MBR disk with logical partitions."""
    folder = tmp_path_factory.mktemp("mbr")
    disk = folder / "disk"
    run("truncate", "-s", "64M", disk)
    (folder / "layout").write_text(_MBR)
    run("sh", "-c", "PATH=$PATH:/sbin sfdisk -q disk < layout", folder=folder)
    _put(disk, _MEBIBYTE, make_volume("ntfs", folder / "ntfs"))
    _put(disk, 10 * _MEBIBYTE, make_volume("ext4", folder / "ext4"))
    return disk


def test_mbr_with_logical_partitions(mbr: Path) -> None:
    with _found(mbr) as (_, volumes):
        found = _listed(volumes, "mbr")
        assert [each[0].partition("@")[0] for each in found] == ["mbr:1", "mbr:5", "mbr:6", "mbr:7"]
        assert [each[3] for each in found] == ["ntfs", "ext4", "zeros", "zeros"]
        extended = (9 * _MEBIBYTE, 50 * _MEBIBYTE)
        assert [each[1:3] for each in found] == [each for each in _parted(mbr) if each != extended]
        assert volumes.problems == ()


def test_a_third_entry_of_a_logical_table_is_a_partition_too(mbr: Path, tmp_path: Path) -> None:
    disk = _copy(mbr, tmp_path)
    # In the first table of the chain, whose own partition begins 2,048 sectors behind it.
    entry = struct.pack("<B3xB3xLL", 0, 0x83, 2048 + 20480 + 100, 64)
    _write(disk, 9 * _MEBIBYTE + 446 + 32, entry)
    with _found(disk) as (_, volumes):
        spans = [each[1:3] for each in _listed(volumes, "mbr")]
        assert (9 * _MEBIBYTE + (2048 + 20480 + 100) * 512, 64 * 512) in spans


def test_a_chain_of_logical_partitions_that_is_a_loop_ends(mbr: Path, tmp_path: Path) -> None:
    disk = _copy(mbr, tmp_path)
    with disk.open("rb") as file:
        file.seek(9 * _MEBIBYTE + 446 + 16)
        entry = bytearray(file.read(16))
    entry[8:12] = bytes(4)
    entry[8] = 1
    _write(disk, 9 * _MEBIBYTE + 446 + 16, bytes(entry))
    with _found(disk) as (_, volumes):
        assert any("breaks at sector" in each for each in volumes.problems)
        assert len(_listed(volumes, "mbr")) == 2


def test_tables_that_lead_to_each_other_end() -> None:
    def table(kind: int, start: int) -> bytes:
        entry = struct.pack("<B3xB3xLL", 0, kind, start, 9)
        return bytes(446) + entry + bytes(48) + b"\x55\xaa"

    # The extended partition begins at sector 1; its table leads to the next one, and that back.
    looped = Padded(Held(table(5, 1) + table(5, 1) + table(5, 1)), 1 << 20)
    volumes = find_volumes(looped)
    assert sum(each.weight for each in volumes.volumes) == 1 << 20


def test_partitions_of_large_sectors(tmp_path: Path) -> None:
    """A disk of 4,096-byte sectors, as enclosures make of older ones: places count those."""
    disk = tmp_path / "disk"
    run("truncate", "-s", "32M", disk)
    entry = struct.pack("<B3xB3xLL", 0, 7, 256, 1024)
    _write(disk, 446, entry + bytes(48) + b"\x55\xaa")
    _put(disk, 256 * 4096, make_volume("ntfs", tmp_path / "ntfs"))
    with _found(disk) as (_, volumes):
        assert _listed(volumes, "mbr") == [("mbr:1@1048576", _MEBIBYTE, 4 * _MEBIBYTE, "ntfs")]


def test_apple_map(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    run("truncate", "-s", "32M", disk)
    parts = ("mkpart", "first", "hfs+", "1MiB", "9MiB", "mkpart", "second", "hfs+", "9MiB", "20MiB")
    run("parted", "-s", disk, "mklabel", "mac", *parts)
    with _found(disk) as (_, volumes):
        found = [each for each in volumes.volumes if each.scheme == "apm"]
        assert [each.runs[0] for each in found] == _parted(disk)[1:]
        assert [(each.name, each.kind) for each in found] == [
            ("first", "Apple_HFS"),
            ("second", "Apple_HFS"),
        ]


def test_bsd_label(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    run("truncate", "-s", "32M", disk)
    parts = ("mkpart", "ext2", "1MiB", "9MiB", "mkpart", "fat32", "9MiB", "20MiB")
    run("parted", "-s", disk, "mklabel", "bsd", *parts)
    with _found(disk) as (_, volumes):
        assert [each[1:3] for each in _listed(volumes, "bsd")] == _parted(disk)


def test_bsd_label_in_a_partition(tmp_path: Path) -> None:
    """FreeBSD's: places count from the partition, or from the disk, as the third entry says."""
    ufs = make_volume("ufs2", tmp_path / "ufs").read_bytes()
    for base in (0, 2048):
        label = bytearray(404)
        struct.pack_into("<L", label, 0, 0x82564557)
        struct.pack_into("<L", label, 40, 512)
        struct.pack_into("<LHH", label, 132, 0x82564557, 0, 4)
        entries = ((0, 16384, 16, 7), (2, 32768, 0, 0), (3, 8192, 20000, 7))
        for at, size, offset, kind in entries:
            struct.pack_into("<LLLB", label, 148 + 16 * at, size, base + offset, 0, kind)
        disk = bytearray(32 * _MEBIBYTE)
        disk[446:462] = struct.pack("<B3xB3xLL", 0, 0xA5, 2048, 32768)
        disk[510:512] = b"\x55\xaa"
        start = 2048 * 512
        disk[start + 512 : start + 512 + 404] = label
        disk[start + 16 * 512 : start + 16 * 512 + len(ufs)] = ufs
        volumes = find_volumes(Held(bytes(disk)))
        inner = [each for each in volumes.volumes if each.scheme == "bsd"]
        assert [each.runs[0] for each in inner] == [
            (start + 16 * 512, 16384 * 512),
            (start + 20000 * 512, 8192 * 512),
        ]
        assert inner[0].contents[0].kind == "ufs2"
        assert [str(each) for each in inner[0].steps] == ["mbr:1@1048576", f"bsd:1@{start + 8192}"]
        assert sum(each.weight for each in volumes.volumes) == len(disk)


@pytest.mark.parametrize("kind", ["ntfs", "fat32", "fat16", "exfat", "ext4", "iso9660", "hfs"])
def test_a_file_system_without_a_partition_table_is_one_volume(kind: str, tmp_path: Path) -> None:
    with _found(make_volume(kind, tmp_path / "volume")) as (disk, volumes):
        assert _listed(volumes) == [("whole:0@0", 0, disk.size, kind)]
        assert volumes.problems == ()


def test_a_disc_with_partitions_is_read_as_a_whole_and_in_parts(tmp_path: Path) -> None:
    fat = make_volume("fat12", tmp_path / "fat")
    tree = tmp_path / "files"
    tree.mkdir()
    (tree / "a").write_bytes(os.urandom(300_000))
    disc = tmp_path / "disc.iso"
    options = ("-append_partition", "2", "0xef", fat, "-partition_offset", "16")
    run("xorriso", "-as", "mkisofs", "-quiet", "-o", disc, "-J", *options, tree)
    with _found(disc) as (_, volumes):
        kinds = {each.contents[0].kind for each in volumes.volumes if each.scheme == "mbr"}
        assert kinds == {"iso9660", "fat12"}
        whole = volumes.volumes[-1]
        assert (whole.scheme, whole.contents[0].kind, whole.weight) == ("whole", "iso9660", 0)


def test_an_old_superblock_before_the_first_partition_hides_no_partition(
    mbr: Path, tmp_path: Path
) -> None:
    disk = _copy(mbr, tmp_path)
    ext = make_volume("ext4", tmp_path / "ext").read_bytes()
    _write(disk, 1024, ext[1024:2048])
    with _found(disk) as (_, volumes):
        assert [each[3] for each in _listed(volumes, "mbr")][:2] == ["ntfs", "ext4"]
        assert _listed(volumes, "whole")[0][3] == "ext4"


def test_an_empty_disk_is_one_volume_of_zeros() -> None:
    volumes = find_volumes(Padded(Held(b""), 1 << 42))
    assert _listed(volumes) == [("whole:0@0", 0, 1 << 42, "zeros")]
    assert volumes.volumes[0].weight == 1 << 42
    assert find_volumes(Held(b"")).volumes[0].contents[0].kind == "nothing"


def _items(data: bytes) -> list[tuple[str, str, VolumeStatus, str]]:
    """Name, kind and end of each volume of a disk, and why it was not read whole."""
    items = ImageItems(Held(data))  # type: ignore[arg-type]
    ends = []
    for each in items.volumes.volumes:
        survey = items.survey(each)
        report = _returned(survey).report
        ends.append(
            (
                str(each.steps[-1]),
                report.kind,
                report.status,
                report.told.detail if report.told else "",
            )
        )
    return ends


def _returned(survey: Generator[object, None, Surveyed]) -> Surveyed:
    while True:
        try:
            next(survey)
        except StopIteration as end:
            found: Surveyed = end.value
            return found


@pytest.mark.parametrize("at", [2, 3])
@pytest.mark.parametrize("kind", ["luks2", "bitlocker", "btrfs", "jfs"])
def test_what_is_not_read_is_named_though_its_partition_was_removed(kind: str, at: int) -> None:
    place, mark = {
        "luks2": (0, b"LUKS\xba\xbe\x00\x02"),
        "bitlocker": (0, b"\xeb\x58\x90-FVE-FS-".ljust(510, b"\0") + b"\x55\xaa"),
        "btrfs": (0x10040, b"_BHRfS_M"),
        "jfs": (0x8000, b"JFS1"),
    }[kind]
    data = bytearray(6 * _MEBIBYTE)
    # One partition, of NTFS, from 1 to 2 MiB.
    data[_MEBIBYTE + 3 : _MEBIBYTE + 11] = b"NTFS    "
    data[_MEBIBYTE + 510 : _MEBIBYTE + 512] = b"\x55\xaa"
    data[510:512] = b"\x55\xaa"
    data[446:462] = struct.pack("<BxxxBxxxLL", 0, 7, 2048, 2048)
    begin = at * _MEBIBYTE + place
    data[begin : begin + len(mark)] = mark
    *_, (name, _, status, told) = _items(bytes(data))
    assert (name, status) == (f"gap:2@{2 * _MEBIBYTE}", VolumeStatus.PARTLY_READ)
    assert ("is encrypted" in told) == (kind in ("luks2", "bitlocker"))
    assert ("is not read" in told) == (kind in ("btrfs", "jfs"))
    assert at == 2 or f"begins at {3 * _MEBIBYTE:,} of the medium" in told
    data[: 2 * _MEBIBYTE] = bytes(2 * _MEBIBYTE)
    assert "VolumeStatus.PARTLY_READ" in str(_items(bytes(data)))
    assert "begins at" in str(_items(bytes(data)))
