"""Whose failure an exception is: a decoder's on its file, or a fault of hashmatch.

A decoder fails on damaged files with exceptions of many kinds. An exception counts as its failure
on the file only if it was raised inside the decoder's library, and is of a kind that the library
is known to raise on damaged files. Everything else is a fault of hashmatch: an exception raised in
its own code between two calls, a call with wrong arguments, a module that cannot be loaded.
"""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from struct import error as StructError  # noqa: N812 (an exception, named as one)
from traceback import walk_tb
from typing import Final

from hashmatch.errors import (
    InternalError,
    Reason,
    UnknownNameError,
    UnreadableError,
    UnreadableImageError,
)
from hashmatch.faults import internal_error, is_ours, module_of

_NO_MEMORY: Final = "not enough memory to hash it"

_NUMBERS_AND_ENDS: Final = (
    ArithmeticError,
    EOFError,
    IndexError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)

PILLOW_ERRORS: Final = (
    *_NUMBERS_AND_ENDS,
    AssertionError,
    AttributeError,
    BufferError,
    KeyError,
    StructError,
    SyntaxError,
    SystemError,
    TypeError,
    zlib.error,
)
"""What Pillow and its plugins raise on damaged files, besides classes of their own.

They are written in Python and parse without checks: what is missing is `None` to them. No
`ImportError`: no file makes a module missing.
"""

LIBAV_ERRORS: Final = _NUMBERS_AND_ENDS
"""What PyAV raises on damaged files, besides FFmpeg's own errors.

No `TypeError`, `AttributeError` or `KeyError`: Cython raises these for calls with wrong arguments,
from a frame of the function that was called.
"""

_RAISED: Final[Mapping[str, tuple[type[Exception], ...]]] = {
    "PIL": PILLOW_ERRORS,
    "pi_heif": PILLOW_ERRORS,
    "av": LIBAV_ERRORS,
    "simplejpeg": (KeyError, RuntimeError, ValueError),
    "pylibjxl": (RuntimeError, ValueError),
}
"""Exceptions that a decoder raises on damaged files; keys are the decoders' packages."""


def is_of_decoder(error: BaseException) -> bool:
    """Whether an exception is a decoder's failure on its file."""
    library = _raised_in(error)
    if library is None:
        return False
    own_class = type(error).__module__.partition(".")[0] == library
    if isinstance(error, OSError) and error.filename is not None and not own_class:
        # A decoder is given bytes: a path that cannot be opened is no part of the evidence.
        return False
    return own_class or isinstance(error, _RAISED[library])


def raise_if_ours(error: Exception) -> None:
    """Raise the exception again unless a decoder failed on its file or the file was refused."""
    if not isinstance(error, UnreadableError) and not is_of_decoder(error):
        raise error


def _raised_in(error: BaseException) -> str | None:
    """The decoder's package that raised it; None if it was hashmatch itself.

    Frames of neither, as of the standard library, count as those of their caller.
    """
    found = None
    for frame, _ in walk_tb(error.__traceback__):
        package = module_of(frame).partition(".")[0]
        if is_ours(frame):
            found = None
        elif package in _RAISED:
            found = package
    return found


@contextmanager
def enough_memory(raised: type[UnreadableError] = UnreadableImageError) -> Iterator[None]:
    """Too little memory is a reason of its own.

    Raises:
        UnreadableError: of this kind.
    """
    try:
        yield
    except MemoryError:
        raise raised(Reason.OUT_OF_MEMORY, _NO_MEMORY) from None


@contextmanager
def failures_told(raised: type[UnreadableError] = UnreadableImageError) -> Iterator[None]:
    """Whatever leaves the block says whether the file or hashmatch is at fault.

    Raises:
        UnreadableError: of this kind, for what a decoder failed with.
        InternalError: for everything else.
        UnknownNameError: an algorithm that nobody registered.
    """
    try:
        yield
    except (InternalError, UnknownNameError, UnreadableError):
        raise
    except MemoryError:
        raise raised(Reason.OUT_OF_MEMORY, _NO_MEMORY) from None
    except Exception as error:
        if is_of_decoder(error):
            detail = "a decoder failed for an unknown reason"
            raise raised(Reason.DAMAGED, detail) from None
        raise internal_error(error) from error
