"""TIFF: pages, reduced pages, what is left to Pillow, and what nobody reads."""

import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.limits import Limits
from tests.support.cases import case
from tests.support.photos import bits_apart, encoded, photo
from tests.support.tiff_files import (
    HEIGHT,
    WIDTH,
    by_hand,
    grey,
    near,
    of_colour,
    of_grey,
    pdq,
    picture,
    written,
)

# Pages


def test_a_reduced_page_is_not_the_picture() -> None:
    buffer = io.BytesIO()
    thumbnail = np.asarray(photo("chelsea").resize((80, 60)))
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(thumbnail, photometric="rgb", subfiletype=1, metadata=None)
        writer.write(picture(), photometric="rgb", metadata=None)
    found = hash_image(buffer.getvalue())
    assert (found.width, found.height, found.frames) == (WIDTH, HEIGHT, 2)
    assert bits_apart(found.hash.value, of_colour()) <= 2
    assert [reading.frame for reading in found.readings] == [1, 0]
    assert bits_apart(found.readings[1].hash.value, pdq(thumbnail)) <= 2


def test_the_picture_below_a_reduced_page() -> None:
    """As DNG and Nikon's scanners lay it out; the maker's name does not make it a camera's."""
    buffer = io.BytesIO()
    thumbnail = np.asarray(photo("chelsea").resize((80, 60)))
    maker = (271, 2, 6, "Maker", True)
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(
            thumbnail, photometric="rgb", subfiletype=1, subifds=1, extratags=[maker], metadata=None
        )
        writer.write(picture(), photometric="rgb", metadata=None)
    found = hash_image(buffer.getvalue())
    assert (found.width, found.height) == (WIDTH, HEIGHT)
    assert bits_apart(found.hash.value, of_colour()) <= 2


def test_pages_of_different_kinds() -> None:
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(picture(), photometric="rgb", metadata=None)
        writer.write(grey().astype(np.uint16) * 257, photometric="minisblack", metadata=None)
        writer.write(255 - grey(), photometric="miniswhite", metadata=None)
    found = hash_image(buffer.getvalue())
    assert (found.frames, len(found.readings), found.reason) == (3, 3, None)
    for reading, right in zip(found.readings, (of_colour(), of_grey(), of_grey()), strict=True):
        assert bits_apart(reading.hash.value, right) <= 2


def test_orientation_of_a_deep_page() -> None:
    turned = np.rot90(grey().astype(np.uint16) * 257)
    data = written(turned, photometric="minisblack", extratags=[(274, 3, 1, 6, True)])
    near(data, of_grey())
    assert hash_image(data).flags == ("deep", "oriented")


# Damage and refusals


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_cut_deep_file_says_how_much_is_there(share: float) -> None:
    data = written(grey().astype(np.uint16) * 257, photometric="minisblack", rowsperstrip=10)
    found = hash_image(data[: len(data) - int((1 - share) * grey().size * 2)])
    assert found.reason is Reason.TRUNCATED
    assert abs(found.fraction - share) < 0.05


@pytest.mark.parametrize(
    ("compression", "name"),
    [(34887, "LERC"), (34712, "JPEG 2000"), (50001, "WebP"), (50002, "JPEG XL")],
)
def test_what_nobody_reads_is_unsupported_by_name(compression: int, name: str) -> None:
    data = by_hand(b"whatever" * 99, "<", {258: (8,), 259: (compression,), 262: (1,)})
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(data)
    assert caught.value.reason is Reason.UNSUPPORTED
    assert name in caught.value.detail


def test_limits() -> None:
    data = written(grey().astype(np.uint16) * 257, photometric="minisblack")
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(data, HashOptions(limits=Limits(max_pixels=1000)))
    assert caught.value.reason is Reason.TOO_MANY_PIXELS


def test_pillows_own_kinds_stay_with_pillow() -> None:
    for mode in ("RGB", "L", "1", "P", "CMYK", "RGBA"):
        image = Image.fromarray(picture()).convert(mode)
        assert hash_image(encoded(image, "TIFF")).decoder == "pillow"
    assert case("tiff-16-bit-white-is-zero", "min-is-white-16.tif")[:2] == b"II"


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
def test_colours_have_the_luma_of_the_same_pixels_in_any_other_file(kind: str) -> None:
    pixels = picture().astype(np.uint16) * 257 if kind == "u2" else picture()
    if kind == "f4":
        pixels = picture().astype(np.float32) / np.float32(255)
    data = written(np.moveaxis(pixels, 2, 0), photometric="rgb", planarconfig="separate")
    algorithms = ("pdq", "dhash-64", "phash-64", "ahash-64", "whash-64")
    own = hash_image(data, HashOptions(algorithms))
    assert own.decoder == "numpy"
    for each, same in zip(
        own.readings, hash_image(picture(), HashOptions(algorithms)).readings, strict=True
    ):
        assert bits_apart(each.hash.value, same.hash.value) <= (0 if kind == "u1" else 2)
        assert abs(each.quality - same.quality) <= (0 if kind == "u1" else 1)


def test_a_flat_picture_in_colours_has_no_quality() -> None:
    flat = np.full((90, 120, 3), 120 * 257, np.uint16)
    flat[:, 60:] += 257
    assert hash_image(written(flat, photometric="rgb")).quality == 0


@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_colours_multiplied_with_alpha_down_to_nothing(kind: str) -> None:
    share = grey()[:, :, None] / 255
    white = np.rint(picture() * share + 255 * (1 - share)).astype(np.uint8)
    stored = np.rint(np.concatenate([picture() * share, share * 255], axis=2))
    data = written(
        stored.astype(kind) * (257 if kind == "u2" else 1),
        photometric="rgb",
        extrasamples=("assocalpha",),
    )
    near(data, pdq(white), 4)
