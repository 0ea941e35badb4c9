"""What a scan that is asked to stop leaves undone."""

from itertools import count
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.cli.outcome import left_undone
from hashmatch.cli.scan_output import _note_end
from hashmatch.cli.triage import Order
from hashmatch.model import ScanSummary
from hashmatch.scanning.binding import run_config
from hashmatch.scanning.engine import matcher_for
from hashmatch.scanning.proving import IndexProof
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import SourceSpec

FILES = 5


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number}.txt").write_text(f"text {number}")
    return folder


@pytest.fixture
def known(tmp_path: Path) -> Path:
    path = tmp_path / "known.txt"
    path.write_text("0" * 32)
    return path


def stopped(
    evidence: Path, known: Path, database: Database, *, after: int, resume: bool = False
) -> tuple[int, list[bool], str]:
    """How many files a scan gave that is stopped once so many were given, what it told, its end."""
    matcher = matcher_for(known)
    source = SourceSpec("exhibit", "folder", str(evidence))
    seen: list[hm.ScanResult] = []
    told: list[bool] = []
    asked = count(1)
    configuration = run_config(matcher)
    with database.run(case="1", source=source, configuration=configuration, resume=resume) as run:
        results = hm.iter_scan(
            evidence,
            against=matcher,
            workers=0,
            run=run,
            stop=lambda: (
                len(seen) == FILES or next(asked) > 4 * after
            ),  # asked by three pools, and behind parts
            on_stopped=told.append,
        )
        seen.extend(results)
    return len(seen), told, database.case("1").runs[-1].status


def test_files_that_are_left_out_are_told(evidence: Path, known: Path, tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        assert stopped(evidence, known, database, after=2) == (2, [False], "interrupted")
        assert stopped(evidence, known, database, after=99, resume=True) == (3, [], "done")


def test_a_scan_that_came_to_its_end_is_done_though_it_was_asked_to_stop(
    evidence: Path, known: Path, tmp_path: Path
) -> None:
    with Database.open(tmp_path / "db") as database:
        assert stopped(evidence, known, database, after=99) == (FILES, [], "done")


def test_of_a_proof_that_is_not_waited_for_it_is_told_that_every_file_was_read(
    evidence: Path, known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database.open(tmp_path / "db") as database:
        with monkeypatch.context() as patch:
            patch.setattr(IndexProof, "is_pending", property(lambda _: True))
            found = stopped(evidence, known, database, after=99)
            assert found == (FILES, [True], "interrupted")
        assert stopped(evidence, known, database, after=99, resume=True) == (0, [], "done")


def test_what_lies_in_files_is_not_counted_as_files(capsys: pytest.CaptureFixture[str]) -> None:
    _note_end(ScanSummary(items=9, hashed=9, members=8), None, [False], 5, Order())  # type: ignore[arg-type]
    assert "interrupted after 1 of 5 files" in capsys.readouterr().err


def test_what_is_left_is_said_in_words() -> None:
    assert left_undone(4, 770, all_read=False) == "interrupted after 4 of 770 files"
    words = left_undone(770, 770, all_read=True)
    assert "all 770 files had been read and matched" in words
    assert "verification of the index files" in words
