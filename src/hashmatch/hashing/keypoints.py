"""The door to OpenCV: keypoints of a picture, and small squares around them.

`opencv-python-headless` comes with the extra `patches`; it is loaded where patches are asked for,
and nowhere else.
"""

from functools import cache
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hashmatch.errors import MissingExtraError
from hashmatch.wording import to_install

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Luma = NDArray[np.uint8]

SQUARE: Final = 32
"""Rows and columns of a square."""

_ACROSS: Final = 8.0
"""Side of a square, in diameters of its keypoint."""
_CONTRAST: Final = 0.02
_LOOKED_AT: Final = 0.5
"""Keypoints are looked for at half the size: SIFT doubles the picture first, and small keypoints
are not wanted."""


class Keypoints(NamedTuple):
    """Keypoints, the largest first.

    Attributes:
        middles: (n, 2) float64 columns and rows, in pixels.
        sizes: (n,) float64 diameters, in pixels.
        angles: (n,) float64 degrees, from the right downwards.
    """

    middles: "NDArray[np.float64]"
    sizes: "NDArray[np.float64]"
    angles: "NDArray[np.float64]"


def check_installed() -> None:
    """Nothing, if patches can be computed here.

    Raises:
        MissingExtraError: the extra is not installed.
    """
    # OpenCV puts itself together while it is loaded: `find_spec` fails as another thread does so.
    if PathFinder.find_spec("cv2") is None:
        msg = f"patches of pictures take OpenCV, which is not installed: {to_install('patches')}"
        raise MissingExtraError(msg)


def load() -> None:
    """Load what computes patches.

    Raises:
        MissingExtraError: the extra is not installed, or cannot be loaded.
    """
    _cv2()


@cache
def _cv2() -> Any:  # noqa: ANN401 (OpenCV says nothing of its types)
    check_installed()
    try:
        import cv2
    except ImportError as error:
        msg = f"patches of pictures take OpenCV, which is installed and cannot be loaded: {error}"
        raise MissingExtraError(msg) from None

    cv2.setNumThreads(1)  # files are what is done at the same time
    return cv2


def reduced(luma: "Luma", longest: int) -> "Luma":
    """The picture with at most so many pixels on its longer side, each a mean of what it covers."""
    factor = longest / max(luma.shape)
    if factor >= 1:
        return luma
    height, width = (max(1, round(side * factor)) for side in luma.shape)
    cv2 = _cv2()
    return np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA))


def keypoints_of(luma: "Luma", *, least: float, most: int) -> Keypoints:
    """The largest keypoints of a picture.

    Args:
        luma: (rows, columns) uint8.
        least: the smallest diameter, in pixels.
        most: how many.
    """
    small = reduced(luma, max(1, round(max(luma.shape) * _LOOKED_AT)))
    sift = _cv2().SIFT_create(contrastThreshold=_CONTRAST)
    across, down = luma.shape[1] / small.shape[1], luma.shape[0] / small.shape[0]
    rows = [
        ((each.pt[0] + 0.5) * across - 0.5, (each.pt[1] + 0.5) * down - 0.5, each.size * across,
         each.angle)
        for each in sift.detect(np.ascontiguousarray(small), None)
        if each.size * across >= least
    ]  # fmt: skip
    found = np.array(rows, np.float64).reshape(-1, 4)
    # The largest first; of the same size in an order that is always the same.
    order = np.lexsort((found[:, 3], found[:, 0], found[:, 1], -found[:, 2]))[:most]
    found = found[order]
    return Keypoints(found[:, :2], found[:, 2], found[:, 3])


def squares_around(luma: "Luma", found: Keypoints) -> "NDArray[np.float64]":
    """(n, 32, 32) float64 squares around keypoints, each turned until its keypoint points right."""
    cv2 = _cv2()
    levels = [luma]
    squares = np.empty((len(found.sizes), SQUARE, SQUARE))
    steps = found.sizes * _ACROSS / SQUARE
    middle = (SQUARE - 1) / 2
    for number, (column, row) in enumerate(found.middles):
        level = max(0, int(np.floor(np.log2(steps[number]) + 0.25)))
        while len(levels) <= level and min(levels[-1].shape) > SQUARE // 4:
            levels.append(cv2.pyrDown(levels[-1]))
        level = min(level, len(levels) - 1)
        angle, step = np.deg2rad(found.angles[number]), steps[number] / 2**level
        along, beside = np.cos(angle) * step, np.sin(angle) * step
        start = (
            column / 2**level - middle * (along - beside),
            row / 2**level - middle * (along + beside),
        )
        turn = np.array([[along, -beside, start[0]], [beside, along, start[1]]])
        squares[number] = cv2.warpAffine(
            levels[level], turn, (SQUARE, SQUARE),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
    return squares
