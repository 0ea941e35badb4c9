"""That a person viewed a file is on record because somebody said so, in the audit chain."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hashmatch.errors import DatabaseError, UnknownNameError
from hashmatch.sightings import audit
from hashmatch.sightings.database import Database
from tests.support.forgeries import Forger
from tests.support.sighting_values import CONFIGURATION, SOURCE, results

HOSTILE = "caf\udce9 \x1b[31m\n<script>"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "db"
    with (
        Database.open(made) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        run.record(results(16))
        run.finish()
    return made


def viewings(path: Path) -> dict[int, list[tuple[str, str]]]:
    with Database.open(path, read_only=True) as database:
        return {
            each.id: [(viewing.by, viewing.why) for viewing in each.viewings]
            for each in database.sightings("1")
            if each.viewed_by_human
        }


def test_nothing_is_viewed_before_somebody_says_so(path: Path) -> None:
    assert viewings(path) == {}


def test_who_when_and_why_is_on_record_and_proved(path: Path) -> None:
    with Database.open(path) as database:
        first = database.record_viewed([2, 4, 2], by=" A. Meier ", why="identification")
        again = database.record_viewed([4], by=HOSTILE, why=HOSTILE)
        assert database.verify().problems == ()
        assert database.sighting(4).viewings == (first, again)
        assert database.place_of(4) == ("1", SOURCE.label)
    assert (first.by, first.why) == ("A. Meier", "identification")
    assert viewings(path) == {
        2: [("A. Meier", "identification")],
        4: [("A. Meier", "identification"), (HOSTILE, HOSTILE)],
    }
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT details FROM audit WHERE action = 'viewed'").fetchall()
        assert [len(json.loads(text)["rows"]["viewings"]) for (text,) in rows] == [2, 1]
        assert connection.execute("SELECT sum(viewed_by_human) FROM sightings").fetchone() == (0,)
        for sql in ("UPDATE viewings SET viewer = 'x'", "DELETE FROM viewings"):
            with pytest.raises(sqlite3.IntegrityError, match="stays"):
                connection.execute(sql)


@pytest.mark.parametrize(
    ("numbers", "by", "why", "error"),
    [
        ([1, 99], "A", "b", UnknownNameError),
        ([0], "A", "b", UnknownNameError),
        ([-1], "A", "b", UnknownNameError),
        ([1 << 70], "A", "b", UnknownNameError),
        ([1], " ", "b", ValueError),
        ([1], "A", "", ValueError),
        ([1], "A", "b" * 2001, ValueError),
        ([], "A", "b", ValueError),
    ],
)
def test_what_cannot_be_recorded_leaves_the_record_as_it_is(
    numbers: list[int], by: str, why: str, error: type[Exception], path: Path
) -> None:
    with Database.open(path) as database:
        before = database.head().sha256
        with pytest.raises(error):
            database.record_viewed(numbers, by=by, why=why)
        assert database.head().sha256 == before
    assert viewings(path) == {}


def test_an_unknown_number_says_which_there_are(path: Path) -> None:
    with Database.open(path) as database, pytest.raises(UnknownNameError) as raised:
        database.record_viewed([99], by="A", why="b")
    assert "no sighting 99 is on record" in str(raised.value)
    assert "numbered 1 to " in str(raised.value)


def test_nothing_is_recorded_in_a_database_that_is_only_read(path: Path) -> None:
    with Database.open(path, read_only=True) as database, pytest.raises(DatabaseError):
        database.record_viewed([1], by="A", why="b")


def test_it_is_recorded_while_a_scan_goes_on(path: Path) -> None:
    with Database.open(path) as database, Database.open(path) as other:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, rescan=True) as run:
            run.record(results(3))
            other.record_viewed([1], by="A", why="b")
            run.record([*results(9)][3:])
            run.finish()
        assert database.verify().problems == ()


TOLD: dict[str, dict[str, Any]] = {
    "of a sighting that is not on record yet": {"sighting_id": 999},
    "at another time": {"at": "2020-01-01T00:00:00.000+00:00"},
    "of nobody": {"viewer": ""},
    "for no reason": {"reason": ""},
}


@pytest.mark.parametrize("how", TOLD)
def test_a_row_in_the_chain_that_no_version_writes_is_found(how: str, path: Path) -> None:
    with Database.open(path) as database:
        database.record_viewed([1], by="A", why="b")
    forger = Forger(path)
    ((seq, text),) = forger.all("SELECT seq, details FROM audit WHERE action = 'viewed'")
    details = json.loads(text)
    details["rows"]["viewings"][0] |= TOLD[how]
    told = json.dumps(details, separators=(",", ":"), sort_keys=True)
    forger("UPDATE audit SET details = ? WHERE seq = ?", told, seq)
    for name, value in TOLD[how].items():
        forger(f"UPDATE viewings SET {name} = ?", value)  # noqa: S608 (our names)
    ((*columns, _),) = forger.all("SELECT * FROM audit WHERE seq = ?", seq)
    forger("UPDATE audit SET sha256 = ? WHERE seq = ?", audit.sealed(tuple(columns)), seq)
    forger.close()
    with Database.open(path, read_only=True) as database:
        problems = database.verify().problems
    assert any(problem.seq == seq for problem in problems), problems
