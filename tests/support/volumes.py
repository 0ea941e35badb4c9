"""Volumes and disks made by the tools of the system."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hashmatch.sources.diskimage.files import FileBytes, Handles
from tests.support.disk_images import need, run


@contextmanager
def open_raw(path: Path) -> Iterator[FileBytes]:
    """The bytes of a file."""
    handles = Handles()
    try:
        yield FileBytes(str(path), handles)
    finally:
        handles.close()


def _tool(*command: object, size: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        need(str(command[0]))
        run("truncate", "-s", size, path)
        run(*map(str, command), path)

    return make


def _luks(kind: str, size: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        need("cryptsetup")
        run("truncate", "-s", size, path)
        key = path.with_suffix(".key")
        key.write_bytes(b"of a test")
        quick = ("--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000")
        options = ("--type", kind, *quick, "--key-file", key, "-q")
        run("cryptsetup", "luksFormat", *options, path)

    return make


def _tree(folder: Path) -> Path:
    """A folder with two files."""
    tree = folder / "tree"
    tree.mkdir(exist_ok=True)
    (tree / "a.txt").write_text("hello")
    (tree / "b.bin").write_bytes(bytes(range(256)) * 400)
    return tree


def _squash(path: Path) -> None:
    run("mksquashfs", _tree(path.parent), path, "-noappend")


def _iso(*options: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        run("genisoimage", "-quiet", "-J", *options, "-o", path, _tree(path.parent))

    return make


def _ufs(version: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        options = ("-t", "ffs", "-o", f"version={version}", "-s", "8m")
        run("makefs", *options, path, _tree(path.parent))

    return make


VOLUMES: dict[str, Callable[[Path], None]] = {
    "ntfs": _tool("mkntfs", "-F", "-Q", size="4M"),
    "fat12": _tool("mkfs.vfat", "-F", "12", size="2M"),
    "fat16": _tool("mkfs.vfat", "-F", "16", size="20M"),
    "fat32": _tool("mkfs.vfat", "-F", "32", size="40M"),
    "exfat": _tool("mkfs.exfat", size="8M"),
    "ext2": _tool("mkfs.ext2", "-F", size="4M"),
    "ext3": _tool("mkfs.ext3", "-F", size="8M"),
    "ext4": _tool("mkfs.ext4", "-F", size="8M"),
    "xfs": _tool("mkfs.xfs", "-f", size="320M"),
    "btrfs": _tool("mkfs.btrfs", "-f", size="128M"),
    "f2fs": _tool("mkfs.f2fs", size="64M"),
    "jfs": _tool("mkfs.jfs", "-q", size="16M"),
    "reiserfs": _tool("mkreiserfs", "-f", "-f", "-q", size="40M"),
    "nilfs2": _tool("mkfs.nilfs2", size="160M"),
    "udf": _tool("mkudffs", size="16M"),
    "swap": _tool("mkswap", size="4M"),
    "hfs": _tool("hformat", "-f", size="4M"),
    "luks1": _luks("luks1", "8M"),
    "luks2": _luks("luks2", "32M"),
    "squashfs": _squash,
    "iso9660": _iso(),
    "udf-bridge": _iso("-udf"),
    "ufs1": _ufs(1),
    "ufs2": _ufs(2),
}
"""Kinds of volumes, and what makes one."""


def make_volume(kind: str, path: Path) -> Path:
    """A volume with a file system of this kind, empty or nearly so."""
    VOLUMES[kind](path)
    return path
