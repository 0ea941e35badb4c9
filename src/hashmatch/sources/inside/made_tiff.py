"""TIFF files made in memory of pixels that a document holds without a file around them."""

import struct
from collections.abc import Sequence
from typing import Final

GREY_WHITE_IS_ZERO: Final = 0
GREY: Final = 1
RGB: Final = 2
CMYK: Final = 5
UNCOMPRESSED: Final = 1
FAX_3: Final = 3
FAX_4: Final = 4

_LARGEST: Final = (1 << 32) - 4096
_LONG: Final = 4
_SHORT: Final = 3


def made_tiff(
    pixels: bytes,
    size: tuple[int, int],
    colours: int,
    *,
    depths: Sequence[int],
    packing: int = UNCOMPRESSED,
    alpha: bool = False,
    options: int | None = None,
) -> bytes:
    """A file of one strip.

    Args:
        pixels: row after row, each from a whole byte; or as compressed.
        size: width and height.
        colours: what samples mean, as TIFF numbers it.
        depths: bits of each sample.
        packing: as TIFF numbers compressions.
        alpha: whether the last sample is one.
        options: of the fax compression.

    Raises:
        ValueError: more bytes than such a file can have.
    """
    if max(*size, len(pixels)) > _LARGEST:
        msg = "more bytes than a TIFF holds"
        raise ValueError(msg)
    start = 8
    after = start + len(pixels) + len(pixels) % 2
    tags = [
        (256, _LONG, size[0]),
        (257, _LONG, size[1]),
        (258, _SHORT, depths),
        (259, _SHORT, packing),
        (262, _SHORT, colours),
        (273, _LONG, start),
        (277, _SHORT, len(depths)),
        (278, _LONG, size[1]),
        (279, _LONG, len(pixels)),
        *([(292 if packing == FAX_3 else 293, _LONG, options)] if options is not None else []),
        *([(338, _SHORT, 2)] if alpha else []),
    ]
    behind = after + 2 + 12 * len(tags) + 4
    entries, extra = b"", b""
    for tag, kind, value in tags:
        values = value if isinstance(value, Sequence) else (value,)
        data = struct.pack(f"<{len(values)}{'H' if kind == _SHORT else 'I'}", *values)
        if len(data) > 4:  # noqa: PLR2004
            entries += struct.pack("<HHII", tag, kind, len(values), behind + len(extra))
            extra += data
        else:
            entries += struct.pack("<HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    head = struct.pack("<2sHI", b"II", 42, after)
    directory = struct.pack("<H", len(tags)) + entries + bytes(4)
    return b"".join((head, pixels, bytes(len(pixels) % 2), directory, extra))
