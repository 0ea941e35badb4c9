"""Colours and alpha to a frame as a viewer shows it."""

from typing import TYPE_CHECKING

from hashmatch.decoding.decoded import Frame, Wanted
from hashmatch.decoding.pixels import luma_of, on_white
from hashmatch.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_OPAQUE = 255


def frame_of(
    rgb: "NDArray[np.uint8]",
    alpha: "NDArray[np.uint8] | None",
    wanted: Wanted,
    orientation: Orientation = Orientation.UPRIGHT,
    number: int = 0,
) -> tuple[Frame, tuple[str, ...]]:
    """One frame, and its flags.

    Args:
        rgb: (rows, columns, 3) uint8 colours, not multiplied by alpha.
        alpha: (rows, columns) uint8, 255 where opaque; None where all is.
        wanted: what the hashers need.
        orientation: what a viewer does to the stored picture.
        number: place in the file, from 0.
    """
    height, width, _ = rgb.shape
    size = (width, height, 1, orientation)
    luma = luma_of(rgb)
    colours = rgb if wanted.rgb else None
    if alpha is None or alpha.min() == _OPAQUE:
        return Frame(Raster(luma, *size, rgb=colours), number=number), ()
    white = on_white(rgb, alpha) if wanted.rgb else None
    shown = Raster(on_white(luma, alpha), *size, rgb=white)
    hidden = Raster(luma, *size, rgb=colours) if wanted.dropped else None
    return Frame(shown, hidden, number), ("alpha",)
