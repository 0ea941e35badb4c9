"""What is hidden where file systems keep things for themselves is found all the same."""

import subprocess
from pathlib import Path
from random import Random

import pytest

from tests.sources.diskimage.filesystems.test_filesystems import opened
from tests.support.archives import tool
from tests.support.disk_volumes import run_tool, volume

pytest.importorskip("pytsk3")
_HIDDEN = Random(9).randbytes(5000)


def _unowned(data: bytes, kind: str) -> bytes:
    system = opened(data, kind)
    list(system.entries())
    return b"".join(data[offset : offset + length] for offset, length in system.unowned())


def test_a_file_in_a_reserved_entry_of_ext_is_read(tmp_path: Path) -> None:
    image = tmp_path / "volume"
    image.write_bytes(volume("ext2", {"a.bin": _HIDDEN, "b.bin": b"b" * 3000}))
    commands = tmp_path / "commands"
    commands.write_text("copy_inode a.bin <9>\nunlink a.bin\nclri <12>\n")
    stat = subprocess.run(  # noqa: S603
        [tool("debugfs"), "-R", "stat a.bin", str(image)],
        capture_output=True,
        text=True,
        check=True,
    )
    number = stat.stdout.split()[1]
    commands.write_text(f"copy_inode <{number}> <9>\nunlink a.bin\nclri <{number}>\n")
    run_tool(tool("debugfs"), "-w", "-f", str(commands), str(image))
    system = opened(image.read_bytes(), "ext2")
    found = {}
    for entry in system.entries():
        if entry.problem is not None:
            continue
        with system.open(entry.step) as file:
            found[entry.step.inode] = file.read()
    assert found[9] == _HIDDEN


def test_blocks_of_ext_that_are_said_to_be_bad_are_searched(tmp_path: Path) -> None:
    image, bad = tmp_path / "volume", tmp_path / "bad"
    image.write_bytes(bytes(8 << 20))
    bad.write_text("".join(f"{number}\n" for number in range(5000, 5010)))
    run_tool(tool("mkfs.ext2"), "-q", "-F", "-b", "1024", "-l", str(bad), str(image))
    data = bytearray(image.read_bytes())
    data[5000 * 1024 : 5000 * 1024 + len(_HIDDEN)] = _HIDDEN
    assert _HIDDEN in _unowned(bytes(data), "ext2")


def test_clusters_of_ntfs_that_are_said_to_be_bad_are_searched() -> None:
    data = bytearray(volume("ntfs", {"a.bin": b"a" * 3000}))
    name = "$BadClus".encode("utf-16-le")
    entry = next(
        at
        for at in range(0, len(data), 1024)
        if data.startswith(b"FILE", at) and name in data[at : at + 1024]
    )
    place = entry + int.from_bytes(data[entry + 20 : entry + 22], "little")
    while "$Bad".encode("utf-16-le") not in data[place + 64 : place + 80] or data[place] != 0x80:
        place += int.from_bytes(data[place + 4 : place + 8], "little")
    runs = place + int.from_bytes(data[place + 32 : place + 34], "little")
    clusters = int.from_bytes(data[place + 24 : place + 32], "little") + 1
    before = 4000
    left = clusters - before - 2
    listed = b"\x02" + before.to_bytes(2, "little")
    listed += b"\x21\x02" + before.to_bytes(2, "little")
    listed += b"\x02" + left.to_bytes(2, "little") + b"\0"
    end = runs + -(-len(listed) // 8) * 8
    data[runs:end] = listed.ljust(end - runs, b"\0")
    data[end : end + 8] = b"\xff\xff\xff\xff\0\0\0\0"
    data[place + 4 : place + 8] = (end - place).to_bytes(4, "little")
    data[entry + 24 : entry + 28] = (end + 8 - entry).to_bytes(4, "little")
    data[before * 4096 : before * 4096 + len(_HIDDEN)] = _HIDDEN
    assert end + 8 - entry < 510
    assert _HIDDEN in _unowned(bytes(data), "ntfs")
