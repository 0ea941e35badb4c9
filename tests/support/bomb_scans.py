"""A scan of archives that are bombs: what is on record of each, and the memory that it took."""

import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.support.archive_bombs import BOMBS
from tests.support.scan_process import Scan, sound, summary_of, workers_of

_EVERY = 0.02
_PATIENCE = 3600.0


@dataclass(frozen=True)
class Bombed:
    """What came of a scan of bombs.

    Attributes:
        code: exit code.
        said: on standard error.
        wrong: with the record.
        outcomes: by the name of each bomb: status, reason and detail of its file, and how many
            items lie in it.
        items: in all, and of each status.
        parent: peak of memory of the scan's own process, in bytes.
        worker: the same of the worker that took most.
        seconds: that it took.
    """

    code: int
    said: str
    wrong: list[str]
    outcomes: dict[str, tuple[str, str, str, int]]
    items: dict[str, int]
    parent: int
    worker: int
    seconds: float


def scan_of_bombs(place: Path, scale: int, names: tuple[str, ...] = ()) -> Bombed:
    """Make the bombs, a hundredth of their size where the scale is 100, and scan them.

    Args:
        place: an empty folder.
        scale: of the bombs.
        names: of those that are made; all by default.
    """
    evidence, known = place / "evidence", place / "known.csv"
    evidence.mkdir()
    known.write_text("id,pdq\nx," + "0f" * 32 + "\n")
    made = {}
    for number, name in enumerate(names or BOMBS):
        path = evidence / f"{number:02}.bin"
        path.write_bytes(BOMBS[name](scale))
        made[name] = str(path.relative_to(evidence))
    scan = Scan(evidence, known, place / "bombs.db", ("--workers", "2"))
    begun = time.monotonic()
    with (place / "said").open("w+") as said:
        process = scan.start(stderr=said)
        parent = worker = 0
        while process.poll() is None:
            parent = max(parent, _peak(process.pid))
            worker = max([worker, *map(_peak, workers_of(process))])
            if time.monotonic() - begun > _PATIENCE:
                process.kill()
            time.sleep(_EVERY)
        said.seek(0)
        told = said.read()
    seconds = time.monotonic() - begun
    outcomes = {name: _outcome(scan.db, path) for name, path in made.items()}
    items = summary_of(scan.db)
    code = process.returncode
    return Bombed(code, told, sound(scan.db), outcomes, items, parent, worker, seconds)


def _outcome(db: Path, name: str) -> tuple[str, str, str, int]:
    with closing(sqlite3.connect(db)) as connection:
        own = connection.execute(
            "SELECT status, reason, detail FROM items WHERE locator = ?", (name,)
        ).fetchall()
        (inside,) = connection.execute(
            "SELECT count(*) FROM items WHERE locator LIKE ? || '!%'", (name,)
        ).fetchone()
    if len(own) != 1:
        return "", "", f"{len(own)} items", inside
    status, reason, detail = own[0]
    return str(status), str(reason or ""), str(detail or ""), int(inside)


def _peak(process: int) -> int:
    """Peak of resident memory, in bytes; 0 where the process is gone."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return 0
    return next((int(x.split()[1]) << 10 for x in text.splitlines() if x.startswith("VmHWM")), 0)
