"""Block devices: read as the medium that they are, unless something may write to them."""

import errno
import hashlib
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hashmatch.errors import SourceError
from hashmatch.scanning.engine import iter_scan
from hashmatch.sources import device
from hashmatch.sources.base import readable_of
from hashmatch.sources.device_use import Places, writer_of
from hashmatch.sources.diskimage.base import UnreadRangeError
from hashmatch.sources.diskimage.reading import FromFile, read_around
from hashmatch.sources.opening import open_source
from tests.support.archives import tool
from tests.support.disk_volumes import disk, loop_device, volume
from tests.support.hostile_values import run
from tests.support.photos import encoded, photo

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="as Linux has them")


@contextmanager
def mounted(path: Path, root: Path, *options: str) -> Iterator[None]:
    root.mkdir(exist_ok=True)
    command = [tool("mount"), *options, str(path), str(root)]
    if subprocess.run(command, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run([tool("umount"), str(root)], check=True, capture_output=True)  # noqa: S603


@needs_linux
def test_a_device_is_scanned_and_its_items_are_opened_again(tmp_path: Path) -> None:
    pytest.importorskip("pytsk3")
    picture = encoded(photo("coffee"), "JPEG")
    image = tmp_path / "card.img"
    image.write_bytes(disk([volume("fat32", {"DCIM/1.jpg": picture})], [12]))
    before = hashlib.sha256(image.read_bytes()).digest(), image.stat().st_mtime_ns
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    with loop_device(image) as path:
        source = open_source(path)
        assert readable_of(source) == (str(path),)
        items = [r.item for r in iter_scan(path, against=tmp_path / "known.csv", workers=1)]
        code, said = run(["show", f"{items[0].locator}", "--digest"])
    assert (hashlib.sha256(image.read_bytes()).digest(), image.stat().st_mtime_ns) == before
    assert items[-1].locator == str(path)
    assert items[-1].digests.sha256 == before[0].hex()
    (found,) = [each for each in items if each.locator.endswith("/DCIM/1.jpg")]
    assert found.digests.sha256 == hashlib.sha256(picture).hexdigest()
    assert code == 0, said


@needs_linux
def test_one_that_is_mounted_is_read_only_if_nothing_can_write_to_it(tmp_path: Path) -> None:
    image = tmp_path / "volume.img"
    image.write_bytes(volume("ext4", {"a": b"b"}))
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    with loop_device(image) as path:
        with mounted(path, tmp_path / "root"):
            with pytest.raises(SourceError, match=r"mounted at .*/root and can be written to"):
                open_source(path)
            code, said = run(["scan", str(path), "--against", str(tmp_path / "known.csv")])
            assert (code, said.count("cannot open")) == (2, 1), said
        with mounted(path, tmp_path / "root", "-o", "ro"):
            assert len([*open_source(path)]) == 1


def kernel(folder: Path, mounts: str = "", swaps: str = "") -> Places:
    """A disk 8:16 with partitions 8:17 and 8:18; on the second lies a logical volume 253:0."""
    blocks = folder / "devices"
    for name, number in (("sdb", "8:16"), ("sdb/sdb1", "8:17"), ("sdb/sdb2", "8:18")):
        (blocks / name).mkdir(parents=True)
        (blocks / name / "dev").write_text(f"{number}\n")
        if "/" in name:
            (blocks / name / "partition").write_text("1\n")
    (blocks / "dm-0").mkdir()
    (blocks / "dm-0" / "dev").write_text("253:0\n")
    (blocks / "sdb/sdb2/holders").mkdir()
    (blocks / "sdb/sdb2/holders/dm-0").symlink_to(blocks / "dm-0")
    (folder / "numbers").mkdir()
    for name, number in (("sdb", "8:16"), ("sdb/sdb1", "8:17"), ("sdb/sdb2", "8:18")):
        (folder / "numbers" / number).symlink_to(blocks / name)
    (folder / "numbers" / "253:0").symlink_to(blocks / "dm-0")
    (folder / "mounts").write_text(mounts)
    (folder / "swaps").write_text(f"Filename Type Size Used Priority\n{swaps}")
    return Places(folder / "mounts", folder / "swaps", folder / "numbers")


def mount(number: str, at: str, how: str = "rw", source: str = "none") -> str:
    return f"36 35 {number} / {at} ro,noatime shared:1 - ext4 {source} {how},errors=continue\n"


@needs_linux
@pytest.mark.parametrize(
    ("asked", "mounts", "says"),
    [
        ("8:16", mount("8:16", "/mnt"), "it is mounted at /mnt"),
        ("8:16", mount("8:17", "/mnt"), "a part of it (/dev/sdb1) is mounted"),
        ("8:16", mount("253:0", r"/mnt\040x"), "a part of it (/dev/dm-0) is mounted at /mnt x"),
        ("8:18", mount("253:0", "/mnt"), "a part of it (/dev/dm-0)"),
        ("8:17", mount("8:16", "/mnt"), "a part of it (/dev/sdb)"),
        ("8:17", mount("253:0", "/mnt"), ""),
        ("8:17", mount("8:18", "/mnt"), ""),
        ("8:16", mount("8:17", "/mnt", how="ro"), ""),
        ("8:16", mount("8:33", "/mnt"), ""),
    ],
)
def test_a_mounted_part_is_found(tmp_path: Path, asked: str, mounts: str, says: str) -> None:
    found = writer_of(str(tmp_path / "no device"), asked, kernel(tmp_path, mounts))
    assert says in found
    assert bool(found) is bool(says)


def test_other_systems_are_told_to_make_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    for system in ("darwin", "win32"):
        monkeypatch.setattr(sys, "platform", system)
        with pytest.raises(SourceError, match="on Linux alone: make an image of it"):
            device.Device("/dev/disk2")


class Failing(io.BytesIO):
    """A disk with a bad sector."""

    def read(self, size: int | None = -1, /) -> bytes:
        place = self.tell()
        if place < 9000 and (size is None or size < 0 or place + size > 8704):
            raise OSError(errno.EIO, "Input/output error")
        return super().read(size)


def test_a_bad_sector_costs_its_block_alone() -> None:
    data = bytes(range(256)) * 256
    disk = FromFile(Failing(data), "sdb")
    with pytest.raises(UnreadRangeError, match="cannot read it: Input/output error") as said:
        disk.pread(0, 65536)
    assert (said.value.offset, said.value.length) == (8192, 4096)
    read, bad = read_around(disk, 0, 65536)
    assert [(each.offset, each.length) for each in bad] == [(8192, 4096)]
    assert read == data[:8192] + bytes(4096) + data[12288:]
