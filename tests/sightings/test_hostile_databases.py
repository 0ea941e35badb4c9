"""Databases that were made to harm whoever opens them."""

# ruff: noqa: S608 (statements are made of our own names)

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from hashmatch.errors import DamagedDatabaseError
from hashmatch.sightings import audit
from hashmatch.sightings.cases import names
from hashmatch.sightings.database import Database
from tests.support import forgeries
from tests.support.forgeries import Forger
from tests.support.hostile_databases import head, record, verified  # noqa: F401 (fixtures)


@pytest.fixture
def forger(record: Path, tmp_path: Path) -> Forger:
    return Forger(Path(shutil.copy(record, tmp_path / "db")))


# Databases that want to break the check


def schema(sql: str, *values: str) -> Callable[[Forger], object]:
    """The text of tables is altered, behind SQLite's back."""

    def act(forger: Forger) -> None:
        forger("PRAGMA writable_schema = ON")
        forger(sql, *values)
        ((version,),) = forger.all("PRAGMA schema_version")
        forger(f"PRAGMA schema_version = {version + 1}")
        forger.reopen()

    return act


def said(details: str) -> Callable[[Forger], object]:
    """A row behind the chain with these details, sealed."""

    def act(forger: Forger) -> None:
        ((seq, at, actor, host, previous),) = forger.all(
            "SELECT seq, at, actor, host, sha256 FROM audit ORDER BY seq DESC LIMIT 1"
        )
        row = (seq + 1, at, actor, host, "note", details, previous)
        forger("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", *row, audit.sealed(row))

    return act


def loosened(table: str, then: str) -> Callable[[Forger], object]:
    """A value of another type: the table is strict again afterwards."""

    def act(forger: Forger) -> None:
        named = "type = 'table' AND name = ?"
        ((sql,),) = forger.all(f"SELECT sql FROM sqlite_master WHERE {named}", table)
        loose = sql.replace(") STRICT", ")").replace("INTEGER PRIMARY", "NUMBER PRIMARY")
        for columns in ("TEXT", "INTEGER", "BLOB", "REAL"):
            loose = loose.replace(f" {columns}", "")
        loose = loose.replace("NUMBER PRIMARY", "INTEGER PRIMARY")
        alter = f"UPDATE sqlite_master SET sql = ? WHERE {named}"
        schema(alter, loose, table)(forger)
        forger(then)
        schema(alter, sql, table)(forger)

    return act


HOSTILE: dict[str, Callable[[Forger], object]] = {
    "details that are no JSON": said("{"),
    "details that are a list": said("[]"),
    "details nested 100,000 deep": said("[" * 100_000),
    "details with a key twice": said('{"details":{},"what":"x","what":"y"}'),
    "details with NaN": said('{"details":{"a":NaN},"what":"x"}'),
    "details with spaces": said('{"details": {}, "what": "x"}'),
    "details with a number of 10,000 digits": said(
        '{"details":{"a":%s},"what":"x"}' % ("9" * 10_000)
    ),
    "rows that are no list": lambda forger: forger.append("count", {"run": [], "rows": 7}),
    "a run that is a list": lambda forger: forger.append("count", {"run": [1], "rows": {}}),
    "a version that is a text": lambda forger: forger.append(
        "migration", {"from": 5, "to": "6", "tool": ""}
    ),
    "a huge id": lambda forger: forger("UPDATE items SET id = 9223372036854775807 WHERE id = 30"),
    "infinity": lambda forger: forger("UPDATE pictures SET fraction = 9e999 WHERE id = 3"),
    "a blob for a text": loosened("items", "UPDATE items SET detail = x'ff00' WHERE id = 3"),
    "a text that is no UTF-8": loosened(
        "items", "UPDATE items SET detail = CAST(x'ff00' AS TEXT) WHERE id = 3"
    ),
    "hex text for a blob": loosened(
        "readings", "UPDATE readings SET hash = lower(hex(hash)) WHERE picture_id = 2"
    ),
    "a real for an integer": loosened("runs", "UPDATE runs SET expected = 30.0 WHERE id = 2"),
    "a blob in the chain": loosened("audit", "UPDATE audit SET details = x'7b7d' WHERE seq = 3"),
    "a number in the chain": loosened("audit", "UPDATE audit SET at = 7 WHERE seq = 3"),
    "no table of items": lambda forger: forger("DROP TABLE items"),
    "no audit chain": lambda forger: forger("DROP TABLE audit"),
    "an empty audit chain": lambda forger: forger("DELETE FROM audit"),
    "a view for a table": lambda forger: (
        forger("DROP TABLE times"),
        forger(
            "CREATE VIEW times AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
            "SELECT x AS item_id, '' AS kind, '' AS at FROM n"
        ),
    ),
    "a view named oddly": lambda forger: forger('CREATE VIEW "a\nb" AS SELECT 1'),
    "a trigger of SQLite's own name": schema(
        "INSERT INTO sqlite_master VALUES ('trigger', 'sqlite_x', 'items', 0, "
        "'CREATE TRIGGER sqlite_x AFTER INSERT ON items BEGIN SELECT 1; END')"
    ),
    "a generated column": lambda forger: forger(
        "ALTER TABLE cases ADD COLUMN more TEXT AS (name || 'x')"
    ),
    "a column more": lambda forger: forger("ALTER TABLE runs ADD COLUMN more TEXT DEFAULT 'x'"),
    "a table with rowid": schema(
        "UPDATE sqlite_master SET sql = replace(sql, ', WITHOUT ROWID', '') WHERE name = 'times'"
    ),
    "a version of its own": lambda forger: forger("PRAGMA user_version = 3"),
    "an index on part of a table": lambda forger: (
        forger("DROP INDEX items_by_scan"),
        forger("CREATE INDEX items_by_scan ON items (scan_id) WHERE id < 3"),
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_database_is_answered(forger: Forger, what: str) -> None:
    """Whatever it holds: problems, never an error."""
    HOSTILE[what](forger)
    for _, sql in forger.triggers:
        try:
            forger(sql)
        except Exception:  # noqa: BLE001, S112 (its table may be gone)
            continue
    forger.connection.close()
    verdict = verified(forger.path)
    assert not verdict.passed


def test_statistics_of_sqlite_are_no_forgery(forger: Forger) -> None:
    forger("ANALYZE")
    assert verified(forger.close()).problems == ()


def test_a_value_that_is_too_large_is_not_read(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hashmatch.sightings import verifying

    forger("UPDATE items SET detail = hex(zeroblob(3000000)) WHERE id = 3")
    monkeypatch.setattr(verifying, "_LARGEST", 5_000_000)
    problems = verified(forger.close()).problems
    assert "of the rows 1 to 10 not all can be read" in [each.what for each in problems]
    # The rest is read all the same.
    assert len(problems) < 5


def test_another_log_beside_the_file_is_read_or_refused(forger: Forger, tmp_path: Path) -> None:
    """What is verified is what is read."""
    other = forgeries.recorded(tmp_path / "other")
    keep = Forger(other)
    keep("UPDATE cases SET name = 'y' WHERE id = 1")
    log = other.with_name("other-wal")
    path = forger.close()
    shutil.copy(log, path.with_name("db-wal"))
    keep.connection.close()
    with suppress(DamagedDatabaseError), Database.open(path, read_only=True) as database:
        passed = database.verify().passed
        assert passed == (names(database._store) == ("1", "2"))
