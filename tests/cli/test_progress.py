"""How far a scan is: in bytes of the evidence, with what is still being checked or expanded."""

import time

import pytest

from hashmatch.cli.progress import BYTES, Meter, ScanProgress
from hashmatch.model import ScanSummary


class Shown(Meter):
    """Remembers what it showed."""

    said: tuple[int, str] = (0, "")

    def update(self, done: int, about: str = "") -> None:
        super().update(done, about)
        self.said = (done, about)


def test_bytes_of_files_count_and_what_is_checked_is_said() -> None:
    shown = Shown(100, BYTES)
    scan = ScanProgress(shown, 5)
    scan.hold(30)
    assert shown.said == (0, "30 read, being checked")
    scan.update(ScanSummary(items=10, bytes=40, matches=1))
    assert shown.said == (40, "1 match, 30 read, being checked")
    scan.inside("film.mp4", 61)
    assert shown.said[0] == 40
    assert shown.said[1].endswith(", 30 read, being checked")


def test_a_long_archive_is_shown_while_it_is_read() -> None:
    shown = Shown(10 << 20, BYTES)
    scan = ScanProgress(shown, 2)
    scan.expanding("a.zip", 4.0)
    assert shown.said[0] == 4 << 20
    scan.update(ScanSummary(items=7, members=7))
    assert shown.said[0] == 4 << 20
    scan.expanding("a.zip", 6.5)
    assert shown.said[0] == 6.5 * (1 << 20)
    scan.update(ScanSummary(items=9, members=8, bytes=8 << 20))
    assert shown.said[0] == 8 << 20


def test_what_is_shown_never_goes_back_nor_beyond_all_bytes() -> None:
    shown = Shown(50, BYTES)
    scan = ScanProgress(shown, 3)
    scan.update(ScanSummary(items=1, bytes=40))
    scan.update(ScanSummary(items=1, bytes=20))
    assert shown.said == (40, "0 matches")
    scan.update(ScanSummary(items=3, bytes=70))
    assert shown.said == (50, "0 matches")


def test_the_time_left_follows_from_the_pace_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results come in lots: the pace of the last few says nothing."""
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    shown, of_bytes = Meter(100, "files"), Meter(100_000_000, BYTES)
    assert shown.left == ""
    now = 110.0
    shown.update(25)
    of_bytes.update(25_000_000)
    assert shown.left == "0:00:30"
    assert "25 of 100 files" in shown.line()
    assert "about 0:00:30 left" in shown.line()
    assert of_bytes.line().startswith("25.0 MB of 100.0 MB, 2.5 MB/s, ")
