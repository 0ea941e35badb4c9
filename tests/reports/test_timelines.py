import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.model import Alignment, Grade
from hashmatch.model.orientation import Orientation
from hashmatch.reports.text import clock, meeting
from hashmatch.reports.timelines import segments_of, timelines
from tests.support.case_records import STILL, segment

NUMBER = re.compile(r' (?:x|y|x1|x2|y1|y2|points)="([^"]+)"')


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(<td\b.*?)</tr>", html)
    found = [re.sub("<[^>]+>", " ", row.replace("</td>", "|")).split("|")[:-1] for row in rows]
    return [[" ".join(cell.split()).replace("&#58;", ":") for cell in row] for row in found]


def test_a_row_says_where_both_meet_and_how_sure_that_is() -> None:
    turned = segment(2, orientation=Orientation.ROTATED_90, speed=None, known_start=200.0)
    assert cells(segments_of([segment(1), turned], 421.3)) == [
        [
            *("0:01:01.4 – 0:01:31.2", "0:00:57.0 – 0:01:27.4", "−0:00:04.4", "× 1.02"),
            *("30 / 24", "11.2 bits", "21% / 17%", "strong inside borders"),
        ],
        [
            *("0:02:02.8 – 0:02:32.6", "0:03:20.0 – 0:02:12.4", "+0:01:17.2", "–"),
            *("30 / 24", "11.2 bits", "21% / 17%", "strong rotated 90"),
        ],
    ]


def test_a_picture_has_no_times() -> None:
    in_video = segment(start=83.44, end=83.44, known_start=0, known_end=0, part="", **STILL)
    of_video = segment(start=0, end=0, known_start=3723.46, known_end=3723.46, part="", **STILL)
    assert cells(segments_of([in_video], 90.0)) == [
        ["0:01:23.4", "–", "–", "–", "30 / 1", "11.2 bits", "21% / –", "still"]
    ]
    assert cells(segments_of([of_video], None)) == [
        ["–", "1:02:03.5", "–", "–", "30 / 1", "11.2 bits", "– / 17%", "still"]
    ]
    first = segment(start=0, end=0, known_start=0, known_end=0, part="", **STILL)
    assert cells(segments_of([first], 90.0))[0][0] == "0:00:00.0"
    assert "picture" in timelines([in_video], 90.0)
    assert "picture" in timelines([of_video], None)
    assert "picture" not in timelines([segment()], 421.3)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "0:01:01.4 – 0:01:31.2 is the known video's 0:00:57.0 – 0:01:27.4, strong"),
        ({"known_start": 0, "known_end": 0, **STILL}, "frame at 0:01:01.4 – 0:01:31.2"),
        ({"end": 61.4, "known_start": 0, "known_end": 0, **STILL}, "frame at 0:01:01.4"),
        ({"start": 0, "end": 0, **STILL}, "the known video's frame at 0:00:57.0 – 0:01:27.4"),
        (
            {"end": 61.4, "known_end": 57.0, **STILL},
            "frame at 0:01:01.4, still, as the known video's at 0:00:57.0",
        ),
    ],
)
def test_a_segment_in_words(changed: dict[str, Any], words: str) -> None:
    assert meeting(segment(**changed)) == words


def test_moments_are_read_as_on_a_clock() -> None:
    assert [clock(each) for each in (0, 59.96, 3599.949, 360_000)] == [
        *("0:00:00.0", "0:01:00.0", "0:59:59.9", "100:00:00.0")
    ]
    assert (clock(-0.01), clock(-61.25)) == ("0:00:00.0", "−0:01:01.2")
    assert {clock(each) for each in (math.nan, math.inf, -math.inf)} == {"not known"}


def test_the_lines_are_as_long_as_both_files() -> None:
    svg = timelines([segment(known_start=30, known_end=60, known_coverage=0.25)], 421.3)
    assert ">0&#58;07&#58;01.3<" in svg
    assert ">about 0&#58;02&#58;00.0<" in svg


def test_stretches_stand_where_they_are_on_their_lines() -> None:
    """From the half to the end of the one, the first half of the other."""
    svg = timelines(
        [segment(start=50, end=100, known_start=0, known_end=10, known_coverage=0.5)], 100.0
    )
    track, _, above, below = (
        (float(x), float(wide))
        for x, wide in re.findall(
            r'<rect class="\w+" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg
        )
    )
    left, wide = track
    assert above[0] == pytest.approx(left + wide / 2, abs=2)
    assert sum(above) == pytest.approx(left + wide, abs=0.2)
    assert below == pytest.approx((left, wide / 2), abs=3)


def test_only_so_many_are_shown_and_the_rest_counted() -> None:
    html = segments_of([segment(n) for n in range(1, 28)], 3000.0)
    assert len(cells(html)) == html.count("<polygon") == 20
    assert "7 more segments are in the JSON report." in html


ANY = st.floats() | st.floats(0, 1e5)
SEGMENTS = st.builds(
    Alignment,
    *(ANY, ANY, ANY, ANY, st.sampled_from(Grade)),
    distance=ANY,
    speed=st.none() | ANY,
    coverage=ANY,
    known_coverage=ANY,
    part=st.text(max_size=5),
)


@given(st.lists(SEGMENTS, min_size=1, max_size=4), st.none() | ANY)
def test_whatever_is_on_record_is_drawn_within_the_frame(
    segments: list[Alignment], duration: float | None
) -> None:
    html = segments_of(segments, duration)
    for found in NUMBER.findall(html):
        for number in re.split("[ ,]", found):
            assert 0 <= float(number) <= 640
    for wide in re.findall(r'width="([^"]+)"', html):
        assert 0 < float(wide) <= 640
