"""Killed at any moment, a scan loses nothing that it recorded, and repeats nothing."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from hashmatch.scanning.tally import tally
from hashmatch.sightings.database import Database
from tests.support.casework import UNIT, event
from tests.support.places import environment
from tests.support.sighting_values import results, scanned

ITEMS = 1600
KILLS = int(os.environ.get("HASHMATCH_KILLS", "15"))


def said_of(path: Path) -> list[object]:
    """All that a database says but when, and by which run."""
    with Database.open(path, read_only=True) as database:
        items = list(database.items("1"))
        sightings = [(each.id, each.item, each.match) for each in database.sightings("1")]
        return [items, sightings, database.summary("1")]


def killed(path: Path, items: int, random: Random) -> tuple[bool, int]:
    """Start the scan and kill it: whether it still ran, and what it said that it recorded."""
    said = 0
    with subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "tests.support.sightings_writer", str(path), str(items)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # Sometimes while it starts, sometimes between two batches or in the middle of one; never
        # so far that it comes to its end, however slow this process is.
        batches = random.randrange(8)
        process.stdin.write(b"\n" * (batches + 3))
        process.stdin.flush()
        for _ in range(batches):
            said = int(process.stdout.readline() or said)
        time.sleep(random.random() * random.choice((0.001, 0.01, 0.03)))
        process.kill()
        said = max([said, *map(int, process.stdout.read().split())])
        process.wait()
        assert process.returncode in (0, -9)
        return process.returncode != 0, said


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_killed_again_and_again_it_is_as_if_never_interrupted(tmp_path: Path) -> None:
    random = Random(7)
    path = tmp_path / "db"
    kills, positions = 0, []
    items = ITEMS if KILLS == 15 else KILLS * 100
    while kills < KILLS:
        running, said = killed(path, items, random)
        assert running, "make ITEMS larger"
        kills += 1
        if path.exists() and path.stat().st_size:
            connection = sqlite3.connect(path)
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            recorded = (
                connection.execute("SELECT count(*) FROM items").fetchone()[0] if tables else 0
            )
            connection.close()
            # What was said to be recorded is there; at most one batch more.
            assert said <= recorded or not said
            assert recorded % 8 == 0
            positions.append(recorded)
    assert len(set(positions)) > KILLS // 3
    subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "tests.support.sightings_writer", str(path), str(items)],
        input=b"go\n",
        stdout=subprocess.DEVNULL,
        env=environment(),
        check=True,
    )
    assert said_of(path) == said_of(scanned(tmp_path / "whole", items, size=64))
    with Database.open(path) as database:
        assert database.summary("1") == tally(results(items))
        assert database.verify().problems == ()
        assert {run.status for run in database.case("1").runs} == {"interrupted", "done"}
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_unit_is_on_record_wholly_or_not_at_all(tmp_path: Path) -> None:
    """Killed between the audit rows of one import, before it, and while it commits."""
    random, events = Random(5), 2500
    command = [sys.executable, "-m", "tests.support.import_writer"]
    outcomes = set[tuple[int, ...]]()
    for said in (1, 4, 5, 5):
        path = tmp_path / f"{said}-{len(outcomes)}-{random.random()}"
        with subprocess.Popen(  # noqa: S603 (our own program)
            [*command, str(path), str(events)], stdout=subprocess.PIPE, env=environment()
        ) as process:
            assert process.stdout is not None
            for _ in range(said):
                assert process.stdout.readline()
            time.sleep(random.random() * 0.04)
            process.kill()
        with Database.open(path) as database:
            assert database.verify().passed
            held = [each.events for each in database.imports()]
            assert held in ([], [events])
            assert sum(1 for _ in database.events()) == sum(held)
            outcomes.add(tuple(held))
    # Once more, and it is there once.
    with Database.open(path) as database:
        again = (event(number) for number in range(1, events + 1))
        done = database.record_import(UNIT, again, case="1", exhibit="return 1")
        assert (done.events, done.known) == (events, bool(held))
    assert () in outcomes
