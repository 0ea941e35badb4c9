import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image

from hashmatch import registry
from hashmatch.hashers import color, grids
from hashmatch.hashers.color import Colorhash42
from hashmatch.model.orientation import Orientation
from tests.support.imagehash_oracle import coloured, grey, photo, pictures

colours = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2).map(lambda shape: (*shape, 3)))


def hashed(image: Image.Image) -> str:
    (reading,) = Colorhash42().hash(coloured(image))
    return reading.hash.hex


def test_attributes_fit_the_registry() -> None:
    it = registry.load("hashers", "colorhash-42")
    assert (it.algorithm, it.bits, it.needs_rgb) == ("colorhash-42", 42, True)


def test_equals_imagehash_on_photos_of_every_shape() -> None:
    for image in pictures():
        assert hashed(image) == str(imagehash.colorhash(image)), image.size


@given(colours)
def test_equals_imagehash_on_any_colours(rgb: NDArray[np.uint8]) -> None:
    image = Image.fromarray(rgb)
    assert hashed(image) == str(imagehash.colorhash(image))


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_equals_imagehash_on_any_single_colour(colour: tuple[int, int, int]) -> None:
    image = Image.new("RGB", (3, 2), colour)
    assert hashed(image) == str(imagehash.colorhash(image))


def test_every_seventh_colour_has_pillows_hue_and_saturation() -> None:
    number = np.arange(0, 1 << 24, 7, dtype=np.uint32)[None]
    rgb = np.stack([number >> 16, number >> 8 & 255, number & 255], -1).astype(np.uint8)
    hue, saturation, _ = (np.asarray(c)[0] for c in Image.fromarray(rgb).convert("HSV").split())
    dark = np.asarray(Image.fromarray(rgb).convert("L"))[0] < 32
    codes = color._codes(*np.ascontiguousarray(rgb[0].T))
    assert np.array_equal(codes >= color._BLACK, dark)
    codes, hue, saturation = codes[~dark], hue[~dark], saturation[~dark]
    assert np.array_equal(codes >= color._GREY, saturation < 85)
    tinted = saturation >= 85
    bins = np.digitize(hue, np.linspace(0, 255, 7)[1:-1])
    kind = np.select([saturation < 170, saturation > 170], [0, 1], 2)
    assert np.array_equal(codes[tinted], (6 * kind + bins)[tinted])


def test_a_picture_of_many_blocks_counts_every_pixel() -> None:
    rgb = np.asarray(photo("coffee.png"))
    whole = color._counts(rgb)
    assert whole.sum() == rgb[..., 0].size > color._BLOCK
    assert np.array_equal(whole, sum(color._counts(row[None]) for row in rgb))


def test_the_same_for_every_orientation() -> None:
    raster = coloured(photo("china.jpg"), Orientation.ROTATED_90)
    readings = Colorhash42().hash(raster, orientations=tuple(Orientation))
    assert [reading.orientation for reading in readings] == list(Orientation)
    assert {reading.hash for reading in readings} == {readings[0].hash}
    assert readings[0].quality == grids.quality(raster)


def test_a_raster_without_colours_is_refused() -> None:
    with pytest.raises(ValueError, match="colours"):
        Colorhash42().hash(grey(np.zeros((8, 8), np.uint8)))
