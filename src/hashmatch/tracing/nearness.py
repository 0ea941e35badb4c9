"""How far copies are from each other, and how one is turned against another."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.matching.dihedral import turned
from hashmatch.model.orientation import Orientation
from hashmatch.tracing.updating import SHOWN, SHOWN_STILL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hashmatch.sightings.store import Store

_BYTES: Final = 32
_FRAMES: Final = 24
"""Frames of a video that are compared, evenly through it."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """Copies compared, each with each.

    Attributes:
        distances: (n, n) float64 bits; NaN where one of them has no hash. Of videos the median over
            frames of the distance to the nearest frame of the other.
        turns: (n, n) uint8 orientation: how the copy of the column is turned against that of the
            row; 0 where that is not known.
    """

    distances: "NDArray[np.float64]"
    turns: "NDArray[np.uint8]"


def compare(store: "Store", pictures: "Sequence[int]") -> Nearness:
    """The distances of pictures or videos on record, by the numbers of their rows."""
    count = len(pictures)
    distances = np.full((count, count), np.nan)
    turns = np.zeros((count, count), np.uint8)
    codes = [_codes(store, each) for each in pictures]
    for row, first in enumerate(codes):
        for column, second in enumerate(codes):
            if len(first) and len(second) and first.ndim == second.ndim:
                distances[row, column], turns[row, column] = _between(first, second)
    return Nearness(np.fmin(distances, distances.T), turns)


def _between(first: "NDArray[np.uint8]", second: "NDArray[np.uint8]") -> tuple[float, int]:
    """The distance of a copy from another one turned in the best way, and which way that is.

    Args:
        first: (8, 32) hashes of a picture in all orientations, or (8, frames, 32).
        second: those of the other.
    """
    if first.ndim == 2:  # noqa: PLR2004 (a picture)
        bits = np.bitwise_count(first ^ second[0]).sum(1, dtype=np.int64)
        best = int(bits.argmin())
        return float(bits[best]), best + 1
    near = [
        float(np.median(np.bitwise_count(each[:, None] ^ second[0]).sum(2, np.int64).min(0)))
        for each in first
    ]
    best = int(np.argmin(near))
    return near[best], best + 1


def _codes(store: "Store", picture: int) -> "NDArray[np.uint8]":
    """Hashes of a picture by orientation, or of frames of a video; none where there are none."""
    rows = store.execute(
        "SELECT readings.hash FROM readings "  # noqa: S608 (our words)
        f"{SHOWN} WHERE readings.picture_id = ?1 AND readings.algorithm = 'pdq' "
        "AND readings.alpha_dropped = 0 GROUP BY readings.orientation "
        "UNION ALL SELECT frames.hash FROM frames JOIN videos ON videos.id = video_id "
        "WHERE videos.picture_id = ?1 AND algorithm = 'pdq' AND time IS NULL AND part = '' "
        f"AND alpha_dropped = 0 AND {SHOWN_STILL} GROUP BY orientation",
        (picture,),
    )
    codes = np.frombuffer(b"".join(code for (code,) in rows), np.uint8).reshape(-1, _BYTES)
    if len(codes) == len(Orientation):
        return codes
    return _frames(store, picture)


def _frames(store: "Store", picture: int) -> "NDArray[np.uint8]":
    """Frames of a video, evenly through it, in all orientations."""
    rows = store.execute(
        "SELECT hash FROM frames JOIN videos ON videos.id = video_id WHERE picture_id = ? "
        "AND algorithm = 'pdq' AND orientation = 1 AND alpha_dropped = 0 AND part = '' "
        "AND time IS NOT NULL ORDER BY position",
        (picture,),
    )
    if not rows:
        return np.empty(0, np.uint8)
    places = np.linspace(0, len(rows) - 1, min(len(rows), _FRAMES)).round().astype(int)
    some = b"".join(rows[each][0] for each in places.tolist())
    codes = np.frombuffer(some, np.uint8).reshape(-1, _BYTES)
    return np.stack([turned(codes, way) for way in Orientation])
