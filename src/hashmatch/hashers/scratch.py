"""Buffers that a thread uses again: new ones cost as much as what is computed in them.

Memory that a process gives back is zeroed by the system, page by page, when it is taken again.
"""

from math import prod
from threading import local
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST: Final = 4 << 20
"""Bytes of a buffer that is kept; what takes more is seldom, and takes long anyway."""


class _Kept(local):
    def __init__(self) -> None:
        self.buffers: dict[str, NDArray[np.uint8]] = {}


_kept: Final = _Kept()


def scratch(name: str, shape: tuple[int, ...], kind: "np.typing.DTypeLike") -> "NDArray[Any]":
    """An array of this thread, with anything in it; until the next one of this name is taken.

    Args:
        name: of what it is used for: who takes two at a time gives them two names.
        shape: of the array.
        kind: of its elements.
    """
    size = prod(shape) * np.dtype(kind).itemsize
    held = _kept.buffers.get(name)
    if held is None or len(held) < size:
        held = np.empty(size, np.uint8)
        if size <= _MOST:
            _kept.buffers[name] = held
    return held[:size].view(kind).reshape(shape)
