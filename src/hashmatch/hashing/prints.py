"""Prints that lie on other pictures, and on each other: what a white frame surrounds.

There is no plain ground on which they could be told, but the frame of a print that lies on top is
whole, so that what it surrounds is a thing by itself.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.hashers.means import small
from hashmatch.hashing.blobs import blobs
from hashmatch.hashing.corners import quad_of
from hashmatch.hashing.sides import Corners

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE: Final = 400
"""The longest side at which frames are looked for, in pixels."""

_WHITE: Final = 225
"""The lowest level of a frame."""

_LEAST: Final = 0.02
"""The share of a picture that frames take, at least."""

_SMALLEST: Final = 20
"""The smallest side of what a frame surrounds, in pixels as it is seen."""

_THINGS: Final = 8
"""Things that are looked at, the largest first."""


def prints_in(luma: "NDArray[np.uint8]", least: int) -> Iterator[Corners]:
    """The corners of what each white frame that is tilted surrounds, the largest first.

    Args:
        luma: (rows, columns) uint8.
        least: the smallest side of the box of one, in pixels.
    """
    seen, k = small(luma, _SIDE)
    is_white = seen >= _WHITE
    if np.count_nonzero(is_white) < _LEAST * is_white.size:
        return
    for top, left, mask in blobs(~is_white, max(_SMALLEST, least // k), _THINGS):
        quad = quad_of(mask)
        if quad is not None:
            yield np.asarray((quad + (top, left) + 0.5) * k)
