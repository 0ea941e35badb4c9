"""Small valid files of every picture format that hashmatch reads, made by code or golden."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from PIL import ExifTags, Image

from hashmatch.testing import drawn_raster
from tests.support.places import FIXTURES

GOLDEN = {
    "heic": "heic/plain.heic",
    "heic-alpha": "heic/alpha.heic",
    "heic-collection": "heic/collection.heic",
    "heic-grid": "heic/grid.heic",
    "heic-turned": "heic/orientation-6.heic",
    "jpeg-12-bit": "jpeg/12-bit-grey.jpg",
    "jpeg-12-bit-colour": "jpeg/12-bit-colour.jpg",
    "jpeg-arithmetic": "jpeg/arithmetic.jpg",
    "jpeg-arithmetic-progressive": "jpeg/arithmetic-progressive.jpg",
}


@cache
def valid_files() -> dict[str, bytes]:
    """Bytes by name, as `png-palette`; what stands before the first hyphen is the format."""
    files = {name: (FIXTURES / path).read_bytes() for name, path in GOLDEN.items()}
    for group in (_jpeg, _png, _gif, _webp_and_avif, _tiff, _others, _by_hand, _jpegxl):
        files.update(group())
    return dict(sorted(files.items()))


def rgb(width: int = 90, height: int = 70, seed: int = 0) -> Image.Image:
    """A drawn picture."""
    colours = drawn_raster(width, height, seed).rgb
    assert colours is not None
    return Image.fromarray(colours)


def _rgba() -> Image.Image:
    image = rgb()
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def _deep() -> Image.Image:
    return Image.fromarray(np.asarray(rgb().convert("L")).astype(np.uint16) * 257)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _animation(kind: str, **options: Any) -> bytes:
    more = [rgb(seed=seed) for seed in (1, 2)]
    return encoded(rgb(), kind, save_all=True, append_images=more, **options)


_Files = Iterator[tuple[str, bytes]]


def _jpeg() -> _Files:
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    yield "jpeg", encoded(rgb(), "JPEG")
    yield "jpeg-444", encoded(rgb(), "JPEG", subsampling=0)
    yield "jpeg-cmyk", encoded(rgb().convert("CMYK"), "JPEG")
    yield "jpeg-exif", encoded(rgb(), "JPEG", exif=turned)
    yield "jpeg-grey", encoded(rgb().convert("L"), "JPEG")
    yield "jpeg-large", encoded(rgb(620, 530), "JPEG", quality=60)
    yield "jpeg-large-progressive", encoded(rgb(620, 530), "JPEG", quality=60, progressive=True)
    yield "jpeg-mpo", _animation("MPO")
    yield "jpeg-progressive", encoded(rgb(), "JPEG", progressive=True)
    yield "jpeg-restarts", encoded(rgb(), "JPEG", restart_marker_blocks=2)


def png(width: int, height: int, kind: tuple[int, int, int], raw: bytes, *more: bytes) -> bytes:
    """A PNG of this bit depth, colour type and interlacing; `more` are chunks before the data."""
    depth, colour, interlaced = kind
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    chunks = (png_chunk(b"IHDR", head), *more, png_chunk(b"IDAT", zlib.compress(raw)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + png_chunk(b"IEND", b"")


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


_ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2))


def _png() -> _Files:
    image = rgb()
    pixels = np.asarray(image)
    palette = image.quantize(40)
    passes = [pixels[y::down, x::across] for y, x, down, across in (*_ADAM7, (1, 0, 2, 1))]
    interlaced = b"".join(b"\0" + row.tobytes() for one in passes for row in one)
    wide = (pixels.astype(">u2") * 257).astype(">u2")
    yield "png", encoded(image, "PNG")
    yield "png-1-bit", encoded(image.convert("1"), "PNG")
    yield "png-16-grey", encoded(_deep(), "PNG")
    yield "png-16-rgb", png(90, 70, (16, 2, 0), b"".join(b"\0" + row.tobytes() for row in wide))
    yield "png-alpha", encoded(_rgba(), "PNG")
    yield "png-apng", _animation("PNG")
    yield "png-grey", encoded(image.convert("L"), "PNG")
    yield "png-grey-alpha", encoded(_rgba().convert("LA"), "PNG")
    yield "png-interlaced", png(90, 70, (8, 2, 1), interlaced)
    yield "png-palette", encoded(palette, "PNG")
    yield "png-palette-clear", encoded(palette, "PNG", transparency=3)


def _gif() -> _Files:
    yield "gif", encoded(rgb(), "GIF")
    yield "gif-animated", _animation("GIF", duration=50, loop=0)
    yield "gif-clear", encoded(rgb().quantize(16), "GIF", transparency=2)
    yield "gif-interlaced", encoded(rgb(), "GIF", interlace=1)


def _webp_and_avif() -> _Files:
    yield "webp", encoded(rgb(), "WEBP")
    yield "webp-alpha", encoded(_rgba(), "WEBP")
    yield "webp-animated", _animation("WEBP")
    yield "webp-exif", encoded(rgb(), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0")
    yield "webp-lossless", encoded(rgb(), "WEBP", lossless=True)
    yield "avif", encoded(rgb(), "AVIF", speed=10)
    yield "avif-alpha", encoded(_rgba(), "AVIF", speed=10)
    yield "avif-sequence", _animation("AVIF", speed=10)


def _tiff() -> _Files:
    image = rgb()
    for compression in ("raw", "lzw", "deflate", "jpeg", "packbits", "zstd", "lzma"):
        name = {"deflate": "tiff_adobe_deflate", "lzw": "tiff_lzw"}.get(compression, compression)
        yield f"tiff-{compression}", encoded(image, "TIFF", compression=name)
    yield "tiff-16", encoded(_deep(), "TIFF")
    yield "tiff-big", encoded(image, "TIFF", big_tiff=True)
    yield "tiff-cmyk", encoded(image.convert("CMYK"), "TIFF", compression="tiff_lzw")
    yield "tiff-fax", encoded(image.convert("1"), "TIFF", compression="group4")
    yield "tiff-fax3", encoded(image.convert("1"), "TIFF", compression="group3")
    yield "tiff-float", encoded(image.convert("F"), "TIFF")
    yield "tiff-lab", encoded(image.convert("LAB"), "TIFF")
    yield "tiff-pages", _animation("TIFF", compression="tiff_lzw")
    yield "tiff-turned", encoded(image, "TIFF", tiffinfo={274: 6})
    yield "tiff-turned-lzw", encoded(image, "TIFF", tiffinfo={274: 8}, compression="tiff_lzw")
    yield "tiff-ycbcr", encoded(image.convert("YCbCr"), "TIFF", compression="jpeg")


def _others() -> _Files:
    image = rgb()
    yield "bmp", encoded(image, "BMP")
    yield "bmp-palette", encoded(image.quantize(16), "BMP")
    yield "bmp-alpha", encoded(_rgba(), "BMP")
    yield "dds", encoded(_rgba(), "DDS")
    for name in ("DXT1", "DXT3", "DXT5", "BC5"):
        source = image if name == "BC5" else _rgba()
        yield f"dds-{name.lower()}", encoded(source.resize((64, 64)), "DDS", pixel_format=name)
    yield "icns", icns(b"ic07", encoded(rgb(128, 128), "PNG"))
    yield "icns-jpeg2000", icns(b"ic08", encoded(rgb(256, 256), "JPEG2000", irreversible=True))
    yield "icns-planes", icns(b"il32", rgb(32, 32).tobytes())
    yield "ico", encoded(_rgba().resize((64, 64)), "ICO", sizes=[(32, 32), (64, 64)])
    yield "ico-bmp", encoded(_rgba().resize((32, 32)), "ICO", sizes=[(32, 32)], bitmap_format="bmp")
    yield "jpeg2000", encoded(image, "JPEG2000", quality_mode="rates", quality_layers=[20])
    yield "jpeg2000-16", encoded(_deep(), "JPEG2000")
    yield "jpeg2000-stream", encoded(image, "JPEG2000", no_jp2=True, irreversible=True)
    yield "jpeg2000-tiles", encoded(_rgba(), "JPEG2000", tile_size=(32, 32))
    yield "pcx", encoded(image, "PCX")
    yield "pcx-grey", encoded(image.convert("L"), "PCX")
    yield "ppm", encoded(image, "PPM")
    yield "ppm-16-grey", encoded(_deep(), "PPM")
    yield "ppm-bits", encoded(image.convert("1"), "PPM")
    yield "qoi", encoded(_rgba(), "QOI")
    yield "sgi", encoded(image, "SGI")
    yield "sgi-16", encoded(image.convert("L"), "SGI", bpc=2)


def icns(name: bytes, body: bytes) -> bytes:
    return struct.pack(">4sI4sI", b"icns", len(body) + 16, name, len(body) + 8) + body


def _by_hand() -> _Files:
    """What Pillow reads but does not write."""
    image = rgb(64, 48)
    pixels = np.asarray(image)
    planes = pixels.transpose(2, 0, 1).tobytes()
    runs = b"".join(b"\x3f" + bytes(row) for row in pixels.transpose(2, 0, 1).reshape(-1, 64))
    psd = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 48, 64, 8, 3) + bytes(12)
    yield "psd", psd + b"\0\0" + planes
    yield "psd-rle", psd + b"\0\1" + struct.pack(">H", 65) * 144 + runs
    head = struct.pack(">8I", 0x59A66A95, 64, 48, 24, 64 * 48 * 3, 1, 0, 0)
    yield "sun", head + pixels[:, :, ::-1].tobytes()
    head = struct.pack(">8I", 0x59A66A95, 64, 48, 8, 64 * 48, 2, 0, 0)
    grey = np.asarray(image.convert("L")).copy()
    grey[grey == 0x80] = 0x81
    yield "sun-runs", head + grey.tobytes()
    yield "ppm-plain", b"P3 # text\n4 3 255\n" + b"12 200 7 " * 12
    camera = dng(encoded(rgb(320, 240), "JPEG", quality=60))
    yield "raw-dng", camera
    yield "raw-orf", b"IIRO" + camera[4:]
    yield "raw-rw2", b"IIU\0" + camera[4:]


def dng(preview: bytes) -> bytes:
    """A DNG of 32×32 raw samples with a JPEG preview in its first directory."""
    width, height = 320, 240
    main = [
        (254, 4, 1, 1), (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 7),
        (262, 3, 1, 6), (271, 2, 4, b"ACM\0"), (272, 2, 4, b"One\0"), (273, 4, 1, "preview"),
        (277, 3, 1, 3), (278, 4, 1, height), (279, 4, 1, len(preview)), (330, 4, 1, "raw"),
        (50706, 1, 4, b"\1\4\0\0"), (50708, 2, 4, b"ACM\0"),
    ]  # fmt: skip
    raw = [
        (254, 4, 1, 0), (256, 4, 1, 32), (257, 4, 1, 32), (258, 3, 1, 16), (259, 3, 1, 1),
        (262, 3, 1, 32803), (273, 4, 1, "samples"), (277, 3, 1, 1), (278, 4, 1, 32),
        (279, 4, 1, 2048), (33421, 3, 2, b"\2\0\2\0"), (33422, 1, 4, b"\0\1\1\2"),
    ]  # fmt: skip
    at = {"raw": 8 + 6 + 12 * len(main)}
    at["samples"] = at["raw"] + 6 + 12 * len(raw)
    at["preview"] = at["samples"] + 2048
    text = b"II*\0\x08\0\0\0"
    for tags in (main, raw):
        text += struct.pack("<H", len(tags))
        for tag, kind, count, value in tags:
            found = at[value] if isinstance(value, str) else value
            body = found if isinstance(found, bytes) else struct.pack("<I", found)
            text += struct.pack("<HHI", tag, kind, count) + body
        text += bytes(4)
    return text + np.arange(1024, dtype="<u2").tobytes() + preview


def _jpegxl() -> _Files:
    try:
        import pylibjxl
    except ImportError:
        return
    encode: Callable[..., bytes] = pylibjxl.encode
    yield "jpegxl", encode(np.asarray(rgb()))
    yield "jpegxl-alpha", encode(np.asarray(_rgba()))
    yield "jpegxl-lossless", encode(np.asarray(rgb()), lossless=True)
    yield "jpegxl-transcoded", pylibjxl.jpeg_to_jxl(encoded(rgb(), "JPEG"))
