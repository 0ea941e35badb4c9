"""How long a merge of databases takes, and what is there when it is killed.

Two databases are merged, verified, and merged again and again by a process that is killed: into a
new database, and into one that has one of them. What is there then is as before or whole.

python -m benchmarks.merging --items 20000 --kills 20
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.unix import resource
from hashmatch.sightings.database import Database
from hashmatch.sightings.merging import merge
from tests.support.laboratories import said, scan

PROGRAM = """
import sys
from pathlib import Path
from hashmatch.sightings.merging import merge
print("ready", flush=True)
sys.stdin.readline()
merge([*map(Path, sys.argv[2:])], Path(sys.argv[1]), by="x")
print("done", flush=True)
"""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--items", type=int, default=20_000)
    asked.add_argument("--kills", type=int, default=20)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        half = given.items // 2
        north = scan(folder / "north", case="1", exhibit="card", numbers=range(given.items))
        south = scan(
            folder / "south", case="1", exhibit="disk", numbers=range(half, half + given.items)
        )
        merge([north], folder / "before", by="x")
        seconds = _merged(folder / "whole", [north, south], 2 * given.items)
        _verified(folder / "whole")
        _killed(folder, [north, south], given.kills, seconds)


def _merged(into: Path, paths: list[Path], items: int) -> float:
    began, clock = _cpu(), time.monotonic()
    merge(paths, into, by="x")
    took = _cpu() - began
    size = into.stat().st_size / 2**20
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"merged {items:,} items in {took:.1f} s of processor time: {items / took:,.0f} a second")
    print(f"{size:.0f} MiB; at most {memory:.0f} MiB of memory, with what made the databases")
    return time.monotonic() - clock


def _verified(path: Path) -> None:
    began = _cpu()
    with Database.open(path, read_only=True) as database:
        _see(database.verify().passed)
    print(f"verified in {_cpu() - began:.1f} s of processor time")


def _killed(folder: Path, paths: list[Path], kills: int, seconds: float) -> None:
    """Kill a merge into a database that is there, and into a new one, at any moment."""
    drawn = random.Random(7)  # noqa: S311 (moments, no secrets)
    before, whole = said(folder / "before"), said(folder / "whole")
    found = {"as before": 0, "whole": 0, "not there": 0}
    for kill in range(kills):
        into = folder / "target"
        into.unlink(missing_ok=True)
        if kill % 2:
            shutil.copy(folder / "before", into)
        _kill(into, paths, drawn.uniform(0, 1.1 * seconds))
        if not into.exists():
            _see(not kill % 2)
            found["not there"] += 1
            continue
        with Database.open(into) as database:  # what the log holds comes into the file
            _see(database.verify().passed)
        now = said(into)
        _see(now == whole or (kill % 2 and now == before))
        found["whole" if now == whole else "as before"] += 1
        for stray in folder.glob(".target.*"):
            stray.unlink()
    print(f"killed {kills} times: {', '.join(f'{n} {what}' for what, n in found.items())}")


def _kill(into: Path, paths: list[Path], seconds: float) -> None:
    with subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-c", PROGRAM, str(into), *map(str, paths)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None  # noqa: S101 (a pipe)
        assert process.stdout is not None  # noqa: S101 (a pipe)
        process.stdout.readline()
        process.stdin.write(b"\n")
        process.stdin.flush()
        time.sleep(seconds)
        process.kill()
        process.stdout.read()


def _see(right: object) -> None:
    """End where something is not as it must be."""
    if not right:
        sys.exit("not as it must be: neither as before nor whole")


def _cpu() -> float:
    return sum(os.times()[:2])


if __name__ == "__main__":
    main()
