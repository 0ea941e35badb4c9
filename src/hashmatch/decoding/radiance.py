"""The header of Radiance HDR, which is text: what FFmpeg's decoder does not look at in it."""

import re
from typing import Final

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.model.orientation import Orientation

_LONGEST: Final = 65536
_GAMMA: Final = re.compile(rb"^\s*GAMMA\s*=\s*(\d*\.?\d+)\s*$", re.MULTILINE | re.IGNORECASE)
_FORMAT: Final = re.compile(rb"^\s*FORMAT\s*=\s*32-bit_rle_xyze\s*$", re.MULTILINE)
_SIDES: Final = re.compile(
    rb"\n\r?\n(?P<sides>(?P<line>[-+])(?P<axis>[XY]) +(?P<lines>\d+) +"
    rb"(?P<pixel>[-+])(?!(?P=axis))[XY] +(?P<pixels>\d+))\r?\n"
)
_LEAST, _MOST = 0.1, 10.0


def as_stored(data: bytes) -> tuple[bytes, Orientation]:
    """The file with its pixels called rows from the top and the left, and how they are shown.

    The line before the pixels says which way scanlines follow each other, and which way pixels do
    within them: downwards is -Y, to the right is +X. FFmpeg reads `-Y rows +X columns` alone.
    """
    found = _SIDES.search(data, 0, _LONGEST)
    if found is None:
        return data, Orientation.UPRIGHT
    transposes = found["axis"] == b"X"
    # Downwards and to the right are how pixels are shown.
    rows_run = b"+" if transposes else b"-"
    columns_run = b"-" if transposes else b"+"
    flips = found["line"] != rows_run, found["pixel"] != columns_run
    way = next(
        each
        for each in Orientation
        if (each.flips_rows, each.flips_columns, each.transposes) == (*flips, transposes)
    )
    plain = b"-Y %b +X %b" % (found["lines"], found["pixels"])
    return data[: found.start("sides")] + plain + data[found.end("sides") :], way


def gamma_of(data: bytes) -> float:
    """The power to which the amounts of light were raised before they were stored.

    ImageMagick 6 writes sRGB as it is and `GAMMA=0.45455`; a file without the line holds light.

    Raises:
        UnreadableImageError: a kind that FFmpeg reads as another: CIE XYZ.
    """
    sides = _SIDES.search(data, 0, _LONGEST)
    header = data[: sides.start() + 1] if sides else data[:_LONGEST]
    if _FORMAT.search(header):
        raise UnreadableImageError(Reason.UNSUPPORTED, "Radiance HDR in CIE XYZ is not supported")
    found = _GAMMA.search(header)
    gamma = float(found[1]) if found else 1.0
    return gamma if _LEAST <= gamma <= _MOST else 1.0
