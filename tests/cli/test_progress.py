"""How far a scan is: files whose results are still checked count as read, and are said."""

import time

import pytest

from hashmatch.cli.progress import Meter, ScanProgress
from hashmatch.model import ScanSummary


class Shown(Meter):
    """Remembers what it showed."""

    said: tuple[int, str] = (0, "")

    def update(self, done: int, about: str = "") -> None:
        super().update(done, about)
        self.said = (done, about)


def test_files_that_are_checked_count_as_read() -> None:
    shown = Shown(100, "files")
    scan = ScanProgress(shown)
    scan.hold(30)
    assert shown.said == (30, "30 being checked")
    scan.update(ScanSummary(items=10, matches=1))
    assert shown.said == (40, "1 match, 30 being checked")
    scan.inside("film.mp4", 61)
    assert shown.said[0] == 40
    assert shown.said[1].endswith(", 30 being checked")


def test_what_is_shown_never_goes_back_nor_beyond_all_files() -> None:
    shown = Shown(50, "files")
    scan = ScanProgress(shown)
    scan.hold(40)
    scan.hold(0)
    assert shown.said == (40, "")
    scan.update(ScanSummary(items=20))
    assert shown.said == (40, "0 matches")
    scan.hold(45)
    assert shown.said == (50, "0 matches, 45 being checked")


def test_the_time_left_follows_from_the_pace_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results come in lots: the pace of the last few says nothing."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    shown = Meter(100, "files")
    assert shown.left == ""
    now = 110.0
    shown.update(25)
    assert shown.left == "0:00:30"
    assert "25 of 100 files" in shown.line()
    assert "about 0:00:30 left" in shown.line()
