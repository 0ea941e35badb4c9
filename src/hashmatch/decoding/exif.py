"""The one EXIF tag that changes what a viewer shows."""

import struct

from hashmatch.model.orientation import Orientation

_TAG = 0x0112
_SHORT, _LONG = 3, 4


def orientation(tiff: bytes) -> Orientation:
    """The orientation in an EXIF block (a small TIFF file); upright where it has none or lies.

    Follows TIFF 6.0: byte order, offset of the first directory, 12 bytes per tag.
    """
    order = {b"II": "<", b"MM": ">"}.get(bytes(tiff[:2]))
    if order is None:
        return Orientation.UPRIGHT
    try:
        (first,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, first)
        for at in range(first + 2, first + 2 + 12 * count, 12):
            tag, kind, _ = struct.unpack_from(order + "HHI", tiff, at)
            if tag == _TAG and kind in (_SHORT, _LONG):
                (value,) = struct.unpack_from(
                    order + ("H" if kind == _SHORT else "I"), tiff, at + 8
                )
                return Orientation(value)
    except (struct.error, ValueError):
        pass
    return Orientation.UPRIGHT
