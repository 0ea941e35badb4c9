"""What lies on a picture in one brightness is taken away."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hashmatch.hashers.means import Box, Sums, axis, codes_of, half_axis, spectra
from hashmatch.hashing.covering import _enclosed, _pieces, uncovered
from tests.support.photos import photo


def codes(picture: Image.Image) -> np.ndarray:
    luma = np.asarray(picture)
    return np.asarray(codes_of(spectra(uncovered(luma), half_axis(), half_axis())))


def code(picture: Image.Image) -> np.ndarray:
    means = Sums(np.asarray(picture)).means(Box(0, picture.height, 0, picture.width))
    (found,) = codes_of(spectra(means[None], axis(), axis()))
    return np.asarray(found)


def apart(some: np.ndarray, known: np.ndarray) -> int:
    return int(np.bitwise_count(some ^ known).sum(axis=-1).min())


def stickers(draw: ImageDraw.ImageDraw) -> None:
    for left, top in ((30, 40), (300, 30), (60, 210), (350, 190)):
        draw.ellipse((left, top, left + 70, top + 70), fill=205)
        draw.ellipse((left + 18, top + 20, left + 28, top + 30), fill=20)
        draw.ellipse((left + 42, top + 20, left + 52, top + 30), fill=20)


def words_on_white(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle((90, 60, 330, 150), fill=255)
    for row in range(75, 140, 16):
        for column in range(105, 310, 9):
            draw.line((column, row, column, row + 8), fill=0, width=2)


def a_line(draw: ImageDraw.ImageDraw) -> None:
    places = [(20, 20), (400, 90), (60, 170), (420, 240), (40, 290), (250, 10), (300, 300)]
    draw.line(places, fill=235, width=13)


@pytest.mark.parametrize("lies_on", [stickers, words_on_white, a_line])
@pytest.mark.parametrize("name", ["chelsea", "rocket"])
def test_a_covered_picture_is_near_the_known_one(name: str, lies_on: object) -> None:
    picture = photo(name).convert("L").resize((480, 320))
    known = code(picture)
    covered = picture.copy()
    assert callable(lies_on)
    lies_on(ImageDraw.Draw(covered))
    before = apart(code(covered), known)
    assert before > 30, "it covers too little to be a test"
    assert apart(codes(covered), known) < min(before - 10, 47)


@pytest.mark.parametrize("share", [0.3, 0.55, 0.62, 0.75])
def test_pieces_are_those_of_a_walk_from_cell_to_cell(share: float) -> None:
    area = np.random.default_rng(5).random((64, 64)) < share
    walked = np.zeros(area.shape, int)
    for start in zip(*area.nonzero(), strict=True):
        ahead = [] if walked[start] else [start]
        number = walked.max() + 1
        while ahead:
            row, column = ahead.pop()
            if 0 <= row < 64 and 0 <= column < 64 and area[row, column] and not walked[row, column]:
                walked[row, column] = number
                ahead += [
                    (row + 1, column),
                    (row - 1, column),
                    (row, column + 1),
                    (row, column - 1),
                ]
    pieces = _pieces(area)
    assert not pieces[~area].any()
    pairs = set(zip(pieces[area].tolist(), walked[area].tolist(), strict=True))
    assert len(pairs) == walked.max() == len(np.unique(pieces[area]))


def test_a_ring_encloses_its_middle_and_two_bars_nothing() -> None:
    ring = np.zeros((64, 64), bool)
    ring[10:30, 20:40] = True
    ring[14:26, 24:36] = False
    expected = np.zeros((64, 64), bool)
    expected[10:30, 20:40] = True
    assert np.array_equal(_enclosed(ring), expected)
    bars = np.zeros((64, 64), bool)
    bars[10:12, 5:50] = bars[40:42, 5:50] = True
    assert np.array_equal(_enclosed(bars), bars)


@pytest.mark.parametrize("shape", [(1, 1), (40, 3000), (63, 64), (300, 17), (64, 64)])
def test_any_shape_gives_as_many(shape: tuple[int, int]) -> None:
    luma = np.random.default_rng(2).integers(0, 3, shape).astype(np.uint8)
    found = uncovered(luma)
    assert found.shape == (12, 64, 64)
    assert np.isfinite(found).all()
