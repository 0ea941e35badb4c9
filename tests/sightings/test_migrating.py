"""Databases of earlier versions, with all that is in them, become such of the newest."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashmatch.model import ScanResult
from hashmatch.scanning.tally import tally
from hashmatch.sightings import batch, environment, migrating, recording, rows, schema
from hashmatch.sightings.database import Database
from hashmatch.sightings.store import Store
from tests.support.sighting_values import (
    CONFIGURATION,
    SOURCE,
    TIMES,
    batches,
    clip,
    digests,
    match,
    result,
)

OLD = [result(number) for number in range(60) if number % 10 not in (7, 8)]
"""Items as version 1 could record them: no videos, and no copies, which would ask for some."""


def made(path: Path, version: int, found: list[ScanResult]) -> Path:
    """A database as a version made it, of a scan that stopped."""
    sightings = rows.SIGHTINGS
    kinds: tuple[rows.Kind, ...] = rows.KINDS[:5]
    if version == 1:
        sightings = replace(rows.SIGHTINGS, children="", child_columns=())
        kinds = (rows.CONTENTS, rows.PICTURES, rows.ITEMS, sightings)
    with pytest.MonkeyPatch.context() as old:
        old.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:version])
        old.setattr(environment, "at_start", dict)
        old.setattr(batch, "SIGHTINGS", sightings)
        old.setattr(batch, "KINDS", kinds)
        old.setattr(recording, "KINDS", kinds)
        # Nothing could be erased.
        old.setattr(batch, "last_number", _last)
        with (
            Database.open(path) as database,
            database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
        ):
            for portion in batches(found):
                run.record(portion, times={each.item.locator: TIMES for each in portion})
    return path


def _last(store: Store, table: str) -> int:
    return int(store.one(f"SELECT coalesce(max(id), 0) FROM {table}"))  # noqa: S608 (our names)


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    return made(tmp_path / "db", 1, OLD)


@pytest.fixture
def version_2(tmp_path: Path) -> Path:
    return made(tmp_path / "db", 2, [*OLD, clip(1)])


def asked(path: Path, *statements: str) -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return [connection.execute(sql).fetchall() for sql in statements]


TABLES = (
    *("audit", "cases", "sources", "hashings", "scans", "runs", "run_lists", "contents"),
    *("pictures", "readings", "items", "times", "sightings", "circulation", "unreadable"),
)

RUN = (
    *("id", "scan_id", "started", "ended", "status", "tool", "libraries", "command", "host"),
    *("profile", "resumed"),
)


def test_a_database_of_version_1_keeps_all_that_is_in_it(version_1: Path) -> None:
    everything = [f"SELECT * FROM {table}" for table in TABLES]  # noqa: S608 (our names)
    names = "SELECT count(*) FROM sqlite_master WHERE name IN ('videos', 'frames', 'segments')"
    (version,), (new,) = asked(version_1, "PRAGMA user_version", names)
    assert (version, new) == ((1,), (0,))
    before = asked(version_1, *everything)
    assert all(before)
    Database.open(version_1).close()
    everything[5] = f"SELECT {', '.join(RUN)} FROM runs"  # noqa: S608 (our names)
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
            assert run.content(str(OLD[1].item.digests.sha256)) == OLD[1].item.media
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


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_database_is_read_as_it_is(tmp_path: Path, version: int) -> None:
    found = [*OLD, clip(1)] if version > 1 else OLD
    path = made(tmp_path / "db", version, found)
    before = path.read_bytes()
    path.chmod(0o400)
    with Database.open(path, read_only=True) as database, database.snapshot():
        assert database.summary("1") == tally(found)
        assert [each.match for each in database.sightings("1")] == [
            match for each in found for match in each.matches
        ]
        assert len(list(database.items("1"))) == len(found)
        (run,) = database.case("1").runs
        assert (run.status, run.expected, run.position) == ("interrupted", None, len(found))
        assert database.verify().problems == ()
    assert path.read_bytes() == before


def test_what_was_forged_is_found_in_an_older_database_that_is_only_read(version_2: Path) -> None:
    asked(
        version_2,
        "DROP TRIGGER sightings_no_update",
        "UPDATE sightings SET distance = distance + 1 WHERE id = 7",
        "CREATE TABLE entries (id INTEGER PRIMARY KEY)",
    )
    with Database.open(version_2, read_only=True) as database:
        problems = database.verify().problems
    assert {problem.what for problem in problems} == {
        "was altered",
        "the table entries does not belong here",
        "the trigger sightings_no_update is missing",
    }


def test_a_database_of_version_2_takes_what_entries_say(version_2: Path) -> None:
    told = replace(
        match(500),
        entry_hash="pdq:" + "5a" * 32,
        entry_digests=digests(77),
        details={"series": "x", "size": 5},
    )
    more = [replace(result(number), matches=(told,)) for number in (501, 502)]
    with Database.open(version_2) as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            run.expect(1_000)
            run.record(more)
        first, second = database.case("1").runs
        assert (first.expected, first.position) == (None, len(OLD) + 1)
        assert (second.expected, second.position) == (1_000, len(OLD) + 3)
        assert [each.match for each in database.sightings("1")][-2:] == [told, told]
        assert database.verify().problems == ()
    assert asked(version_2, "SELECT count(*) FROM entries") == [[(1,)]]
