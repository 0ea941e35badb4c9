"""Pairs of files that share an MD5, and nothing else: pictures, and a document with one.

Each pair begins with the same 64 bytes, then come 128 that differ in a few bits and give the same
state of MD5, then the same rest. The 128 bytes were computed for these beginnings by M. Stevens's
`md5fastcoll` (part of HashClash, MIT license), in seconds: whoever makes evidence can do it too.
"""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from tests.support.photos import encoded

SIDE: Final = 256
"""Pixels of a colliding bitmap, each way."""

_AHEAD: Final = 64
_JPEG: Final = (
    bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
    + b"\xff\xfe"
    + struct.pack(">H", 2 + 40 + 128)
    + b"two files of equal MD5".ljust(40)
)
"""A JPEG's beginning, up to the middle of a comment that holds the 128 bytes."""
_PDF: Final = b"%PDF-1.4\n1 0 obj\n<< /Length 128 >>\n".ljust(56) + b"\nstream\n"
"""A document's beginning, up to the contents of an object that nothing uses."""
_COLOURS: Final = 54
_BITMAP: Final = (
    b"BM"
    + struct.pack("<IHHI", _COLOURS + 1024 + SIDE * SIDE, 0, 0, _COLOURS + 1024)
    + struct.pack("<IiiHHIIiiII", 40, SIDE, SIDE, 1, 8, 0, SIDE * SIDE, 2835, 2835, 256, 256)
    + bytes([0, 0, 0, 0, 255, 255, 255, 0, 0, 0])
)
"""A bitmap's beginning, up to the third of its 256 colours."""
_FIRST_ALONE, _SECOND_ALONE = 7, 17
"""Colours that are bright in the first of the two bitmaps, and dark in the second; and the other
way round: their green is one of the bytes that differ."""
_BOTH, _NEITHER = 64, 65
"""Colours behind the 128 bytes, which are bright or dark in both."""
_BRIGHT, _DARK = 161, 86


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Two times 128 bytes that give the same state of MD5, behind one beginning."""

    first: bytes
    bits: dict[int, int]

    @property
    def both(self) -> tuple[bytes, bytes]:
        second = bytes(each ^ self.bits.get(at, 0) for at, each in enumerate(self.first))
        return self.first, second


_JPEG_BLOCKS: Final = _Blocks(
    bytes.fromhex(
        "800abb6e52d9230ea6a8caf48b11e47c38d81d239d95050638a279fed5bf901a"
        "f815efdc5e6a1641cb25c341ff37d8cb981d7719d6e41d98c9cf5f6a8b3879d2"
        "e8892b1453f3e576656ed99054ea715b4b1aac934c5df3efadb500cf176048b7"
        "d7bd622497c410fef83f4a5c8dfc06d0faf11f6be4744d6135ad0db0e4a39184"
    ),
    {19: 0x80, 45: 0x80, 59: 0x80, 83: 0x80, 109: 0x80, 123: 0x80},
)
_PDF_BLOCKS: Final = _Blocks(
    bytes.fromhex(
        "e35e998f74197faae55aa43fcd54b3dc033f5734759c0f433b927aae92a807fc"
        "cbf49fe43e6da8fae72771d9c70762091f3109d3e3052efe8979afd39f9c4de5"
        "f59ee9bd3e37d100854ee240319a600bb6dfa411fb053ee7d35a7e39ec07026a"
        "e67d4696f44c04cdba8779ef5f748b2c18c766eaf0953f1907d49e349e70e311"
    ),
    {19: 0x80, 45: 0x80, 59: 0x80, 83: 0x80, 109: 0x80, 110: 0x01, 123: 0x80},
)
_BITMAP_BLOCKS: Final = _Blocks(
    bytes.fromhex(
        "26d3f5687c760cafa96b971c71eb879b60bc93b67cf790ab412a4255c933351c"
        "ea1311c74ec26e03671e3c43e5ef5dadf7f71e0ddb59cf8b164325546b9f643a"
        "67577b50ed8c0c52f9b239eb558d31950e950da7cc0c2beefe24e615cdf72d8f"
        "3528fb3754140ac64e3f51c2956c9a7eded84ef992d373c93c1637dbb3159f46"
    ),
    {19: 0x80, 45: 0x80, 46: 0x03, 59: 0x80, 83: 0x80, 109: 0x80, 110: 0x03, 123: 0x80},
)


def _made(beginning: bytes, blocks: _Blocks, rest: bytes) -> tuple[bytes, bytes]:
    assert len(beginning) == _AHEAD
    first, second = blocks.both
    return beginning + first + rest, beginning + second + rest


def jpegs(image: Image.Image) -> tuple[bytes, bytes]:
    """Two JPEG files of this picture."""
    data = encoded(image, "JPEG", quality=90)
    # Its own beginning, without a comment, is the same 20 bytes.
    assert data[:4] == _JPEG[:4]
    return _made(_JPEG, _JPEG_BLOCKS, data[20:])


def documents(image: Image.Image) -> tuple[bytes, bytes]:
    """Two PDF documents that show this picture."""
    jpeg = encoded(image, "JPEG", quality=90)
    rest = bytearray(b"\nendstream\nendobj\n")
    behind = _AHEAD + 128
    offsets = []
    size = f"/Width {image.width} /Height {image.height}".encode()
    page = f"q {image.width} 0 0 {image.height} 0 0 cm /P Do Q".encode()
    box = f"[0 0 {image.width} {image.height}]".encode()
    for number, text in enumerate(
        (
            b"<< /Type /Catalog /Pages 3 0 R >>",
            b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 3 0 R /Resources << /XObject << /P 6 0 R >> >> "
            b"/MediaBox " + box + b" /Contents 5 0 R >>",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
            b"<< /Type /XObject /Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 "
            b"/Filter /DCTDecode %b /Length %d >>\nstream\n%b\nendstream" % (size, len(jpeg), jpeg),
        ),
        start=2,
    ):
        offsets.append(behind + len(rest))
        rest += b"%d 0 obj\n%b\nendobj\n" % (number, text)
    table = behind + len(rest)
    entries = b"".join(b"%010d 00000 n \n" % each for each in (9, *offsets))
    rest += b"xref\n0 7\n0000000000 65535 f \n" + entries
    rest += b"trailer\n<< /Size 7 /Root 2 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    return _made(_PDF, _PDF_BLOCKS, bytes(rest))


def bitmaps(first: Image.Image, second: Image.Image) -> tuple[bytes, bytes]:
    """A bitmap that shows the first picture, dithered in two tones, and one that shows the second.

    Their bytes are the same but for their colours: a pixel that is bright in one alone has a colour
    that is bright in that alone.
    """
    light, also = (
        np.asarray(each.convert("L").resize((SIDE, SIDE)).convert("1")) for each in (first, second)
    )
    kinds = [light & also, light & ~also, ~light & also]
    pixels = np.select(kinds, [_BOTH, _FIRST_ALONE, _SECOND_ALONE], _NEITHER).astype(np.uint8)
    behind = _AHEAD + 128 - _COLOURS
    colours = bytearray(1024)
    for number, tone in ((_BOTH, _BRIGHT), (_NEITHER, _DARK)):
        colours[4 * number : 4 * number + 3] = bytes([tone] * 3)
    return _made(_BITMAP, _BITMAP_BLOCKS, bytes(colours[behind:]) + pixels[::-1].tobytes())
