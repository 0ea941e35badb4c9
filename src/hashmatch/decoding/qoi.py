"""QOI, by FFmpeg: what is missing of a cut file is told by filling it up.

FFmpeg repeats the last pixel where the file ends, and says nothing. Pillow gives up, or not, by its
version, and takes seconds for a megapixel.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hashmatch.decoding import libav
from hashmatch.decoding.inputs import check_pixels
from hashmatch.errors import Reason, UnreadableImageError

if TYPE_CHECKING:
    from hashmatch.decoding.decoded import Decoded, Wanted
    from hashmatch.limits import Limits

_HEADER: Final = 14
_RUN, _LONGEST = 0xC0, 62
_FILLERS: Final = (b"\xc0" * 4 + b"\xff\0\0\0\xff", b"\x40" * 4 + b"\xff\xff\xff\xff\xff")
"""An opaque pixel, black and white, behind as many bytes as the last chunk may lack: if it lacks
none, these repeat the pixel before, and darken it."""


def decode(data: bytes, wanted: "Wanted", limits: "Limits") -> "Decoded":
    """A QOI picture, as far as it goes.

    Raises:
        UnreadableImageError: not decodable, or none of its pixels could be read.
    """
    width, height = (int.from_bytes(data[at : at + 4]) for at in (4, 8))
    check_pixels(width, height, limits)
    if len(data) <= _HEADER:
        raise UnreadableImageError(Reason.DAMAGED, "none of its pixels could be read")
    runs = bytes([_RUN | _LONGEST - 1]) * (width * height // _LONGEST + 1)
    dark, light = (
        libav.decode_further(data + filler + runs, "qoi", wanted, limits) for filler in _FILLERS
    )
    there = dark.frames[0].raster.luma == light.frames[0].raster.luma
    if there.all():
        return dark
    return replace(dark, fraction=float(there.mean()), reason=Reason.TRUNCATED)
