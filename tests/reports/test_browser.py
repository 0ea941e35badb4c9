"""The page in a browser: it renders, and nothing in it asks for anything."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from hashmatch.model import Grade
from hashmatch.reports.frame import POLICY
from hashmatch.reports.writing import write_report
from tests.support.case_records import (
    HOSTILE,
    VIDEO,
    clip,
    example,
    holding,
    item,
    match,
    segment,
    sighting,
)
from tests.support.photos import encoded

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.fixture(autouse=True)
def _browser() -> None:
    if BROWSER is None:
        pytest.skip("there is no Chromium: apt-get install chromium")


def browse(page: Path, *options: str) -> tuple[str, list[str]]:
    """What the browser prints, and what its console says."""
    done = subprocess.run(  # noqa: S603 (our own page)
        [
            str(BROWSER),
            *("--headless", "--disable-gpu", "--no-sandbox", "--hide-scrollbars"),
            *("--enable-logging=stderr", "--disable-background-networking", "--no-first-run"),
            *(f"--user-data-dir={page.parent / 'browser'}", "--window-size=1100,2400"),
            *options,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "report.html"
    write_report(example(), "2026-0417", format="html", out=path)
    return path


def test_the_page_renders_and_the_console_stays_silent(page: Path) -> None:
    picture = page.with_suffix(".png")
    _, console = browse(page, f"--screenshot={picture}")
    assert console == []
    with Image.open(picture) as shot:
        assert shot.size == (1100, 2400)
        colours = shot.convert("RGB").getcolors(1 << 24)
        column = shot.convert("L").crop((100, 0, 1000, 2400)).resize((1, 240))
    assert colours
    inks = {colour for _, colour in colours}
    assert {(255, 255, 255), (31, 78, 121), (27, 36, 48), (238, 241, 244)} <= inks
    assert sum(value < 253 for value in column.tobytes()) > 100


def test_time_lines_are_drawn_in_the_colours_of_their_grades(tmp_path: Path) -> None:
    path, picture = tmp_path / "videos.html", tmp_path / "videos.png"
    grades = [segment(number, grade=grade) for number, grade in enumerate(Grade, 1)]
    seen = [sighting(1, clip(), match(**VIDEO, segments=tuple(grades)))]
    write_report(holding(seen), "2026-0417", format="html", out=path)
    _, console = browse(path, f"--screenshot={picture}", "--window-size=1100,4000")
    assert console == []
    with Image.open(picture) as shot:
        colours = shot.convert("RGB").getcolors(1 << 24)
    assert colours
    drawn = {colour: count for count, colour in colours}
    # Both lines, and a stretch of each grade on each.
    assert drawn[221, 227, 234] > 3000
    assert all(drawn[colour] > 50 for colour in ((31, 78, 121), (156, 122, 46), (125, 136, 148)))


def printed(page: Path) -> bytes:
    paper = page.with_suffix(".pdf")
    _, console = browse(page, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    assert console == []
    data = paper.read_bytes()
    assert data.startswith(b"%PDF-")
    return data


def test_the_page_prints_on_several_sheets(page: Path) -> None:
    assert printed(page).count(b"/Type /Page\n") > 5


def test_the_printed_page_holds_no_picture(page: Path) -> None:
    """Emoji in names of files are left out: some fonts draw them as pictures."""
    page.write_text(re.sub("[\U00010000-\U0010ffff]", "x", page.read_text("utf-8")), "utf-8")
    assert b"/Subtype /Image" not in printed(page)
    # A page that does hold one shows in print.
    picture = Image.effect_noise((8, 8), 90)
    link = base64.b64encode(encoded(picture, "PNG")).decode()
    page.write_text(f'<!DOCTYPE html><img src="data:image/png;base64,{link}">')
    assert b"/Subtype /Image" in printed(page)


def test_hostile_names_do_nothing_in_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    seen = [sighting(i, item(i, name), match()) for i, name in enumerate(HOSTILE, 1)]
    write_report(holding(seen), "2026-0417", format="html", out=path)
    dom, console = browse(path, "--dump-dom")
    assert console == []
    for element in ("<script", "<img", "<b>bold"):
        assert element not in dom
    assert dom.count('class="path"') == 2 * len(HOSTILE)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.jpg" in dom


@pytest.mark.parametrize(
    "forbidden", ["<script>console.log(1)</script>", "<img src=data:image/gif;base64,R0lGODlhAQ>"]
)
def test_the_policy_would_stop_what_slipped_through(tmp_path: Path, forbidden: str) -> None:
    path = tmp_path / "slipped.html"
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    path.write_text(f"<!DOCTYPE html><html><head>{meta}</head><body>{forbidden}</body></html>")
    _, console = browse(path, "--dump-dom")
    assert len(console) == 1
    assert "Content Security Policy" in console[0]
