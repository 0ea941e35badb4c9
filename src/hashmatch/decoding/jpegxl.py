"""JPEG XL, where the optional library for it is installed: `pip install '.[jxl]'`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.pixels import luma_of, on_white
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.raster import Raster

_GREY_ALPHA = 2


def decode(data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """The first frame of a JPEG XL picture; libjxl itself applies its orientation.

    Raises:
        UnreadableImageError: not decodable, or the library is not installed.
    """
    try:
        import pylibjxl
    except ImportError:
        detail = "JPEG XL needs: pip install '.[jxl]' in hashmatch's folder"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail) from None
    header = _called(pylibjxl.probe, data)
    check_pixels(header["width"], header["height"], limits)
    pixels = np.atleast_3d(_called(pylibjxl.decode, data))
    height, width, channels = pixels.shape
    rgb = pixels[:, :, :3] if channels > _GREY_ALPHA else np.repeat(pixels[:, :, :1], 3, axis=2)
    luma, colours = luma_of(rgb), rgb if wanted.rgb else None
    if not header["has_alpha"] or pixels[:, :, -1].min() == 255:  # noqa: PLR2004 (opaque)
        return Decoded((Frame(Raster(luma, width, height, rgb=colours)),), "libjxl")
    alpha = pixels[:, :, -1]
    shown = Raster(
        on_white(luma, alpha), width, height, rgb=on_white(rgb, alpha) if wanted.rgb else None
    )
    hidden = Raster(luma, width, height, rgb=colours) if wanted.dropped else None
    return Decoded((Frame(shown, hidden),), "libjxl", flags=("alpha",))


def _called(function: Callable[[bytes], Any], data: bytes) -> Any:  # noqa: ANN401 (it has no types)
    try:
        return function(data)
    except (RuntimeError, ValueError):
        raise UnreadableImageError(Reason.DAMAGED, "libjxl could not read it") from None
