"""How a loop is compiled: once, ahead of its first call, kept for later processes.

Every kernel names the types that it takes. Arrays that are only read are declared read-only, so
that arrays in memory and arrays mapped from a file share one compilation.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from pickle import PickleError
from typing import Any, Final, TypeVar

import numba
from numba import types
from numba.core.runtime import rtsys

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _readonly(dtype: object, dimensions: int) -> object:
    return types.Array(dtype, dimensions, "C", readonly=True)


BYTES: Final = _readonly(types.uint8, 1)
WORDS: Final = _readonly(types.uint64, 2)
SIGNATURES: Final = _readonly(types.uint64, 1)
SMALL: Final = _readonly(types.uint32, 1)
LARGE: Final = _readonly(types.int64, 1)
FLOATS: Final = _readonly(types.float64, 1)
INTEGER: Final = types.int64
FLOAT: Final = types.float64
PAIRS: Final = types.Array(types.int64, 2, "C")
NUMBERS: Final = types.Array(types.int64, 1, "C")
FLOATS_OUT: Final = types.Array(types.float64, 1, "C")
SMALL_OUT: Final = types.Array(types.uint32, 1, "C")
SIGNATURES_OUT: Final = types.Array(types.uint64, 1, "C")
NOTHING: Final = types.void


_PART: Final[dict[str, Any]] = {"nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def both(*results: object) -> object:
    """The type of a tuple of these."""
    return types.Tuple(results)


def kernel(result: object, *arguments: object) -> Callable[[_Function], _Function]:
    """Compile a function for these types, without the interpreter's lock.

    The machine code is kept in `__pycache__` beside the module or in the user's cache folder.
    Where neither can be written, or what lies there is unusable, it is compiled in memory: the
    first search of each process then takes some seconds longer.
    """
    signature = result(*arguments)  # type: ignore[operator]

    def compiled(function: _Function) -> _Function:
        try:
            return _compile(function, signature, cached=True)
        except (ArithmeticError, AttributeError, EOFError, ImportError, LookupError, OSError,
                PickleError, RuntimeError, ValueError):  # fmt: skip
            return _compile(function, signature, cached=False)

    return compiled


def _compile(function: _Function, signature: object, *, cached: bool) -> _Function:
    made = numba.njit(nogil=True)(function)
    if cached:
        made.enable_caching()
        # Numba looks at the kernel's own file only, and would keep a kernel whose parts, in other
        # files, have changed: it would miss neighbours that the new code finds.
        made._cache._cache_file._source_stamp = _fingerprint()  # noqa: SLF001
        # What is kept is machine code that calls Numba's run time. Numba would import all of its
        # compiler first: 30 MB and half a second of every process.
        rtsys.initialize(made.targetctx)
        made._cache.load_overload = made._cache._load_overload  # noqa: SLF001
    made.compile(signature)
    made.disable_compile()
    return made


@cache
def _fingerprint() -> str:
    """Changes with any byte of any kernel."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def part(function: _Function) -> _Function:
    """Part of kernels: a function that only they call."""
    return numba.njit(function, **_PART)


def inlined(function: _Function) -> _Function:
    """Part of kernels that is copied to where it is called: for innermost loops."""
    return numba.njit(function, forceinline=True, **_PART)
