"""Small files that ask for much: pixels, frames, text, scans, or endless walks."""

import struct
import zlib
from collections.abc import Callable
from functools import cache, partial

from PIL import Image

from tests.support.valid_files import encoded, icns, png, png_chunk, valid_files


@cache
def bombs() -> dict[str, Callable[[], bytes]]:
    """Makers of files by name; what stands before the first hyphen is the format."""
    return {
        "avif-size": partial(_with_size, "avif"),
        "avif-within": partial(_with_size, "avif", 8000),
        "bmp-size": partial(_bmp, 30000, 30000, 0),
        "bmp-within": partial(_bmp, 8000, 7999, 0),
        "bmp-runs": partial(_bmp, 8000, 7999, 1),
        "dds-size": partial(_dds, 30000, 30000),
        "dds-within": partial(_dds, 8000, 7999),
        "gif-screen": partial(_gif, 65535, 65535, 1),
        "gif-screen-within": partial(_gif, 8000, 7999, 30),
        "gif-frames": partial(_gif, 1, 1, 100_000),
        "gif-frames-100": partial(_gif, 100, 100, 50_000),
        "gif-large-frames": partial(_gif, 1000, 1000, 5000),
        "heif-grid": partial(_with_size, "heic-grid"),
        "heif-size": partial(_with_size, "heic"),
        "heif-within": partial(_with_size, "heic", 8000),
        "icns-png": lambda: icns(b"ic07", _blank_png(30000, 30000)),
        "icns-within": lambda: icns(b"ic07", _blank_png(8000, 7999)),
        "ico-entries": _ico_entries,
        "ico-png": partial(_ico, 30000, 30000),
        "ico-within": partial(_ico, 8000, 7999),
        "jpeg-65500": partial(_jpeg_claiming, "jpeg", 65500, 65500),
        "jpeg-components": _jpeg_components,
        "jpeg-progressive-65500": partial(_jpeg_claiming, "jpeg-progressive", 65500, 65500),
        "jpeg-within": partial(_jpeg_claiming, "jpeg", 8000, 7999),
        "jpeg-within-progressive": partial(_jpeg_claiming, "jpeg-progressive", 8000, 7999),
        "jpeg-scans": partial(_jpeg_scans, 2000, 8000),
        "jpeg-scans-small": partial(_jpeg_scans, 50_000, 600),
        "jpeg-scans-apart": partial(_jpeg_scans, 5000, 2000, b"\xff\xfe\0\3abc"),
        "jpeg-segments": lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 2_000_000,
        "jpeg-fill": lambda: b"\xff\xd8" + b"\xff" * 5_000_000,
        "jpeg-starts": lambda: b"\xff\xd8\xff\xe0" * 2_000_000,
        "jpeg2000-size": partial(_jpeg2000, 0x7FFFFFFF, 0x7FFFFFFF, None),
        "jpeg2000-tiles": partial(_jpeg2000, 8000, 7999, 1),
        "jpeg2000-within": partial(_jpeg2000, 8000, 7999, 8000),
        "pcx-size": lambda: _patched("pcx", 8, struct.pack("<HH", 65534, 65534)),
        "png-30000": partial(_blank_png, 30000, 30000),
        "png-chunks": lambda: _blank_png(64, 64, *[png_chunk(b"IDAT", b"")] * 1_000_000),
        "png-profile": lambda: _blank_png(64, 64, png_chunk(b"iCCP", b"x\0\0" + _zeros(1 << 30))),
        "png-profile-large": lambda: _large_png(png_chunk(b"iCCP", b"x\0\0" + _zeros(1 << 32))),
        "png-text": lambda: _blank_png(64, 64, png_chunk(b"zTXt", b"x\0\0" + _zeros(1 << 32))),
        "png-text-international": lambda: _blank_png(
            64, 64, png_chunk(b"iTXt", b"x\0\1\0\0\0" + _zeros(1 << 32))
        ),
        "png-texts": lambda: _blank_png(
            64, 64, *[png_chunk(b"zTXt", b"x\0\0" + _zeros(1 << 20))] * 3000
        ),
        "png-within": partial(_blank_png, 8000, 7999),
        "png-within-bits": lambda: png(60000, 1000, (1, 3, 0), bytes(7501 * 1000)),
        "png-without-data": lambda: png(8000, 7999, (8, 6, 1), b""),
        "png-apng-frames": _apng_frames,
        "ppm-comments": lambda: b"P1 " + b"# " * 30_000 + b"x",
        "ppm-plain": lambda: b"P3 8000 7999 255\n" + b"1 " * 3_000_000,
        "ppm-size": lambda: b"P6 99999999 99999999 255\n" + bytes(100),
        "ppm-size-thin": lambda: b"P5 64000000 1 255\n" + bytes(64_000_000),
        "ppm-within": lambda: b"P6 8000 7999 255\n" + bytes(100),
        "psd-channels": lambda: (
            b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 56, 8000, 7999, 8, 3) + bytes(14)
        ),
        "psd-layers": _psd_layers,
        "qoi-size": lambda: b"qoif" + struct.pack(">IIBB", 30000, 30000, 4, 0),
        "qoi-within": lambda: (
            b"qoif" + struct.pack(">IIBB", 8000, 7999, 4, 0) + b"\xfd" * 1_050_000
        ),
        "raw-claims": lambda: _dng_claiming(60000, 60000),
        "sgi-size": lambda: _patched("sgi", 6, struct.pack(">HH", 65535, 65535)),
        "sgi-16-within": lambda: _patched("sgi-16", 6, struct.pack(">HH", 8000, 7999)),
        "sun-size": lambda: _patched("sun", 4, struct.pack(">II", 60000, 60000)),
        "tiff-loop": partial(_tiff_pages, 3, loop=True),
        "tiff-pages": partial(_tiff_pages, 40_000),
        "tiff-size": partial(_tiff, 60000, 60000),
        "tiff-strip": partial(_tiff, 8000, 7999, counts=0x7FFFFFFF),
        "tiff-tags": lambda: b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 65535, 256, 4, 1, 1) * 9000,
        "tiff-value": partial(_tiff, 64, 48, more=(700, 7, 0x7FFFFFFF, 8)),
        "tiff-within": partial(_tiff, 8000, 7999),
        "tiff-within-packed": lambda: encoded(
            Image.new("L", (8000, 7999)), "TIFF", compression="tiff_lzw"
        ),
        "webp-canvas": partial(_webp, b"VP8X", b"\2\0\0\0" + b"\xff" * 6),
        "webp-lossless-16383": partial(_webp, b"VP8L", b"\x2f" + b"\xff" * 3 + b"\x0f" + bytes(99)),
        "webp-lossy-16383": partial(
            _webp, b"VP8 ", b"\x10\0\0\x9d\1\x2a" + struct.pack("<HH", 16383, 16383) + bytes(99)
        ),
        "webp-lossy-within": partial(
            _webp, b"VP8 ", b"\x10\0\0\x9d\1\x2a" + struct.pack("<HH", 8000, 7999) + bytes(99)
        ),
        "webp-frames": _webp_frames,
    }


@cache
def _zeros(count: int) -> bytes:
    """So many zeros, deflated: one block of a mebibyte over and over."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (count % 65521) << 16 | 1
    return b"\x78\x9c" + block * (count >> 20) + b"\3\0" + checksum.to_bytes(4)


def _patched(name: str, at: int, value: bytes) -> bytes:
    data = bytearray(valid_files()[name])
    data[at : at + len(value)] = value
    return bytes(data)


def _blank_png(width: int, height: int, *chunks: bytes) -> bytes:
    """A white PNG of 1 bit per pixel where it is large, with these chunks before its data."""
    if width * height < 1 << 16:
        return png(width, height, (8, 0, 0), bytes((width + 1) * height), *chunks)
    return png(width, height, (1, 0, 0), bytes((-(-width // 8) + 1) * height), *chunks)


def _large_png(chunk: bytes) -> bytes:
    return png(300, 300, (8, 2, 0), bytes(901 * 300), chunk)


def _apng_frames() -> bytes:
    """An animation of 30,000 frames."""
    data = valid_files()["png"]
    scanlines = zlib.compress(bytes(5))
    control = struct.pack(">IIIIHHBB", 1, 1, 0, 0, 1, 10, 0, 0)
    frames = b"".join(
        png_chunk(b"fcTL", struct.pack(">I", n) + control)
        + png_chunk(b"fdAT", struct.pack(">I", n + 1) + scanlines)
        for n in range(0, 60_000, 2)
    )
    head, tail = data[:33] + png_chunk(b"acTL", struct.pack(">II", 30_000, 0)), data[33:-12]
    return head + tail + frames + data[-12:]


def _bmp(width: int, height: int, compression: int) -> bytes:
    bits = 8 if compression else 24
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, 256, 0)
    body = bytes(1024) + (b"\xff\1" * 251_000 if compression else bytes(100))
    return b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 1078) + head + body


def _dds(width: int, height: int) -> bytes:
    return _patched("dds", 12, struct.pack("<II", height, width))


def _gif(width: int, height: int, frames: int) -> bytes:
    frame = b"\x21\xf9\4\4\1\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + frame * frames + b";"


def _with_size(name: str, side: int = 0x7FFFFFFF) -> bytes:
    """An AVIF or HEIC whose size properties claim this side."""
    data = valid_files()[name]
    at = data.find(b"ispe")
    found = bytearray(data)
    while at >= 0:
        found[at + 8 : at + 16] = struct.pack(">II", side, side)
        at = data.find(b"ispe", at + 4)
    return bytes(found)


def _ico(width: int, height: int) -> bytes:
    inside = _blank_png(width, height)
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 64, 64, 0, 0, 1, 32, len(inside), 22) + inside


def _ico_entries() -> bytes:
    entry = struct.pack("<BBBBHHII", 64, 64, 0, 0, 1, 32, 100, 22)
    return struct.pack("<HHH", 0, 1, 0x3F) + entry * 65535


def _jpeg_claiming(name: str, width: int, height: int) -> bytes:
    data = valid_files()[name]
    marker = b"\xff\xc2" if "progressive" in name else b"\xff\xc0"
    return _patched(name, data.index(marker) + 5, struct.pack(">HH", height, width))


def _jpeg_components() -> bytes:
    frame = struct.pack(">HBHHB", 8 + 3 * 255, 8, 8000, 7999, 255) + b"\1\x44\0" * 255
    return b"\xff\xd8\xff\xc0" + frame + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(1000)


def _jpeg_scans(count: int, side: int, between: bytes = b"") -> bytes:
    """A progressive JPEG with this many scans that refine nothing, and more between them."""
    whole = _jpeg_claiming("jpeg-progressive", side, side - 1)
    scan = b"\xff\xda\0\x08\1\1\0\1\x3f\0" + bytes(8)
    return whole[:-2] + (between + scan) * count + whole[-2:]


def _jpeg2000(width: int, height: int, tile: int | None) -> bytes:
    data = bytearray(valid_files()["jpeg2000-stream"])
    data[8:16] = struct.pack(">II", width, height)
    if tile:
        data[24:32] = struct.pack(">II", tile, tile)
    return bytes(data)


def _psd_layers() -> bytes:
    """A PSD that announces 32,767 layers."""
    head = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 48, 64, 8, 3) + bytes(8)
    layer = struct.pack(">iiiiH", 0, 0, 8000, 7999, 3) + struct.pack(">HI", 0, 100) * 3
    layer += b"8BIMnorm\xff\0\0\0" + bytes(4)
    layers = struct.pack(">h", 32767) + layer * 20_000
    section = struct.pack(">I", len(layers)) + layers
    return head + struct.pack(">I", len(section)) + section + b"\0\0" + bytes(9216)


def _dng_claiming(width: int, height: int) -> bytes:
    data = bytearray(valid_files()["raw-dng"])
    for size, claimed in ((32, width), (320, width), (240, height)):
        for tag in (256, 257, 278):
            old = struct.pack("<HHII", tag, 4, 1, size)
            data = data.replace(old, struct.pack("<HHII", tag, 4, 1, claimed))
    return bytes(data)


def _tiff(
    width: int, height: int, *, counts: int = 100, more: tuple[int, int, int, int] | None = None
) -> bytes:
    tags = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, counts),
    ]  # fmt: skip
    directory = b"".join(struct.pack("<HHII", *tag) for tag in (*tags, *([more] if more else [])))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(directory) // 12) + directory + bytes(4)


def _tiff_pages(count: int, *, loop: bool = False) -> bytes:
    """A TIFF of this many pages of one pixel; with `loop` the last leads back to the first."""
    pages = []
    for number in range(count):
        tags = (
            (256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
            (273, 4, 1, 4), (278, 4, 1, 1), (279, 4, 1, 1),
        )  # fmt: skip
        directory = b"".join(struct.pack("<HHII", *tag) for tag in tags)
        size = 2 + len(directory) + 4
        following = 8 + size * (number + 1)
        if number == count - 1:
            following = 8 if loop else 0
        pages.append(struct.pack("<H", len(tags)) + directory + struct.pack("<I", following))
    return b"II*\0\x08\0\0\0" + b"".join(pages)


def _webp(name: bytes, body: bytes) -> bytes:
    body += b"\0" * (len(body) % 2)
    chunk = name + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def _webp_frames() -> bytes:
    """An animation of 20,000 frames of 64 × 48."""
    picture = encoded(Image.new("RGB", (64, 48)), "WEBP", lossless=True)[12:]
    frame = b"\0" * 6 + struct.pack("<I", 63)[:3] + struct.pack("<I", 47)[:3] + b"\x0a\0\0\0"
    one = b"ANMF" + struct.pack("<I", len(frame + picture)) + frame + picture
    canvas = b"\2\0\0\0" + struct.pack("<I", 63)[:3] + struct.pack("<I", 47)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas + b"ANIM\6\0\0\0" + bytes(6)
    body += one * 20_000
    return b"RIFF" + struct.pack("<I", len(body)) + body
