"""The outline of a part: a drawing of where it lies, never a picture."""

import re

import pytest

from hashmatch.model import Tier
from hashmatch.reports.outlines import outline_of
from tests.support.case_records import holding, item, match, sighting
from tests.support.html_pages import written

PART = ((100.0, 50.0), (300.0, 60.0), (290.0, 190.0), (90.0, 200.0))


def test_the_part_is_drawn_to_scale() -> None:
    drawn = str(outline_of(PART, 400, 200))
    (points,) = re.findall(r'points="([^"]*)"', drawn)
    found = [float(each) for point in points.split() for each in point.split(",")]
    drawn_at = [2 + 96 * place / 400 for corner in PART for place in corner]
    assert found == pytest.approx(drawn_at, abs=0.06)
    assert 'width="96.0" height="48.0"' in drawn
    assert "<img" not in drawn
    assert "data:" not in drawn


@pytest.mark.parametrize(
    ("outline", "size"),
    [
        ((), (400, 200)),
        (PART, (0, 200)),
        (((float("nan"), 0.0),), (9, 9)),
        (((1e300, 0.0),), (9, 9)),
    ],
)
def test_what_is_no_outline_is_not_drawn(
    outline: tuple[tuple[float, float], ...], size: tuple[int, int]
) -> None:
    assert outline_of(outline, *size) == ""


@pytest.mark.parametrize(("frame", "drawings"), [(0, 1), (3, 0)])
def test_on_a_further_page_whose_size_nobody_knows_nothing_is_drawn(
    frame: int, drawings: int
) -> None:
    how = match(tier=Tier.REGIONS, outline=PART, frame=frame)
    page = written(holding([sighting(1, item(1, "a.tif", width=400, height=200), how)]))
    assert page.count('class="outline"') == drawings
