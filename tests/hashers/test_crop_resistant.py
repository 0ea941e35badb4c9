import io

import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy import ndimage

from hashmatch import registry
from hashmatch.hashers import crop_resistant, grids
from hashmatch.hashers.crop_resistant import CropResistant
from hashmatch.model import Hash
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster
from tests.support.imagehash_oracle import coloured, grey, judged_set, photo


def hashed(raster: Raster, way: Orientation = Orientation.UPRIGHT) -> list[Hash]:
    return [reading.hash for reading in CropResistant().hash(raster, orientations=(way,))]


def test_attributes_fit_the_registry() -> None:
    it = registry.load("hashers", "crop-resistant")
    assert (it.algorithm, it.bits, it.needs_rgb) == ("crop-resistant", 64, False)


@pytest.mark.parametrize("name", ["astronaut.png", "china.jpg", "coffee.png", "rocket.jpg"])
def test_equals_imagehash_on_photos(name: str) -> None:
    image = photo(name)
    found = hashed(coloured(image))
    assert found == judged_set(image)
    assert len(found) > 1


@pytest.mark.parametrize("size", [(37, 23), (101, 433), (640, 91), (3, 200), (1, 1)])
def test_equals_imagehash_on_other_shapes(size: tuple[int, int]) -> None:
    image = photo("china.jpg").resize(size)
    assert hashed(coloured(image)) == judged_set(image)


@pytest.mark.parametrize("way", list(Orientation)[1:])
def test_every_orientation_equals_imagehash_on_the_turned_picture(way: Orientation) -> None:
    pixels = np.asarray(photo("coffee.png").convert("L").resize((211, 150)))
    turned = Image.fromarray(np.ascontiguousarray(way.apply(pixels)))
    assert hashed(grey(pixels), way) == judged_set(turned)


def test_the_stored_orientation_counts_too() -> None:
    pixels = np.asarray(photo("coffee.png").convert("L").resize((211, 150)))
    ways = (Orientation.ROTATED_90, Orientation.FLIPPED)
    raster = grey(pixels, Orientation.TRANSVERSE)
    readings = CropResistant().hash(raster, orientations=ways)
    expected = [hashed(grey(pixels), Orientation.TRANSVERSE.then(way)) for way in ways]
    assert [reading.hash for reading in readings] == expected[0] + expected[1]
    assert {reading.quality for reading in readings} == {grids.quality(raster)}


def test_reduced_luma_finds_most_regions_again() -> None:
    image = photo("astronaut.png").resize((640, 640))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    luma = simplejpeg.decode_jpeg(
        buffer.getvalue(), colorspace="GRAY", min_height=320, min_width=320
    )[..., 0]
    full = judged_set(Image.open(buffer))
    small = hashed(Raster(luma, 640, 640, 2))
    near = [min(value - other for other in small) for value in full]
    assert sum(distance <= 2 for distance in near) >= 0.7 * len(near), near


def test_a_flat_picture_is_one_region() -> None:
    pixels = np.full((60, 80), 77, np.uint8)
    assert (
        hashed(grey(pixels))
        == judged_set(Image.fromarray(pixels))
        == [Hash("crop-resistant", bytes(8))]
    )


def test_dark_regions_in_the_last_1200_pixels_go_unseen_as_in_imagehash() -> None:
    pixels = np.full((300, 300), 250, np.uint8)
    pixels[-31:, -31:] = 0
    pixels[:31, :31] = np.arange(31) * 3
    expected = judged_set(Image.fromarray(pixels))
    assert hashed(grey(pixels)) == expected
    boxes = crop_resistant._boxes(crop_resistant._bright(grey(pixels), transposed=False))
    assert (0, 0) in {box[:2] for box in boxes}
    assert not any(box[0] > 200 for box in boxes)


def test_where_no_region_is_large_the_whole_picture_is_hashed() -> None:
    bright = np.kron(np.indices((15, 15)).sum(axis=0) % 2 == 0, np.ones((20, 20), np.bool_))
    assert crop_resistant._boxes(bright) == []
    squares = np.where(bright, np.uint8(220), np.uint8(40))
    assert hashed(grey(squares)) == judged_set(Image.fromarray(squares))


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=24)))
def test_blur_is_pillows(pixels: NDArray[np.uint8]) -> None:
    expected = np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur()))
    assert np.array_equal(crop_resistant._blurred(pixels), expected)


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=24)))
def test_majority_is_pillows_median(pixels: NDArray[np.uint8]) -> None:
    expected = np.asarray(Image.fromarray(pixels).filter(ImageFilter.MedianFilter())) > 128
    assert np.array_equal(crop_resistant._majority(pixels > 128), expected)


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 40), st.floats(0.1, 0.9))
def test_regions_are_those_of_scipy(seed: int, rows: int, columns: int, share: float) -> None:
    bright = np.random.default_rng(seed).random((rows, columns)) < share
    (row, start, end), labels = crop_resistant._regions(bright)
    painted = np.empty(bright.shape, np.intp)
    for y, left, right, label in zip(row, start, end, labels, strict=True):
        painted[y, left:right] = label
    light, lights = ndimage.label(bright)
    dark, darks = ndimage.label(~bright)
    pairs = {*zip(painted.ravel(), (light - dark).ravel(), strict=True)}
    assert len(pairs) == len(np.unique(labels)) == lights + darks
    for label in np.unique(labels):
        assert np.flatnonzero(painted == label)[0] == row[label] * columns + start[label]
