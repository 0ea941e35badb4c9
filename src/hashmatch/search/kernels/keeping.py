"""Storage of the machine code of kernels between processes.

A kernel is looked for in each folder in turn, also in those that cannot be written, so that an
installation can bring its kernels along. What is compiled is kept in the first folder that can be
written. With `HASHMATCH_CACHE`, only its own folder `kernels` is read and written.

What happens is told to the logger `hashmatch.kernels`: that kernels are being compiled (INFO), and
that they cannot be kept (WARNING), each once in a process.
"""

import hashlib
import logging
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from pickle import PickleError
from typing import Any, Final

from numba.core.caching import CompileResultCacheImpl, FunctionCache, NullCache, _CacheLocator

VARIABLE: Final = "HASHMATCH_CACHE"
LOGGER: Final = logging.getLogger("hashmatch.kernels")
LOGGER.addHandler(logging.NullHandler())

_BESIDE: Final = Path(__file__).parent / "__pycache__"
_ANYBODY_MAY_WRITE: Final = 0o002
_UNUSABLE: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    OSError,
    PickleError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading a damaged file of a cache raises."""


class KernelCache(NullCache):  # type: ignore[misc] # Numba is not annotated
    """The cache of one kernel, as Numba asks for it."""

    def __init__(self, function: Callable[..., object]) -> None:
        """A cache in all folders that there are."""
        self._caches = [_in_folder(folder, function) for folder in _trusted_folders()]
        self._kept: str | None = None

    @property
    def cache_path(self) -> str | None:
        """The folder in which the kernel was found or is kept now; None for neither."""
        return self._kept

    def load_overload(self, signature: object, target: object) -> Any:
        """The compiled kernel; None if it has to be compiled, which is told."""
        for each in self._caches:
            try:
                # Not Numba's `load_overload`: it imports all of the compiler first.
                found = each._load_overload(signature, target)  # noqa: SLF001
            except _UNUSABLE:
                continue
            if found is not None:
                self._kept = each.cache_path
                return found
        _tell(
            logging.INFO,
            "compiling the search for this processor, which is done once and takes up to a minute",
        )
        return None

    def save_overload(self, signature: object, compiled: object) -> None:
        """Keep a compiled kernel where that is possible; where not, that is told."""
        for each in self._caches:
            try:
                try:
                    each._save_overload(signature, compiled)  # noqa: SLF001
                except _UNUSABLE:
                    each.flush()  # its index is damaged
                    each._save_overload(signature, compiled)  # noqa: SLF001
            except OSError:
                continue
            self._kept = each.cache_path
            return
        _tell(
            logging.WARNING,
            "the compiled search cannot be kept and is compiled in every process: name a folder "
            f"that can be written in {VARIABLE}, or run 'hashmatch index warm' as the user who "
            "installed hashmatch",
        )


def folders() -> Iterator[Path]:
    """The folders in which kernels are looked for, in this order."""
    if named := os.environ.get(VARIABLE):
        yield Path(named).absolute() / "kernels"
        return
    yield _BESIDE
    if (home := _user_cache()) is not None:
        yield home / "hashmatch" / "kernels"


def _user_cache() -> Path | None:
    system: str = sys.platform
    try:
        if system == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        if system == "darwin":
            return Path.home() / "Library" / "Caches"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None


def _trusted_folders() -> Iterator[Path]:
    """Those that no other user can put code into: a kernel that is read is run."""
    for folder in folders():
        # Beside the kernels lies other code of ours, which is trusted as much.
        if folder == _BESIDE or _is_trusted(folder):
            yield folder
        else:
            _tell(
                logging.WARNING,
                f"{folder} belongs to another user or can be written by others: compiled code is "
                "not taken from it",
            )


def _is_trusted(folder: Path) -> bool:
    if sys.platform == "win32":
        return True
    else:  # noqa: RET505 (type checkers follow this form)
        try:
            about = folder.stat()
        except OSError:
            return True  # there is none yet
        return about.st_uid in (0, os.geteuid()) and not about.st_mode & _ANYBODY_MAY_WRITE


def _in_folder(folder: Path, function: Callable[..., object]) -> Any:  # (Numba's own class)
    class Locator(_CacheLocator):  # type: ignore[misc] # Numba is not annotated
        def ensure_cache_path(self) -> None:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)

        def get_cache_path(self) -> str:
            return str(folder)

        def get_source_stamp(self) -> str:
            return _fingerprint()

        def get_disambiguator(self) -> str:
            return ""

        @classmethod
        def from_function(cls, _function: object, _path: str) -> "Locator":
            return cls()

    class Implementation(CompileResultCacheImpl):  # type: ignore[misc] # as above
        _locator_classes = (Locator,)

    class Cached(FunctionCache):  # type: ignore[misc] # as above
        _impl_class = Implementation

    return Cached(function)


@cache
def _fingerprint() -> str:
    """Changes with any byte of any kernel.

    Numba looks at the kernel's own file only, and would keep a kernel whose parts, in other files,
    have changed: it would miss neighbours that the new code finds.
    """
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


_told: Final[set[str]] = set()


def _tell(level: int, message: str) -> None:
    if message not in _told:
        _told.add(message)
        LOGGER.log(level, message)
