"""A whole scan: every file accounted for, and nothing lost however often it is killed.

Evidence is made of public photos: copies, hard links, contents of equal size, broken files of
every kind, junk, hostile names, folders nested 1,000 deep and a decompression bomb. It is scanned
by the command line in a process of its own; what is on record is compared with what was put
there. Then a smaller one is scanned and killed, all its processes at once, at random moments, and
resumed until it is done; what is on record then must be what one uninterrupted scan records.

    python -m benchmarks.scanning --files 20000 --kills 50
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import unix
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
    workers_of,
)

_UNREADABLE = 4
_TICKS = unix.os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--killed-files", type=int, default=1500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the evidence is made")
    asked = parser.parse_args()
    load = unix.os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}, Python {sys.version.split()[0]}")
    wrong: list[str] = []
    if asked.files:
        with made(asked.folder, asked.files, pictures=600) as (evidence, folder):
            wrong += whole(evidence, folder, asked.workers)
    if asked.kills:
        count = asked.killed_files
        with made(asked.folder, count, pictures=count // 5, slow=count // 60) as (evidence, folder):
            wrong += kill(evidence, folder, asked.workers, asked.kills)
    for each in wrong[:100]:
        print(f"WRONG {each}")
    print("everything as it must be" if not wrong else f"{len(wrong)} things are wrong")
    return min(len(wrong), 1)


@contextmanager
def made(
    where: Path | None, files: int, *, pictures: int, slow: int = 0
) -> Iterator[tuple[Evidence, Path]]:
    """Evidence, and the folder of databases beside it."""
    folder = Path(tempfile.mkdtemp(dir=where))
    try:
        evidence = make_evidence(
            folder / "evidence", folder / "known.csv", files=files, pictures=pictures, slow=slow
        )
        yield evidence, folder
    finally:
        # Python recurses into folders, and gives up before it reaches the deepest.
        subprocess.run(["/bin/rm", "-rf", str(folder)], check=True)  # noqa: S603 (ours)


def whole(evidence: Evidence, folder: Path, workers: int) -> list[str]:
    """Scan everything once, and say what is wrong with it."""
    scan = Scan(evidence.folder, evidence.known, folder / "db", ("--workers", str(workers)))
    code, said = watched(scan)
    rows = recorded(scan.db)
    wrong = [*sound(scan.db), *unlike(evidence, rows)]
    counts = summary_of(scan.db)
    contents = {row[2] for row in rows["items"] if row[5] == "hashed"}
    told = (
        f"{counts['items']:,} files: {counts['hashed']:,} pictures hashed",
        f"{counts['unreadable']:,} unreadable, {counts['skipped']:,} skipped",
    )
    wrong += [f"the summary does not say {each!r}" for each in told if each not in said]
    if code != _UNREADABLE:
        wrong.append(f"exit code {code}: {said[-2000:]}")
    print(
        f"  {counts}, {len(contents):,} contents decoded, {len(rows['sightings']):,} sightings, "
        f"database {scan.db.stat().st_size / 1e6:.1f} MB"
    )
    return wrong


def unlike(evidence: Evidence, rows: Rows) -> list[str]:
    """What is on record otherwise than it was put into the evidence."""
    items, sightings = (by_path(rows, kind, evidence.folder) for kind in ("items", "sightings"))
    wrong = []
    present = names_below(evidence.folder)
    if not len(items) == len(rows["items"]) == present == evidence.files:
        wrong.append(f"{present} files, {len(rows['items'])} items")
    for path, status in evidence.statuses.items():
        if path not in items or items[path][0][4] != status:
            wrong.append(f"{path[-80:]!r} is not {status}")
    for path, entry in evidence.entries.items():
        if entry not in {row[2] for row in sightings.get(path, [])}:
            wrong.append(f"{path[-80:]!r} did not meet {entry}")
    # Whatever was seen in one copy is seen in every other.
    seen: dict[object, tuple[object, ...]] = {}
    for path, (item,) in items.items():
        # All but its times, which are those of each copy.
        of_content = (*item[:18], *item[19:], *sorted(sightings.get(path, []), key=repr))
        if item[1] and seen.setdefault(item[1], of_content) != of_content:
            wrong.append(f"{path[-80:]!r} is not as its copies")
    return wrong


def watched(scan: Scan) -> tuple[int, str]:
    """Run a scan, and print what it took."""
    begun = time.perf_counter()
    process = scan.start()
    ours, theirs = 0, 0
    used: dict[int, float] = {}
    with tempfile.TemporaryFile("w+", errors="surrogateescape") as said:
        pump = subprocess.Popen(["cat"], stdin=process.stderr, stdout=said)  # noqa: S607
        while process.poll() is None:
            ours = max(ours, _peak(process.pid))
            used[process.pid] = _cpu(process.pid) or used.get(process.pid, 0.0)
            for worker in workers_of(process):
                theirs = max(theirs, _peak(worker))
                used[worker] = _cpu(worker) or used.get(worker, 0.0)
            time.sleep(0.05)
        pump.wait()
        said.seek(0)
        text = said.read()
    spent = time.perf_counter() - begun
    parent = used.pop(process.pid)
    print(
        f"scan: {spent:.1f} s on the clock; CPU {parent:.1f} s of the parent, "
        f"{sum(used.values()):.1f} s of {len(used)} workers; peak RSS {ours / 1024:.0f} MiB of "
        f"the parent, {theirs / 1024:.0f} MiB of a worker"
    )
    return process.returncode, text


def _peak(process: int) -> int:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if "VmHWM" in line), 0)


def _cpu(process: int) -> float:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return float((int(fields[11]) + int(fields[12])) / _TICKS)


def kill(evidence: Evidence, folder: Path, workers: int, kills: int) -> list[str]:
    """Kill and resume a scan until there were so many kills; say what is wrong then."""
    more = ("--workers", str(workers))
    scan = Scan(evidence.folder, evidence.known, folder / "whole", more)
    begun = time.perf_counter()
    code, said = scan.run()
    longest = time.perf_counter() - begun
    expected = recorded(scan.db)
    wrong = [*sound(scan.db), *unlike(evidence, expected)]
    if code != _UNREADABLE:
        wrong.append(f"exit code {code}: {said[-2000:]}")
    chance = random.Random(7)  # noqa: S311 (moments, not secrets)
    done, scans, amid = 0, 0, 0
    while done < kills:
        scans += 1
        scan = Scan(evidence.folder, evidence.known, folder / f"killed-{scans}", more)
        seen = 0
        while done < kills:
            process = scan.start("--resume")
            _wait(scan, process, chance, longest)
            if process.poll() is not None:
                process.communicate()
                break
            log = scan.db.with_name(f"{scan.db.name}-wal")
            kill_all(process)
            done += 1
            amid += log.exists() and log.stat().st_size > 0
            now = items_on_record(scan.db)
            if now < seen:
                wrong.append(f"{seen - now} items were lost by kill {done}")
            seen = now
            print(f"  kill {done}: {now:,} items on record", flush=True)
        code, said = scan.run("--resume")
        # What was done already is refused.
        if code != _UNREADABLE and "to its end" not in said:
            wrong.append(f"exit code {code} behind kill {done}: {said[-500:]}")
        wrong += [f"scan {scans}: {each}" for each in sound(scan.db)]
        wrong += [
            f"scan {scans}: {each}" for each in differing(recorded(scan.db), expected).items()
        ]
    print(
        f"{done} kills of {scans} scans of {evidence.files:,} files ({longest:.1f} s each), {amid} "
        f"with batches in the log"
    )
    return wrong


def _wait(
    scan: Scan, process: "subprocess.Popen[str]", chance: random.Random, longest: float
) -> None:
    """Wait for the moment of a kill: any, or over one of the next commits."""
    moment = time.monotonic() + chance.uniform(0, longest)
    if chance.random() < 0.5:
        log = scan.db.with_name(f"{scan.db.name}-wal")
        commits = chance.randrange(1, 6)
        before = _size(log)
        while commits and process.poll() is None:
            if (now := _size(log)) != before:
                commits, before = commits - 1, now
            time.sleep(0.001)
        moment = time.monotonic() + chance.uniform(0, 0.02)
    while time.monotonic() < moment and process.poll() is None:
        time.sleep(0.002)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


if __name__ == "__main__":
    sys.exit(main())
