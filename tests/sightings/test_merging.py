"""Databases that are joined are as if all of it had been recorded in one, and proved as before."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from hashmatch.errors import (
    DamagedDatabaseError,
    DatabaseError,
    MissingDatabaseError,
    ResumeError,
)
from hashmatch.sightings.database import Database
from hashmatch.sightings.merge_values import ConflictKind
from hashmatch.sightings.merging import merge
from hashmatch.sightings.merging_one import Options
from hashmatch.tracing.updating import update
from tests.sightings.test_golden_databases import HEADS, opened
from tests.support.casework import add_casework
from tests.support.forgeries import Forger
from tests.support.laboratories import (
    CONFIGURATIONS,
    joined,
    laboratories,
    said,
    scan,
    told,
    verified,
)
from tests.support.places import environment
from tests.support.sighting_values import CONFIGURATION, SOURCE

ONE_CASE = Options(same_cases=frozenset({"1"}), same_exhibits=frozenset({"1/card"}))


def recorded_in_one(path: Path) -> Path:
    """The same scans in one database."""
    scan(path, case="1", exhibit="card", numbers=range(60))
    with Database.open(path) as database:
        # The laboratory in the south scanned it again: to one database that is a rescan.
        source = SOURCE.__class__("card", "folder", "/evidence/card", {"volume": "card"})
        with database.run(case="1", source=source, configuration=CONFIGURATION, rescan=True) as run:
            run.record(told(range(30, 80)))
            run.finish()
    scan(path, case="1", exhibit="disk", numbers=range(50), configuration=CONFIGURATIONS[1])
    scan(path, case="2", exhibit="phone", numbers=range(20, 40))
    scan(path, case="3", exhibit="phone", numbers=range(10, 25))
    scan(path, case="1", exhibit="tablet", numbers=range(70, 95))
    return path


def test_four_databases_are_as_if_all_had_been_recorded_in_one(tmp_path: Path) -> None:
    done = joined(tmp_path / "all", *laboratories(tmp_path), options=ONE_CASE)
    assert said(tmp_path / "all") == said(recorded_in_one(tmp_path / "one"))
    assert verified(tmp_path / "all") == ()
    found = [(each.kind, each.thing) for each in done.conflicts]
    assert (ConflictKind.CASE, "1") in found
    assert (ConflictKind.EXHIBIT, "1/card") in found
    assert (ConflictKind.COPY, str(tmp_path / "west")) in found


def test_cases_of_equal_numbers_are_kept_apart_unless_somebody_says_otherwise(
    tmp_path: Path,
) -> None:
    north, south, *_ = laboratories(tmp_path)
    joined(tmp_path / "all", north, south)
    joined(tmp_path / "named", north, south, options=Options(prefix="LKA"))
    joined(tmp_path / "half", north, south, options=Options(same_cases=frozenset({"1"})))
    with Database.open(tmp_path / "all", read_only=True) as database:
        assert database.cases() == ("1", "south/1")
    with Database.open(tmp_path / "named", read_only=True) as database:
        assert database.cases() == ("1", "LKA/1")
    with Database.open(tmp_path / "half", read_only=True) as database:
        labels = [each.label for each in database.exhibit_records()]
    assert labels == ["card", "south/card", "disk"]
    assert [*map(verified, (tmp_path / "all", tmp_path / "named", tmp_path / "half"))] == [()] * 3


def test_merged_again_only_what_is_new_is_added(tmp_path: Path) -> None:
    north, south, *_ = laboratories(tmp_path)
    joined(tmp_path / "all", north, south)
    before = (tmp_path / "all").read_bytes()
    again = joined(tmp_path / "all", north, south)
    assert not any(each.added or each.here for each in again.databases)
    assert (tmp_path / "all").read_bytes() == before
    scan(north, case="1", exhibit="stick", numbers=range(5))
    grown = joined(tmp_path / "all", north, south)
    assert grown.databases[0].added["items"] == 5
    assert not grown.databases[1].added
    joined(tmp_path / "anew", north, south)
    assert said(tmp_path / "all") == said(tmp_path / "anew")
    assert verified(tmp_path / "all") == ()


def test_a_run_that_had_not_ended_goes_on_where_it_is_from(tmp_path: Path) -> None:
    north = tmp_path / "north"
    with Database.open(north) as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
            run.record(told(range(10)))
            joined(tmp_path / "all", north)
            with Database.open(tmp_path / "all") as merged:
                with (
                    pytest.raises(ResumeError, match="resume it there"),
                    merged.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True),
                ):
                    pass
                assert merged.case("1").runs[0].status == "running"
            run.record(told(range(10, 20)))
            run.finish()
        joined(tmp_path / "all", north)
    with Database.open(tmp_path / "all", read_only=True) as merged:
        assert merged.case("1").runs[0].status == "done"
        assert merged.summary("1").items == 20
    assert verified(tmp_path / "all") == ()


def test_what_is_recorded_behind_a_merge_is_proved(tmp_path: Path) -> None:
    north, south, *_ = laboratories(tmp_path)
    path = tmp_path / "all"
    joined(path, north, south, options=ONE_CASE)
    scan(path, case="1", exhibit="later", numbers=range(90))
    with Database.open(path) as database:
        database.record_viewed([1, 2], by="A. Meier", why="identification")
        database.record_exhibit("1", "card", {"kind": "card"}, by="A. Meier")
        update(database)
        assert [each.origin for each in database.came_from("items", 61)] == [2]
        assert [each.origin for each in database.came_from("contents", 31)] == [1, 2]
        assert [*database.came_from("items", 9999)] == []
        assert [each.path for each in database.merges()] == [str(north), str(south)]
    scan(south, case="9", exhibit="x", numbers=range(7))
    joined(path, south)
    assert verified(path) == ()


@pytest.mark.parametrize("version", HEADS)
def test_older_databases_are_merged_as_they_are(version: int, tmp_path: Path) -> None:
    old = opened(version, tmp_path / "old")
    before = old.read_bytes()
    joined(tmp_path / "all", old)
    assert old.read_bytes() == before
    assert verified(tmp_path / "all") == ()
    with (
        Database.open(old, read_only=True) as there,
        Database.open(tmp_path / "all", read_only=True) as here,
    ):
        for case in there.cases():
            assert here.summary(case) == there.summary(case)
            numbers = [
                [(each.id, each.match) for each in database.sightings(case, every_scan=True)]
                for database in (there, here)
            ]
            assert numbers[0] == numbers[1]


ALTERED = {
    "items": "UPDATE items SET locator = locator || 'x' WHERE id = 7",
    "contents": "UPDATE contents SET md5 = zeroblob(16) WHERE id = 5",
    "pictures": "UPDATE readings SET quality = 1 WHERE picture_id = 9 AND position = 3",
    "sightings": "DELETE FROM sightings WHERE id = 3",
    "viewings": "UPDATE viewings SET viewer = 'x' WHERE id = 1",
    "statements": "UPDATE statements SET value = 'open' WHERE id = 3",
    "events": "UPDATE event_values SET value = 'x' WHERE event_id = 1 AND position = 1",
    "erased": "UPDATE erased SET number = 4 WHERE id = 1",
    "origin_audit": "UPDATE origin_audit SET actor = 'x' WHERE origin_id = 1 AND seq = 3",
    "merged_rows": "UPDATE merged_rows SET first = first + 1 WHERE kind = 'items'",
}


@pytest.mark.parametrize("table", ALTERED)
def test_a_merged_row_that_was_altered_is_found(table: str, tmp_path: Path) -> None:
    """Before a merge it refuses the database, behind it `audit verify` finds it."""
    north = scan(tmp_path / "north", case="1", exhibit="exhibit 7", numbers=range(40))
    with Database.open(north) as database:
        database.record_viewed([1], by="A. Meier", why="identification")
        add_casework(database)
    path = tmp_path / "all"
    joined(path, north)
    assert verified(path) == ()
    (forger := Forger(path))(ALTERED[table]).close()
    assert table in {each.table for each in verified(forger.path)}  # type: ignore[attr-defined]
    if table not in ("origin_audit", "merged_rows"):
        Forger(north)(ALTERED[table]).close()
        with pytest.raises(DamagedDatabaseError, match="altered"):
            joined(tmp_path / "none", north)
        assert not (tmp_path / "none").exists()


def test_nothing_is_made_of_what_cannot_be_merged(tmp_path: Path) -> None:
    north, south, *_ = laboratories(tmp_path)
    joined(tmp_path / "all", north)
    for paths, error in (
        ((tmp_path / "all", south), DatabaseError),
        ((tmp_path / "none",), MissingDatabaseError),
    ):
        with pytest.raises(error):
            joined(tmp_path / "other", *paths)
    with pytest.raises(DatabaseError, match="into itself"):
        joined(north, north)
    dry = merge([south], tmp_path / "other", by="x", dry_run=True)
    assert dry.databases[0].added["items"] == 100
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        *("all", "east", "north", "south", "west")
    ]
    before = said(tmp_path / "all")
    merge([south], tmp_path / "all", by="x", dry_run=True)
    assert said(tmp_path / "all") == before


def test_a_fault_in_the_middle_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    north, south, *_ = laboratories(tmp_path)
    joined(tmp_path / "all", north)
    before = said(tmp_path / "all")

    def full(*_: object, **_more: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("hashmatch.sightings.merging.settle", full)
    with pytest.raises(OSError, match="space"):
        joined(tmp_path / "all", south)
    assert said(tmp_path / "all") == before


PROGRAM = """
import sys
from pathlib import Path
from hashmatch.sightings.merging import merge
print("ready", flush=True)
sys.stdin.readline()
merge([*map(Path, sys.argv[2:])], Path(sys.argv[1]), by="x")
print("done", flush=True)
"""


def killed(into: Path, paths: list[Path], seconds: float) -> bool:
    """Merge in another process, and kill it: whether that was before it said that it is done."""
    with subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-c", PROGRAM, str(into), *map(str, paths)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.stdin.write(b"\n")
        process.stdin.flush()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
        process.wait()
    return b"done" not in rest


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_killed_in_the_middle_it_is_as_before_or_whole(tmp_path: Path) -> None:
    north, south, *_ = laboratories(tmp_path)
    path = tmp_path / "all"
    joined(path, north)
    joined(tmp_path / "both", north, south)
    before, whole = said(path), said(tmp_path / "both")
    copy = tmp_path / "copy"
    for seconds in (0.02, 0.12, 0.3):
        shutil.copy(path, copy)
        was_killed = killed(copy, [north, south], seconds)
        now = said_and_proved(copy)
        assert now in ((before, whole) if was_killed else (whole,))
        killed(tmp_path / "new", [north, south], seconds)
        if (tmp_path / "new").exists():
            assert said_and_proved(tmp_path / "new") == whole
            (tmp_path / "new").unlink()


def said_and_proved(path: Path) -> object:
    assert verified(path) == ()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return said(path)


def test_a_database_takes_up_what_a_copy_of_it_recorded(tmp_path: Path) -> None:
    north, *_ = laboratories(tmp_path)
    with Database.open(north) as database:
        update(database)
    copy = Path(shutil.copy(north, tmp_path / "copy"))
    scan(north, case="1", exhibit="stick", numbers=range(30))
    scan(copy, case="1", exhibit="tablet", numbers=range(50, 75))
    with Database.open(copy) as database:
        update(database)
        database.erase(["item:63"], order="3 Gs 12/26", why="not covered", by="A. Meier")
    done = joined(north, copy, options=ONE_CASE)
    assert done.databases[0].added["items"] == 25
    assert verified(north) == ()
    assert not any(joined(north, copy, options=ONE_CASE).databases[0].added.values())


def test_a_scan_that_went_on_in_two_copies_is_refused(tmp_path: Path) -> None:
    north = tmp_path / "north"
    with (
        Database.open(north) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        run.record(told(range(10)))
    copy = Path(shutil.copy(north, tmp_path / "copy"))
    for path in (north, copy):
        with (
            Database.open(path) as database,
            database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run,
        ):
            run.record(told(range(10, 20)))
            run.finish()
    with pytest.raises(DatabaseError, match="went on in both"):
        joined(tmp_path / "all", north, copy)
