"""A scan that is killed, interrupted, starved or refused loses nothing and sees nothing twice."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hashmatch.sightings.database import Database
from tests.support import unix
from tests.support.hostile_evidence import Evidence, make_evidence, names_below
from tests.support.scan_process import (
    Rows,
    Scan,
    by_path,
    differing,
    items_on_record,
    kill_all,
    recorded,
    sound,
    summary_of,
    wait_until,
    workers_of,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc")

KILLS = 5
FILES = 180
UNREADABLE = 4
INTERRUPTED = 130


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    folder = tmp_path_factory.mktemp("kill")
    try:
        yield make_evidence(
            folder / "evidence", folder / "known.csv", files=FILES, pictures=40, slow=8
        )
    finally:
        # Python recurses into folders, and gives up before it reaches the deepest.
        subprocess.run(["/bin/rm", "-rf", str(folder / "evidence")], check=True)  # noqa: S603


@pytest.fixture
def scan(evidence: Evidence, tmp_path: Path) -> Scan:
    return Scan(evidence.folder, evidence.known, tmp_path / "db", ("--workers", "2"))


@pytest.fixture(scope="module")
def uninterrupted(evidence: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    db = tmp_path_factory.mktemp("whole") / "db"
    code, said = Scan(evidence.folder, evidence.known, db, ("--workers", "2")).run()
    assert code == UNREADABLE, said
    assert sound(db) == []
    counts = summary_of(db)
    assert counts["items"] == FILES == names_below(evidence.folder)
    assert f"{FILES} files: {counts['hashed']} hashed" in said
    assert f"{counts['unreadable']} unreadable, {counts['skipped']} skipped" in said
    return recorded(db)


def test_every_file_is_accounted_for(evidence: Evidence, uninterrupted: Rows) -> None:
    items = by_path(uninterrupted, "items", evidence.folder)
    assert len(items) == FILES
    found = {path: items[path][0][4] for path in evidence.statuses}
    assert found == evidence.statuses


def test_every_known_picture_is_found(evidence: Evidence, uninterrupted: Rows) -> None:
    met = {
        path: {row[2] for row in rows}
        for path, rows in by_path(uninterrupted, "sightings", evidence.folder).items()
    }
    assert {path for path, entry in evidence.entries.items() if entry not in met[path]} == set()


def begun(db: Path) -> bool:
    """Whether the start of a scan is on record: what was killed before that cannot be resumed."""
    if not db.exists():
        return False
    with closing(sqlite3.connect(db)) as connection:
        made = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'")
        if not made.fetchone()[0]:
            return False
        return bool(connection.execute("SELECT count(*) FROM runs").fetchone()[0])


def is_done(db: Path) -> bool:
    """Whether the scan came to its end on record, whatever became of its process then."""
    with closing(sqlite3.connect(db)) as connection:
        return bool(connection.execute("SELECT max(done) FROM scans").fetchone()[0])


def test_a_scan_killed_again_and_again_ends_as_if_it_had_not_been(
    scan: Scan, uninterrupted: Rows
) -> None:
    chance = random.Random(5)
    seen = [0]
    while len(seen) <= KILLS and not (begun(scan.db) and is_done(scan.db)):
        process = scan.start(*(["--resume"] if begun(scan.db) else []))
        try:
            # Every other one dies over a commit, the others anywhere, as in the middle of a start.
            if len(seen) % 2:
                before = seen[-1]
                wait_until(lambda: items_on_record(scan.db) > before, process)  # noqa: B023
                time.sleep(chance.uniform(0, 0.05))
            else:
                time.sleep(chance.uniform(0.2, 1.5))
        finally:
            kill_all(process)
        seen.append(items_on_record(scan.db))
        if process.returncode != -unix.signal.SIGKILL:
            break
    assert seen == sorted(seen)
    assert len(seen) > 1
    # On a quick machine, the scan may have come to its end before it was killed.
    if not is_done(scan.db):
        code, said = scan.run("--resume")
        assert code == UNREADABLE, said
    assert differing(recorded(scan.db), uninterrupted) == {}
    assert sound(scan.db) == []


def test_a_killed_worker_costs_one_item_at_most(scan: Scan, uninterrupted: Rows) -> None:
    process = scan.start()
    wait_until(lambda: items_on_record(scan.db) > 0, process)
    os.kill(workers_of(process)[0], unix.signal.SIGKILL)
    said = process.communicate()[1]
    assert process.returncode == UNREADABLE, said
    now, whole = (
        by_path(rows, "items", scan.folder) for rows in (recorded(scan.db), uninterrupted)
    )
    affected = {path for path in whole if now[path] != whole[path]}
    assert len(affected) <= 1
    assert all(now[path][0][5] == "worker-died" for path in affected)
    assert sound(scan.db) == []


def test_an_interrupted_scan_commits_and_says_how_to_go_on(scan: Scan, uninterrupted: Rows) -> None:
    process = scan.start()
    wait_until(lambda: items_on_record(scan.db) > 0, process)
    # As Ctrl-C: to all processes of the group.
    unix.os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == INTERRUPTED, said
    assert "continue with: " in said
    assert 0 < items_on_record(scan.db) < FILES
    assert sound(scan.db) == []
    code, said = scan.run("--resume")
    assert code == UNREADABLE, said
    assert "on record already: " in said
    assert differing(recorded(scan.db), uninterrupted) == {}
    assert sound(scan.db) == []


@pytest.fixture
def tables(tmp_path: Path) -> int:
    """KiB that a database without a scan takes."""
    with Database.open(tmp_path / "empty"):
        pass
    return (tmp_path / "empty").stat().st_size // 1024


@pytest.fixture
def small_disk(tmp_path: Path, tables: int) -> Iterator[Path]:
    """Room for the tables, the start of a scan and some of its items."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={tables + 260}k", "none", str(disk)]
    try:
        made = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except OSError:
        pytest.skip("there is no mount here")
    if made.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607


def test_a_full_disk_loses_nothing(small_disk: Path, scan: Scan, uninterrupted: Rows) -> None:
    full = Scan(scan.folder, scan.known, small_disk / "db", scan.more)
    code, said = full.run()
    assert code == 1, said
    assert "make space there, then continue with:" in said
    assert "--resume" in said
    assert items_on_record(full.db) < FILES
    bigger = ["mount", "-o", "remount,size=64m", str(small_disk)]
    subprocess.run(bigger, check=True)  # noqa: S603
    assert sound(full.db) == []
    code, said = full.run("--resume")
    assert code == UNREADABLE, said
    assert differing(recorded(full.db), uninterrupted) == {}
    assert sound(full.db) == []


def test_a_disk_that_is_full_at_the_start_leaves_nothing_to_resume(
    small_disk: Path, scan: Scan, tables: int
) -> None:
    """Neither where no file can be made nor where its tables or the run find no space."""
    for left in (4, 16, tables // 2, tables + 40):
        filler = small_disk / "filler"
        filler.write_bytes(bytes((tables + 260 - left) // 4 * 4096))
        full = Scan(scan.folder, scan.known, small_disk / f"db {left}", scan.more)
        code, said = full.run()
        assert code == 1, said
        begun = full.db.exists() and items_begun(full.db)
        assert ("--resume" in said) == begun, said
        assert ("run the same command again" in said) != begun, said
        filler.unlink()
        for each in small_disk.iterdir():
            each.unlink()


def items_begun(path: Path) -> bool:
    """Whether a run is on record."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute("SELECT count(*) FROM runs").fetchone()[0])
    except sqlite3.Error:
        return False


def test_a_scan_with_another_list_or_threshold_is_refused(scan: Scan, tmp_path: Path) -> None:
    process = scan.start()
    wait_until(lambda: items_on_record(scan.db) > 0, process)
    # It is stopped, so that it cannot come to its end before the second has begun.
    unix.os.killpg(process.pid, unix.signal.SIGSTOP)

    second = scan.run("--resume")
    kill_all(process)
    assert (second[0], "another process is scanning this source" in second[1]) == (1, True), second

    before = items_on_record(scan.db)
    code, said = scan.run("--resume", "--threshold", "20")
    assert code == 2
    assert "threshold" in said
    assert "31" in said
    assert "20" in said

    shorter = tmp_path / "known.csv"
    shorter.write_text("\n".join(scan.known.read_text().splitlines()[:-1]))
    code, said = Scan(scan.folder, shorter, scan.db, scan.more).run("--resume")
    assert code == 2
    assert "known" in said
    assert "files" in said

    code, said = scan.run()
    assert code == 2
    assert "resume it (--resume), or rescan it (--rescan)" in said
    assert items_on_record(scan.db) == before
    assert sound(scan.db) == []
