"""JPEG: the libjpeg-turbo decoder, at the size that is needed."""

import re
from functools import partial
from typing import TYPE_CHECKING

import simplejpeg

from hashmatch.decoding import jpeg_repair
from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.failures import raise_if_ours
from hashmatch.decoding.inputs import check_pixels
from hashmatch.decoding.jpeg_header import JpegHeader
from hashmatch.decoding.jpeg_scans import trim
from hashmatch.decoding.pixels import luma_of
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model import Decoder, Mode
from hashmatch.raster import Raster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_END = b"\xff\xd9"

_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes before marker")
_MOST_TRIES = 3

ENOUGH = 240
"""Pixels; a reduced decode keeps the short side at least this long, nearly four samples a grid
cell. Bits lost do not fall between 224 and 300; 240 lets VGA and 1920 pixels be read reduced."""

_FULL_RANGE = 8
"""Bits per sample that libjpeg-turbo is asked for."""


def check_kind(header: JpegHeader) -> None:
    """Refuse what no decoder here reads, so that it is not taken for damaged.

    Raises:
        UnreadableImageError: unsupported: more bits, other components.
    """
    count = len(header.sampling)
    if header.precision != _FULL_RANGE or count not in (1, 3, 4):
        detail = f"a JPEG with {header.precision} bits and {count} components is not supported"
        raise UnreadableImageError(Reason.UNSUPPORTED, detail)


def decode(data: bytes, header: JpegHeader, wanted: Wanted, limits: Limits) -> Decoded:
    """A JPEG of one or three 8-bit components, read by libjpeg-turbo.

    Raises:
        UnreadableImageError: another kind of JPEG, too large, or nothing to be read from it.
    """
    check_pixels(header.width, header.height, limits)
    if header.left_to_ffmpeg or len(header.sampling) not in (1, 3):
        raise UnreadableImageError(Reason.UNSUPPORTED, "not an 8-bit grey or colour JPEG")
    grey_only = len(header.sampling) == 1 and not wanted.rgb
    short = min(header.width, header.height)
    fast = not wanted.exact and not wanted.rgb and short > ENOUGH and not header.lossless
    scale = _reduction(header, wanted) if fast else 1
    data = trim(data, header, scale if fast else 0)
    space = "GRAY" if fast or grey_only else "RGB"
    pixels, reason, fraction = _decode_tolerantly(data, header, space, scale)
    luma = pixels[:, :, 0] if space == "GRAY" else luma_of(pixels)
    raster = Raster(
        luma,
        header.width,
        header.height,
        scale,
        header.orientation,
        rgb=pixels if wanted.rgb else None,
    )
    return Decoded(
        (Frame(raster),),
        decoder=Decoder.TURBO,
        mode=Mode.FAST if fast else Mode.EXACT,
        fraction=fraction,
        reason=reason,
    )


def _reduction(header: JpegHeader, wanted: Wanted) -> int:
    """How many times smaller the picture may be read."""
    short, long = sorted((header.width, header.height))
    enough = (k for k in (8, 4, 2) if short >= ENOUGH * k and long >= wanted.detail * k)
    return next(enough, 1)


class _FailedError(Exception):
    """What libjpeg-turbo says where it could not decode a file."""


def _decode_tolerantly(
    data: bytes, header: JpegHeader, space: str, scale: int
) -> "tuple[NDArray[np.uint8], Reason | None, float]":
    """Pixels, why they are not all there, and the share that is."""
    try:
        return _turbo(data, header, space, scale, strict=True), None, 1.0
    except _FailedError:
        pass
    mended = jpeg_repair.mended(data, header)
    behind = 0
    for _ in range(_MOST_TRIES):
        try:
            tried = jpeg_repair.mended(data, header, behind) if behind else mended
            return _turbo(tried, header, space, scale, strict=True), None, 1.0
        except _FailedError as error:
            found = _EXTRANEOUS.search(str(error))
        if found is None:
            break
        behind = behind + 1 if behind else int(found[1])
    try:
        pixels = _turbo(mended, header, space, scale, strict=False)
        fraction = jpeg_repair.share_decoded(mended, header, partial(_blocks, header))
    except _FailedError:
        raise UnreadableImageError(Reason.DAMAGED, "libjpeg-turbo could not read it") from None
    if not fraction:
        raise UnreadableImageError(Reason.DAMAGED, "no part of the JPEG could be decoded")
    cut = data.find(_END, header.first_scan) < 0
    return pixels, Reason.TRUNCATED if cut else Reason.CORRUPT_DATA, fraction


def _blocks(header: JpegHeader, data: bytes) -> "NDArray[np.uint8]":
    """(rows, columns, 1) of the means of blocks; of a lossless JPEG, of all pixels."""
    return _turbo(data, header, "GRAY", 1 if header.lossless else 8, strict=False)


def _turbo(
    data: bytes, header: JpegHeader, space: str, scale: int, *, strict: bool
) -> "NDArray[np.uint8]":
    rows, columns = -(-header.height // scale), -(-header.width // scale)
    try:
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(
            data, space, min_height=rows, min_width=columns, strict=strict
        )
    except (KeyError, RuntimeError, ValueError) as error:
        raise_if_ours(error)
        raise _FailedError(str(error)) from None
    if pixels.shape[:2] != (rows, columns):
        msg = "the decoded picture has another size than the header says"
        raise _FailedError(msg)
    return pixels
