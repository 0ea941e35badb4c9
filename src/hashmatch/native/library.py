"""The library of compiled kernels: found beside this file, checked, and opened once in a process.

It is plain C without any part of Python, built by `tools/build_native.py` from `csrc/`. Where it is
missing, everything gives the same results without it: searches compare with every code, and hashes
are computed by NumPy. `HASHMATCH_NATIVE` says what may be used: `no` for nothing, `must` for an
error where there is none, or the name of the highest instruction set, as in `Level`.
"""

import ctypes
import hashlib
import logging
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from hashmatch.errors import MissingExtraError

VARIABLE: Final = "HASHMATCH_NATIVE"
LOGGER: Final = logging.getLogger("hashmatch.kernels")
LOGGER.addHandler(logging.NullHandler())

INTERFACE: Final = 6
"""The same as `HM_INTERFACE` in `csrc/hashmatch.h`: a library of another number is not used."""

PACKAGE: Final = "hashmatch-kernels"
"""What the library is called beside the packages whose versions are on record."""

SLOW: Final = "compiled kernels are missing: searches of large indexes and hashing are slow"


class Level(StrEnum):
    """An instruction set that kernels were compiled for."""

    PLAIN = "plain"
    """What every processor of this kind has."""
    V2 = "v2"
    """x86-64-v2: SSE4.2 and POPCNT."""
    V3 = "v3"
    """x86-64-v3: AVX2."""
    V4 = "v4"
    """x86-64-v4, AVX-512, with VPOPCNTDQ."""


@dataclass(frozen=True, slots=True)
class Library:
    """The library in this process.

    Attributes:
        calls: its functions.
        path: the file.
        sha256: of the file, in hex digits.
        level: the instruction set that was chosen for this processor.
    """

    calls: ctypes.CDLL
    path: Path
    sha256: str
    level: Level


def name() -> str:
    """The library's file name on this system."""
    suffix = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    return f"_kernels{suffix}"


def place() -> Path:
    """Where the library lies, if it was built."""
    return Path(__file__).parent / name()


@cache
def library() -> Library | None:
    """The library, opened; None where there is none that can be used: `reason` says why.

    Raises:
        MissingExtraError: there is none, and `HASHMATCH_NATIVE` says that there must be.
    """
    found, why = _opened()
    if found is None and _wanted() == "must":
        msg = f"HASHMATCH_NATIVE is `must`, but {why}"
        raise MissingExtraError(msg)
    return found


def reason() -> str:
    """Why there is no library; empty where there is one."""
    return _opened()[1]


def version() -> str:
    """The library for the record: its SHA-256 and the instruction set; or why there is none."""
    found, why = _opened()
    return f"sha256:{found.sha256} ({found.level})" if found else f"none ({why})"


@cache
def tell_that_it_is_missing() -> None:
    """Tell the logger `hashmatch.kernels` once that something takes longer than it would."""
    LOGGER.warning("%s (%s)", SLOW, reason())


def _wanted() -> str:
    return os.environ.get(VARIABLE, "").strip()


@cache
def _opened() -> tuple[Library | None, str]:
    wanted, path = _wanted(), place()
    if wanted == "no":
        return None, "HASHMATCH_NATIVE is `no`"
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        calls = ctypes.CDLL(str(path))
        if calls.hm_interface() != INTERFACE:
            return None, f"{path.name} belongs to another version of hashmatch"
    except FileNotFoundError:
        return None, "they were not built when hashmatch was installed"
    except (OSError, AttributeError):
        return None, f"{path.name} cannot be loaded"
    levels = list(Level)
    most = levels.index(Level(wanted)) if wanted in levels else len(levels) - 1
    return Library(calls, path, sha256, levels[calls.hm_use(most)]), ""
