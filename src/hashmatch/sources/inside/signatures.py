"""What pictures and films begin with, and what finds their end."""

from collections.abc import Callable
from typing import Final

from hashmatch.sources.inside import extents
from hashmatch.sources.inside.view import View

Extent = Callable[[View, int, extents.Check], int]

SIGNATURES: Final[tuple[tuple[bytes, int, Extent], ...]] = (
    (b"\xff\xd8\xff", 0, extents.jpeg),
    (b"\x89PNG\r\n\x1a\n", 0, extents.png),
    (b"GIF8", 0, extents.gif),
    (b"RIFF", 0, extents.riff),
    (b"II*\0", 0, extents.tiff),
    (b"MM\0*", 0, extents.tiff),
    (b"ftyp", 4, extents.boxes),
    (b"jP  \r\n\x87\n", 4, extents.boxes),
    (b"JXL \r\n\x87\n", 4, extents.boxes),
    (b"BM", 0, extents.bmp),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", 0, extents.asf),
    (b"\x1a\x45\xdf\xa3", 0, extents.ebml),
)
"""Signatures, how many bytes lie before each in its file, and what finds the end."""
