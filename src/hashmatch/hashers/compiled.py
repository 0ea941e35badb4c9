"""Reduction and transform in the library: what others do in NumPy, with the same bits."""

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.native.arrays import ADDRESS, FLOAT, NUMBER, REAL, STATUS, address, out
from hashmatch.native.library import library

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE: Final = 64
_CELLS: Final = _SIDE * _SIDE
_WAVES: Final = 16
_CODE: Final = 32
_PART: Final = 3

_TAKEN: Final[dict[str, list[Any]]] = {
    "hm_turns": [*[ADDRESS] * 4, NUMBER, *[ADDRESS] * 4],
    "hm_finish": [ADDRESS, ADDRESS, NUMBER, ADDRESS, ADDRESS],
    "hm_qualities": [ADDRESS, NUMBER, ADDRESS],
    "hm_codes": [ADDRESS, NUMBER, NUMBER, ADDRESS],
    "hm_blocks": [ADDRESS, *(NUMBER,) * 3, ADDRESS, ADDRESS, NUMBER, ADDRESS, ADDRESS],
    "hm_sums": [ADDRESS, ADDRESS],
    "hm_means": [ADDRESS, NUMBER, NUMBER, ADDRESS, ADDRESS],
    "hm_small": [ADDRESS, NUMBER, ADDRESS],
    "hm_turned_codes": [ADDRESS, NUMBER, ADDRESS, NUMBER, ADDRESS],
    "hm_part_qualities": [ADDRESS, NUMBER, ADDRESS],
    "hm_corner_runs": [ADDRESS, NUMBER, REAL, ADDRESS],
    "hm_pieces": [*[ADDRESS] * 3, NUMBER, ADDRESS, ADDRESS],
    "hm_blobs": [ADDRESS, *[NUMBER] * 5, *[ADDRESS] * 3],
    "hm_quad": [ADDRESS, NUMBER, NUMBER, *[ADDRESS] * 5],
    "hm_ground": [ADDRESS, NUMBER, NUMBER, ADDRESS, ADDRESS],
    "hm_away": [*[ADDRESS] * 4, FLOAT, FLOAT, ADDRESS],
    "hm_sharpen": [ADDRESS, ADDRESS, NUMBER, ADDRESS, ADDRESS],
    "hm_readings": [ADDRESS, FLOAT, ADDRESS, ADDRESS, NUMBER, ADDRESS],
    "hm_front": [*[ADDRESS] * 3, NUMBER, ADDRESS],
    "hm_steps": [ADDRESS] * 3,
    "hm_detail": [ADDRESS, ADDRESS, NUMBER, NUMBER, STATUS, REAL, ADDRESS],
    "hm_rectangles": [ADDRESS, ADDRESS, *[NUMBER] * 4, *[ADDRESS] * 3],
    "hm_slants": [ADDRESS] * 5,
    "hm_flat_parts": [ADDRESS, STATUS, ADDRESS, ADDRESS],
    "hm_area_of_level": [ADDRESS, ADDRESS, STATUS, STATUS, NUMBER, ADDRESS, ADDRESS],
    "hm_fill_areas": [ADDRESS, ADDRESS, NUMBER, ADDRESS],
    "hm_uncovered": [ADDRESS] * 4,
    "hm_enclosed": [ADDRESS, NUMBER, NUMBER, ADDRESS],
}


@cache
def calls() -> ctypes.CDLL | None:
    """The functions, ready to be called; None without the library."""
    found = library()
    if found is None:
        return None
    for name, taken in _TAKEN.items():
        function = found.calls[name]
        function.argtypes, function.restype = taken, STATUS
        # `library.hm_finish` is another object than `library["hm_finish"]`.
        setattr(found.calls, name, function)
    return found.calls


class _Axis(ctypes.Structure):
    _fields_ = (
        *((name, ADDRESS) for name in ("starts", "weights")),
        *((name, NUMBER) for name in ("outputs", "band", "length")),
    )


class Luma(ctypes.Structure):
    """A picture as the library takes it; whoever passes it on keeps the array."""

    _fields_ = (
        ("samples", ADDRESS),
        *((name, NUMBER) for name in ("rows", "columns", "stride", "bytes")),
    )


def luma_of(values: "NDArray[np.uint8]") -> Luma:
    """A picture of bytes, of which the library reads all.

    Raises:
        ValueError: it has no pixels, is of another type, or its rows lie apart.
    """
    rows, columns = values.shape
    if not values.size:
        msg = "a picture without pixels cannot be passed on"
        raise ValueError(msg)
    return Luma(address(values, np.uint8, values.size), rows, columns, columns, 1)


class Axis:
    """A banded matrix along one axis, as the library takes it; any threads may share it.

    Attributes:
        outputs: how many rows it has.
        length: how many samples it reads.
        reference: what the library takes.
    """

    __slots__ = ("_kept", "length", "outputs", "reference")

    def __init__(
        self, starts: "NDArray[np.int64]", weights: "NDArray[np.float64]", length: int
    ) -> None:
        """Take what `hashmatch.hashers.operators.Operator` describes, with rounded weights."""
        self.outputs, band = weights.shape
        self.length = length
        struct = _Axis(
            address(starts, np.int64, self.outputs),
            address(weights, np.float64, self.outputs * band),
            self.outputs,
            band,
            length,
        )
        self._kept = (starts, weights, struct)
        self.reference = ctypes.addressof(struct)


def grids(
    luma: "NDArray[Any]", down: Axis, across: Axis, parts: "NDArray[np.int64]"
) -> "NDArray[np.float64]":
    """Reduce a picture to 64×64 cells, turned in several ways.

    Args:
        luma: (rows, columns) uint8, float32 or float64.
        down: along its rows.
        across: along its columns.
        parts: (n, 3) int64 for each turn: place among the 64 rows and 64 columns that were reduced,
            and whether rows and columns change places.

    Returns:
        (n, 64, 64) float64.
    """
    found = np.empty((len(parts), _SIDE, _SIDE))
    _turns(luma, down, across, parts, (out(found, np.float64, found.size), None, None, None))
    return found


def codes(
    luma: "NDArray[Any]",
    down: Axis,
    across: Axis,
    parts: "NDArray[np.int64]",
    waves: "NDArray[np.float64]",
) -> "tuple[NDArray[np.uint8], NDArray[np.int64]]":
    """Hash a picture turned in several ways: `finish` of its `grids`."""
    made, qualities = np.empty((len(parts), _CODE), np.uint8), np.empty(len(parts), np.int64)
    into = (
        address(waves, np.float64, _WAVES * _SIDE),
        out(made, np.uint8, made.size),
        out(qualities, np.int64, len(parts)),
    )
    _turns(luma, down, across, parts, (None, *into))
    return made, qualities


def finish(
    waves: "NDArray[np.float64]", cells: "NDArray[np.float64]"
) -> "tuple[NDArray[np.uint8], NDArray[np.int64]]":
    """Codes and qualities of (n, 64, 64) float64 grids, by the (16, 64) float64 cosines."""
    library_calls, count = calls(), len(cells)
    made, qualities = np.empty((count, _CODE), np.uint8), np.empty(count, np.int64)
    assert library_calls is not None  # noqa: S101 (whoever calls has asked)
    library_calls.hm_finish(
        address(waves, np.float64, _WAVES * _SIDE),
        address(cells, np.float64, count * _CELLS),
        count,
        out(made, np.uint8, made.size),
        out(qualities, np.int64, count),
    )
    return made, qualities


def qualities(cells: "NDArray[np.float64]") -> "NDArray[np.int64]":
    """(n,) int64 qualities of (n, 64, 64) float64 grids."""
    library_calls, found = calls(), np.empty(len(cells), np.int64)
    assert library_calls is not None  # noqa: S101 (whoever calls has asked)
    held = np.ascontiguousarray(cells)
    library_calls.hm_qualities(
        address(held, np.float64, len(cells) * _CELLS), len(cells), out(found, np.int64, len(cells))
    )
    return found


def _turns(
    luma: "NDArray[Any]",
    down: Axis,
    across: Axis,
    parts: "NDArray[np.int64]",
    into: tuple[int | None, int | None, int | None, int | None],
) -> None:
    """Call the library, with where grids, cosines, codes and qualities are."""
    library_calls = calls()
    assert library_calls is not None  # noqa: S101 (whoever calls has asked)
    held = np.ascontiguousarray(luma)
    rows, columns = held.shape
    limits = (down.outputs // _SIDE, across.outputs // _SIDE, 2)
    fits = (rows, columns) == (down.length, across.length) and bool(
        ((parts >= 0) & (parts < limits)).all()
    )
    if not fits:
        msg = f"luma of {rows} × {columns} is not what these axes read"
        raise ValueError(msg)
    kind = held.dtype.type
    if kind not in (np.uint8, np.float32, np.float64):
        msg = f"luma is uint8, float32 or float64, not {held.dtype}"
        raise ValueError(msg)
    size = held.itemsize
    struct = Luma(address(held, kind, rows * columns), rows, columns, columns * size, size)
    status = library_calls.hm_turns(
        ctypes.addressof(struct),
        down.reference,
        across.reference,
        address(parts, np.int64, _PART * len(parts)),
        len(parts),
        *into,
    )
    if status:
        raise MemoryError
