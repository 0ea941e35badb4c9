"""What the header of a JPEG 2000 codestream says."""

from typing import Final

_START: Final = b"\xff\x4f\xff\x51"
"""Start of a codestream, and the segment of sizes that follows it."""
_COUNT, _COMPONENTS, _OF_EACH = 40, 42, 3
_COLOURS: Final = 3
_FULL: Final = 8


def is_deep_in_colours(data: bytes) -> bool:
    """Whether a picture has three or more components, one of them of more than 8 bits.

    Pillow rounds their samples to 8 bits and lets what is rounded up past white begin again at
    black (`j2ku_srgb_rgb` and its like in `Jpeg2KDecode.c`).
    """
    at = data.find(_START)
    if at < 0:
        return False
    count = int.from_bytes(data[at + _COUNT : at + _COUNT + 2])
    depths = data[at + _COMPONENTS : at + _COMPONENTS + count * _OF_EACH : _OF_EACH]
    return count >= _COLOURS and any((depth & 127) + 1 > _FULL for depth in depths)
