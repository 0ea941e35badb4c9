"""Which known videos are listed by so few frames that frames between them look otherwise.

Lists of other tools hold a frame a second, or two. Where the picture moves, a copy that is sampled
half a second beside them shares no frame with the list. Videos that were enrolled here keep a frame
wherever the picture changes: from one frame to the next they differ little, but for cuts.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

_APART: Final = 0.3
"""Seconds between frames, from which on they are few."""
_MOVED: Final = 60
"""Bits between them, beyond which the picture has moved: frames halfway differ by some 30 from
both. Enrolment keeps a frame as soon as it differs by more than 40."""
_CUT: Final = 90
"""Bits, beyond which it may be a cut. Enrolment keeps the first frame behind one, at any distance
in time; where frames were sampled by the clock, most steps over a cut are as long as all others."""
_REGULAR: Final = 0.1
"""Share by which equal distances in time differ."""
_REGULAR_SHARE: Final = 0.9
"""The share of equal steps in a video that was sampled by the clock."""
_SHARE: Final = 0.1
"""The share of a video's steps that have to be so."""
_BY_CLOCK: Final = 0.01
"""The share of known videos sampled by the clock: a film of still slides looks like one."""
_OTHERS: Final = 0.1
"""The share of known videos whose frames are few at uneven distances: sometimes an enrolled one
looks like it, as its picture changes by jerks."""
_MANY: Final = 4
"""Steps of a video, from which on a single one says nothing."""
_AT_ONCE: Final = 1_000_000
"""Frames."""


_WHOLE: Final = 0
"""The part of a hash that is of the whole picture or frame, among the parts of a list."""


def is_sparse_in(arrays: "Mapping[str, NDArray[Any]]", name: str) -> bool:
    """Whether the videos in these columns of an algorithm are listed by too few frames."""
    if f"{name}.time" not in arrays or not {f"{name}.unique", f"{name}.codes"} & arrays.keys():
        return False
    rows, times = arrays[f"{name}.rows"], arrays[f"{name}.time"]
    whole = np.arange(len(rows))
    if f"{name}.part" in arrays:
        whole = np.flatnonzero(arrays[f"{name}.part"] == _WHOLE)

    def codes(places: "NDArray[np.intp]") -> "NDArray[np.uint8]":
        held: NDArray[np.uint8]
        if f"{name}.codes" in arrays:
            held = arrays[f"{name}.codes"][whole[places]]
        else:
            held = arrays[f"{name}.unique"][arrays[f"{name}.code"][whole[places]]]
        return held

    return is_sparse(rows[whole], times[whole], codes)


def is_sparse(
    owners: "NDArray[np.uint32]",
    times: "NDArray[np.float32]",
    codes: "Callable[[NDArray[np.intp]], NDArray[np.uint8]]",
) -> bool:
    """Whether known videos are listed by too few frames for queries of one frame a second.

    Args:
        owners: (n,) entry of each hash of a whole frame or picture, ascending.
        times: (n,) seconds of each hash; NaN for those of pictures.
        codes: gives the hashes in these places, (k, bytes) packed.
    """
    order = np.flatnonzero(~np.isnan(times))
    order = order[np.lexsort((times[order], owners[order]))]
    videos, starts = np.unique(owners[order], return_index=True)
    by_clock = others = begin = 0
    while begin < len(videos):
        # Whole videos, about as many frames as fit into memory; one at least.
        end = int(np.searchsorted(starts, starts[begin] + _AT_ONCE, side="right")) - 1
        end = max(end, begin + 1)
        last = starts[end] if end < len(videos) else len(order)
        places = order[starts[begin] : last]
        first, second = _sparse(owners[places], times[places], codes(places))
        by_clock, others, begin = by_clock + first, others + second, end
    return by_clock >= max(1, _BY_CLOCK * len(videos)) or (
        by_clock + others >= max(1, _OTHERS * len(videos))
    )


def _sparse(
    owners: "NDArray[np.uint32]", times: "NDArray[np.float32]", codes: "NDArray[np.uint8]"
) -> tuple[int, int]:
    """How many of some videos are listed by too few frames: taken by the clock, and otherwise."""
    videos, starts = np.unique(owners, return_index=True)
    gaps, within = np.diff(times.astype(np.float64)), np.diff(owners) == 0
    differ = np.bitwise_count(codes[1:] ^ codes[:-1]).sum(axis=1, dtype=np.int64)
    usual = _medians(gaps, within, owners[:-1], videos)
    regular = np.abs(gaps - usual[np.searchsorted(videos, owners[:-1])]) <= _REGULAR * gaps
    moved = within & (gaps >= _APART) & (differ > _MOVED)

    def counted(which: "NDArray[np.bool_]") -> "NDArray[np.int64]":
        return np.add.reduceat(np.append(which, False), starts, dtype=np.int64)

    steps, few = counted(within), counted(moved)
    by_clock = (2 * counted(moved & regular) >= few) & (
        counted(within & regular) >= _REGULAR_SHARE * steps
    )
    seen_moving = counted(moved & (differ <= _CUT)) >= _SHARE * steps
    enough = (few >= _SHARE * steps) & (few >= np.where(steps < _MANY, 1, 2))
    return int((enough & by_clock).sum()), int((enough & seen_moving & ~by_clock).sum())


def _medians(
    gaps: "NDArray[np.float64]",
    within: "NDArray[np.bool_]",
    owners: "NDArray[np.uint32]",
    videos: "NDArray[np.uint32]",
) -> "NDArray[np.float64]":
    """The usual distance in time of the frames of each video; NaN for those of one frame."""
    gaps, owners = gaps[within], owners[within]
    order = np.lexsort((gaps, owners))
    first = np.searchsorted(owners[order], videos, side="left")
    last = np.searchsorted(owners[order], videos, side="right")
    found = np.full(len(videos), np.nan)
    some = last > first
    found[some] = gaps[order][(first + (last - first) // 2)[some]]
    return found
