"""Disk images made by other people's tools, and by small writers where there is none."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest

from hashmatch.sources.diskimage.base import Bytes

MEBIBYTE = 1 << 20


def need(tool: str) -> str:
    """The path of a tool; the test is skipped where it is missing."""
    found = shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{tool} is not installed")
    return found


def run(tool: str, *arguments: object, folder: Path | None = None) -> str:
    """What a tool prints."""
    done = subprocess.run(  # noqa: S603 (tools of the system, on files that we made)
        [need(tool), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        check=True,
        timeout=120,
    )
    return done.stdout.decode("utf-8", "replace")


def medium(size: int = 4 * MEBIBYTE, seed: int = 1) -> bytes:
    """Bytes as on a disk: random ones, text, zeros in between; the last ones are not zeros."""
    chance = Random(seed)
    pieces, left = [], size
    while left > 0:
        length = chance.choice((4096, 65536, 1 << 18, 1 << 19)) + 512 * chance.randrange(8)
        kind = chance.randrange(3)
        piece = bytes(length)
        if kind == 0:
            piece = chance.randbytes(length)
        elif kind == 1:
            piece = (b"%d sectors of text, " % chance.randrange(1 << 20) * length)[:length]
        pieces.append(piece)
        left -= length
    return b"".join(pieces)[: size - 8] + b"the end."


def write(path: Path, data: bytes) -> Path:
    """A file with these bytes, in which long zeros are holes."""
    with path.open("wb") as file:
        file.truncate(len(data))
        for at in range(0, len(data), 4096):
            piece = data[at : at + 4096]
            if piece.strip(b"\0"):
                file.seek(at)
                file.write(piece)
    return path


def sha256(source: Bytes, step: int = MEBIBYTE) -> str:
    """The digest of all bytes."""
    digest = hashlib.sha256()
    for at in range(0, source.size, step):
        digest.update(source.pread(at, step))
    return digest.hexdigest()


def holes_are_zeros(source: Bytes) -> int:
    """How many bytes are holes; they are zeros, in order and apart."""
    end, total = -1, 0
    for start, length in source.holes():
        assert end < start < start + length <= source.size
        assert not source.pread(start, length).strip(b"\0")
        end, total = start + length, total + length
    return total


def convert(*options: str, ending: str) -> Callable[[Path, Path], Path]:
    """What makes an image of a raw one with qemu-img."""

    def make(raw: Path, folder: Path) -> Path:
        path = folder / f"disk.{ending}"
        run("qemu-img", "convert", "-f", "raw", raw, *options, path)
        return path

    return make


def acquire(*options: str) -> Callable[[Path, Path], Path]:
    """What makes an E01 of a raw image with ewfacquire."""

    def make(raw: Path, folder: Path) -> Path:
        run("ewfacquire", "-u", "-q", "-t", folder / "disk", *options, raw)
        return next(folder.glob("disk.[EeSs]01"))

    return make


def split(raw: Path, folder: Path) -> Path:
    """A raw image in parts of numbers."""
    return _parts(raw, folder, (f"{number:03}" for number in range(1, 100)))


def split_by_letters(raw: Path, folder: Path) -> Path:
    """A raw image in parts of letters."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return _parts(raw, folder, (first + second for first in letters for second in letters))


def _parts(raw: Path, folder: Path, endings: Iterable[str]) -> Path:
    data = raw.read_bytes()
    size = max(MEBIBYTE, len(data) // 64 // 512 * 512) + 512
    for ending, at in zip(endings, range(0, len(data), size), strict=False):
        (folder / f"disk.{ending}").write_bytes(data[at : at + size])
    return min(folder.glob("disk.*"))


FORMS: dict[str, Callable[[Path, Path], Path]] = {
    "split raw": split,
    "split raw by letters": split_by_letters,
    "e01": acquire("-c", "fast"),
    "e01 not compressed": acquire("-c", "none"),
    "e01 in segments": acquire("-c", "fast", "-S", "1048576", "-d", "sha1", "-C", "7/26"),
    "e01 of encase 5": acquire("-c", "best", "-f", "encase5", "-b", "16"),
    "e01 of ftk": acquire("-c", "fast", "-f", "ftk"),
    "e01 of smart": acquire("-c", "fast", "-f", "smart"),
    "vmdk": convert("-O", "vmdk", ending="vmdk"),
    "vmdk stream": convert("-O", "vmdk", "-o", "subformat=streamOptimized", ending="vmdk"),
    "vmdk split": convert("-O", "vmdk", "-o", "subformat=twoGbMaxExtentSparse", ending="vmdk"),
    "vmdk flat": convert("-O", "vmdk", "-o", "subformat=monolithicFlat", ending="vmdk"),
    "vmdk split flat": convert("-O", "vmdk", "-o", "subformat=twoGbMaxExtentFlat", ending="vmdk"),
    "vhd": convert("-O", "vpc", "-o", "force_size=on", ending="vhd"),
    "vhd fixed": convert("-O", "vpc", "-o", "subformat=fixed,force_size=on", ending="vhd"),
    "vhdx": convert("-O", "vhdx", ending="vhdx"),
    "vhdx fixed": convert("-O", "vhdx", "-o", "subformat=fixed", ending="vhdx"),
    "vdi": convert("-O", "vdi", ending="vdi"),
    "vdi static": convert("-O", "vdi", "-o", "static=on", ending="vdi"),
    "qcow2": convert("-O", "qcow2", ending="qcow2"),
    "qcow2 of version 2": convert("-O", "qcow2", "-o", "compat=0.10", ending="qcow2"),
    "qcow2 compressed": convert("-c", "-O", "qcow2", ending="qcow2"),
    "qcow2 zstandard": convert("-c", "-O", "qcow2", "-o", "compression_type=zstd", ending="qcow2"),
    "qcow2 small clusters": convert("-O", "qcow2", "-o", "cluster_size=512", ending="qcow2"),
    "qcow2 large clusters": convert("-O", "qcow2", "-o", "cluster_size=2M", ending="qcow2"),
}
"""Forms of images, and what makes one from a raw image in a folder; returns its first file."""
