"""Parts of pictures are found and hashed to the same bits by compiled kernels and in NumPy."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hashmatch.hashers import compiled_means
from hashmatch.hashers.means import Box, Sums, codes_of, qualities_of, small, turned_codes
from hashmatch.hashing import (
    compiled,
    compiled_seams,
    corners,
    covering,
    cutting,
    seams,
    sides,
    slanting,
)
from hashmatch.hashing.blobs import blobs
from hashmatch.hashing.corners import quad_of, quads_in, rectified
from hashmatch.hashing.covering import _enclosed, uncovered
from hashmatch.hashing.cutting import Rectangle
from hashmatch.hashing.framing import framed
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.hashing.rounding import runs_of
from hashmatch.hashing.seams import detailed, rectangles, seams_of
from hashmatch.model import Tier
from hashmatch.model.framing import SLIGHT_TURNS, TURNED
from hashmatch.model.orientation import Orientation
from tests.support.hostile_pages import KINDS, hostile_page
from tests.support.kernels import NEEDED, at, levels, without_kernels
from tests.support.photos import photo

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = NEEDED

_ALL = HashOptions(orientations=True, variants=True, tiers=(Tier.WHOLE, Tier.REGIONS, Tier.FRAMING))


def as_bytes(found: Any) -> Any:
    """What was found, so that it compares by its bits."""
    if isinstance(found, np.ndarray):
        return found.shape, found.dtype.str, found.tobytes()
    if isinstance(found, tuple | list):
        return [as_bytes(each) for each in found]
    return found


def assert_same(call: Callable[[], Any]) -> None:
    """That NumPy and every instruction set give the same bits."""
    with pytest.MonkeyPatch.context() as patch, without_kernels(patch):
        expected = as_bytes(call())
    for level in levels():
        with at(level):
            assert as_bytes(call()) == expected


def drawn(seed: int, shape: tuple[int, int]) -> "NDArray[np.uint8]":
    """A plain or lit ground with grain, and things on it: upright, tilted, round, or lines."""
    chance = np.random.default_rng(seed)
    rows, columns = np.indices(shape)
    luma = chance.integers(0, 256) + rows * chance.choice([0, 0, 0.1])
    for _ in range(chance.integers(0, 6)):
        middle, angle = chance.random(2) * shape, chance.choice([0, 0, chance.random()])
        down = (rows - middle[0]) * np.cos(angle) - (columns - middle[1]) * np.sin(angle)
        across = (rows - middle[0]) * np.sin(angle) + (columns - middle[1]) * np.cos(angle)
        half = chance.integers(1, 90, 2)
        inside = (np.abs(down) < half[0]) & (np.abs(across) < half[1])
        if chance.random() < 0.2:
            inside = np.hypot(down, across) < half[0]
        picture = chance.integers(0, 256, shape) if chance.random() < 0.5 else rows * 3 + columns
        luma = np.where(inside, picture, luma)
    return np.asarray(
        np.clip(luma + chance.normal(0, chance.choice([0, 4]), shape), 0, 255), np.uint8
    )


shapes = st.tuples(st.integers(1, 260), st.integers(1, 260))
seeds = st.integers(0, 2**32)
few = settings(max_examples=25, deadline=None)


@few
@given(seeds, shapes, st.integers(1, 20))
def test_means_of_boxes(seed: int, shape: tuple[int, int], side: int) -> None:
    luma, chance = drawn(seed, shape), np.random.default_rng(seed)
    (top, bottom), (left, right) = (np.sort(chance.random(2)) * each for each in shape)
    for box in (Box(0, shape[0], 0, shape[1]), Box(top, bottom + 0.01, left, right + 0.01)):
        assert_same(partial(lambda where: Sums(luma).means(where), box))
    assert_same(lambda: qualities_of(Sums(luma).means(Box(0, shape[0], 0, shape[1]))[None]))
    assert_same(lambda: small(luma, side))
    assert_same(lambda: small(luma[:, ::-1].T, side))


@few
@given(seeds, st.sampled_from([np.float32, np.float64]), st.sampled_from([1, 30, 1 << 20]))
def test_codes_of_coefficients_also_of_equal_ones(seed: int, kind: type, range_: int) -> None:
    chance = np.random.default_rng(seed)
    values: NDArray[Any] = (chance.integers(-range_, range_ + 1, (5, 16, 16)) / 64).astype(kind)
    values[0][values[0] == 0] = -0.0
    assert_same(lambda: codes_of(values))
    assert_same(lambda: codes_of(values.swapaxes(1, 2)))


@few
@given(seeds, shapes, st.integers(1, 60), st.integers(1, 40))
def test_pieces_of_pages(seed: int, shape: tuple[int, int], least: int, most: int) -> None:
    """Pictures in rows and columns, in borders, some of whose gaps have nearly the same level."""
    chance, luma = np.random.default_rng(seed), drawn(seed, shape)
    assert_same(lambda: cutting.pieces(luma, least, most))
    for _ in range(chance.integers(0, 6)):
        at, wide = int(chance.integers(0, max(shape))), int(chance.integers(1, 9))
        level = 100 + chance.integers(0, 40)
        luma[at : at + wide] = level
        luma[:, at : at + wide] = level + chance.integers(-20, 20)
    assert_same(lambda: cutting.pieces(luma, least, most))
    assert_same(lambda: cutting.pieces(luma[::-1, 1:], least))


@few
@given(seeds, shapes)
def test_pieces_between_lines_that_are_nearly_plain(seed: int, shape: tuple[int, int]) -> None:
    """About as many pixels as may be are off by about as many levels as may be."""
    chance = np.random.default_rng(seed)
    off = chance.random(shape) < chance.choice([0.02, 0.03, 0.04, 0.2, 0.25])
    off |= chance.random((shape[0], 1)) < chance.choice([0, 0.2])
    luma = np.where(off, chance.integers(100 - 20, 100 + 21, shape), 100).astype(np.uint8)
    luma[:, ::3] += chance.integers(0, 19, dtype=np.uint8)
    assert_same(lambda: cutting.pieces(luma, 5))
    assert_same(lambda: cutting.pieces(luma.T, 1))


@few
@given(seeds, shapes, st.integers(0, 12), st.integers(0, 16))
def test_things_and_their_corners(seed: int, shape: tuple[int, int], least: int, most: int) -> None:
    luma = drawn(seed, shape)
    away = np.abs(luma.astype(int) - luma[0, 0]) > np.random.default_rng(seed).integers(2, 40)
    assert_same(lambda: blobs(away, least, most))
    assert_same(lambda: (sides.sides_of(away), quad_of(away)))
    # The sides of each are found the same, whether four remain or not.
    assert_same(lambda: [quad_of(each.mask) for each in blobs(away, 8, 16)])


@few
@given(seeds, st.tuples(st.integers(1, 260), st.integers(1, 260)), st.integers(1, 40))
def test_grounds_and_what_is_not_of_them(seed: int, shape: tuple[int, int], least: int) -> None:
    luma = drawn(seed, shape)
    assert_same(lambda: corners._ground(luma))
    assert_same(lambda: list(quads_in(luma, 1, least, is_page=True)))
    ground = corners._ground(luma)
    if ground is not None:
        # Levels that pixels have exactly are not beyond them.
        for low, high in ((-18.0, 18.0), (-6.0, np.inf), (-np.inf, 0.0)):
            assert_same(partial(corners._away, luma, ground, low, high))


@few
@given(seeds, st.integers(0, 400))
def test_sides_that_an_outline_sharpens(seed: int, count: int) -> None:
    """Corners that are nearly those of an outline with outliers, or of none."""
    chance = np.random.default_rng(seed)
    quad = np.array(((10, 20), (15, 140), (90, 130), (80, 12.0))) + chance.normal(0, 2, (4, 2))
    side, share = chance.integers(0, 4, count), chance.random((count, 1))
    outline = quad[side] * share + quad[(side + 1) % 4] * (1 - share)
    outline = np.rint(outline + chance.standard_cauchy((count, 2)) * chance.choice([0, 0.3]))
    assert_same(lambda: corners._sharpened(quad, outline))
    assert_same(lambda: corners._sharpened(np.rint(quad / 12), outline))


@few
@given(seeds, st.tuples(st.integers(2, 260), st.integers(2, 260)), st.integers(0, 9))
def test_seams_and_rectangles(seed: int, shape: tuple[int, int], most: int) -> None:
    """Rectangles over each other, many from edge to edge, so that many sides are equally dense."""
    chance, luma = np.random.default_rng(seed), drawn(seed, shape)
    for _ in range(chance.integers(0, 9)):
        (top, bottom), (left, right) = (
            np.sort(chance.integers(0, each + 1, 2)) if chance.random() < 0.7 else (0, each)
            for each in shape
        )
        noise = chance.integers(0, 256, (bottom - top, right - left))
        luma[top:bottom, left:right] = noise if chance.random() < 0.5 else chance.integers(0, 256)
    assert_same(lambda: seams_of(luma))
    found = seams_of(luma)
    assert_same(lambda: (rectangles(found, int(seed % 50) + 1, most), detailed(found)))


@few
@given(seeds, st.tuples(st.integers(2, 260), st.integers(2, 260)))
def test_sides_that_slant(seed: int, shape: tuple[int, int]) -> None:
    chance, luma = np.random.default_rng(seed), drawn(seed, shape)
    (top, bottom), (left, right) = (np.sort(chance.integers(0, each + 1, 2)) for each in shape)
    rows, columns = np.indices(shape)
    slope = (chance.random(4) - 0.5) / 8
    inside = (rows >= top + slope[0] * columns) & (rows < bottom + slope[1] * columns)
    inside &= (columns >= left + slope[2] * rows) & (columns < right + slope[3] * rows)
    luma = np.where(inside, 255 - luma, luma // 2)
    where = Rectangle(*map(int, (top, bottom, left, right)))
    assert_same(lambda: slanting._sides(luma, where))
    assert_same(lambda: slanting.slanted(luma, where))


def test_more_seams_than_are_looked_at() -> None:
    """Thirty lines of each direction, equally strong: the first ones are taken."""
    luma = np.indices((300, 300)).sum(axis=0) * 0 + 100
    luma[5::10] += 40
    luma[:, 5::10] += 40
    found = seams_of(luma.astype(np.uint8))
    assert_same(lambda: rectangles(found, 32, 6))
    assert rectangles(found, 32, 6)


@few
@given(seeds, st.sampled_from([SLIGHT_TURNS, TURNED]), st.floats(0.2, 5))
def test_turned_pictures(seed: int, plan: str, aspect: float) -> None:
    means = Sums(drawn(seed, (128, 128))).means(Box(0, 128, 0, 128))
    assert_same(lambda: framed(means, plan, (1, aspect)))
    assert_same(lambda: framed(means[::-1, ::-1].T, plan, (1, aspect)))


@few
@given(seeds)
def test_corners_and_turns_of_parts(seed: int) -> None:
    chance = np.random.default_rng(seed)
    levels = chance.integers(0, 256, (3, 4, 4)).repeat(32, 1).repeat(32, 2).astype(np.float64)
    # Some differ from the corner by as many levels as may be.
    levels += chance.choice([0, 0, 0, 12, -12, 12.5], levels.shape)
    assert_same(lambda: runs_of(levels))
    assert_same(lambda: qualities_of(levels))
    spectrum = chance.integers(-20, 20, (3, 16, 16)).astype(np.float64)
    assert_same(lambda: turned_codes(spectrum, list(Orientation)))
    assert_same(lambda: turned_codes(spectrum[:0], list(Orientation)[3:5]))


@few
@given(seeds, st.tuples(st.integers(2, 400), st.integers(2, 400)))
def test_quadrilaterals_from_the_front(seed: int, shape: tuple[int, int]) -> None:
    chance = np.random.default_rng(seed)
    square = np.array(((0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1)))
    where = (square + (chance.random((4, 2)) - 0.5) / 5) * shape
    assert_same(lambda: rectified(drawn(seed, shape), where))


@few
@given(seeds, st.tuples(st.integers(40, 700), st.integers(40, 700)))
def test_what_lies_on_a_picture(seed: int, shape: tuple[int, int]) -> None:
    luma, chance = drawn(seed, shape), np.random.default_rng(seed)
    assert_same(lambda: uncovered(luma))
    # A few levels from pixel to pixel: some are flat, and some as near to a level as may be.
    luma = (chance.integers(90, 98, shape) + 40 * (luma > chance.integers(0, 256))).astype(np.uint8)
    luma[chance.random(shape) < chance.choice([0, 0.01])] += 100
    assert_same(lambda: covering._areas(luma))
    assert_same(lambda: uncovered(luma))
    area = chance.random((64, 64)) < chance.random()
    assert_same(lambda: _enclosed(area))


def test_a_long_way_through_an_area_is_one_piece() -> None:
    """A spiral: what it winds around is enclosed by it, however many turns it takes."""
    area = np.zeros((64, 64), np.bool_)
    row, column = 0, 0
    lengths = [63, *(each for each in range(63, 1, -2) for _ in range(2))]
    for turn, length in enumerate(lengths):
        down, across = ((0, 1), (1, 0), (0, -1), (-1, 0))[turn % 4]
        for _ in range(length):
            area[row, column] = True
            row, column = row + down, column + across
    assert_same(lambda: _enclosed(area))
    assert np.asarray(_enclosed(area))[:, 1:-1].mean() > 0.95


@pytest.mark.parametrize("kind", list(KINDS))
def test_hostile_pictures_have_the_same_parts(kind: str) -> None:
    assert_same(lambda: hash_image(hostile_page(kind, 6), _ALL).regions)


@pytest.mark.parametrize("mode", ["fast", "exact"])
def test_pages_have_the_same_parts(mode: str) -> None:
    """A page with upright, tilted, round and covered pictures, by all tiers."""
    page = Image.new("L", (900, 1400), 240)
    page.paste(photo("astronaut").convert("L").resize((400, 300)), (40, 60))
    page.paste(photo("coffee").convert("L").resize((400, 300)), (440, 60))
    turned = photo("chelsea").convert("LA").resize((420, 300)).rotate(11, expand=True)
    page.paste(turned.convert("L"), (120, 480), turned.getchannel("A"))
    page.paste(photo("rocket").convert("L").resize((500, 380)), (200, 960))
    page.paste(20, (300, 1000, 420, 1100))
    file = BytesIO()
    page.save(file, "PNG")
    options = replace(_ALL, mode=mode)
    assert_same(lambda: hash_image(file.getvalue(), options).regions)
    assert len(hash_image(file.getvalue(), options).regions) > 10


def test_what_does_not_fit_is_refused() -> None:
    luma, mask = np.zeros((20, 30), np.uint8), np.zeros((20, 30), np.bool_)
    with pytest.raises(ValueError, match="covers no picture"):
        compiled.uncovered(luma, mask[1:])
    with pytest.raises(ValueError, match="covers no picture"):
        compiled.area_of(luma, mask[1:], 9, 1, 1)
    with pytest.raises(ValueError, match="cannot be passed on"):
        compiled.enclosed(mask, 16, 4)
    for call in (compiled.quad, lambda empty, _: compiled.blobs(empty, 1, 1, 9)):
        with pytest.raises(ValueError, match="cannot be passed on"):
            call(mask[:0], sides._LIMITS)
    with pytest.raises(ValueError, match="without pixels"):
        compiled_means.sums(luma[:0])
    with pytest.raises(ValueError, match="too large"):
        compiled_means.sums(np.zeros((2897, 2897), np.uint8))
    steps = np.zeros((5, 9), np.uint8)
    with pytest.raises(ValueError, match="not those of one picture"):
        compiled_seams.rectangles(steps, steps, 1, 1, seams._LIMITS)
    for where in ((-1, 20, 0, 30), (0, 21, 0, 30), (5, 4, 0, 30), (0, 20, 0, 31), (0, 20, 9, 8)):
        with pytest.raises(ValueError, match="outside"):
            compiled_seams.slants(luma, np.array(where), np.array((1, 1)), slanting._LIMITS)
    cells, place = np.zeros((128, 128), np.float32), np.zeros(1, np.int32)
    for off in (place - 1, place + 257 * 257):
        with pytest.raises(ValueError, match="lie outside"):
            compiled.readings(cells, 0, off, np.ones(1, np.float32))
    product, number = np.zeros((32, 48), np.float32), np.zeros(1, np.int64)
    assert compiled_means.blocks(product, number + 1, number + 2, 4, None).tolist() == [[0] * 32]
    for rows, columns in ((number + 2, number), (number, number + 3), (number - 1, number)):
        with pytest.raises(ValueError, match="lie outside"):
            compiled_means.blocks(product, rows, columns, 4, None)
    for low in (-1, 17):
        with pytest.raises(ValueError, match="lie outside"):
            compiled_means.blocks(product, number, number, low, None)


def test_pictures_without_pixels_have_no_things() -> None:
    for shape in ((0, 5), (5, 0)):
        assert blobs(np.zeros(shape, np.bool_), 1, 4) == []
        assert quad_of(np.zeros(shape, np.bool_)) is None
        assert cutting.pieces(np.zeros(shape, np.uint8), 1) == []
