"""The file system of a kind on a volume, read by the library for it."""

import importlib
from contextlib import suppress
from typing import Final, Protocol, cast

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage import snapshots
from hashmatch.sources.diskimage.base import Bytes
from hashmatch.sources.diskimage.filesystems.base import FileSystem
from hashmatch.wording import to_install

_ROOM: Final = "hashmatch.sources.diskimage.filesystems."
_TSK: Final = f"{_ROOM}tsk:TskFileSystem"
_YAL: Final = f"{_ROOM}libyal:YalFileSystem"
READERS: Final = {
    **dict.fromkeys(("ntfs", "fat12", "fat16", "fat32", "exfat", "ext2", "ext3", "ext4"), _TSK),
    **dict.fromkeys(("iso9660", "udf-bridge", "ufs1", "ufs2", "yaffs2"), _TSK),
    # The Sleuth Kit loses the names of whole folders of HFS+.
    **dict.fromkeys(("xfs", "apfs", "hfsplus", "hfsx"), _YAL),
}
"""Module and class of the reader of each kind of content."""
MODULES: Final = ("pytsk3",)
"""What nothing of a disk image is read without."""
FURTHER: Final = ("pyfsapfs", "pyfshfs", "pyfsxfs", snapshots.MODULE)
"""What else the extra installs: without one of these its file systems, or shadow copies, are not
read."""


class _Opener(Protocol):
    def __call__(self, volume: Bytes, kind: str, /) -> FileSystem: ...


def open_file_system(volume: Bytes, kind: str) -> FileSystem:
    """The file system of a kind on a volume.

    Args:
        volume: that it lies on.
        kind: one of `READERS`.

    Raises:
        OSError: the volume cannot be read.
        UnreadableError: there is no such file system, or its library is not installed.
    """
    module, _, name = READERS[kind].partition(":")
    try:
        return cast("_Opener", getattr(importlib.import_module(module), name))(volume, kind)
    except ImportError as error:
        why = f"its reader is not installed ({error.name}): {to_install('disk')}"
        raise UnreadableError(Reason.CONTAINER, why) from None


def warm_up() -> None:
    """Import the libraries that are installed, and let times be read as they stand."""
    from hashmatch.sources.diskimage.filesystems import libyal, tsk, tsk_volume

    del tsk
    tsk_volume.prepare()
    del libyal
    for module in FURTHER:
        with suppress(ImportError):
            importlib.import_module(module)
