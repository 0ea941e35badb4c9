"""Databases of earlier versions, with all that is in them, become such of the newest."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashmatch.errors import DatabaseVersionError
from hashmatch.model import ScanResult
from hashmatch.scanning.engine import tally
from hashmatch.sightings import batch, migrating, recording, rows, schema
from hashmatch.sightings.database import Database
from sighting_values import CONFIGURATION, SOURCE, TIMES, batches, clip, result

OLD = [result(number) for number in range(60) if number % 10 not in (7, 8)]
"""Items as version 1 could record them: no videos, and no copies, which would ask for some."""


@pytest.fixture
def version_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database as version 1 made it, of a scan that stopped."""
    path = tmp_path / "db"
    sightings = replace(rows.SIGHTINGS, children="", child_columns=())
    kinds = (rows.CONTENTS, rows.PICTURES, rows.ITEMS, sightings)
    with monkeypatch.context() as old:
        old.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        old.setattr(batch, "SIGHTINGS", sightings)
        old.setattr(batch, "KINDS", kinds)
        old.setattr(recording, "KINDS", kinds)
        with (
            Database.open(path) as database,
            database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
        ):
            for portion in batches(OLD):
                run.record(portion, times={each.item.locator: TIMES for each in portion})
    return path


def asked(path: Path, *statements: str) -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return [connection.execute(sql).fetchall() for sql in statements]


TABLES = (
    *("audit", "cases", "sources", "hashings", "scans", "runs", "run_lists", "contents"),
    *("pictures", "readings", "items", "times", "sightings", "circulation", "unreadable"),
)


def test_a_database_of_version_1_keeps_all_that_is_in_it(version_1: Path) -> None:
    everything = [f"SELECT * FROM {table}" for table in TABLES]  # noqa: S608 (our names)
    names = "SELECT count(*) FROM sqlite_master WHERE name IN ('videos', 'frames', 'segments')"
    (version,), (new,) = asked(version_1, "PRAGMA user_version", names)
    assert (version, new) == ((1,), (0,))
    before = asked(version_1, *everything)
    assert all(before)
    with pytest.raises(DatabaseVersionError, match="open it for writing once"):
        Database.open(version_1, read_only=True)
    Database.open(version_1).close()
    audit, *after = asked(version_1, *everything)
    assert audit[:-1] == before[0]
    assert audit[-1][4:6] == (
        "migration",
        f'{{"from":1,"to":{len(schema.MIGRATIONS)},"tool":"{migrating.tool_version()}"}}',
    )
    assert after == before[1:]
    assert asked(version_1, "PRAGMA foreign_key_check", "PRAGMA integrity_check") == [[], [("ok",)]]
    with Database.open(version_1, read_only=True) as database:
        # Tables, indexes, views and triggers too: they are compared with those of a new one.
        assert database.verify(head=before[0][-1][-1]).problems == ()
        assert database.summary("1") == tally(OLD)
        assert [each.match for each in database.sightings("1")] == [
            match for each in OLD for match in each.matches
        ]


def test_a_scan_of_version_1_goes_on_with_videos(version_1: Path) -> None:
    more = [clip(1), *(ScanResult(replace(clip(n).item, locator=f"{n}")) for n in (1, 2))]
    with Database.open(version_1) as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            assert run.position == len(OLD)
            assert run.content(str(OLD[1].item.digests.sha256)) == OLD[1].item.image
            run.record(more)
            run.finish()
        assert database.summary("1") == tally([*OLD, *more])
        *_, last = database.sightings("1")
        assert last.match == clip(1).matches[0]
        assert database.verify().problems == ()


def test_what_was_forged_before_is_found_after(version_1: Path) -> None:
    asked(
        version_1,
        "DROP TRIGGER sightings_no_update",
        "UPDATE sightings SET distance = distance + 1 WHERE id = 7",
        "DROP TRIGGER sightings_no_delete",
        "DELETE FROM sightings WHERE id = 9",
    )
    with Database.open(version_1) as database:
        problems = database.verify().problems
    # The migration makes the triggers anew; the rows are as they were forged.
    assert [(problem.table, problem.row, problem.what) for problem in problems] == [
        ("sightings", 7, "was altered"),
        ("sightings", 9, "was removed"),
    ]


def test_rows_that_were_taken_over_stay(version_1: Path) -> None:
    Database.open(version_1).close()
    for sql in ("DELETE FROM sightings", "UPDATE sightings SET distance = 0"):
        with pytest.raises(sqlite3.IntegrityError, match="what was recorded in sightings stays"):
            asked(version_1, sql)
