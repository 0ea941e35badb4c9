"""The paths of two videos in the library: as in `hashmatch.search.frame_paths`, in less time."""

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.native.arrays import ADDRESS, NUMBER, REAL, address, out
from hashmatch.search.kernels.calls import calls, check

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.search.frame_paths import Video

_STEPS = 8


class _Struct(ctypes.Structure):
    _fields_ = (
        *((name, ADDRESS) for name in ("queries", "query_times", "codes", "times", "steps")),
        *((name, NUMBER) for name in ("asked", "known", "width", "most", "rounds")),
        ("least", REAL),
    )


def chain(
    item: "Video",
    known: "Video",
    steps: "NDArray[np.float64]",
    *,
    most: int,
    least: float,
    rounds: int,
) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
    """The same as `hashmatch.search.frame_paths.chain`, of the same arguments."""
    (asked, width), shown = item.codes.shape, len(known.codes)
    found, totals = np.empty((asked, 4), np.int64), np.empty(rounds)
    count, paths = NUMBER(), NUMBER()
    struct = _Struct(
        address(item.codes, np.uint64, asked * width),
        address(item.times, np.float64, asked),
        address(known.codes, np.uint64, shown * width),
        address(known.times, np.float64, shown),
        address(steps, np.float64, _STEPS),
        asked,
        shown,
        width,
        most,
        rounds,
        least,
    )
    check(
        calls().hm_chain(
            ctypes.byref(struct),
            out(found, np.int64, 4 * asked),
            ctypes.byref(count),
            out(totals, np.float64, rounds),
            ctypes.byref(paths),
        )
    )
    return found[: count.value], totals[: paths.value]
