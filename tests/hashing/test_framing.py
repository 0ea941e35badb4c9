"""What a known picture would be, if another is cut from it."""

import numpy as np
import pytest

from hashmatch.hashers.means import Box, Sums, axis, codes_of, spectra
from hashmatch.hashing.framing import framed
from hashmatch.model.framing import COVERS, CROPS, SIDES, Framing, Span, hypotheses, plan
from tests.support.photos import photo


def cells(luma: np.ndarray) -> np.ndarray:
    return Sums(luma).means(Box(0, luma.shape[0], 0, luma.shape[1]))


def distances(name: str, shown: Framing, tried: str) -> np.ndarray:
    """From each hypothesis of a plan on the part shown, to the code of the whole picture."""
    whole = np.asarray(photo(name).convert("L").resize((400, 300)))
    (known,) = codes_of(spectra(cells(whole)[None], axis(), axis()))
    top, bottom = (round(300 * each) for each in (shown.rows.start, sum(shown.rows)))
    left, right = (round(400 * each) for each in (shown.columns.start, sum(shown.columns)))
    cut = np.ascontiguousarray(whole[top:bottom, left:right])
    return np.asarray(np.bitwise_count(framed(cells(cut), tried) ^ known).sum(axis=1))


@pytest.mark.parametrize("name", ["coffee", "chelsea", "astronaut"])
@pytest.mark.parametrize(
    ("shown", "tried"),
    [
        (Framing(Span(0.02, 0.94), Span(0.04, 0.94)), CROPS),
        (Framing(Span(0.0, 0.9), Span(0.1, 0.9)), CROPS),
        (Framing(Span(0.0, 1.0), Span(0.125, 0.8)), SIDES),
        (Framing(Span(0.0625, 0.875), Span(0.0, 1.0)), COVERS),
    ],
)
def test_the_right_hypothesis_is_nearest(name: str, shown: Framing, tried: str) -> None:
    found = distances(name, shown, tried)
    best = plan(tried)[int(found.argmin())]
    off = max(
        abs(a - b)
        for axis_of in ("rows", "columns")
        for a, b in zip(getattr(best, axis_of), getattr(shown, axis_of), strict=True)
    )
    assert off <= 0.045
    assert found.min() <= 46
    # Most others are as far as different pictures.
    assert np.median(found) > found.min() + 10


def test_another_picture_is_near_under_no_hypothesis() -> None:
    other = np.asarray(photo("astronaut").convert("L"))
    (known,) = codes_of(spectra(cells(other)[None], axis(), axis()))
    mine = cells(np.asarray(photo("coffee").convert("L")))
    for name in (CROPS, SIDES, COVERS):
        assert np.bitwise_count(framed(mine, name) ^ known).sum(axis=1).min() > 60


def test_plans_are_counted_and_lie_within_the_picture() -> None:
    counts = hypotheses()
    assert counts == {"turns": 8, CROPS: 1495, SIDES: 304, COVERS: 77}
    for name in (CROPS, SIDES, COVERS):
        assert len(set(plan(name))) == len(plan(name))
        for framing in plan(name):
            for span in framing:
                assert span.start >= 0
                assert span.size > 0
                assert span.start + span.size <= 1 + 1e-9
    assert str(Framing(Span(0, 0.9), Span(0.05, 0.9))) == (
        "rows 0–90 %, columns 5–95 % of the known picture"
    )
