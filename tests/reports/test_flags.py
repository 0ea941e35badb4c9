import re
from pathlib import Path

import pytest

from hashmatch.model.flags import BYTES_BEHIND, Flag
from hashmatch.reports.flags import in_words, other_name
from tests.support.case_records import item

ROOT = Path(__file__).parents[2]


def test_flags_are_said_in_words() -> None:
    flags = ("oriented", "inside-zip-archive", "bytes-behind-1200", "of-another-version")
    assert in_words(item(flags=flags)) == [
        "found in a zip archive",
        "turned as its orientation tag says",
        "1,200 bytes of no known kind follow its end",
        "of-another-version",
    ]
    assert in_words(item(flags=())) == []


@pytest.mark.parametrize("flag", list(Flag))
def test_every_flag_has_words(flag: Flag) -> None:
    assert in_words(item(flags=(flag,))) != [flag.value]


def test_the_documentation_names_no_flag_that_is_never_set() -> None:
    pages = "".join(
        (ROOT / f"docs/reference/{name}.md").read_text("utf-8") for name in ("pictures", "videos")
    )
    named = set(re.findall(r"flags? `([a-z-]+)`", pages)) - {BYTES_BEHIND}
    assert {"oriented", "thinned"} <= named <= set(Flag)


@pytest.mark.parametrize(
    ("locator", "form", "says"),
    [
        ("a/photo.jpg", "jpeg", ""),
        ("a/photo.JPE", "jpeg", ""),
        ("a/photo.txt", "jpeg", "the name ends in .txt, the content is jpeg"),
        ("a/photo.png", "jpeg", "the name ends in .png, the content is jpeg"),
        ("a/photo.dat", "jpeg", ""),
        ("a/photo.001", "jpeg", ""),
        ("a/photo", "jpeg", ""),
        ("a/.jpg", "png", ""),
        ("a.jpg/photo", "png", ""),
        ("a/film.xyzzy", "webp", "the name ends in .xyzzy, the content is webp"),
        ("a/film.xyzzy", "ivf", ""),
        ("a/film.pdf", "ivf", "the name ends in .pdf, the content is ivf"),
        ("a/film.pdf", "", ""),
    ],
)
def test_a_name_that_says_something_else(locator: str, form: str, says: str) -> None:
    assert other_name(item(1, locator, format=form)) == says
