"""Colours and alpha to a frame as a viewer shows it."""

from typing import TYPE_CHECKING

from hashmatch.decoding.decoded import Frame, Wanted
from hashmatch.decoding.pixels import luma_of, on_white
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_OPAQUE = 255


def frame_of(
    rgb: "NDArray[np.uint8] | None",
    alpha: "NDArray[np.uint8] | None",
    wanted: Wanted,
    orientation: Orientation = Orientation.UPRIGHT,
    number: int = 0,
    *,
    luma: "NDArray[np.float32] | None" = None,
) -> tuple[Frame, tuple[str, ...]]:
    """One frame, and its flags.

    Args:
        rgb: (rows, columns, 3) uint8 colours, not multiplied by alpha; None where `luma` is given
            and nobody wants colours.
        alpha: (rows, columns) uint8, 255 where opaque; None where all is.
        wanted: what the hashers need.
        orientation: what a viewer does to the stored picture.
        number: place in the file, from 0.
        luma: (rows, columns) 0–255, where it is known more exactly than from `rgb`.
    """
    values = luma if luma is not None or rgb is None else luma_of(rgb)
    if values is None:
        msg = "luma or rgb must be given"
        raise ValueError(msg)
    height, width = values.shape
    size = (width, height, 1, orientation)
    colours = rgb if wanted.rgb else None
    if alpha is None or alpha.min() == _OPAQUE:
        return Frame(Raster(values, *size, rgb=colours), number=number), ()
    white = on_white(rgb, alpha) if wanted.rgb and rgb is not None else None
    shown = Raster(on_white(values, alpha), *size, rgb=white)
    hidden = Raster(values, *size, rgb=colours) if wanted.dropped else None
    return Frame(shown, hidden, number), (Flag.ALPHA,)
