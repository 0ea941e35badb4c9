"""Same picture, same verdict: every way in × every orientation × every format, one hash.

Left out for a reason: orientations of formats that have no place for one, GIF and BMP among
them, and PIL images of 12-bit JPEGs, which Pillow cannot open.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pdqhash
import pi_heif
import pytest
from PIL import ExifTags, Image

from hashmatch.hashing.items import hash_image
from hashmatch.model.orientation import Orientation
from tests.support.photos import bits_apart, encoded, photo
from tests.support.places import FIXTURES

pi_heif.register_heif_opener()


def upright() -> Image.Image:
    return photo("chelsea").crop((20, 0, 420, 300))


def known() -> bytes:
    vector, quality = pdqhash.compute(np.asarray(upright()))
    assert quality >= 80
    return np.packbits(vector).tobytes()


def stored(orientation: Orientation) -> tuple[Image.Image, Image.Exif]:
    """The picture as a camera held that way stores it, with the tag that says so."""
    back = next(o for o in Orientation if o.then(orientation) is Orientation.UPRIGHT)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = int(orientation)
    return Image.fromarray(np.ascontiguousarray(back.apply(np.asarray(upright())))), exif


def deep(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


def half_covered(image: Image.Image) -> Image.Image:
    """The picture darkened by half-transparency so that only on white it looks right again."""
    pixels = np.asarray(image.convert("RGB")).astype(np.float64)
    lowest = pixels.min(axis=2)
    alpha = np.clip(255 - lowest, 1, 255)
    colours = (pixels - 255 + alpha[:, :, None]) * 255 / alpha[:, :, None]
    planes = np.dstack([np.clip(colours, 0, 255), alpha])
    return Image.fromarray(np.rint(planes).astype(np.uint8))


Encode = Callable[[Image.Image, Image.Exif], bytes]


def form(
    name: str, change: Callable[[Image.Image], Image.Image] | None = None, **options: Any
) -> Encode:
    def encode(image: Image.Image, exif: Image.Exif) -> bytes:
        return encoded(change(image) if change else image, name, exif=exif, **options)

    return encode


def animated(name: str, **options: Any) -> Encode:
    def encode(image: Image.Image, exif: Image.Exif) -> bytes:
        others = [image.rotate(turn) for turn in (20, 40, 60)]
        return encoded(image, name, exif=exif, save_all=True, append_images=others, **options)

    return encode


def golden(folder: str, name: str) -> Encode:
    """A kept file: the machine that runs the tests need not be able to write the format."""

    def encode(_: Image.Image, exif: Image.Exif) -> bytes:
        tag = exif.get(ExifTags.Base.Orientation, 1)
        return (FIXTURES / folder / name.format(tag)).read_bytes()

    return encode


FORMS: dict[str, Encode] = {
    "jpeg": form("JPEG", quality=90),
    "jpeg-progressive": form("JPEG", progressive=True),
    "jpeg-cmyk": form("JPEG", lambda image: image.convert("CMYK")),
    "jpeg-grey": form("JPEG", lambda image: image.convert("L")),
    "mpo": animated("MPO"),
    "png": form("PNG"),
    "png-16": form("PNG", deep),
    "png-palette": form("PNG", lambda image: image.quantize(128)),
    "png-alpha": form("PNG", half_covered),
    "png-grey-alpha": form("PNG", lambda image: image.convert("LA")),
    "png-animated": animated("PNG"),
    "webp": form("WEBP", quality=85),
    "webp-lossless": form("WEBP", lossless=True),
    "webp-alpha": form("WEBP", half_covered, lossless=True, exact=True),
    "webp-animated": animated("WEBP"),
    "avif": golden("avif", "orientation-{}.avif"),
    "heic": golden("heic", "orientation-{}.heic"),
    "jpeg2000": form("JPEG2000"),
    "tiff": form("TIFF"),
    "tiff-lzw": form("TIFF", compression="tiff_lzw"),
    "tiff-pages": animated("TIFF"),
}
UNORIENTED: dict[str, Encode] = {
    "avif-animated": golden("avif", "animated.avif"),
    "gif": form("GIF"),
    "gif-animated": animated("GIF"),
    "bmp": form("BMP"),
    "png-1": form("PNG", lambda image: image.convert("1")),
    "tiff-float": form(
        "TIFF", lambda image: Image.fromarray(np.asarray(image.convert("L"), np.float32) / 255)
    ),
    "heic-alone": golden("heic", "plain.heic"),
    "heic-tiles": golden("heic", "grid.heic"),
    "jpeg-12-bit": golden("jpeg", "12-bit-colour.jpg"),
    "jpeg-12-bit-grey": golden("jpeg", "12-bit-grey.jpg"),
    "jpeg-arithmetic": golden("jpeg", "arithmetic.jpg"),
    "jpeg-arithmetic-progressive": golden("jpeg", "arithmetic-progressive.jpg"),
    "ppm": form("PPM"),
    "qoi": form("QOI"),
}
UNKNOWN_TO_PILLOW = {"jpeg-12-bit", "jpeg-12-bit-grey"}
WITHOUT_EXIF = {"jpeg2000"}

CELLS = [
    (name, orientation)
    for name in FORMS
    for orientation in Orientation
    if name not in WITHOUT_EXIF or orientation is Orientation.UPRIGHT
] + [(name, Orientation.UPRIGHT) for name in UNORIENTED]


def all_ways(name: str, data: bytes, folder: Path) -> dict[str, object]:
    path = folder / "a-file.dat"
    path.write_bytes(data)
    ways: dict[str, object] = {"path": path, "bytes": data, "file": io.BytesIO(data)}
    if name in UNKNOWN_TO_PILLOW:
        return ways
    pil_decoded = Image.open(io.BytesIO(data))
    pil_decoded.load()
    return {**ways, "pil": Image.open(io.BytesIO(data)), "pil-decoded": pil_decoded}


@pytest.mark.parametrize(("name", "orientation"), CELLS, ids=lambda v: str(getattr(v, "name", v)))
def test_cell(name: str, orientation: Orientation, tmp_path: Path) -> None:
    image, exif = stored(orientation)
    data = {**FORMS, **UNORIENTED}[name](image, exif)
    check(all_ways(name, data, tmp_path))


def check(sources: dict[str, object]) -> None:
    found = {way: hash_image(source) for way, source in sources.items()}  # type: ignore[arg-type]
    for way, image in found.items():
        assert bits_apart(image.hash.value, known()) <= 10, way
        assert 3 * image.width == 4 * image.height, way
        assert image.complete, way
        if way != "pil-decoded":
            assert image.readings == found["bytes"].readings, way
