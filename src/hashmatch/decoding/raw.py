"""Camera RAW: the preview that the camera itself made, which is what a viewer shows.

All makers store it as a whole JPEG somewhere in the file. It is found by its first bytes, so that
no maker's own directories need to be understood.
"""

import re
from dataclasses import replace
from typing import Final

from hashmatch.decoding import exif, jpeg, tiff_tags
from hashmatch.decoding.decoded import Decoded, Frame, Wanted
from hashmatch.decoding.jpeg_header import JpegHeader, read_header
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.limits import Limits
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation

_SENSORS: Final = (32803, 34892)
"""Photometric interpretations: colour filter array, linear raw."""
_MAKERS: Final = (32767, 32769, 32770, 32772, 34713, 65000, 65535)
"""Compressions of Sony, Epson, Samsung (two), Nikon, Kodak and Pentax."""
_START: Final = re.compile(rb"\xff\xd8\xff[\xc0-\xc2\xc4\xdb\xe0-\xef\xfe]")
_MOST_STARTS: Final = 32
_BITS: Final = 8


def is_raw_tiff(data: bytes) -> bool:
    """Whether a TIFF file is a camera's: a DNG, a CR2, or one with what only a sensor gives.

    A maker's name and sub-directories do not make it one: scanners and editors write them too.
    """
    pages = tiff_tags.pages(data)
    everything = [*pages, *(child for page in pages for child in tiff_tags.children(data, page))]
    return data[8:10] == b"CR" or any(
        tiff_tags.DNG_VERSION in page.tags
        or page.number(tiff_tags.PHOTOMETRIC) in _SENSORS
        or page.number(tiff_tags.COMPRESSION) in _MAKERS
        for page in everything
    )


def decode(data: bytes, wanted: Wanted, limits: Limits) -> Decoded:
    """The largest preview in a RAW file.

    Raises:
        UnreadableImageError: there is none, or it cannot be read.
    """
    found: tuple[int, bytes, JpegHeader] | None = None
    for number, start in enumerate(_START.finditer(data)):
        if number == _MOST_STARTS:
            break
        preview = data[start.start() :]
        try:
            header = read_header(preview)
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
    return replace(decoded, frames=(Frame(raster),), flags=(Flag.RAW_PREVIEW,))


def _orientation(data: bytes) -> Orientation:
    """The camera's, where the preview does not say: RAW files start as EXIF blocks do, or hold one.

    Canon's CR3 keeps it in a box of its own, named CMT1.
    """
    if data[:2] in (b"II", b"MM"):
        return exif.orientation(data)
    box = data.find(b"CMT1", 0, 1 << 16)
    return exif.orientation(data[box + 4 :]) if box >= 0 else Orientation.UPRIGHT
