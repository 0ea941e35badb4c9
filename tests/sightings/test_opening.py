"""Which files are opened, how, and what is said of those that are not."""

import errno
import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import pytest

from hashmatch.errors import (
    DamagedDatabaseError,
    DatabaseBusyError,
    DatabaseError,
    DatabaseFullError,
    DatabaseVersionError,
    ResumeError,
)
from hashmatch.model import ScanResult
from hashmatch.scanning.tally import tally
from hashmatch.sightings import filesystem, schema, store
from hashmatch.sightings.database import Database
from tests.support.sighting_values import CONFIGURATION, SOURCE, batches, result, results, scanned
from tests.support.unix import open_folder

Statements: TypeAlias = tuple[str, ...]


def pragma(path: Path, name: str) -> object:
    connection = sqlite3.connect(path)
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    connection.close()
    return value


def test_a_new_database_is_private_and_safe(tmp_path: Path) -> None:
    path = tmp_path / "lab.sightings"
    with Database.open(path) as database:
        assert database.notes == ()
        assert database.cases() == ()
        for file in tmp_path.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
        assert database._store.one("PRAGMA synchronous") == 2
        assert database._store.one("PRAGMA foreign_keys") == 1
    assert pragma(path, "application_id") == schema.APPLICATION_ID
    assert pragma(path, "user_version") == len(schema.MIGRATIONS)
    assert pragma(path, "journal_mode") == "wal"
    assert pragma(path, "integrity_check") == "ok"


def test_what_is_no_database_of_sightings_is_refused_and_left_alone(tmp_path: Path) -> None:
    foreign = sqlite3.connect(tmp_path / "foreign")
    foreign.execute("CREATE TABLE mine (a)")
    foreign.close()
    (tmp_path / "text").write_text("This is a list of hashes, not a database.\n" * 200)
    damaged = scanned(tmp_path / "damaged", 1)
    damaged.write_bytes(b"\xff" * 100 + damaged.read_bytes()[100:])
    cases = {
        "foreign": (DatabaseError, "another program"),
        "text": (DamagedDatabaseError, "no database"),
        "damaged": (DamagedDatabaseError, "damaged"),
    }
    for name, (error, says) in cases.items():
        before = (tmp_path / name).read_bytes()
        for read_only in (False, True):
            with pytest.raises(error, match=says):
                Database.open(tmp_path / name, read_only=read_only)
        assert (tmp_path / name).read_bytes() == before


def test_places_where_no_file_can_be_are_named(tmp_path: Path) -> None:
    for path, read_only in ((tmp_path / "no" / "db", False), (tmp_path / "db", True)):
        with pytest.raises(DatabaseError, match="db"):
            Database.open(path, read_only=read_only)
        assert not path.exists()
    with pytest.raises(DatabaseError):
        Database.open(tmp_path)
    (tmp_path / "empty").touch()
    with pytest.raises(DatabaseError, match="no sightings yet"):
        Database.open(tmp_path / "empty", read_only=True)
    Database.open(tmp_path / "empty").close()
    Database.open(tmp_path / "empty", read_only=True).close()


def test_an_older_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    with pytest.raises(DatabaseError, match=r"SQLite 3\.38"):
        Database.open(tmp_path / "db")


def test_a_database_of_a_newer_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "db"
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ()))
        scanned(path, 1)
    for read_only in (False, True):
        with pytest.raises(DatabaseVersionError, match="newer hashmatch"):
            Database.open(path, read_only=read_only)


NEXT: Statements = (
    "CREATE TABLE views (id INTEGER PRIMARY KEY, seen INTEGER REFERENCES sightings) STRICT",
    "ALTER TABLE cases ADD COLUMN note TEXT NOT NULL DEFAULT ''",
)


def test_an_older_database_is_migrated_with_all_that_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scanned(tmp_path / "db", 50)
    with Database.open(path) as database:
        before = (list(database.items("1")), list(database.sightings("1")))
    newest, tool = len(schema.MIGRATIONS), version("hashmatch")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, NEXT))
    with Database.open(path, read_only=True) as database:
        assert (list(database.items("1")), list(database.sightings("1"))) == before
        assert database.verify().problems == ()
    assert pragma(path, "user_version") == len(schema.MIGRATIONS) - 1
    Database.open(path).close()
    with Database.open(path, read_only=True) as database:
        assert (list(database.items("1")), list(database.sightings("1"))) == before
        assert database.verify().problems == ()
        assert database._store.execute(
            "SELECT action, details FROM audit ORDER BY seq DESC LIMIT 1"
        ) == [("migration", f'{{"from":{newest},"to":{newest + 1},"tool":"{tool}"}}')]
    assert pragma(path, "user_version") == newest + 1


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scanned(tmp_path / "db", 5)
    with monkeypatch.context() as broken:
        broken.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, (*NEXT, "DROP TABLE unheard_of")))
        with pytest.raises(DatabaseError, match="no such table"):
            Database.open(path)
    with Database.open(path) as database:
        assert database.verify().passed


def test_two_processes_may_make_it_at_once(tmp_path: Path) -> None:
    errors: list[Exception] = []

    def make() -> None:
        try:
            Database.open(tmp_path / "db").close()
        except DatabaseError as error:
            errors.append(error)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Database.open(tmp_path / "db") as database:
        assert database.verify().rows == 1


def test_a_second_writer_waits_or_is_told(tmp_path: Path) -> None:
    path = tmp_path / "db"
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.readline()\n"
        "c.execute('COMMIT'); c.close()"
    )
    with (
        Database.open(path, wait=0.05) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
        subprocess.Popen(  # noqa: S603 (our own interpreter)
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as other,
    ):
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()
        with pytest.raises(DatabaseBusyError, match="another process is writing"):
            run.record(results(1))
        with Database.open(path, read_only=True) as reader:
            assert reader.summary("1").items == 0
        database._store.execute("PRAGMA busy_timeout = 60000")
        threading.Timer(0.1, other.stdin.close).start()
        run.record(results(1))
        assert run.position == 1
    assert other.returncode == 0


def test_two_scans_of_one_lab_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "db"

    def scan(label: str) -> None:
        source = replace(SOURCE, label=label)
        with (
            Database.open(path) as database,
            database.run(case="1", source=source, configuration=CONFIGURATION) as run,
        ):
            for batch in batches(results(60), 4):
                run.record(batch)
            run.finish()

    threads = [threading.Thread(target=scan, args=(label,)) for label in "78"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Database.open(path, read_only=True) as database:
        assert database.summary("1").items == 120
        assert {source.items for source in database.case("1").sources} == {60}
        assert database.verify().passed


def fill(database: Database, found: list[ScanResult], pages: int) -> None:
    """Record until no page is left."""
    with database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run:
        run.record(found[:16])
        count = database._store.one("PRAGMA page_count")
        database._store.execute(f"PRAGMA max_page_count = {count + pages}")
        for batch in batches(found[16:]):
            run.record(batch)


@pytest.mark.parametrize("pages", [0, 1, 20])
def test_a_full_disk_loses_nothing_that_was_recorded(tmp_path: Path, pages: int) -> None:
    path = tmp_path / "db"
    found = results(200)
    with Database.open(path) as database:
        with pytest.raises(DatabaseFullError, match="make space there"):
            fill(database, found, pages)
        position = database.summary("1").items
        assert 16 <= position < 200
        assert database.summary("1") == tally(found[:position])
        assert database.verify().passed
    with Database.open(path) as database:
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run:
            assert run.position == position
            run.record([each for each in found if not run.done(each.item.locator)])
            run.finish()
        assert database.summary("1") == tally(found)
        assert database.verify().passed


def test_a_disk_error_is_told_as_one() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    assert isinstance(store._translation(Path("db"), error), DatabaseFullError)


def test_reading_only_writes_nothing(tmp_path: Path) -> None:
    path = scanned(tmp_path / "db")
    before = hashlib.sha256(path.read_bytes()).digest()
    with Database.open(path, read_only=True) as database:
        assert len(list(database.items("1"))) == 100
        assert database.verify().passed
        for write in (
            lambda: database.note("export", {}),
            lambda: database.run(case="1", source=SOURCE, configuration=CONFIGURATION).__enter__(),
        ):
            with pytest.raises(DatabaseError, match="for reading only"):
                write()
        with pytest.raises(DatabaseError, match="readonly"):
            database._store.execute("DELETE FROM items")
    assert hashlib.sha256(path.read_bytes()).digest() == before


READER = """
import os, sys
from hashmatch.sightings.database import Database

def read(path):
    with Database.open(path, read_only=True) as database:
        return database.summary("1").items, database.verify().passed

read(sys.argv[2])  # Loads what is loaded late: others may not be able to read this Python.
if os.geteuid() == 0:
    os.setuid(65534)  # Root may write anywhere.
print(*read(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="rights of folders are POSIX")
def test_read_only_media_can_be_read(tmp_path: Path) -> None:
    path = scanned(tmp_path / "db")
    with open_folder() as folder:
        medium = Path(shutil.copy(path, folder / "db"))
        medium.chmod(0o444)
        folder.chmod(0o555)
        command = [sys.executable, "-c", READER, str(medium), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own program)
        assert done.stdout == "100 True\n", done.stderr
        assert [file.name for file in folder.iterdir()] == ["db"]
        folder.chmod(0o755)
        (folder / "db-wal").write_bytes(b"x" * 100)
        folder.chmod(0o555)
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own program)
        assert "copy both to a folder that can be written" in done.stderr
        folder.chmod(0o755)


def test_network_shares_are_recognised(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        "server:/lab /mnt/lab nfs4 rw 0 0\n"
        "//server/my\\040share /mnt/my\\040share cifs rw 0 0\n"
        "/dev/sdb1 /mnt/lab/local ext4 rw 0 0\n"
    )
    for path, kind in {
        "/home/db": "",
        "/mnt/lab/db": "nfs4",
        "/mnt/laboratory/db": "",
        "/mnt/my share/a/db": "cifs",
        "/mnt/lab/local/db": "",
    }.items():
        assert filesystem.network_filesystem(Path(path), mounts) == kind
    assert filesystem.network_filesystem(tmp_path, tmp_path / "none") == ""


def test_on_a_network_share_there_is_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scanned(tmp_path / "db", 10)
    monkeypatch.setattr(store, "network_filesystem", lambda _: "nfs4")
    with Database.open(path) as database:
        (note,) = database.notes
        assert "network share (nfs4)" in note
        with (
            pytest.raises(ResumeError),
            database.run(case="1", source=SOURCE, configuration=CONFIGURATION),
        ):
            pass
        with database.run(case="1", source=SOURCE, configuration=CONFIGURATION, rescan=True) as run:
            run.record([result(1)])
            run.finish()
    assert pragma(path, "journal_mode") == "delete"
    with Database.open(path, read_only=True) as database:
        assert database.verify().passed


def test_a_lock_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "db-source-1.lock").mkdir()
    with (
        Database.open(tmp_path / "db") as database,
        pytest.raises(DatabaseError, match=os.strerror(errno.EISDIR)),
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION),
    ):
        pass


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE segments",
        "DROP TRIGGER sightings_no_update",
        "CREATE TRIGGER planted AFTER INSERT ON items BEGIN SELECT 1; END",
        "CREATE VIEW other AS SELECT 1",
    ],
)
def test_tables_that_are_not_ours_take_no_scan_and_name_no_case(tmp_path: Path, sql: str) -> None:
    path = scanned(tmp_path / "db", 3)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
    with Database.open(path) as database:
        for ask in (
            database.cases,
            lambda: database.run(case="2", source=SOURCE, configuration=CONFIGURATION),
        ):
            with pytest.raises(DamagedDatabaseError, match="is not as hashmatch made it"):
                ask()


def test_an_index_more_is_no_harm(tmp_path: Path) -> None:
    path = scanned(tmp_path / "db", 3)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE INDEX own ON sightings (category)")
    with Database.open(path) as database:
        assert database.cases() == ("1",)
