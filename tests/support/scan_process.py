"""Scans in a process of their own, what they left on record, and signals for them."""

import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

from hashmatch.sightings.encoding import from_text
from tests.support import program, unix

Rows: TypeAlias = dict[str, list[tuple[object, ...]]]

_PATIENCE = 120.0
"""Seconds after which something that must happen has not happened."""

_TWICE = """
    SELECT count(*) FROM (
        SELECT 1 FROM items GROUP BY scan_id, locator HAVING count(*) > 1
    )
"""
_RAISED = """
    SELECT count(*) FROM items WHERE raised <> (
        SELECT count(*) FROM sightings
        WHERE item_id = items.id AND NOT known_good AND NOT suppressed
    )
"""
_ITEMS = """
    SELECT items.id, items.locator, items.size, hex(sha256), hex(sha1), hex(md5),
        items.status, items.reason, items.detail, items.known_good, items.raised,
        mode, width, height, format, decoder, frames, flags, fraction, pictures.reason,
        (SELECT group_concat(kind || '=' || at) FROM times WHERE item_id = items.id),
        (SELECT group_concat(position || algorithm || orientation || alpha_dropped || frame ||
            quality || hex(hash)) FROM readings WHERE picture_id = items.picture_id)
    FROM items
    LEFT JOIN contents ON contents.id = items.content_id
    LEFT JOIN pictures ON pictures.id = items.picture_id
"""


@dataclass(frozen=True)
class Scan:
    """A command that scans a folder on record."""

    folder: Path
    known: Path
    db: Path
    more: tuple[str, ...] = ()
    program: tuple[str, ...] = ("-m", "hashmatch")

    def start(
        self, *more: str, stderr: "int | IO[str]" = subprocess.PIPE
    ) -> "subprocess.Popen[str]":
        """Start it in a process group of its own."""
        command = [sys.executable, *self.program, "scan", str(self.folder)]
        command += ["--against", str(self.known), "--db", str(self.db), "--case", "1"]
        return subprocess.Popen(  # noqa: S603 (ours)
            [*command, *self.more, *more],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
            errors="surrogateescape",
            start_new_session=True,
        )

    def run(self, *more: str) -> tuple[int, str]:
        """Its exit code and what it said, once it has ended."""
        process = self.start(*more)
        _, said = process.communicate(timeout=_PATIENCE * 10)
        return process.returncode, said


def kill_all(process: "subprocess.Popen[str]") -> None:
    """SIGKILL to a scan and all its workers."""
    unix.os.killpg(process.pid, unix.signal.SIGKILL)
    process.communicate()


def workers_of(process: "subprocess.Popen[str]") -> list[int]:
    """The processes that a scan has started."""
    lists = Path(f"/proc/{process.pid}/task").glob("*/children")
    return sorted(int(number) for each in lists for number in each.read_text().split())


def wait_until(true: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """Wait for something to become true while a scan runs."""
    end = time.monotonic() + _PATIENCE
    while not true():
        if process.poll() is not None:
            msg = f"the scan ended first, with {process.returncode}: {process.communicate()[1]}"
            raise AssertionError(msg)
        if time.monotonic() > end:
            msg = "nothing happened"
            raise AssertionError(msg)
        time.sleep(0.01)


def items_on_record(db: Path) -> int:
    """How many items are on record, while the scan runs."""
    if not db.exists():
        return 0
    connection = sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM items").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def recorded(db: Path) -> Rows:
    """All that a scan saw, without what depends on when and in how many runs it saw it."""
    connection = sqlite3.connect(db)
    items = connection.execute(_ITEMS).fetchall()
    names = {number: locator for number, locator, *_ in items}
    columns = [row[1] for row in connection.execute("PRAGMA table_info(sightings)")]
    told = [each for each in columns if each not in ("id", "item_id", "run_id", "at")]
    sightings = connection.execute(f"SELECT item_id, {','.join(told)} FROM sightings")  # noqa: S608
    found: Rows = {
        "items": sorted((row[1:] for row in items), key=repr),
        "sightings": sorted(((names[row[0]], *row[1:]) for row in sightings), key=repr),
        "contents": sorted(
            connection.execute("SELECT hex(sha256), size FROM contents").fetchall(), key=repr
        ),
    }
    connection.close()
    return found


def by_path(rows: Rows, kind: str, folder: Path) -> dict[bytes, list[tuple[object, ...]]]:
    """The rows of one kind by the path of their item, which lies in this folder."""
    found: dict[bytes, list[tuple[object, ...]]] = {}
    for name, *row in rows[kind]:
        path = os.path.join(folder, from_text(str(name)))  # noqa: PTH118 (names that are no text)
        found.setdefault(os.fsencode(path), []).append(tuple(row))
    return found


def differing(one: Rows, other: Rows) -> dict[str, list[str]]:
    """The rows of each kind that are in one of them only (+ or -), or more often there."""
    found = {}
    for kind in one:
        mine, others = Counter(one[kind]), Counter(other[kind])
        if rows := [f"+{each}" for each in mine - others] + [f"-{each}" for each in others - mine]:
            found[kind] = rows
    return found


def sound(db: Path, *more: str) -> list[str]:
    """What is wrong with a database: nothing. `more` are options of `audit verify`."""
    wrong = []
    connection = sqlite3.connect(db)
    asked: Mapping[str, tuple[str, object]] = {
        "integrity": ("PRAGMA integrity_check", "ok"),
        "foreign keys": ("SELECT count(*) FROM pragma_foreign_key_check", 0),
        "contents decoded twice": (
            "SELECT count(*) FROM (SELECT 1 FROM pictures GROUP BY content_id HAVING count(*) > 1)",
            0,
        ),
        "items twice": (_TWICE, 0),
        "items without outcome": (
            "SELECT count(*) FROM items WHERE status NOT IN ('hashed', 'unreadable', 'skipped')",
            0,
        ),
        "raised without a sighting": (_RAISED, 0),
    }
    for what, (sql, right) in asked.items():
        found = connection.execute(sql).fetchone()[0]
        if found != right:
            wrong.append(f"{what}: {found}")
    connection.close()
    proof = program.run("audit", "verify", "--db", db, *more)
    if proof.returncode:
        wrong.append(f"audit: {proof.stdout}{proof.stderr}")
    return wrong


def summary_of(db: Path) -> dict[str, int]:
    """How many items there are on record, and of each status."""
    connection = sqlite3.connect(db)
    found = dict(connection.execute("SELECT status, count(*) FROM items GROUP BY status"))
    connection.close()
    return {"items": sum(found.values()), **found}
