"""PDQ against `pdqhash`, Meta's reference compiled for Python."""

import math

import numpy as np
import pdqhash
import pytest
from PIL import Image

from hashmatch.decoding.jpeg import ENOUGH
from hashmatch.hashers.grids import quality
from hashmatch.hashers.pdq import CentredPdq, Pdq, SquashedPdq, finish
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster
from hashmatch.testing import check_hasher
from tests.support.photos import bits_apart, encoded, photo, variants

EXACT = HashOptions(mode="exact")


def reference(image: Image.Image) -> tuple[bytes, int]:
    vector, its_quality = pdqhash.compute(np.asarray(image.convert("RGB")))
    return np.packbits(vector).tobytes(), its_quality


def decoded(data: bytes) -> Image.Image:
    import io

    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


@pytest.mark.parametrize(
    "hasher", [Pdq(), CentredPdq(), SquashedPdq()], ids=lambda each: type(each).__name__
)
def test_contract(hasher: Pdq) -> None:
    check_hasher(hasher)


def test_exact_equals_the_reference_on_300_photos() -> None:
    """Bits as the reference; quality as whole numbers give it, which the reference rounds.

    Steps of quality that are whole numbers before rounding fall to either side in the single
    precision of the reference, so that its quality may be 1 off.
    """
    for image in variants(300, largest=900):
        data = encoded(image, "PNG", compress_level=1)
        ours = hash_image(data, EXACT)
        bits, its_quality = reference(image)
        assert bits_apart(ours.hash.value, bits) == 0
        assert ours.quality == quality_in_whole_numbers(image)
        assert abs(ours.quality - its_quality) <= 1


def test_squashed_equals_the_reference_on_pictures_that_pillow_resized() -> None:
    """Pillow rounds what it resizes to whole numbers: that may move a bit or two."""
    apart = []
    for image in variants(40, smallest=40, largest=1500):
        luma = image.convert("L")
        ours = SquashedPdq().hash(Raster(np.asarray(luma), *luma.size))[0]
        bits, its_quality = reference(luma.resize((512, 512), Image.Resampling.BILINEAR))
        apart.append(bits_apart(ours.hash.value, bits))
        assert abs(ours.quality - its_quality) <= 1
    assert max(apart) <= 6
    assert sum(apart) <= len(apart)


def quality_in_whole_numbers(image: Image.Image) -> int:
    """The reference's quality of a picture of at most 1,024 pixels, computed without rounding."""
    luma = np.asarray(image).astype(np.int64) @ np.array([299, 587, 114])
    down, rows_by = blurred_times(luma)
    grid, columns_by = blurred_times(down.T)
    # A step is its difference times 100/255; luma is in thousandths.
    one = 2550 * rows_by * columns_by
    steps = [np.abs(np.diff(grid, axis=axis)) // one for axis in (0, 1)]
    return min(int(steps[0].sum() + steps[1].sum()) // 90, 100)


def blurred_times(
    luma: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]",
) -> "tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], int]":
    """64 of the rows, blurred along the columns twice, times a number; and that number."""
    length = len(luma)
    window = (length + 127) // 128
    times = math.lcm(*range(1, window + 1))
    for _ in range(2):
        sums = np.concatenate([luma[:1] * 0, luma.cumsum(axis=0)])
        centre = np.arange(length)
        first = np.maximum(centre - (window - 1 - window // 2), 0)
        end = np.minimum(centre + window // 2 + 1, length)
        luma = (sums[end] - sums[first]) * (times // (end - first))[:, None]
    return luma[((np.arange(64) + 0.5) * length / 64).astype(int)], times * times


def test_steps_that_are_whole_numbers_count_whole() -> None:
    """In single precision half of these steps of exactly 1 to 38 hundredths come out too small."""
    red, green, blue = np.indices((256, 256, 256))[:, ::5, ::3, ::2].reshape(3, -1)
    whole = (299 * red + 587 * green + 114 * blue) % 2550 == 0
    colours = np.column_stack([red, green, blue])[whole][1:]
    for colour in colours[:: len(colours) // 60]:
        stripes = np.zeros((64, 64, 3), np.uint8)
        stripes[10:12] = colour
        step = int(colour @ [299, 587, 114]) // 2550
        ours = hash_image(encoded(Image.fromarray(stripes), "PNG"), EXACT)
        assert ours.quality == min(2 * 64 * step // 90, 100)


def test_fast_stays_near_the_reference_on_jpegs() -> None:
    apart, changed = [], []
    for image in variants(120, smallest=260):
        data = encoded(image, "JPEG", quality=85)
        ours = hash_image(data)
        bits, its_quality = reference(decoded(data))
        assert ours.mode == ("fast" if min(image.size) > ENOUGH else "exact")
        distance = bits_apart(ours.hash.value, bits)
        if its_quality >= 80:
            assert distance <= 10
        apart.append(distance)
        changed.append(abs(ours.quality - its_quality))
    assert np.mean(apart) <= 0.5
    assert max(changed) <= 1


def test_exact_jpeg_equals_the_reference() -> None:
    for image in variants(40, largest=1200):
        data = encoded(image, "JPEG", quality=85)
        bits, its_quality = reference(decoded(data))
        ours = hash_image(data, EXACT)
        assert ours.hash.value == bits
        assert abs(ours.quality - its_quality) <= 1


@pytest.mark.parametrize("mode", ["fast", "exact"])
def test_orientations_equal_hashing_the_really_turned_picture(mode: str) -> None:
    apart = []
    for image in variants(30, smallest=64, largest=1100):
        data = encoded(image, "JPEG", quality=90)
        pixels = np.asarray(decoded(data))
        options = HashOptions(mode=mode, orientations=True)
        for reading in hash_image(data, options).readings:
            turned = np.ascontiguousarray(reading.orientation.apply(pixels))
            vector, _ = pdqhash.compute(turned)
            apart.append(bits_apart(reading.hash.value, np.packbits(vector).tobytes()))
    assert max(apart) <= (2 if mode == "exact" else 10)
    assert np.mean(apart) <= 0.5


def test_pictures_under_five_pixels_have_a_zero_hash_and_no_quality() -> None:
    image = photo("coffee").resize((4, 300))
    ours = hash_image(encoded(image, "PNG"))
    assert ours.hash.value == bytes(32)
    assert ours.quality == 0
    assert reference(image) == (bytes(32), 0)


def test_a_64_pixel_picture_is_not_blurred() -> None:
    image = photo("rocket").resize((64, 64))
    assert hash_image(encoded(image, "PNG")).hash.value == reference(image)[0]


def test_centred_reads_thumbnails_like_their_originals() -> None:
    """The reference shifts small pictures; the centred variant must lose far fewer bits."""
    tent, centred = [], []
    for name in ("astronaut", "chelsea", "coffee", "rocket", "china", "flower", "ihc", "retina"):
        large = photo(name).resize((2000, 1600), Image.Resampling.LANCZOS)
        small = encoded(large.resize((250, 200), Image.Resampling.LANCZOS), "PNG")
        known = hash_image(encoded(large, "PNG", compress_level=1), EXACT).hash
        tent.append(known - hash_image(small, EXACT).hash)
        centred.append(known - hash_image(small, HashOptions(mode="centred")).hash)
    assert np.median(centred) <= 6
    assert np.median(centred) < np.median(tent) / 2


def test_finishing_many_grids_equals_finishing_each() -> None:
    grids = np.random.default_rng(5).uniform(0, 255, (9, 64, 64)).astype(np.float32)
    codes, qualities = finish(grids)
    for grid, code, its in zip(grids, codes, qualities, strict=True):
        one_code, one_quality = finish(grid[None])
        assert np.array_equal(one_code[0], code)
        assert one_quality[0] == its


def test_quality_alone_is_the_quality_of_the_hash() -> None:
    luma = np.asarray(photo("coffee").convert("L"))
    raster = Raster(luma, luma.shape[1], luma.shape[0], orientation=Orientation.MIRRORED)
    assert quality(raster) == Pdq().hash(raster)[0].quality


def test_the_negative_has_the_complement_hash() -> None:
    luma = np.asarray(photo("chelsea").convert("L"))
    plain = Pdq().hash(Raster(luma, luma.shape[1], luma.shape[0]))[0].hash
    negative = Pdq().hash(Raster(255 - luma, luma.shape[1], luma.shape[0]))[0].hash
    assert negative - ~plain <= 2
