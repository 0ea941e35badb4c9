"""Whoever knows tables and source code is found out too, as far as a chain can show it."""

# ruff: noqa: S608 (statements are made of our own names)

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hashmatch.sightings import audit, rows
from hashmatch.sightings.database import Database
from tests.support import forgeries
from tests.support.forgeries import Forger
from tests.support.hostile_databases import head, record, verified  # noqa: F401 (fixtures)
from tests.support.sighting_values import CONFIGURATION, SOURCE, results


@pytest.fixture
def forger(record: Path, tmp_path: Path) -> Forger:
    return Forger(Path(shutil.copy(record, tmp_path / "db")))


TABLES = (
    *("cases", "contents", "entries", "environments", "frames", "hashings", "items", "pictures"),
    *("places", "readings", "run_lists", "runs", "scans", "segments", "sighted", "sightings"),
    *("sources", "times", "unread_ranges", "videos", "viewings", "volumes", "original_names"),
    *("statements", "imports", "events", "event_values", "quarantined_rows", "metadata"),
    *("metadata_fields", "cluster_members", "erasures", "erased"),
    *("region_sets", "regions", "matched_parts"),
    *("origins", "merges", "merged_rows", "origin_audit"),
    *("rematches", "rematched_scans", "retroactive"),
)


def test_every_table_is_forged(record: Path) -> None:
    assert {change.table for change in forgeries.changes(record)} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("way", ["the table alone", "told again in a row behind the chain"])
def test_every_alteration_is_found(record: Path, tmp_path: Path, way: str, table: str) -> None:
    every = [change for change in forgeries.changes(record) if change.table == table]
    missed = [
        change
        for change in every
        if verified(forgeries.forged(record, tmp_path, change, way)).passed
    ]
    assert len(every) > 4
    assert missed == []


@pytest.mark.parametrize("table", TABLES)
def test_a_chain_sealed_anew_is_found_by_an_older_head(
    record: Path, head: str, tmp_path: Path, table: str
) -> None:
    way = "told anew in its row, the chain sealed from there"
    every = [change for change in forgeries.changes(record) if change.table == table]
    paths = [forgeries.forged(record, tmp_path, change, way) for change in every]
    assert [path for path in paths if verified(path, head).passed] == []


# Rows in the right form that no scan would have recorded there


def batch(forger: Forger, run: int, at: str = "") -> None:
    """A sighting that nobody recorded, in a batch of this run, as its own code would write it."""
    ((item, seen),) = forger.all(
        "SELECT (SELECT max(id) FROM items), (SELECT max(id) FROM sightings)"
    )
    ((scan,),) = forger.all("SELECT scan_id FROM runs WHERE id = ?", run)
    ((last,),) = forger.all("SELECT at FROM audit ORDER BY seq DESC LIMIT 1")
    forger(
        "INSERT INTO items SELECT ?, ?, ?, 'planted.jpg', size, content_id, picture_id, status, "
        "reason, detail, 0, 1 FROM items WHERE id = 2",
        *(item + 1, scan, run),
    )
    forger(
        f"INSERT INTO sightings SELECT ?, ?, ?, ?, {', '.join(rows.SIGHTINGS.columns[4:])} "
        "FROM sightings WHERE id = 1",
        *(seen + 1, item + 1, run, at or last),
    )
    units = {
        table: {"first": first, **forger.units(table, first, first)}
        for table, first in (("items", item + 1), ("sightings", seen + 1))
    }
    counts = {"hashed": 1, "unreadable": 0, "skipped": 0}
    forger.append("batch", {"run": run, **counts, "units": units}, at=at)


def another_case_name(forger: Forger) -> None:
    forger("UPDATE cases SET name = '3' WHERE id = 1")
    forger.append("count", {"run": 3, "rows": {"cases": [{"id": 1, "name": "3"}]}})


def another_threshold(forger: Forger) -> None:
    ((text,),) = forger.all("SELECT profile FROM runs WHERE id = 2")
    profile = text.replace("31", "10")
    assert profile != text
    forger("UPDATE runs SET profile = ? WHERE id = 2", profile)
    forger.append("end", {"run": 2, "items": 30, "rows": {"runs": [{"id": 2, "profile": profile}]}})


def begun_again(forger: Forger) -> None:
    ((seq, details),) = forger.all("SELECT seq, details FROM audit WHERE action = 'resume'")
    assert seq
    forger.append("resume", json.loads(details))


def ended_again(forger: Forger) -> None:
    forger("UPDATE runs SET status = 'done' WHERE id = 3")
    ((at,),) = forger.all("SELECT ended FROM runs WHERE id = 3")
    told = {"runs": [{"id": 3, "ended": at, "status": "done"}], "scans": [{"id": 2, "done": 1}]}
    forger("UPDATE scans SET done = 1 WHERE id = 2")
    forger.append("end", {"run": 3, "items": 10, "rows": told}, at=at)


def counted_again(forger: Forger) -> None:
    forger("UPDATE runs SET expected = 10 WHERE id = 2")
    forger.append("count", {"run": 2, "rows": {"runs": [{"id": 2, "expected": 10}]}})


def back_to_version_3(forger: Forger) -> None:
    forger.append("migration", {"from": 5, "to": 3, "tool": "0.1.0"})


def made_again(forger: Forger) -> None:
    forger.append("creation", {"from": 0, "to": 3, "tool": "0.1.0"})


def by_somebody_else(forger: Forger) -> None:
    """The rows of a run are another person's, and the chain is sealed from there."""
    forger("UPDATE audit SET actor = 'examiner (uid 1)' WHERE seq = 8")
    forger.seal_from(8)


def before_its_time(forger: Forger) -> None:
    forger("UPDATE audit SET at = '2020-01-01T00:00:00.000+00:00' WHERE seq = 3")
    forger.seal_from(3)


def clock_that_was_not_set_back(forger: Forger) -> None:
    ((at,),) = forger.all("SELECT at FROM audit ORDER BY seq DESC LIMIT 1")
    forger.append("note", {"what": "x", "details": {}, "clock": at})


PLANTED: dict[str, tuple[Callable[[Forger], object], str]] = {
    "a batch of 2020": (
        lambda forger: batch(forger, 2, "2020-01-01T00:00:00.000+00:00"),
        "is dated before the row that it follows",
    ),
    "a batch of a run that had ended": (
        lambda forger: batch(forger, 2),
        "is of run 2, which had ended",
    ),
    "a batch of a run that was killed": (
        lambda forger: batch(forger, 1),
        "is of run 1, which had ended",
    ),
    "another case name": (another_case_name, "is of run 3, which had ended"),
    "other thresholds": (another_threshold, "is of run 2, which had ended"),
    "a run begun again": (begun_again, "is recorded again, although rows never change"),
    "a run ended again": (ended_again, "is of run 3, which had ended"),
    "files counted again": (counted_again, "is of run 2, which had ended"),
    "an older version": (back_to_version_3, "records a version that the tables did not get here"),
    "a second creation": (made_again, "records a version that the tables did not get here"),
    "a run of two people": (by_somebody_else, "which another user or machine began"),
    "a row dated 2020": (before_its_time, "is dated before the row that it follows"),
    "a clock that was not set back": (
        clock_that_was_not_set_back,
        "says that the clock was set back, and it was not",
    ),
    "an action of one's own": (
        lambda forger: forger.append("approval", {}),
        "records what no version of hashmatch does",
    ),
    "a note with rows": (
        lambda forger: forger.append("note", {"what": "", "details": {}, "rows": {}}),
        "has other details than this kind of row has",
    ),
    "a refusal that makes a case": (
        lambda forger: forger.append(
            "refusal",
            {"case": "3", "source": "", "message": "", "command": "", "rows": {"cases": []}},
        ),
        "records rows of cases, which it cannot",
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_rows_that_no_scan_records_are_found(forger: Forger, what: str) -> None:
    act, says = PLANTED[what]
    act(forger)
    problems = verified(forger.close()).problems
    assert any(says in problem.what for problem in problems), problems


def test_rows_of_a_batch_belong_to_its_run(forger: Forger) -> None:
    """Sealed anew from there on, the second run's items are in the third's scan."""
    forger("UPDATE items SET scan_id = 2, run_id = 3, locator = locator || 'x' WHERE id = 20")
    seq, details = forgeries._told_by(forger, "items", 20)
    told = details["units"]["items"]
    last = told["first"] + told["count"] - 1
    details["units"]["items"] = {
        "first": told["first"],
        **forger.units("items", told["first"], last),
    }
    forger.retell(seq, details)
    problems = verified(forger.close()).problems
    alien = "belongs to another run than the batch that recorded it"
    assert ("items", 20, alien) in [(each.table, each.row, each.what) for each in problems]


# What a chain cannot show


def test_a_whole_run_behind_the_end_is_not_told_from_an_honest_one(record: Path) -> None:
    """Nothing in the file can tell who recorded it; see SECURITY.md."""
    path = record.with_name("honest")
    shutil.copy(record, path)
    before = verified(path).head
    with Database.open(path) as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, rescan=True) as run:
            run.record(results(3))
            run.finish()
        assert database.verify(head=before).passed


# Clocks


def test_a_clock_that_was_set_back_is_marked_and_remarked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database.open(tmp_path / "db") as database:
        earlier = (datetime.now(UTC) - timedelta(days=900)).isoformat(timespec="milliseconds")
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record(results(3))
            with monkeypatch.context() as clock:
                clock.setattr(audit, "now", lambda: earlier)
                run.record(results(3, 3))
            run.finish()
        verdict = database.verify()
    assert verdict.problems == ()
    (remark,) = verdict.remarks
    assert remark.seq == 4
    assert remark.what.startswith("the clock was set back")
    assert earlier in remark.what
