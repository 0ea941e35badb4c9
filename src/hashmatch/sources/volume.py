"""Which volume a path lies on: a card keeps its name, wherever it is mounted."""

import os
import sys
from typing import Final

_BY_UUID: Final = "/dev/disk/by-uuid"
_IS_WINDOWS: Final = bool(sys.platform == "win32")


def volume_of(path: str | os.PathLike[str]) -> str:
    """The name of the volume that holds a path: its UUID or serial number; empty if unknown.

    Linux names volumes that udev knows, Windows all; of other systems, and of file systems over
    several devices or none, the name is not known.
    """
    try:
        device = os.stat(path).st_dev  # noqa: PTH116 (names that are no text)
        if _IS_WINDOWS:
            return f"{device:X}"
        with os.scandir(_BY_UUID) as entries:
            names = [each.name for each in entries if _number(each) == device]
    except OSError:
        return ""
    return min(names, default="")


def _number(device: "os.DirEntry[str]") -> int | None:
    """The number of a device, by its file; Windows has no such files."""
    return getattr(device.stat(), "st_rdev", None)
