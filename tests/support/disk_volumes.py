"""Volumes with files on them, also deleted ones, made by the tools of each file system."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.support.archives import tool
from tests.support.hfsplus_writer import HfsFile, HfsWriter

Files = Mapping[str, bytes]
"""Contents by path below the root."""

KINDS = ("ntfs", "fat32", "exfat", "ext4", "ext2", "xfs", "iso9660", "udf-bridge", "hfsplus")
DELETES = ("ntfs", "fat32", "exfat", "ext4", "ext2")
"""Those on which files are deleted: the others are read-only, or have no tool for it here."""
_MEBIBYTE = 1 << 20
_SIZES = {"xfs": 300, "fat32": 40, "exfat": 24, "ntfs": 24, "ext4": 24, "ext2": 24}


def run_tool(*command: str, data: bytes | None = None) -> None:
    subprocess.run(command, check=True, capture_output=True, input=data)  # noqa: S603


def volume(
    kind: str, files: Files, deleted: Files | None = None, mebibytes: int | None = None
) -> bytes:
    """A volume with these files, of which some were there and are deleted.

    The test is skipped where a tool is missing, or may not mount.

    Args:
        kind: of the file system.
        files: on it.
        deleted: files that were there.
        mebibytes: its size, where files need more than is usual in tests.
    """
    with tempfile.TemporaryDirectory() as name:
        folder, image = Path(name), Path(name) / "volume.img"
        tree = folder / "tree"
        for path, data in {**files, **(deleted or {})}.items():
            place = tree / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        if kind in _SIZES:
            with image.open("wb") as file:
                file.truncate((mebibytes or _SIZES[kind]) * _MEBIBYTE)
        _MAKERS[kind](image, tree, tuple(deleted or ()))
        return image.read_bytes()


def _ext(image: Path, tree: Path, deleted: tuple[str, ...], version: str) -> None:
    run_tool(tool(f"mkfs.{version}"), "-q", "-F", "-d", str(tree), str(image))
    with mounted(image, "-o", "loop", "-t", version) as root:
        for path in deleted:
            (root / path).unlink()


def _ntfs(image: Path, tree: Path, deleted: tuple[str, ...]) -> None:
    run_tool(tool("mkntfs"), "-q", "-F", "-Q", str(image))
    for step in (lambda root: shutil.copytree(tree, root, dirs_exist_ok=True), None):
        with fuse(image, "ntfs-3g") as root:
            if step is not None:
                step(root)
                continue
            for path in deleted:
                (root / path).unlink()


def _exfat(image: Path, tree: Path, deleted: tuple[str, ...]) -> None:
    run_tool(tool("mkfs.exfat"), str(image))
    with loop_device(image) as device:
        with fuse(device, "mount.exfat-fuse") as root:
            shutil.copytree(tree, root, dirs_exist_ok=True)
        with fuse(device, "mount.exfat-fuse") as root:
            for path in deleted:
                (root / path).unlink()


def _fat(image: Path, tree: Path, deleted: tuple[str, ...]) -> None:
    run_tool(tool("mkfs.vfat"), "-F", "32", str(image))
    for child in sorted(tree.iterdir()):
        run_tool(tool("mcopy"), "-s", "-i", str(image), str(child), "::/")
    for path in deleted:
        run_tool(tool("mdel"), "-i", str(image), f"::/{path}")


def _xfs(image: Path, tree: Path, deleted: tuple[str, ...]) -> None:
    assert not deleted
    lines = ["/dev/null", "0 0", "d--755 0 0"]

    def below(folder: Path) -> None:
        for child in sorted(folder.iterdir()):
            if child.is_dir():
                lines.append(f"{child.name} d--755 0 0")
                below(child)
                lines.append("$")
            else:
                lines.append(f"{child.name} ---644 0 0 {child}")

    below(tree)
    prototype = image.parent / "prototype"
    prototype.write_text("\n".join([*lines, "$"]) + "\n")
    run_tool(tool("mkfs.xfs"), "-q", "-p", str(prototype), str(image))


def _disc(image: Path, tree: Path, deleted: tuple[str, ...], *options: str) -> None:
    assert not deleted
    run_tool(tool("genisoimage"), "-quiet", "-o", str(image), "-J", "-r", *options, str(tree))


def _hfsplus(image: Path, tree: Path, deleted: tuple[str, ...]) -> None:
    assert not deleted
    found = {
        str(path.relative_to(tree)): HfsFile(path.read_bytes(), pieces=1 + number % 12)
        for number, path in enumerate(sorted(tree.rglob("*")))
        if path.is_file()
    }
    blocks = 3 * sum(-(-len(each.data) // 4096) for each in found.values()) + 2000
    image.write_bytes(HfsWriter(blocks).volume(found))


_MAKERS: dict[str, Callable[[Path, Path, tuple[str, ...]], None]] = {
    "ntfs": _ntfs,
    "exfat": _exfat,
    "fat32": _fat,
    "ext4": partial(_ext, version="ext4"),
    "ext2": partial(_ext, version="ext2"),
    "xfs": _xfs,
    "iso9660": _disc,
    "udf-bridge": lambda image, tree, deleted: _disc(image, tree, deleted, "-udf"),
    "hfsplus": _hfsplus,
}


@contextmanager
def mounted(image: Path, *options: str) -> Iterator[Path]:
    root = image.parent / "root"
    root.mkdir(exist_ok=True)
    done = subprocess.run(  # noqa: S603
        [tool("mount"), *options, str(image), str(root)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.decode()[:100]}")
    try:
        yield root
    finally:
        run_tool("umount", str(root))


@contextmanager
def fuse(image: Path, program: str) -> Iterator[Path]:
    if not Path("/dev/fuse").exists():
        pytest.skip("nothing can be mounted here")
    with tempfile.TemporaryDirectory() as name:
        done = subprocess.run(  # noqa: S603
            [tool(program), str(image), name], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip(f"nothing can be mounted here: {done.stderr.decode()[:100]}")
        try:
            yield Path(name)
        finally:
            run_tool("umount", name)


@contextmanager
def loop_device(image: Path) -> Iterator[Path]:
    """The image as a block device."""
    done = subprocess.run(  # noqa: S603
        [tool("losetup"), "-f", "--show", str(image)], capture_output=True, check=False, text=True
    )
    if done.returncode:
        pytest.skip(f"no device can be made here: {done.stderr[:100]}")
    device = done.stdout.strip()
    try:
        # Where the device lies says nothing of where to mount it.
        yield Path(device)
    finally:
        run_tool("losetup", "-d", device)


def disk(volumes: list[bytes], kinds: list[int]) -> bytes:
    """A disk with a partition table (MBR) of these volumes, with gaps between and behind them."""
    out = bytearray(2048 * 512)
    out[510:512] = b"\x55\xaa"
    for number, (data, kind) in enumerate(zip(volumes, kinds, strict=True)):
        first = len(out) // 512
        entry = bytes([0, 0, 0, 0, kind, 0, 0, 0])
        entry += first.to_bytes(4, "little") + (-(-len(data) // 512)).to_bytes(4, "little")
        out[446 + 16 * number : 462 + 16 * number] = entry
        out += data + bytes(-len(data) % 512) + bytes(1024 * 512)
    return bytes(out)
