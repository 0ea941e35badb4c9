"""The file systems that evidence lies on (Linux).

Source: Linux, Documentation/filesystems/proc.rst, "/proc/<pid>/mountinfo".
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TABLE: Final = Path("/proc/self/mountinfo")
_ESCAPED: Final = re.compile(rb"\\([0-7]{3})")

_DECIDED_BY_THE_KERNEL: Final = frozenset(
    (
        *("apfs", "bcachefs", "btrfs", "cramfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs"),
        *("hfs", "hfsplus", "iso9660", "jfs", "minix", "msdos", "nilfs2", "ntfs", "ntfs3"),
        *("overlay", "ramfs", "reiserfs", "romfs", "squashfs", "tmpfs", "udf", "ufs", "vfat"),
        *("xfs", "zfs"),
        # What every Linux has below /.
        *("binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs"),
        *("efivarfs", "hugetlbfs", "mqueue", "nsfs", "proc", "pstore", "securityfs", "sysfs"),
        "tracefs",
    )
)
"""File systems of the kernel. On others (FUSE, NFS, SMB…) a program or server decides who reads."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system.

    Attributes:
        at: where it is mounted.
        kind: as the kernel calls it.
        options: of the mount and of the file system.
    """

    at: str
    kind: str
    options: frozenset[str]

    @property
    def kernel_decides(self) -> bool:
        """Whether the kernel's own rules alone say who may read a file."""
        return self.kind in _DECIDED_BY_THE_KERNEL

    @property
    def notes_reading(self) -> bool:
        """Whether reading a file may change its access time."""
        return not self.options & {"ro", "noatime"}


def below(places: Iterable[str], table: Path = _TABLE) -> list[Mount] | None:
    """The file systems on which these folders and files lie, and all that are mounted below.

    Args:
        places: paths; what they name need not exist.
        table: where the kernel lists what is mounted.

    Returns:
        None where the kernel does not say.
    """
    try:
        mounts = [_mount(line) for line in table.read_bytes().splitlines()]
    except (OSError, ValueError, IndexError):
        return None
    found: dict[int, Mount] = {}
    for place in places:
        path = os.path.realpath(place)
        around = [number for number, mount in enumerate(mounts) if _lies_in(path, mount.at)]
        # The longest path is the nearest; of several at one place the last hides the others.
        found |= {
            number: mounts[number]
            for number in sorted(around, key=lambda each: (len(mounts[each].at), each))[-1:]
        }
        found |= {number: mount for number, mount in enumerate(mounts) if _lies_in(mount.at, path)}
    return list(found.values())


def _mount(line: bytes) -> Mount:
    before, _, after = line.partition(b" - ")
    fields = before.split()
    kind, _, more = after.split(b" ", 2)
    options = [*fields[5].split(b","), *more.split(b",")]
    at = _ESCAPED.sub(lambda match: bytes([int(match[1], 8)]), fields[4])
    return Mount(os.fsdecode(at), kind.decode(), frozenset(each.decode() for each in options))


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
