"""The header of Radiance HDR, which is text: what FFmpeg's decoder does not look at in it."""

import re
from typing import Final

from hashmatch.errors import Reason, UnreadableImageError

_LONGEST: Final = 65536
_GAMMA: Final = re.compile(rb"^\s*GAMMA\s*=\s*(\d*\.?\d+)\s*$", re.MULTILINE | re.IGNORECASE)
_FORMAT: Final = re.compile(rb"^\s*FORMAT\s*=\s*32-bit_rle_xyze\s*$", re.MULTILINE)
_SIDES: Final = re.compile(rb"\n\r?\n([-+][XY]) +\d+ +([-+][XY]) +\d+\r?\n")
_UPRIGHT: Final = (b"-Y", b"+X")
_LEAST, _MOST = 0.1, 10.0


def gamma_of(data: bytes) -> float:
    """The power to which the amounts of light were raised before they were stored.

    ImageMagick 6 writes sRGB as it is and `GAMMA=0.45455`; a file without the line holds light.

    Raises:
        UnreadableImageError: a kind that FFmpeg reads as another: CIE XYZ, or turned rows.
    """
    sides = _SIDES.search(data, 0, _LONGEST)
    header = data[: sides.start() + 1] if sides else data[:_LONGEST]
    if _FORMAT.search(header):
        raise UnreadableImageError(Reason.UNSUPPORTED, "Radiance HDR in CIE XYZ is not supported")
    if sides and sides.groups() != _UPRIGHT:
        raise UnreadableImageError(Reason.UNSUPPORTED, "Radiance HDR of turned rows")
    found = _GAMMA.search(header)
    gamma = float(found[1]) if found else 1.0
    return gamma if _LEAST <= gamma <= _MOST else 1.0
