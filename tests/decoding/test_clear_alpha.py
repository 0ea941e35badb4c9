"""Alpha that is zero everywhere: nothing is meant by it in bitmaps and icons, much in PNG."""

import struct

import numpy as np
import pdqhash
import pytest
from PIL import Image

from hashmatch.hashing.items import HashOptions, hash_image
from tests.support.cases import case, known
from tests.support.photos import bits_apart, encoded, photo


def picture(width: int = 320, height: int = 240) -> Image.Image:
    return photo("coffee").resize((width, height))


def truth(image: Image.Image) -> bytes:
    vector, _ = pdqhash.compute(np.asarray(image))
    return np.packbits(vector).tobytes()


def planes(image: Image.Image, alpha: int) -> np.ndarray:
    """Blue, green, red, alpha."""
    rgb = np.asarray(image)
    return np.dstack([rgb[:, :, ::-1], np.full(rgb.shape[:2], alpha, np.uint8)])


def dib(header: int, bgra: np.ndarray, compression: int, *, rows: int = 0) -> bytes:
    """A bitmap's header of 40, 56, 108 or 124 bytes and its pixels, bottom up."""
    height, width, _ = bgra.shape
    start = struct.pack(
        "<IiiHHIIiiII", header, width, rows or height, 1, 32, compression, bgra.nbytes, 0, 0, 0, 0
    )
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    if header > 40:
        start += masks
    return start.ljust(header, b"\0") + bgra[::-1].tobytes()


def bmp(header: int, bgra: np.ndarray, compression: int) -> bytes:
    body = dib(header, bgra, compression)
    return b"BM" + struct.pack("<IHHI", 14 + len(body), 0, 0, 14 + header) + body


def icon(bgra: np.ndarray, kind: int = 1) -> bytes:
    height, width, _ = bgra.shape
    empty_mask = bytes(height * (-(-width // 32) * 4))
    body = dib(40, bgra, 0, rows=2 * height) + empty_mask
    head = struct.pack("<HHH", 0, kind, 1)
    planes, bits = (1, 32) if kind == 1 else (3, 3)
    return head + struct.pack("<BBBBHHII", width, height, 0, 0, planes, bits, len(body), 22) + body


def test_the_kept_bitmap() -> None:
    folder = "bmp-alpha-mask-all-zero"
    found = hash_image(case(folder, "v5-alpha0.bmp"))
    assert found.hash - known(folder)["shown"] <= 2
    assert "alpha" not in found.flags


@pytest.mark.parametrize("compression", [0, 3])
@pytest.mark.parametrize("header", [40, 56, 108, 124])
def test_bitmaps_of_every_header(header: int, compression: int) -> None:
    if header == 40 and compression == 3:
        pytest.skip("its masks stand behind the header and have no alpha")
    found = hash_image(bmp(header, planes(picture(), 0), compression))
    assert bits_apart(found.hash.value, truth(picture())) <= 2
    assert found.flags == ()


def test_alpha_that_says_something_is_heeded() -> None:
    bgra = planes(picture(), 255)
    bgra[60:180, 80:240, 3] = 0
    white = np.asarray(picture()).copy()
    white[60:180, 80:240] = 255
    found = hash_image(bmp(124, bgra, 3))
    assert bits_apart(found.hash.value, truth(Image.fromarray(white))) <= 2
    assert found.flags == ("alpha",)


@pytest.mark.parametrize("kind", [1, 2])
@pytest.mark.parametrize("alpha", [0, 255])
def test_icons_and_cursors(alpha: int, kind: int) -> None:
    image = picture(128, 128)
    found = hash_image(icon(planes(image, alpha), kind))
    assert bits_apart(found.hash.value, truth(image)) <= 2
    assert found.flags == ()


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_a_clear_picture_stays_clear_where_viewers_show_nothing(form: str) -> None:
    pixels = np.asarray(picture().convert("RGBA")).copy()
    pixels[:, :, 3] = 0
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    found = hash_image(
        encoded(Image.fromarray(pixels), form, **options), HashOptions(variants=True)
    )
    assert found.quality == 0
    assert bits_apart(found.readings[1].hash.value, truth(picture())) <= 2
