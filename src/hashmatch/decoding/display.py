"""How a viewer turns the frames of a video."""

from typing import TYPE_CHECKING, Final, cast

import numpy as np

from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from typing_extensions import Buffer

_MATRIX: Final = np.dtype("=i4")
_STRAIGHT: Final = {
    (True, True): Orientation.UPRIGHT,
    (False, True): Orientation.MIRRORED,
    (True, False): Orientation.FLIPPED,
    (False, False): Orientation.ROTATED_180,
}
"""Orientations; keys say whether columns go right and rows go down."""
_ON_ITS_SIDE: Final = {
    (True, True): Orientation.TRANSPOSED,
    (True, False): Orientation.ROTATED_90,
    (False, True): Orientation.ROTATED_270,
    (False, False): Orientation.TRANSVERSE,
}
"""Orientations; keys say whether columns go down and rows go right."""


def orientation_of(frame: "VideoFrame") -> Orientation:
    """How a viewer turns the frame: its display matrix, to the nearest right angle."""
    data = frame.side_data.get("DISPLAYMATRIX")
    raw = bytes(cast("Buffer", data)) if data is not None else b""
    if len(raw) != _MATRIX.itemsize * 9:
        return Orientation.UPRIGHT
    a, b, _, c, d, *_ = np.frombuffer(raw, _MATRIX).astype(np.int64).tolist()
    if min(abs(a), abs(d)) > max(abs(b), abs(c)):
        return _STRAIGHT[a > 0, d > 0]
    if min(abs(b), abs(c)) > max(abs(a), abs(d)):
        return _ON_ITS_SIDE[b > 0, c > 0]
    return Orientation.UPRIGHT
