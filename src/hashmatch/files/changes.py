"""Whether the times of a file say that it was changed, however that was done."""

import ctypes
import os
import sys
from typing import Final

_IS_LINUX: Final = bool(sys.platform == "linux")
_NOTING: Final = frozenset({0xEF53, 0x58465342, 0x9123683E, 0xF2F52010})
"""ext2 to ext4, XFS, Btrfs and F2FS. On others a time may be set back (FAT and NTFS keep no time of
the last change of their own), or a file that is mapped into memory changes without another time
(file systems in memory), or a server or a program answers."""
_BYTES: Final = 256
"""Bytes of the answer, with room for more than any Linux gives."""


def notes_every_change(descriptor: int) -> bool:
    """Whether a file lies where nobody can change it and leave all of its times as they were.

    Holds for changes behind `settle` only.

    Args:
        descriptor: of the file, open for reading.
    """
    if not _IS_LINUX:
        return False
    answer = ctypes.create_string_buffer(_BYTES)
    if ctypes.CDLL(None).fstatfs(descriptor, answer):
        return False
    kind = int.from_bytes(answer.raw[: ctypes.sizeof(ctypes.c_long)], sys.byteorder)
    return kind & 0xFFFFFFFF in _NOTING


def settle(descriptor: int) -> None:
    """Have the next change of a file noted in its times.

    Of a file that is mapped into memory the system notes the first write to a page, and no
    further one until the page has been written to the disk.

    Raises:
        OSError: it cannot be written to the disk.
    """
    os.fsync(descriptor)
