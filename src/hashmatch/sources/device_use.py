"""Whether something on this system may write to a block device (Linux).

Source: Linux, Documentation/filesystems/proc.rst ("/proc/<pid>/mountinfo", "/proc/swaps") and
Documentation/ABI/stable/sysfs-block.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ESCAPED: Final = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the kernel says it.

    Attributes:
        mounts: what is mounted.
        swaps: what is swap space.
        devices: block devices by their numbers.
    """

    mounts: Path = Path("/proc/self/mountinfo")
    swaps: Path = Path("/proc/swaps")
    devices: Path = Path("/sys/dev/block")


def writer_of(path: str, number: str, places: Places | None = None) -> str:
    """What may write to a block device or a part of it, in words; empty where nothing does.

    Parts are its partitions, and all that the kernel makes of them: logical and encrypted volumes,
    RAIDs. A disk of which only a partition is asked about counts too, if it is mounted as a whole.

    Args:
        path: of the device.
        number: of it, as `8:16`.
        places: where the kernel says it.
    """
    places = places or Places()
    parts = set(_parts(number, places.devices))
    for device, at in _mounted_writable(places.mounts):
        if device in parts:
            what = "it is" if device == number else f"a part of it ({_name(device, places)}) is"
            return (
                f"{what} mounted at {at} and can be written to: unmount it, or mount it read-only"
            )
    for device in _swaps(places.swaps):
        if device in parts:
            return f"{_name(device, places)} is swap space of this system: turn it off (swapoff)"
    if _is_locked(path) and not _is_explained(number, parts, places):
        return (
            "something on this system uses it, as another container or namespace that mounted it: "
            "end that, or set it read-only (blockdev --setro)"
        )
    return ""


def _parts(number: str, devices: Path) -> Iterator[str]:
    """The numbers of a device, of its parts, and of the disk that it is a partition of."""
    yield number
    with suppress(OSError):
        if (devices / number / "partition").exists():
            yield (devices / number).resolve().parent.joinpath("dev").read_text().strip()
    pending, seen = [number], {number}
    while pending:
        here = devices / pending.pop()
        found = [each.parent / "dev" for each in here.glob("*/partition")]
        found += [each / "dev" for each in here.glob("holders/*")]
        for each in found:
            with suppress(OSError):
                part = each.read_text().strip()
                if part not in seen:
                    seen.add(part)
                    pending.append(part)
                    yield part


def _mounted_writable(table: Path) -> Iterator[tuple[str, str]]:
    """Numbers of devices that are mounted so that they may be written to, and where."""
    for line in _lines(table):
        before, _, after = line.partition(b" - ")
        fields, about = before.split(), after.split(b" ")
        # Of one file system a mount may be read-only while another one is not.
        if len(about) < 3 or b"rw" not in about[-1].split(b","):  # noqa: PLR2004 (kind, source, options)
            continue
        at = os.fsdecode(_ESCAPED.sub(lambda each: bytes([int(each[1], 8)]), fields[4]))
        yield fields[2].decode(), at
        # File systems over several devices (btrfs) have numbers of their own.
        yield _number_of(_ESCAPED.sub(lambda each: bytes([int(each[1], 8)]), about[1])), at


def _swaps(table: Path) -> Iterator[str]:
    for line in _lines(table)[1:]:
        if line.split():
            yield _number_of(line.split()[0])


def _lines(table: Path) -> list[bytes]:
    try:
        return table.read_bytes().splitlines()
    except OSError:
        return []


def _number_of(path: bytes) -> str:
    """The number of the block device at a path; empty where there is none."""
    if not path.startswith(b"/"):
        return ""
    try:
        status = os.stat(path)  # noqa: PTH116 (bytes)
    except OSError:
        return ""
    return number_of(status) if stat.S_ISBLK(status.st_mode) else ""


def number_of(status: os.stat_result) -> str:
    """The number of a block device, as `8:16`; empty on systems that have none."""
    major, minor = getattr(os, "major", None), getattr(os, "minor", None)
    device = getattr(status, "st_rdev", 0)
    return "" if major is None or minor is None else f"{major(device)}:{minor(device)}"


def _name(number: str, places: Places) -> str:
    try:
        return f"/dev/{(places.devices / number).resolve(strict=True).name}"
    except OSError:
        return f"device {number}"


def _is_locked(path: str) -> bool:
    """Whether the kernel has given the device to somebody alone, in whatever namespace."""
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)))
    except OSError as error:
        return error.errno == errno.EBUSY
    return False


def _is_explained(number: str, parts: set[str], places: Places) -> bool:
    """Whether it is known why: a mount that cannot write, a part, or nothing can write at all."""
    with suppress(OSError):
        if (places.devices / number / "ro").read_text().strip() == "1":
            return True
    mounted = {line.split()[2].decode() for line in _lines(places.mounts) if line.split()[2:]}
    own = {number}
    return bool(parts & mounted) or bool(parts - own - _partitions(parts, places))


def _partitions(parts: set[str], places: Places) -> set[str]:
    return {each for each in parts if (places.devices / each / "partition").exists()}
