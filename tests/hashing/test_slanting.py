"""Sides of pieces as they run, against polygons that were drawn."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hashmatch.hashing.cutting import Rectangle
from hashmatch.hashing.slanting import slanted


def drawn(corners: list[tuple[float, float]], ground: int, *, noise: float = 4.0) -> np.ndarray:
    """A grainy polygon on a grainy ground; corners are rows and columns."""
    page = Image.new("L", (2400, 2000), ground)
    ImageDraw.Draw(page).polygon([(4 * x, 4 * y) for y, x in corners], fill=150)
    small = np.asarray(page.resize((600, 500), Image.Resampling.BOX), np.float64)
    grain = np.random.default_rng(7).normal(0, noise, small.shape)
    return np.clip(small + grain, 0, 255).astype(np.uint8)


def box_of(corners: list[tuple[float, float]]) -> Rectangle:
    rows, columns = zip(*corners, strict=True)
    return Rectangle(int(min(rows)), int(max(rows)) + 1, int(min(columns)), int(max(columns)) + 1)


@pytest.mark.parametrize("ground", [12, 240])
@pytest.mark.parametrize(
    "corners",
    [
        [(80, 100), (95, 430), (380, 425), (372, 92)],
        [(90, 100), (80, 430), (372, 440), (380, 108)],
        [(80, 100), (80, 430), (380, 430), (366, 100)],
    ],
)
def test_the_sides_of_a_piece_are_found_as_they_run(
    corners: list[tuple[float, float]], ground: int
) -> None:
    found = slanted(drawn(corners, ground), box_of(corners))
    assert found is not None
    assert np.abs(found - np.array(corners)).max() < 2


@pytest.mark.parametrize("ground", [12, 240])
def test_an_upright_piece_has_no_other_sides(ground: int) -> None:
    corners: list[tuple[float, float]] = [(80, 100), (80, 430), (380, 430), (380, 100)]
    assert slanted(drawn(corners, ground), Rectangle(80, 380, 100, 430)) is None


def test_where_no_line_is_seen_there_is_none() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (300, 400)).astype(np.uint8)
    assert slanted(noise, Rectangle(40, 260, 50, 350)) is None
    assert slanted(np.full((300, 400), 90, np.uint8), Rectangle(40, 260, 50, 350)) is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2), (12, 12)])
def test_pieces_of_any_size_are_looked_at(shape: tuple[int, int]) -> None:
    luma = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    found = slanted(luma, Rectangle(0, shape[0], 0, shape[1]))
    assert found is None or found.shape == (4, 2)


def test_a_side_that_is_not_seen_stays_upright() -> None:
    """Of a piece that runs out of the picture on one side."""
    corners = [(80.0, 100.0), (95.0, 700.0), (380.0, 700.0), (372.0, 92.0)]
    found = slanted(drawn(corners, 12), Rectangle(80, 380, 92, 600))
    assert found is not None
    assert found[1, 1] == found[2, 1] == 600
    assert np.abs(found[[0, 3]] - np.array(corners)[[0, 3]]).max() < 2
