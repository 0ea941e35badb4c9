"""What a measurement was made on: processor, memory, versions."""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

from hashmatch.native import library

_LIBRARIES: Final = (
    *("hashmatch", "numpy", "pillow", "faiss-cpu", "simplejpeg", "av", "pi-heif"),
    *("opencv-python-headless", "pdqhash", "imagehash", "perception"),
)


def machine() -> dict[str, str | int | None]:
    """Processor, cores, memory, system; None for what the system does not tell."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": _memory(),
        "system": platform.platform(),
    }


def versions() -> dict[str, str]:
    """Those of Python, of hashmatch, and of the libraries that are installed."""
    found = {"python": sys.version.split()[0], library.PACKAGE: library.version()}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def resident() -> int:
    """Bytes of memory that this process holds now; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0
    return int(status.read_text(encoding="ascii").split()[1]) * _limit("SC_PAGE_SIZE")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> int | None:
    return round(_limit("SC_PHYS_PAGES") * _limit("SC_PAGE_SIZE") / (1 << 30)) or None


def _limit(name: str) -> int:
    """A number that the system tells by this name; 0 where it tells none, as on Windows."""
    tell = getattr(os, "sysconf", None)
    return int(tell(name)) if tell and name in getattr(os, "sysconf_names", {}) else 0
