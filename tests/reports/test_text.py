from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.markup import shown
from hashmatch.reports.text import readings_of, shortened, utc
from hashmatch.visible import code_point, is_visible, printable
from tests.support.case_records import VIDEO, match, segment

ANY = st.text(st.characters(exclude_categories=()))


@given(ANY)
def test_printable_text_is_printable(text: str) -> None:
    assert printable(text).isprintable()
    assert printable(text).encode("utf-8").decode() == printable(text)


@given(ANY)
def test_shown_text_is_printable_and_has_no_markup_of_its_own(text: str) -> None:
    html = shown(text)
    assert html.isprintable()
    bare = html.replace("<b class=u>", "").replace("</b>", "")
    assert not set(bare) & set("<>\"':")


@given(ANY, st.integers(2, 50))
def test_shortened_text_has_both_ends(text: str, longest: int) -> None:
    short = shortened(text, longest)
    assert short[: longest // 2] == text[: longest // 2]
    assert (short == text) == (len(text) <= longest)


def test_times_are_shown_in_utc_and_what_is_no_time_as_it_is() -> None:
    assert utc("2026-03-01T10:11:12Z") == "2026-03-01 10:11:12"
    assert utc("2026-03-01T10:11:12.123456789+00:00") == "2026-03-01 10:11:12"
    assert utc("2026-03-01T00:11:12+02:00") == "2026-02-28 22:11:12"
    assert utc("0001-01-01T00:00:00+14:00") == "0001-01-01T00:00:00+14:00"
    assert utc("<b>") == "<b>"
    assert utc("") == ""


def test_a_match_of_a_video_says_when() -> None:
    how = match(**VIDEO, segments=(segment(), segment(2)))
    assert readings_of(how) == [
        "0:01:01.4 – 0:01:31.2 is the known video's 0:00:57.0 – 0:01:27.4, strong",
        "1 more segment",
    ]
    assert readings_of(match(frame=3, inverted=True)) == ["negative", "frame 3"]
    still = segment(start=83.44, end=83.44, known_start=0, known_end=0)
    assert readings_of(match(frame=2502, mode="", segments=(still,))) == ["frame at 0:01:23.4"]
    page = match(frame=7, mode="fast", segments=(still,))
    assert readings_of(page) == ["frame 7", "frame at 0:01:23.4"]


@pytest.mark.parametrize("around", ["", "a b", "é"])
def test_every_character_is_shown_as_html_says(around: str) -> None:
    for number in range(0x180):
        told = shown(around + chr(number))
        if is_visible(chr(number)):
            assert unescape(told) == around + chr(number)
            assert not set(told.replace("&#", "&")) & set("<>\"':")
        else:
            assert told == f"{around}<b class=u>{code_point(chr(number))}</b>"
