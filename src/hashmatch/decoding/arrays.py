"""Arrays of pixels that the caller decoded."""

import sys
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from typing_extensions import TypeIs

    Pixels: TypeAlias = NDArray[np.uint8]

_COLOURED = 3
_CHANNELS = {3: "RGB", 4: "RGBA"}
_TAKEN = "pixels are a uint8 array of shape (rows, columns), or (rows, columns, 3 or 4) for RGB(A)"


def is_array(source: object) -> "TypeIs[Pixels]":
    """Whether it is an array; nobody has one who has not imported NumPy."""
    # Another thread may be importing it: then it lacks its names, and nobody has an array of it.
    kind = getattr(sys.modules.get("numpy"), "ndarray", None)
    return kind is not None and isinstance(source, kind)


def image_of(pixels: "Pixels") -> "Image":
    """The PIL image of these pixels; channels are red, green, blue, and alpha if there are four.

    Raises:
        TypeError: another dtype than uint8.
        ValueError: another shape, or no pixels.
    """
    from PIL import Image

    if pixels.dtype != "uint8":
        msg = f"{_TAKEN}, not {pixels.dtype}"
        raise TypeError(msg)
    coloured = pixels.ndim == _COLOURED and pixels.shape[2] in _CHANNELS
    if (pixels.ndim != _COLOURED - 1 and not coloured) or not pixels.size:
        msg = f"{_TAKEN}, not of shape {pixels.shape}"
        raise ValueError(msg)
    return Image.fromarray(pixels)
