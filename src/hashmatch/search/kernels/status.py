"""What became of the kernels of this process: taken from the cache folder, or compiled."""

import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from hashmatch.search import kernels


@dataclass(frozen=True, slots=True)
class KernelStatus:
    """The folder of compiled kernels, and whether it can be used.

    Attributes:
        folder: the cache folder; empty where nothing can be kept.
        writable: whether kernels can be kept there.
        loaded: kernels that were taken from it.
        compiled: kernels that this process had to compile.
    """

    folder: str
    writable: bool
    loaded: int
    compiled: int


def kernel_status() -> KernelStatus:
    """The state of all kernels; those that are not loaded yet are loaded.

    Raises:
        ImportError: Numba is missing or cannot be loaded.
    """
    folders: set[str] = set()
    loaded = compiled = 0
    for each in _dispatchers():
        stats = each.stats
        if stats.cache_path:
            folders.add(stats.cache_path)
        hits = sum(stats.cache_hits.values())
        loaded += bool(hits)
        compiled += not hits
    folder = min(folders, default="")
    return KernelStatus(folder, bool(folder) and _is_writable(Path(folder)), loaded, compiled)


def _dispatchers() -> list[Any]:
    """Every kernel: what only they call, parts of them, is compiled into them."""
    found: dict[int, Any] = {}
    for module in iter_modules(kernels.__path__):
        for value in vars(import_module(f"{kernels.__name__}.{module.name}")).values():
            # A kernel's compilation is over; a part can be compiled for any types.
            if hasattr(value, "stats") and not getattr(value, "_can_compile", True):
                found[id(value)] = value
    return list(found.values())


def _is_writable(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)
