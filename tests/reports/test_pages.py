"""A report of several pages holds what one page would, and all of it can be reached."""

import errno
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from hashmatch.errors import ReportError
from hashmatch.model import ItemStatus
from hashmatch.reports import files, pages
from hashmatch.reports.html import HtmlReport
from hashmatch.reports.writing import write_report
from hashmatch.sightings.records import CaseRecord, ItemRecord, SightingRecord
from tests.support.case_records import Many, case, item, source
from tests.support.html_pages import WRITING

COUNT = 3_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(pages, "LARGEST", 200_000)
    monkeypatch.setattr(pages, "_TABLE", 20_000)
    return 200_000 + 100_000


def written(folder: Path) -> dict[str, str]:
    write_report(Many(COUNT), "1", format="html", out=folder / "a case.html")
    return {path.name: path.read_text() for path in folder.iterdir()}


def ids(html: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', html)


def rows(html: str) -> list[str]:
    """Findings and copies in full, and items."""
    full = re.findall(r"<tbody .*?</tbody>", html, re.DOTALL)
    return full + re.findall(r'<tr><th scope="row">\d+</th>.*?</tr>', html)


def test_all_is_there_once_and_every_link_leads_to_it(tmp_path: Path, small: int) -> None:
    found = written(tmp_path)
    assert len(found) > 10
    assert max(len(html.encode()) for html in found.values()) < small
    one = tmp_path / "one"
    with one.open("w") as out:
        HtmlReport().write(Many(COUNT), "1", out, writing=WRITING)
    whole = one.read_text()
    assert sorted(row for html in found.values() for row in rows(html)) == sorted(rows(whole))
    reached, waiting = {"a case.html"}, ["a case.html"]
    while waiting:
        name = waiting.pop()
        for link in re.findall(r'href="([^"]*)"', found[name]):
            page, _, anchor = unquote(link).partition("#")
            assert not anchor or anchor in ids(found[page or name]), link
            if page and page not in reached:
                reached.add(page)
                waiting.append(page)
    assert reached == found.keys()
    for html in found.values():
        assert "<script" not in html
        assert "<img" not in html


def test_a_small_report_is_one_page(tmp_path: Path) -> None:
    write_report(Many(100), "1", format="html", out=tmp_path / "a case.html")
    assert [path.name for path in tmp_path.iterdir()] == ["a case.html"]


@pytest.mark.usefixtures("small")
def test_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a case.html").write_text("before")
    begun: list[Path] = []

    def refuse(path: Path) -> None:
        begun.append(path)
        if len(begun) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_report(Many(COUNT), "1", format="html", out=tmp_path / "a case.html", on_file=refuse)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]
    synced: list[int] = []

    def full(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 7:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReportError, match="No space left"):
        written(tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


@pytest.mark.usefixtures("small")
def test_more_pages_than_a_process_may_have_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MOST_OPEN", 3)
    resource = pytest.importorskip("resource")
    free = os.open(tmp_path, os.O_RDONLY)
    os.close(free)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + 10, before[1]))
    try:
        write_report(Many(COUNT), "1", format="html", out=tmp_path / "a case.html")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert len([*tmp_path.iterdir()]) > 10


@pytest.mark.usefixtures("small")
def test_an_interrupt_while_they_appear_leaves_no_mixture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = written(tmp_path)
    for path in tmp_path.iterdir():
        path.write_text("before")
    replace, calls = Path.replace, itertools.count()

    def interrupted(self: Path, target: Path) -> Path:
        if next(calls) in (0, 3):
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        written(tmp_path)
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found.keys() == expected.keys()
    assert "before" not in found.values()


@pytest.mark.usefixtures("small")
def test_a_folder_in_the_place_of_a_page_leaves_all_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a case-findings-1.html").mkdir()
    (tmp_path / "a case-findings-2.html").write_text("before")
    there = sorted(tmp_path.iterdir())
    with pytest.raises(ReportError):
        write_report(Many(COUNT), "1", format="html", out=tmp_path / "a case.html")
    assert sorted(tmp_path.iterdir()) == there
    assert (tmp_path / "a case-findings-2.html").read_text() == "before"


class Boxes(Many):
    """Items whose names are of characters that a page shows as boxes."""

    def case(self, name: str, /) -> CaseRecord:
        return case(source(items=self.count, unreadable=self.count), name=name)

    def sightings(self, case: str, /) -> Iterator[SightingRecord]:
        assert case
        return iter(())

    def items(
        self, case: str, /, *, status: ItemStatus, in_part: bool = False
    ) -> Iterator[ItemRecord]:
        assert case
        assert in_part or status is ItemStatus.UNREADABLE
        count = self.count if status is ItemStatus.UNREADABLE else 0
        for number in range(count):
            yield item(number, "\u202e" * 1000, status=status, reason="undecodable", hash="")


def test_names_of_boxes_make_no_page_too_large(tmp_path: Path, small: int) -> None:
    write_report(Boxes(90), "1", format="html", out=tmp_path / "a case.html")
    found = [path.read_text() for path in tmp_path.iterdir()]
    assert max(len(html.encode()) for html in found) < small
    assert sum(html.count("U+202E") for html in found) == 90_000
