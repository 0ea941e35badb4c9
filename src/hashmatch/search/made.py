"""Arrays that are made piece by piece: whoever writes them to a file need never hold them whole."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    Shapes = Mapping[str, tuple[str, tuple[int, ...]]]
    Pieces = Iterator[tuple[str, NDArray[Any]]]


@dataclass(frozen=True, slots=True)
class Made:
    """Arrays that belong together, not made yet.

    Attributes:
        shapes: dtype, as NumPy writes it, and shape of each by its name.
        pieces: makes them: gives names and rows, those of each array in their order. What it gives
            may be overwritten once the next piece is asked for.
    """

    shapes: "Shapes"
    pieces: "Callable[[], Pieces]"

    def arrays(self) -> "dict[str, NDArray[Any]]":
        """All of them, in memory."""
        found = {name: np.empty(shape, dtype) for name, (dtype, shape) in self.shapes.items()}
        done = dict.fromkeys(found, 0)
        for name, rows in self.pieces():
            found[name][done[name] : done[name] + len(rows)] = rows
            done[name] += len(rows)
        return found

    def named(self, prefix: str) -> "Made":
        """The same arrays, with this before their names."""
        shapes = {prefix + name: shape for name, shape in self.shapes.items()}
        return Made(shapes, lambda: ((prefix + name, rows) for name, rows in self.pieces()))
