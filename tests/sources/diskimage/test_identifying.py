"""What lies on a volume, against the tools that made it and against blkid."""

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from hashmatch.containers import is_disk_image
from hashmatch.kinds.sniffing import sniff_container
from hashmatch.sources.diskimage import contents
from hashmatch.sources.diskimage.identifying import identify
from hashmatch.sources.diskimage.reading import Held, Missing, Padded, Zeros
from tests.support.volumes import VOLUMES, make_volume, open_raw

_BLKID = {
    **dict.fromkeys(("fat12", "fat16", "fat32"), "vfat"),
    "luks1": "crypto_LUKS",
    "luks2": "crypto_LUKS",
    "udf-bridge": "udf",
    "ufs1": "ufs",
    "ufs2": "ufs",
    "hfsplus": "hfsplus",
}


@pytest.mark.parametrize("kind", VOLUMES)
def test_what_a_tool_made_is_recognised(kind: str, tmp_path: Path) -> None:
    path = make_volume(kind, tmp_path / "volume")
    with open_raw(path) as volume:
        assert [each.kind for each in identify(volume)] == [kind]
    assert _is_image(path.read_bytes())
    told = subprocess.run(  # noqa: S603 (on a file that we made)
        ["blkid", "-p", "-o", "value", "-s", "TYPE", path],  # noqa: S607 (where the system has it)
        capture_output=True,
        check=False,
        text=True,
    )
    assert told.stdout.strip() in (_BLKID.get(kind, kind), "")


def _is_image(data: bytes) -> bool:
    """Whether a file of these bytes is opened as a disk image."""
    found = sniff_container(io.BytesIO(data), data[: 1 << 16])
    return found is not None and is_disk_image(found.name)


def _with(data: dict[int, bytes], size: int = 1 << 20) -> bytes:
    volume = bytearray(size)
    for place, value in data.items():
        volume[place : place + len(value)] = value
    return bytes(volume)


_LINUX_RAID = b"\xfc\x4e\x2b\xa9\x01\x00\x00\x00"
_WRITTEN: dict[str, Callable[[], bytes]] = {
    "bitlocker": lambda: _with({0: b"\xeb\x58\x90-FVE-FS-", 510: b"\x55\xaa"}),
    "refs": lambda: _with({0: b"\0\0\0ReFS\0\0\0\0\0\0\0\0\0FSRS"}),
    "zfs": lambda: _with({(128 << 10) + 1024: (0x00BAB10C).to_bytes(8, "little")}),
    "bcachefs": lambda: _with({4120: bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef")}),
    "apfs": lambda: _with({32: b"NXSB"}),
    "corestorage": lambda: _with({88: b"CS\x01\x00"}),
    "vmfs": lambda: _with({0x100000: b"\x0d\xd0\x01\xc0"}, 3 << 20),
    "hfsplus": lambda: _with({1024: b"H+\x00\x04"}),
    "hfsx": lambda: _with({1024: b"HX\x00\x05"}),
    "linux-raid": lambda: _with({4096: _LINUX_RAID}),
    "ldm": lambda: _with({3072: b"PRIVHEAD"}),
    "intel-raid": lambda: _with({(1 << 20) - 1024: b"Intel Raid ISM Cfg Sig. 1.2.00"}),
    "yaffs2": lambda: _with({0: b"\x03\0\0\0\x01\0\0\0\xff\xfflost+found"}),
}
"""Of which there is no tool here: by the places that their documentation names."""


@pytest.mark.parametrize("kind", _WRITTEN)
def test_what_no_tool_here_makes_is_recognised_by_its_signature(kind: str) -> None:
    data = _WRITTEN[kind]()
    assert [each.kind for each in identify(Held(data))] == [kind]
    assert _is_image(data)


@pytest.mark.parametrize("place", [(1 << 20) - 8192, (1 << 20) - 65536])
def test_a_raid_whose_superblock_stands_at_the_end_is_named_with_what_it_holds(place: int) -> None:
    data = _with({place: _LINUX_RAID, 32: b"NXSB"})
    assert [each.kind for each in identify(Held(data))] == ["apfs", "linux-raid"]
    assert _is_image(data[:32] + bytes(4) + data[36:])


_DOS: Final = {0: b"\xeb\x1c\x90DOS 3.30\0\2\2\1\0\2\x70\0\xa0\5\xf9\3\0", 510: b"\x55\xaa"}
"""A boot sector from before there was a name of the file system in it."""
_LEFT: Final[dict[str, dict[int, bytes]]] = {
    "FAT without its name": _DOS,
    "HFS before HFS+": {1024: b"BD", 1024 + 20: b"\0\0\2\0", 1024 + 36: b"\1X"},
    "Apple's map": {512: b"PM\0\0\0\0\0\1"},
    "BSD's label": {512: b"\x57\x45\x56\x82", 512 + 132: b"\x57\x45\x56\x82"},
    "the copy of a GPT": {(3 << 20) - 512: b"EFI PART"},
    "the copy of a boot sector": {(3 << 20) - 509: b"NTFS    ", (3 << 20) - 2: b"\x55\xaa"},
    "NTFS whose table was erased": {(1 << 20) + 3: b"NTFS    "},
    "LUKS whose table was erased": {1 << 20: b"LUKS\xba\xbe\x00\x02"},
    "FAT whose table was erased": {at + 63 * 512: each for at, each in _DOS.items()},
    "ext whose table was erased": {(1 << 20) + 1080: b"\x53\xef"},
}


@pytest.mark.parametrize("what", _LEFT)
def test_a_raw_image_of_which_only_little_is_left_is_opened_as_one(what: str) -> None:
    data = _with(_LEFT[what], 3 << 20)
    assert _is_image(data)
    assert not _is_image(data + b"x")


def test_the_superblock_of_a_later_group_of_ext_is_no_beginning() -> None:
    first = {1024 + 4: b"\1", 1024 + 56: b"\x53\xef"}
    assert [each.kind for each in identify(Held(_with(first)))] == ["ext2"]
    assert identify(Held(_with({**first, 1024 + 90: b"\1"}))) == (contents.UNKNOWN,)
    assert _is_image(_with({(8193 << 10) + 56: b"\x53\xef", (8193 << 10) + 90: b"\1"}, 9 << 20))


def test_files_that_are_no_image_are_not_taken_for_one() -> None:
    for data in (bytes(1 << 20), b"\xff" * (1 << 20), b"some text, again " * 65536):
        assert not _is_image(data)


def test_bitlocker_to_go_is_not_taken_for_the_fat_that_it_begins_like(tmp_path: Path) -> None:
    data = bytearray(make_volume("fat32", tmp_path / "volume").read_bytes())
    data[424:440] = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
    assert identify(Held(bytes(data))) == (contents.BITLOCKER,)


def test_volumes_without_a_signature_are_told_apart() -> None:
    assert identify(Zeros(1 << 50)) == (contents.ZEROS,)
    assert identify(Held(bytes(1 << 20))) == (contents.ZEROS,)
    assert identify(Held(bytes((1 << 20) - 9) + b"x" + bytes(8))) == (contents.UNKNOWN,)
    assert identify(Held(os.urandom(1 << 20))) == (contents.HIGH_ENTROPY,)
    assert identify(Held(b"some text, again " * 60_000)) == (contents.UNKNOWN,)
    assert identify(Held(b"")) == (contents.NOTHING,)
    assert identify(Padded(Held(b"text"), 1 << 40)) == (contents.UNKNOWN,)


def test_what_cannot_be_read_is_not_taken_for_zeros() -> None:
    assert identify(Missing("disk", 1 << 20, "it is cut")) == (contents.UNKNOWN,)


@pytest.mark.parametrize("size", [0, 1, 511, 512, 1024, 1536, 4096, 33_000])
def test_small_volumes_are_looked_at_without_a_fault(size: int) -> None:
    for data in (bytes(size), b"\xff" * size, os.urandom(size)):
        assert identify(Held(data))
