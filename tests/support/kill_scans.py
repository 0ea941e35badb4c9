"""Scans that are killed: none loses what it recorded, doubles it, or breaks the audit chain."""

import dataclasses
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from hashmatch.sightings.database import Database
from tests.support.hostile_evidence import Evidence
from tests.support.kill_ways import Outcome, Way, ended, hit, wait
from tests.support.scan_process import (
    Rows,
    Scan,
    by_path,
    differing,
    items_on_record,
    recorded,
    sound,
    workers_of,
)

if TYPE_CHECKING:
    import subprocess

UNREADABLE: Final = 4
_INTERRUPTED: Final = frozenset({130, -2, UNREADABLE})
_EXIT_CODES: Final = {
    Way.KILL_WORKER: frozenset({UNREADABLE}),
    Way.INTERRUPT_ALL: _INTERRUPTED,
    Way.INTERRUPT_PARENT: _INTERRUPTED,
}
"""After Ctrl-C -2 if Python had not begun to listen, and 4 if it came too late."""

_AGAIN: Final = {
    "rescan": ("--rescan",),
    "replace-earlier": ("--rescan", "--replace-earlier"),
}
_OVER_COMMITS: Final = 0.5
"""The share of kills that follow a commit at once."""
_CHECKED: Final = Path(__file__).with_name("checked_scan.py")


@dataclass(frozen=True)
class Ground:
    """What the scans read, and what they must record.

    Attributes:
        evidence: that is scanned.
        folder: of the databases.
        once: all that one scan without interruption records.
        twice: all that is on record after a second one.
        counted: the sightings that a report counts, after one as after two.
        seconds: that a scan takes.
    """

    evidence: Evidence
    folder: Path
    once: Rows
    twice: Rows
    counted: list[tuple[str, str]]
    seconds: float

    @classmethod
    def of(cls, evidence: Evidence, folder: Path) -> "Ground":
        """Scan twice without interruption; the database of the first is kept as `whole`."""
        whole = _scan(evidence, folder, "whole")
        begun = time.monotonic()
        _whole(whole)
        seconds = time.monotonic() - begun
        again = _copied(whole, folder, "again")
        _whole(again, "--rescan")
        met = counted(whole.db)
        if not met or counted(again.db) != met:
            msg = "sightings of a second scan count otherwise than those of the first"
            raise AssertionError(msg)
        return cls(evidence, folder, recorded(whole.db), recorded(again.db), met, seconds)


def _whole(scan: Scan, *more: str) -> None:
    code, said = scan.run(*more)
    wrong = broken(scan)
    if code != UNREADABLE or wrong:
        msg = f"a scan without interruption: exit code {code}, {wrong}: {said[-2000:]}"
        raise AssertionError(msg)


def _scan(evidence: Evidence, folder: Path, name: str) -> Scan:
    more = ("--workers", "1", "--head-log", str(folder / f"{name}.heads"))
    return Scan(evidence.folder, evidence.known, folder / f"{name}.db", more)


def _copied(scan: Scan, folder: Path, name: str) -> Scan:
    """A scan with a copy of the record of another."""
    shutil.copy(scan.db, folder / f"{name}.db")
    shutil.copy(scan.db.with_suffix(".heads"), folder / f"{name}.heads")
    more = ("--workers", "1", "--head-log", str(folder / f"{name}.heads"))
    return dataclasses.replace(scan, db=folder / f"{name}.db", more=more)


@dataclass
class Killed:
    """One scan that is killed again and again.

    Attributes:
        name: of the scan, in words of what is wrong.
        scan: the command.
        ground: what it reads.
        before: scans that were on record before it.
        flags: that start it.
        held: the file that says when answers are held; None where none is written.
    """

    name: str
    scan: Scan
    ground: Ground
    before: int = 0
    flags: tuple[str, ...] = ()
    held: Path | None = None

    @classmethod
    def of(cls, ground: Ground, kind: str, name: str) -> "Killed":
        """A scan of a kind that `killed_scans` knows."""
        if kind in _AGAIN:
            first = _scan(ground.evidence, ground.folder, "whole")
            return cls(name, _copied(first, ground.folder, name), ground, 1, _AGAIN[kind])
        scan = _scan(ground.evidence, ground.folder, name)
        if kind != "checked":
            return cls(name, scan, ground)
        held = ground.folder / f"{name}.held"
        scan = dataclasses.replace(scan, program=(str(_CHECKED), str(held)))
        return cls(name, scan, ground, held=held)

    @property
    def begun(self) -> bool:
        """Whether its start is on record."""
        return scans_begun(self.scan.db) > self.before

    @property
    def is_done(self) -> bool:
        """Whether it came to its end on record, whatever became of its process then."""
        return self.begun and is_done(self.scan.db)

    @property
    def going_on(self) -> tuple[str, ...]:
        """How to start it, or to go on once its start is on record."""
        if not self.begun:
            return self.flags
        return ("--resume", *(each for each in self.flags if each != "--rescan"))

    def wait(self, process: "subprocess.Popen[str]", chance: Random) -> None:
        """Wait for the moment of a kill: any, over a commit, or while answers are held."""
        seconds = self.ground.seconds
        if (held := self.held) is not None:
            groups = _size(held) + chance.randrange(1, 30)
            wait(process, 60, until=lambda: _size(held) >= groups)
            wait(process, chance.uniform(0, 0.05), until=lambda: False)
        elif chance.random() < _OVER_COMMITS:
            for _ in range(chance.randrange(1, 6)):
                size = self.log
                wait(process, seconds, until=lambda: self.log != size)  # noqa: B023
            wait(process, chance.uniform(0, 0.02), until=lambda: False)
        else:
            wait(process, chance.uniform(0, seconds), until=lambda: False)

    @property
    def log(self) -> int:
        """Bytes of what is committed and not yet in the database."""
        return _size(self.scan.db.with_name(f"{self.scan.db.name}-wal"))


def broken(scan: Scan) -> list[str]:
    """What is wrong with the record of a scan, and with the heads that were kept of it."""
    heads = scan.db.with_suffix(".heads")
    # It is made at the start, and gets its first head at the end of a run.
    more = ("--head-log", str(heads)) if _size(heads) else ()
    wrong = sound(scan.db, *more)
    # What `--rescan` decodes again is on record again.
    return [each for each in wrong if not each.startswith("contents decoded twice")]


def scans_begun(db: Path) -> int:
    """How many scans are on record; what was killed before its start is, cannot be resumed."""
    if not db.exists():
        return 0
    with closing(sqlite3.connect(db)) as connection:
        made = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'scans'")
        if not made.fetchone()[0]:
            return 0
        return int(connection.execute("SELECT count(*) FROM scans").fetchone()[0])


def is_done(db: Path) -> bool:
    """Whether the newest scan came to its end on record."""
    with closing(sqlite3.connect(db)) as connection:
        done = connection.execute("SELECT done FROM scans ORDER BY id DESC LIMIT 1").fetchone()
        return bool(done and done[0])


def counted(db: Path) -> list[tuple[str, str]]:
    """The file and the entry of every sighting that a report counts."""
    with Database.open(db, read_only=True) as database:
        found = [
            (
                each.item.locator,
                f"{each.match.list_name}/{each.match.entry_id}/{each.match.distance}",
            )
            for each in database.sightings("1")
        ]
    return sorted(found)


def killed_scans(
    ground: Ground, chance: Random, kills: int, kind: str, ways: Sequence[Way] = tuple(Way)
) -> Outcome:
    """Kill scans and resume them, each until it is done.

    Args:
        ground: what is scanned.
        chance: for ways and moments.
        kills: how many.
        kind: `scan`; `rescan` or `replace-earlier` of what was scanned before; `checked`: a scan
            that is killed while answers are held until a check of them comes back.
        ways: to choose from.
    """
    outcome = Outcome(kind)
    trials = 0
    while outcome.count < kills:
        trials += 1
        _trial(Killed.of(ground, kind, f"{kind}-{trials}"), chance, kills, outcome, ways)
    return outcome


def _trial(
    killed: Killed, chance: Random, kills: int, outcome: Outcome, ways: Sequence[Way]
) -> None:
    """Kill a scan until it is done, or was killed often enough; then let it come to its end."""
    scan, ground = killed.scan, killed.ground
    lost = 0
    while (
        outcome.count < kills
        and not (lost or killed.is_done)
        and (way := _kill(killed, chance, outcome, ways))
    ):
        # A scan goes on without the worker, to its end.
        lost += way is Way.KILL_WORKER
        if not scans_begun(scan.db):
            continue
        outcome.wrong += [f"{killed.name}, kill {outcome.count}: {each}" for each in broken(scan)]
        if killed.before and not lost:
            right = counted(scan.db) == ground.counted
            outcome.demand(right, "not every sighting counts once")
    if not killed.is_done:
        code, said = scan.run(*killed.going_on)
        outcome.demand(code == UNREADABLE, f"exit code {code} in the end: {said[-500:]}")
    expected = ground.twice if killed.before else ground.once
    wrong = [*broken(scan), *_unlike(scan, expected, lost)]
    outcome.wrong += [f"{killed.name}: {each}" for each in wrong]


def _kill(killed: Killed, chance: Random, outcome: Outcome, ways: Sequence[Way]) -> Way | None:
    """Start a scan, or go on with it, and kill it; None if it came to its end before."""
    scan = killed.scan
    seen = items_on_record(scan.db)
    process = scan.start(*killed.going_on)
    killed.wait(process, chance)
    way, workers, amid = chance.choice(ways), workers_of(process), killed.log > 0
    met = hit(process, way, chance)
    said, left = ended(process, workers)
    if not met:
        return None
    outcome.kills[way] += 1
    outcome.amid += amid
    outcome.demand(not left, f"workers outlived the scan: {left}")
    if way in _EXIT_CODES:
        right = process.returncode in _EXIT_CODES[way]
        outcome.demand(right, f"exit code {process.returncode} of {way}: {said[-500:]}")
    now = items_on_record(scan.db)
    outcome.demand(now >= seen, f"{seen - now} items were lost")
    return way


def _unlike(scan: Scan, expected: Rows, lost: int) -> list[str]:
    """What is on record otherwise than without interruption, but for a file per killed worker."""
    found = recorded(scan.db)
    if not lost:
        return [f"rows of {kind}: {rows}" for kind, rows in differing(found, expected).items()]
    now, whole = (by_path(rows, "items", scan.folder) for rows in (found, expected))
    affected = {path for path in whole if now.get(path) != whole[path]}
    wrong = [f"{len(affected)} files differ for {lost} workers"] if len(affected) > lost else []
    return wrong + [
        f"a file differs otherwise than by its worker: {now.get(path)}"
        for path in affected
        if not any(row[5] == "worker-died" for row in now.get(path, []))
    ]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
