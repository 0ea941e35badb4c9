"""JPEG XL, where the optional library for it is installed: `pip install '.[jxl]'`."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.jpegxl_header import orientation_of
from hashmatch.decoding.pixels import luma_of, on_white
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model import Decoder
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster
from hashmatch.wording import to_install

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GREY_ALPHA = 2


def decode(data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """The first frame of a JPEG XL picture; libjxl itself applies its orientation.

    pylibjxl gives no further frames: that there may be some in an animation is said, as what is
    missing is not known.

    Raises:
        UnreadableImageError: not decodable, or the library is not installed.
    """
    try:
        import pylibjxl
    except ImportError:
        detail = f"JPEG XL needs: {to_install('jxl')}"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail) from None
    header = _called(pylibjxl.probe, data)
    check_pixels(header["width"], header["height"], limits)
    decoded = _decoded(np.atleast_3d(_called(pylibjxl.decode, data)), header, wanted)
    if orientation_of(data) is not Orientation.UPRIGHT:
        decoded = replace(decoded, flags=(*decoded.flags, Flag.ORIENTED))
    if not header["have_animation"]:
        return decoded
    flags = (*decoded.flags, Flag.UNREAD_PICTURE)
    return replace(decoded, flags=flags, reason=Reason.UNSUPPORTED)


def _decoded(pixels: "NDArray[np.uint8]", header: dict[str, Any], wanted: Wanted) -> Decoded:
    height, width, channels = pixels.shape
    rgb = pixels[:, :, :3] if channels > _GREY_ALPHA else np.repeat(pixels[:, :, :1], 3, axis=2)
    luma, colours = luma_of(rgb), rgb if wanted.rgb else None
    if not header["has_alpha"] or pixels[:, :, -1].min() == 255:  # noqa: PLR2004 (opaque)
        return Decoded((Frame(Raster(luma, width, height, rgb=colours)),), Decoder.LIBJXL)
    alpha = pixels[:, :, -1]
    shown = Raster(
        on_white(luma, alpha), width, height, rgb=on_white(rgb, alpha) if wanted.rgb else None
    )
    hidden = Raster(luma, width, height, rgb=colours) if wanted.dropped else None
    return Decoded((Frame(shown, hidden),), Decoder.LIBJXL, flags=(Flag.ALPHA,))


def _called(function: Callable[[bytes], Any], data: bytes) -> Any:  # noqa: ANN401 (it has no types)
    try:
        return function(data)
    except (RuntimeError, ValueError):
        raise UnreadableImageError(Reason.DAMAGED, "libjxl could not read it") from None
