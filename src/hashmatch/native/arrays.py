"""Arrays as C sees them: nothing but an address, so that everything else is checked here."""

import ctypes
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ADDRESS: Final = ctypes.c_void_p
NUMBER: Final = ctypes.c_int64
REAL: Final = ctypes.c_double
FLOAT: Final = ctypes.c_float
STATUS: Final = ctypes.c_int

_COPIED: Final = 4096
"""Bytes up to which a copy is faster than asking NumPy for an address."""


def address(values: "NDArray[Any]", kind: type[np.generic], length: int) -> int:
    """Where an array begins; whoever passes it on keeps the array.

    Args:
        values: of any shape, in the order of C.
        kind: of its elements.
        length: how many elements are read or written there, at least.

    Raises:
        ValueError: it is of another type, too short, or does not lie in order.
    """
    flags = values.flags
    if values.dtype != kind or values.size < length or not (flags.c_contiguous and flags.aligned):
        msg = f"an array of {values.dtype} cannot be passed on as {length} × {kind.__name__}"
        raise ValueError(msg)
    if flags.writeable and values.size:
        # Half the time that NumPy takes to say it.
        held: Any = values
        return ctypes.addressof(ctypes.c_char.from_buffer(held))
    return int(values.__array_interface__["data"][0])


def out(values: "NDArray[Any]", kind: type[np.generic], length: int) -> int:
    """The same of an array that is written to.

    Raises:
        ValueError: as for `address`, or it may not be written to.
    """
    if not values.flags.writeable:
        msg = "an array that is read-only cannot be written to"
        raise ValueError(msg)
    return address(values, kind, length)


def passed(values: "NDArray[Any]", kind: type[np.generic], length: int) -> "int | bytes":
    """Values that C only reads, for the parameter of one call.

    Raises:
        ValueError: as for `address`.
    """
    if values.nbytes <= _COPIED and values.dtype == kind and values.size >= length:
        return values.tobytes()
    return address(values, kind, length)
