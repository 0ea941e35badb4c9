"""How a loop is compiled: once, ahead of its first call, kept for later processes.

Every kernel names the types that it takes. Arrays that are only read are declared read-only, so
that arrays in memory and arrays read from a file share one compilation.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numba
from numba import types
from numba.core.runtime import rtsys

from hashmatch.search.kernels.keeping import KernelCache

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

    The machine code is kept as `keeping` says. Where nothing can be kept, it is compiled in memory:
    the first search of each process then takes some seconds longer.
    """
    signature = result(*arguments)  # type: ignore[operator]

    def compiled(function: _Function) -> _Function:
        made = numba.njit(nogil=True)(function)
        made._cache = KernelCache(function)  # noqa: SLF001
        # What is kept is machine code that calls Numba's run time. Numba would import all of its
        # compiler first: 30 MB and half a second of every process.
        rtsys.initialize(made.targetctx)
        made.compile(signature)
        made.disable_compile()
        return made

    return compiled


def part(function: _Function) -> _Function:
    """Part of kernels: a function that only they call."""
    return numba.njit(function, **_PART)


def inlined(function: _Function) -> _Function:
    """Part of kernels that is copied to where it is called: for innermost loops."""
    return numba.njit(function, forceinline=True, **_PART)
