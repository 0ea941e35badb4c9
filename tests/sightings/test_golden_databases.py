"""Databases that earlier versions wrote, as text: they open, migrate, and stay proved.

`tests/golden/sightings-N.sql` was written by version N of the tables: a scan that was killed, a
refusal, its resumption, a second scan that failed, and a note; from version 6 on also two viewings,
in version 8 a volume, bytes that could not be read, and a member of an archive with its old name,
in version 9 metadata, regions, statements, an import and clusters.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hashmatch.sightings import schema
from hashmatch.sightings.database import Database
from hashmatch.sightings.verdict import Problem
from tests.support.forgeries import Forger
from tests.support.places import GOLDEN
from tests.support.sighting_values import CONFIGURATION, SOURCE, results

HEADS = {
    1: "2fe8ce14b7f6d49b9c4f1c100758cf2bac34cee2006a3f8321578abb3ee53770",
    2: "00fa0b071e6a7490260c301d3511ee7f7a27c4f0a350b6057cd1da0ec1e0ef2d",
    3: "711139f4df12255943dbda1815a2cff75885dc2af29395be8114477d18062f94",
    4: "12acf61e0ca72386b573219bb0316901d04518848fd56bd48ae1bc453966705d",
    6: "5a7caf1d3d954a6ae238b4153bdac6b48ee492431f7b63b7e1167776898d1e01",
    5: "ff0b39752b4622599c640f3629a47b37812c77506327e73fb201b3624323bbe8",
    8: "2d18e1791916f1f97db717324bba38a2d2ac7010549bd5458fc0698217cec860",
    9: "543a33d3ac2f704e95e2dd246b0a0a943dbe150dff68cb1810695bb7003ba130",
}
NEWEST = 5
"""Written by a script of its own, see `tests.support.golden_story`."""


def opened(version: int, path: Path, *statements: str) -> Path:
    """The database of a version, altered by statements."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript((GOLDEN / f"sightings-{version}.sql").read_text(encoding="utf-8"))
        for sql in statements:
            connection.execute(sql)
    return path


@pytest.mark.parametrize("version", HEADS)
def test_they_are_proved_as_they_are(version: int, tmp_path: Path) -> None:
    path = opened(version, tmp_path / "db")
    with Database.open(path, read_only=True) as database:
        verdict = database.verify(head=HEADS[version])
        assert (verdict.problems, verdict.remarks) == ((), ())
        assert verdict.head == HEADS[version]
        first, second, third = [run.status for run in database.case("1").runs]
        assert (first, second) == ("interrupted", "done")
        assert third == ("failed" if version < NEWEST else "interrupted")


@pytest.mark.parametrize("version", HEADS)
def test_they_are_proved_when_they_were_migrated_and_went_on(version: int, tmp_path: Path) -> None:
    path = opened(version, tmp_path / "db")
    with Database.open(path) as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, rescan=True) as run:
            run.expect(9)
            run.note_environment("sandbox", {"landlock": 5})
            run.record(results(9))
            run.finish()
        verdict = database.verify(head=HEADS[version])
        assert verdict.problems == ()
        *_, last = database.case("1").runs
        assert last.environment["sandbox"] == ({"landlock": 5},)
        assert [*last.environment] == ["system", "sandbox"]
        # Before version 5 conditions were not recorded.
        assert bool(database.case("1").runs[0].environment) == (version >= 5)
        database.record_viewed([1], by="A. Meier", why="identification")
        assert database.verify(head=HEADS[version]).problems == ()
        seen = database.sightings("1", every_scan=True)
        viewed = [1, 3] if version >= 6 else [1]
        assert [each.id for each in seen if each.viewed_by_human] == viewed
    with closing(sqlite3.connect(path)) as connection:
        told = connection.execute("SELECT details FROM audit WHERE action = 'migration'").fetchall()
    made = [json.loads(details)["to"] for (details,) in told]
    assert made == ([len(schema.MIGRATIONS)] if version < len(schema.MIGRATIONS) else [])


@pytest.mark.parametrize("version", [each for each in HEADS if each < NEWEST])
@pytest.mark.parametrize("migrated", [False, True])
def test_what_is_told_twice_in_them_is_found(
    version: int,
    migrated: bool,  # noqa: FBT001 (a parameter)
    tmp_path: Path,
) -> None:
    path = opened(version, tmp_path / "db")
    forger = Forger(path)
    forger("UPDATE cases SET name = '2'")
    told = {"case": "1", "source": SOURCE.label, "message": "", "command": ""}
    forger.append("refusal", {**told, "rows": {"cases": [{"id": 1, "name": "2"}]}})
    forger.close()
    with Database.open(path, read_only=not migrated) as database:
        problems = database.verify().problems
    again = "is recorded again, although rows never change"
    assert Problem(again, "cases", 1, 13 if version < 3 else 14) in problems


def test_a_clock_that_went_back_before_marks_were_made_is_a_remark(tmp_path: Path) -> None:
    path = opened(3, tmp_path / "db")
    forger = Forger(path)
    forger("UPDATE audit SET at = '2020-01-01T00:00:00.000+00:00' WHERE seq = 13")
    forger.seal_from(13)
    forger.close()
    with Database.open(path, read_only=True) as database:
        verdict = database.verify()
    assert verdict.problems == ()
    assert [remark.seq for remark in verdict.remarks] == [13]
