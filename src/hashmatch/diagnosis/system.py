"""What this installation consists of, and what the system lets it do."""

import os
import platform
import re
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Final

from hashmatch.decoding.libraries import library_versions
from hashmatch.diagnosis.model import Check, State
from hashmatch.native import library
from hashmatch.scanning import cgroups, landlock, seccomp
from hashmatch.wording import to_install

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_EXTRAS: Final = {
    "exchanges": ("requests", "lists cannot be fetched from exchanges"),
    "patches": ("opencv-python-headless", "patches of pictures cannot be listed or looked for"),
}
"""Extra, its package, and what is missing without it. JPEG XL is checked as a format."""

_FEWEST_FILES: Final = 256
_LEAST_MEMORY: Final = 1 << 30
_MIB: Final = 1 << 20


def versions() -> dict[str, str]:
    """Names and versions; a package that is not installed is left out."""
    found = {"Python": platform.python_version(), "platform": platform.platform()}
    needed = (_NAME.match(each) for each in requires("hashmatch") or ())
    names = dict.fromkeys(each[0] for each in needed if each)
    for name in ("hashmatch", *names):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    own = {library.PACKAGE: library.version()}
    return {**found, **own, **library_versions(), "SQLite": sqlite3.sqlite_version}


def facts() -> dict[str, str]:
    """What the system offers and limits."""
    files, memory = open_files(), memory_limit()
    known, group = landlock.version(), cgroups.place_here()
    return {
        "processors": str(os.cpu_count() or 1),
        "open files": "no limit known" if files is None else f"{files:,}",
        "memory": "not known" if memory is None else f"{memory // _MIB:,} MiB",
        "Landlock": f"version {known}" if known else "none",
        "control group": f"version {group.version}" if group else "none",
        "seccomp": "known for this machine" if seccomp.is_known() else "none",
    }


def check_system() -> Iterator[Check]:
    """Extras, and limits that are too small to scan with."""
    for extra, (package, lacking) in _EXTRAS.items():
        try:
            version(package)
        except PackageNotFoundError:
            advice = to_install(extra)
            yield Check(f"extra {extra}", State.OPTIONAL, lacking, advice)
        else:
            yield Check(f"extra {extra}", State.OK, "installed")
    files, memory = open_files(), memory_limit()
    if files is not None and files < _FEWEST_FILES:
        yield Check(
            "open files",
            State.DEGRADED,
            f"a process may open only {files:,} files",
            "run `ulimit -n 1024`",
        )
    if memory is not None and memory < _LEAST_MEMORY:
        detail = f"only {memory // _MIB:,} MiB may be used"
        yield Check("memory", State.DEGRADED, detail, "scan with --workers 1")


def open_files() -> int | None:
    """How many files a process may have open; None where that is not limited or not known."""
    known = None
    if sys.platform != "win32":
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        known = None if soft == resource.RLIM_INFINITY else soft
    return known


def memory_limit() -> int | None:
    """Bytes that there are, or that a process may use; None where that is not known."""
    known: list[int] = []
    if sys.platform != "win32":
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            known.append(soft)
        if {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= os.sysconf_names.keys():
            known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min(known, default=None)
