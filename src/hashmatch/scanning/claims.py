"""What a worker claims of a picture, against what its parent knows of the file without decoding it.

The first bytes of many formats hold the width and height, and no file holds more pictures than
bytes. A claim that does not fit is no proof that a worker lies, as files may hold several pictures:
it is a reason to have another worker read the file.
"""

import struct
from typing import Final

from hashmatch.kinds import pictures
from hashmatch.model import MediaHashes

_PIXELS_PER_BYTE: Final = {"jpeg": 2000, "png": 9000, "qoi": 64}
"""The most pixels per byte of a whole picture.

PNG: deflate writes 1,032 bytes as one, of 8 pixels each at most.
JPEG: a bit for each block of 16 x 16, at least."""


def fits(media: MediaHashes, head: bytes, size: int | None) -> bool:
    """Whether a claim is what a file of this size may give that begins with these bytes.

    Args:
        media: what a worker claims.
        head: the first bytes, 64 at most.
        size: of the file, in bytes.
    """
    if size is not None and media.frames > size:
        return False
    if media.video is not None:
        # Each reading is of a frame that was decoded, up to its duration.
        return all((each.time or 0) <= media.video.duration + 1 for each in media.readings[-1:])
    announced = pictures.sniff(head)
    if announced != media.format:
        # Formats that look like others are told apart by more than the first bytes.
        return announced not in _SIDES
    if (sides := _sides(announced, head)) and sorted(sides) != sorted((media.width, media.height)):
        return False
    most = _PIXELS_PER_BYTE.get(announced)
    if most is None or size is None or not media.complete:
        return True
    return media.width * media.height <= most * size


def _png(head: bytes) -> tuple[int, ...]:
    return struct.unpack_from(">II", head, 16)


def _gif(head: bytes) -> tuple[int, ...]:
    return struct.unpack_from("<HH", head, 6)


def _qoi(head: bytes) -> tuple[int, ...]:
    return struct.unpack_from(">II", head, 4)


def _bmp(head: bytes) -> tuple[int, ...]:
    if head[14] == 12:  # noqa: PLR2004 (bytes of the header of OS/2)
        return struct.unpack_from("<HH", head, 18)
    width, height = struct.unpack_from("<ii", head, 18)
    return abs(width), abs(height)


def _webp(head: bytes) -> tuple[int, ...]:
    kind = head[12:16]
    if kind == b"VP8X":
        return tuple(int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


_SIDES: Final = {"png": _png, "gif": _gif, "qoi": _qoi, "bmp": _bmp, "webp": _webp}


def _sides(announced: str, head: bytes) -> tuple[int, ...]:
    """Width and height, in the file's own orientation; nothing where the first bytes do not say."""
    if announced not in _SIDES:
        return ()
    try:
        return _SIDES[announced](head)
    except (struct.error, IndexError):
        return ()
