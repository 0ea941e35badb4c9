"""The same pictures by a scan, by `batch` with each engine, by Dask and by a pool of processes.

    python -m benchmarks.batch make photos/imagenet work --files 20000
    python -m benchmarks.batch compare work
    python -m benchmarks.batch compare work --ways scan local    # a slice of it
    python -m benchmarks.batch faults work --ways local ray dask
    python -m benchmarks.batch kills work --times 20

`scan` keeps nothing; `recorded` is the command with a record, whose table is not compared.
`make` re-encodes photos as small JPEGs that are all distinct, and builds an index that knows some
of them. `compare` prints processor seconds with those of all children, the peak of memory, and a
digest of the sorted table, which must be one and the same. `faults` adds files that kill their
decoder, hang, and have 4 GB, kills an actor or worker, and counts. `kills` kills a job again and
again, and compares its table with that of one that nobody killed.
"""

import argparse
import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import hashmatch as hm
from benchmarks import unix
from benchmarks.watching import watched
from hashmatch.distributed.running import begin, local
from hashmatch.model import Entry, Hash, KnownHash
from hashmatch.tables import arrow
from hashmatch.tables.rows import row_of
from tests.support.batches import SHORT, HostileBatch, attacks, digest_of, rows_in

OPTIONAL = ("generation", "known")
"""Columns that a scan has no word for."""
ROWS = 500


def make(photos: Path, work: Path, count: int) -> None:
    """Distinct small JPEGs, and an index of 50 of the photos among 100,000 made-up hashes."""
    from PIL import Image

    folder = work / "photos"
    folder.mkdir(parents=True)
    chance = random.Random(1)  # noqa: S311 (no secret)
    sources = sorted(each for each in photos.iterdir() if each.suffix.lower() in (".jpg", ".jpeg"))
    known = []
    for number in range(count):
        source = sources[number % len(sources)]
        with Image.open(source) as image:
            small = image.convert("RGB")
            small.thumbnail((256, 256))
        # Cut by a few pixels and re-encoded: other bytes, and hashes a few bits apart.
        left, top = chance.randrange(6), chance.randrange(6)
        cut = small.crop((left, top, small.width - chance.randrange(6), small.height))
        path = folder / f"{number // 1000:02d}" / f"{number:05d}.jpg"
        path.parent.mkdir(exist_ok=True)
        cut.save(path, quality=60 + number // len(sources))
        if number < 50:
            known.append(path)
    generator = np.random.default_rng(2)
    entries = [
        Entry(str(at), hashes=(KnownHash(Hash("pdq", generator.bytes(32)), 80),))
        for at in range(100_000)
    ]
    for path in known:
        entries.append(Entry(path.name, hashes=(KnownHash(hm.hash_image(path).hash, 90),)))  # noqa: PERF401 (slow)
    with hm.Index.edit(work / "index") as index:
        index.put(hm.HashList.of("lab", entries))


def uris(folder: Path) -> list[str]:
    return sorted(str(each) for each in folder.rglob("*") if each.is_file())


def in_batches(folder: Path) -> Iterator[dict[str, list[str]]]:
    listed = uris(folder)
    yield from ({"uri": listed[at : at + ROWS]} for at in range(0, len(listed), ROWS))


def table_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    names = list(found)
    return [dict(zip(names, each, strict=True)) for each in zip(*found.values(), strict=True)]


def by_scan(folder: Path, index: Path, workers: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    hm.scan(
        folder,
        against=index,
        workers=workers,
        on_result=lambda each: rows.append(row_of(each.item, each.matches)),
    )
    return rows


def by_dask(
    folder: Path, match: hm.MatchBatch, workers: int, after_first: Callable[[Any], object]
) -> list[dict[str, Any]]:
    from dask.distributed import Client, as_completed

    with Client(
        n_workers=workers, threads_per_worker=1, memory_limit=0, dashboard_address=None
    ) as client:
        futures = client.map(match, list(in_batches(folder)), pure=False)
        rows: list[dict[str, Any]] = []
        for done in as_completed(futures):
            if not rows:
                after_first(client)
            rows += table_of(done.result())
        return rows


def by_pool(folder: Path, match: hm.MatchBatch, workers: int) -> list[dict[str, Any]]:
    with ProcessPoolExecutor(workers) as pool:
        return [row for found in pool.map(match, in_batches(folder)) for row in table_of(found)]


def way(name: str, work: Path, workers: int, out: Path) -> None:
    """Do it one way, and print the digest of its table: run in a process of its own."""
    folder, index, done = work / "photos", work / "index", 0.0
    shutil.rmtree(out, ignore_errors=True)
    if name == "scan":
        rows = by_scan(folder, index, workers)
    elif name == "recorded":
        record = work / "lab.sightings"
        record.unlink(missing_ok=True)
        words = ["scan", str(folder), "--against", str(index), "--db", str(record)]
        words += ["--case", "1", "--workers", str(workers)]
        command = [sys.executable, "-m", "hashmatch", *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 (ours)
        rows = []
    elif name in ("local", "ray"):
        words = ["batch", str(folder), "--against", str(index), "--out", str(out)]
        words += ["--engine", name, "--workers", str(workers)]
        command = [sys.executable, "-m", "hashmatch", *words]
        subprocess.run(command, check=True)  # noqa: S603 (our own program)
        done = time.process_time()
        rows = rows_in(out)
    else:
        with hm.MatchBatch(hm.Index(index)) as match:
            if name == "dask":
                rows = by_dask(folder, match, workers, lambda _: None)
            else:
                rows = by_pool(folder, match, workers)
    # What compares the rows, and reads back what others have in memory, is no part of the job.
    done = done or time.process_time()
    digest = digest_of([_common(each) for each in rows], folder)
    print(len(rows), digest, f"{time.process_time() - done:.2f}")


def _common(row: dict[str, Any]) -> dict[str, Any]:
    # As Arrow gives it: what a way leaves in memory may hold tuples.
    (held,) = arrow.table([row]).to_pylist()
    return {key: value for key, value in held.items() if key not in OPTIONAL}


def compare(work: Path, ways: list[str], workers: int) -> None:
    base = 0.0
    for name in ways:
        command = [sys.executable, "-m", "benchmarks.batch", "way", name, str(work)]
        seen = watched([*command, "--workers", str(workers)], {"OPENBLAS_NUM_THREADS": "1"})
        count, digest, beside = seen.output.split()
        spent = seen.cpu - float(beside)
        base = base or spent
        print(
            f"{name:8} {spent:7.1f} CPU s ({spent / base:.2f}), {seen.seconds:6.1f} s, "
            f"peak {seen.peak / 1e6:6,.0f} MB, {count} {digest[:16]} code {seen.code}",
            flush=True,
        )


def faults(work: Path, ways: list[str], workers: int) -> None:
    """Each engine with files that attack, while an actor or worker of it is killed."""
    folder, index = attacks((work / "photos").resolve()), work.resolve() / "index"
    names = {"crash", "hang", "huge"}
    # Workers of every kind import the deeds of the tests, and nothing from the current folder.
    sys.path.insert(0, str(Path.cwd()))
    os.environ["PYTHONPATH"] = str(Path.cwd())
    work = work.resolve()
    os.chdir(work)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        for name in ways:
            out = work / f"faults-{name}"
            shutil.rmtree(out, ignore_errors=True)
            count = workers if name == "local" else 1
            with HostileBatch(
                hm.Index(index), worker_limits=SHORT, roots=[folder], workers=count
            ) as match:
                rows, killed = _with_kill(name, folder, match, out, workers)
            bad = {Path(str(each["uri"])).name: each["reason"] for each in rows if each["reason"]}
            expected = sum(1 for each in folder.rglob("*") if each.is_file())
            print(
                f"{name:6} {len({each['uri'] for each in rows}):,} of {expected:,} files, "
                f"{len(rows):,} rows, killed {killed}: {bad}",
                flush=True,
            )
    finally:
        for each in names:
            (folder / each).unlink()


def _with_kill(
    name: str, folder: Path, match: hm.MatchBatch, out: Path, workers: int
) -> tuple[list[dict[str, Any]], str]:
    if name == "dask":
        killed: list[int] = []

        def kill(client: Any) -> None:  # noqa: ANN401 (of Dask)
            workers = client.scheduler_info()["workers"].values()
            killed.extend([each["pid"] for each in workers if "pid" in each][:1])
            killed.extend([] if killed else list(client.run(os.getpid).values())[:1])
            os.kill(killed[0], unix.signal.SIGKILL)

        rows = by_dask(folder, match, workers, kill)
        return rows, f"worker {killed}"
    job = begin(str(folder), str(out), match, rows=ROWS)
    if name == "ray":
        from hashmatch.distributed.ray_engine import RayEngine

        engine: Any = RayEngine(workers)
    else:
        engine = local
    victims = ""
    for _ in job.run(engine):
        victims = victims or _kill_one(name)
    return rows_in(out), victims


def _kill_one(name: str) -> str:
    """Kill an actor of Ray, or a locked-down worker, of this process."""
    wanted = "ray::Actor" if name == "ray" else "hashmatch.scanning"
    for each in sorted(Path("/proc").glob("[0-9]*")):
        try:
            words = (each / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if wanted in words and int(each.name) != os.getpid() and _is_below(each, os.getpid()):
            os.kill(int(each.name), unix.signal.SIGKILL)
            return f"{each.name} ({words[:40].strip()})"
    return "nobody"


def _is_below(process: Path, ancestor: int) -> bool:
    try:
        parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return False
    return parent == ancestor or (parent > 1 and _is_below(Path(f"/proc/{parent}"), ancestor))


def kills(work: Path, times: int, workers: int) -> None:
    """A job that is killed so often, and its table beside that of one that was not."""
    folder, index, chance = work / "photos", work / "index", random.Random(times)  # noqa: S311
    digests, killed = [], 0
    for name, count in (("whole", 0), ("killed", times)):
        out = work / name
        shutil.rmtree(out, ignore_errors=True)
        words = ["batch", str(folder), "--against", str(index), "--out", str(out)]
        words += ["--workers", str(workers), "--rows-per-part", "50"]
        command = [sys.executable, "-m", "hashmatch", *words]
        stood: list[int] = []
        for _ in range(count):
            with subprocess.Popen(  # noqa: S603 (our own program)
                command, stderr=subprocess.DEVNULL, start_new_session=True
            ) as process:
                time.sleep(chance.uniform(0.5, 6))
                killed += process.poll() is None
                with suppress(ProcessLookupError):  # it had come to its end
                    unix.os.killpg(process.pid, unix.signal.SIGKILL)
            stood.append(len(list(out.glob("part-*"))))
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603
        rows = rows_in(out)
        digests.append(digest_of(rows, folder))
        print(f"{name}: {len(rows):,} rows, {digests[-1][:12]}, parts after each kill: {stood}")
        left = [each.name for each in out.rglob(".*")]
        print(f"  killed while it ran: {killed}, files left beside: {left}")
    print("the same" if len(set(digests)) == 1 else "DIFFERENT")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["make", "compare", "faults", "kills", "way"])
    parser.add_argument("names", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument(
        "--ways", nargs="+", default=["scan", "recorded", "local", "ray", "dask", "pool"]
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    work = given.names[-1]
    if given.what == "make":
        make(given.names[0], work, given.files)
        digest = hashlib.sha256("".join(uris(work / "photos")).encode()).hexdigest()
        print(f"{given.files:,} files, names {digest[:8]}")
    elif given.what == "way":
        way(str(given.names[0]), work, given.workers, work / f"out-{given.names[0]}")
    elif given.what == "compare":
        compare(work, given.ways, given.workers)
    elif given.what == "faults":
        faults(work, given.ways, given.workers)
    else:
        kills(work, given.times, given.workers)


if __name__ == "__main__":
    main()
