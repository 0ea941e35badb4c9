"""Camera RAW: the preview that the camera itself made, which is what a viewer shows.

All makers store it as a whole JPEG somewhere in the file. It is found by its first bytes, so that
no maker's own directories need to be understood.
"""

import re
import struct
from dataclasses import replace
from typing import Final

from hashmatch.decoding import exif, jpeg
from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.orientation import Orientation

_MAKE, _SUB_IFDS, _DNG_VERSION = 0x010F, 0x014A, 0xC612
_START: Final = re.compile(rb"\xff\xd8\xff[\xc0-\xc2\xc4\xdb\xe0-\xef\xfe]")
_MOST_STARTS: Final = 32
_BITS: Final = 8


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
        UnreadableImageError: there is none, or it cannot be read.
    """
    found: tuple[int, bytes, jpeg.Header] | None = None
    for number, start in enumerate(_START.finditer(data)):
        if number == _MOST_STARTS:
            break
        preview = data[start.start() :]
        try:
            header = jpeg.read_header(preview)
        except UnreadableImageError:
            continue
        area = header.width * header.height
        if header.precision == _BITS and (found is None or area > found[0]):
            found = area, preview, header
    if found is None:
        raise UnreadableImageError(Reason.DAMAGED, "the RAW file holds no preview")
    _, preview, header = found
    decoded = jpeg.decode(preview, header, wanted, limits)
    raster = decoded.frames[0].raster
    if raster.orientation is Orientation.UPRIGHT and raster.width > raster.height:
        raster = replace(raster, orientation=_orientation(data))
    return replace(decoded, frames=(Frame(raster),), flags=("raw-preview",))


def _orientation(data: bytes) -> Orientation:
    """The camera's, where the preview does not say: RAW files start as EXIF blocks do, or hold one.

    Canon's CR3 keeps it in a box of its own, named CMT1.
    """
    if data[:2] in (b"II", b"MM"):
        return exif.orientation(data)
    box = data.find(b"CMT1", 0, 1 << 16)
    return exif.orientation(data[box + 4 :]) if box >= 0 else Orientation.UPRIGHT
