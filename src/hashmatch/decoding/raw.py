"""Camera RAW: the preview that the camera itself made and a viewer shows, through LibRaw."""

import io
import struct
from dataclasses import replace

import numpy as np
import rawpy

from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.jpeg import decode as decode_jpeg
from hashmatch.decoding.jpeg import read_header
from hashmatch.decoding.pixels import luma_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.orientation import Orientation
from hashmatch.raster import Raster

_MAKE, _SUB_IFDS, _DNG_VERSION = 0x010F, 0x014A, 0xC612
_RGB = 3
_FLIPS = {3: Orientation.ROTATED_180, 5: Orientation.ROTATED_270, 6: Orientation.ROTATED_90}


def is_raw_tiff(data: bytes) -> bool:
    """Whether a TIFF file is a camera's: a DNG, a CR2, or one with a make and sub-directories."""
    order = "<" if data[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(order + "I", data, 4)
        (count,) = struct.unpack_from(order + "H", data, first)
        tags = {struct.unpack_from(order + "H", data, first + 2 + 12 * i)[0] for i in range(count)}
    except struct.error:
        return False
    return data[8:10] == b"CR" or _DNG_VERSION in tags or {_MAKE, _SUB_IFDS} <= tags


def decode(data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """The largest preview in a RAW file.

    Raises:
        UnreadableImageError: LibRaw finds no preview.
    """
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            thumb, flip = raw.extract_thumb(), raw.sizes.flip
    except (rawpy.LibRawError, OSError, ValueError, RuntimeError):
        raise UnreadableImageError(Reason.DAMAGED, "LibRaw found no preview") from None
    if thumb.format == rawpy.ThumbFormat.JPEG:
        data = bytes(thumb.data)
        decoded = decode_jpeg(data, read_header(data), wanted, limits)
    else:
        pixels = np.atleast_3d(thumb.data)
        if pixels.shape[2] != _RGB:
            pixels = np.repeat(pixels[:, :, :1], _RGB, axis=2)
        height, width = pixels.shape[:2]
        check_pixels(width, height, limits)
        raster = Raster(luma_of(pixels), width, height, rgb=pixels if wanted.rgb else None)
        decoded = Decoded((Frame(raster),), "rawpy")
    raster = decoded.frames[0].raster
    if raster.orientation is Orientation.UPRIGHT and raster.width > raster.height:
        raster = replace(raster, orientation=_FLIPS.get(flip, Orientation.UPRIGHT))
    return replace(decoded, frames=(Frame(raster),), decoder="rawpy", flags=("raw-preview",))
