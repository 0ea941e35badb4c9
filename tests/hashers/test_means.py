"""Means of parts of pictures, and the codes of all turns of them."""

import numpy as np
import pytest

from hashmatch.hashers import means
from hashmatch.hashers.means import CELLS, Box, Sums, axis, codes_of, spectra, turned
from hashmatch.hashers.pdq import CentredPdq
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster
from tests.support.photos import photo


def luma(name: str, size: tuple[int, int] | None = None) -> np.ndarray:
    picture = photo(name).convert("L")
    return np.asarray(picture if size is None else picture.resize(size))


@pytest.mark.parametrize(
    "box",
    [Box(0, 300, 0, 451), Box(10, 138, 20, 148), Box(3.25, 77.5, 8.5, 300), Box(5, 45, 400, 451)],
)
def test_means_are_those_of_areas(box: Box) -> None:
    """Each cell against the mean of the picture enlarged 256 times, by brute force."""
    picture = luma("chelsea")
    found = Sums(picture).means(box)
    for row, column in ((0, 0), (0, 127), (64, 31), (127, 127)):
        total = 0.0
        edges = []
        for start, end, at in ((box.top, box.bottom, row), (box.left, box.right, column)):
            step = (end - start) / CELLS
            edges.append(np.round((start + step * np.arange(at, at + 2)) * 256).astype(int))
        (top, bottom), (left, right) = edges
        for y in range(top // 256, -(-bottom // 256)):
            tall = min(bottom, 256 * (y + 1)) - max(top, 256 * y)
            for x in range(left // 256, -(-right // 256)):
                wide = min(right, 256 * (x + 1)) - max(left, 256 * x)
                total += tall * wide * float(picture[y, x]) / 256**2
        area = (box.bottom - box.top) * (box.right - box.left) / CELLS**2
        assert found[row, column] == pytest.approx(total / area, abs=2**-12)


def test_codes_of_a_whole_picture_are_near_those_of_pdq_without_its_shift() -> None:
    for name in ("coffee", "rocket", "chelsea", "astronaut"):
        picture = luma(name)
        raster = Raster(picture, picture.shape[1], picture.shape[0])
        known = CentredPdq().hash(raster, orientations=tuple(Orientation))
        cells = Sums(picture).means(Box(0, picture.shape[0], 0, picture.shape[1]))
        codes = codes_of(
            turned(spectra(cells[None], axis(), axis()), tuple(Orientation)).reshape(-1, 16, 16)
        )
        for each, code in zip(known, codes, strict=True):
            other = np.frombuffer(each.hash.value, np.uint8)
            assert int(np.bitwise_count(code ^ other).sum()) <= 18


def test_every_turn_is_the_code_of_the_turned_picture() -> None:
    """The law that signs of cosines rest on, with the pixels turned instead."""
    picture = luma("coffee", (256, 256))
    spectrum = spectra(Sums(picture).means(Box(0, 256, 0, 256))[None], axis(), axis())
    for turn in Orientation:
        shown = picture[::-1] if turn.flips_rows else picture
        shown = shown[:, ::-1] if turn.flips_columns else shown
        shown = shown.T if turn.transposes else shown
        own = spectra(
            Sums(np.ascontiguousarray(shown)).means(Box(0, 256, 0, 256))[None], axis(), axis()
        )
        (expected,), (found,) = codes_of(own), codes_of(turned(spectrum, (turn,))[0])
        # Halves are summed in another order: a coefficient that is the median may fall otherwise.
        assert int(np.bitwise_count(expected ^ found).sum()) <= 2


def test_a_large_picture_becomes_means_of_whole_boxes() -> None:
    picture = np.arange(40 * 70, dtype=np.uint8).reshape(40, 70) // 2
    small, k = means.small(picture, 25)
    assert k == 3
    assert small.shape == (13, 23)
    assert small[2, 5] == round(float(picture[6:9, 15:18].mean()))
    assert means.small(picture, 70) == (picture, 1)


@pytest.mark.parametrize("k", [2, 16, 17, 40])
def test_the_brightest_picture_stays_so(k: int) -> None:
    """The largest sums of boxes fit into what they are summed in."""
    small, found = means.small(np.full((3 * k, 5 * k), 255, np.uint8), 5)
    assert found == k
    assert small.shape == (3, 5)
    assert (small == 255).all()
