"""One index of made-up hashes, and the same hashes in several: pairs, latencies, memory, opening.

Each step is a process of its own, so that memory is that of one thing alone: `make-one` and
`make-shards` write the indexes (compact layout), `one` and `shards` open them, read all of them,
and look up single hashes and batches near known ones. What they find is kept as a SHA-256 of all
pairs, sorted; `compare` says whether they are the same. Part of the queries is compared with FAISS
flat too, which compares each with every hash.

    python -m benchmarks.shards --hashes 40000000 --shards 4 --folder /tmp/shards
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.opening import memory, table_of
from benchmarks.unix import resource
from hashmatch.hashlists.reading import HashList
from hashmatch.index.index import Index
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Hash
from hashmatch.model.layout import Layout
from hashmatch.search.flat import FlatIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_SEED = 7
_AT_ONCE = 1_000_000
_SINGLE = 300
_BATCH = 10_000
_FLAT = 64
_BITS = (0, 10, 20, 31)
_THRESHOLD = 31
_STEPS = ("make-one", "make-shards", "one", "shards", "compare")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hashes", type=int, default=40_000_000)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--step", choices=_STEPS)
    wanted = parser.parse_args()
    wanted.folder.mkdir(exist_ok=True)
    if wanted.step is None:
        for step in _STEPS:
            command = [sys.executable, "-m", "benchmarks.shards", "--step", step]
            command += ["--hashes", str(wanted.hashes), "--shards", str(wanted.shards)]
            command += ["--folder", str(wanted.folder)]
            subprocess.run(command, check=True)  # noqa: S603 (our own interpreter)
        shutil.rmtree(wanted.folder)
        return
    bounds = np.linspace(0, wanted.hashes, wanted.shards + 1).astype(int).tolist()
    folders = [wanted.folder / f"shard-{number}" for number in range(wanted.shards)]
    if wanted.step == "make-one":
        make(wanted.folder / "one", 0, wanted.hashes)
    elif wanted.step == "make-shards":
        for folder, start, stop in zip(folders, bounds, bounds[1:], strict=False):
            make(folder, start, stop)
    elif wanted.step == "compare":
        compare(wanted.folder)
    else:
        paths = folders if wanted.step == "shards" else [wanted.folder / "one"]
        search(paths, wanted.hashes, wanted.folder / f"{wanted.step}.json")


def codes_of(start: int, stop: int) -> "NDArray[np.uint8]":
    """Hashes of these numbers, made a million at a time."""
    return np.concatenate([*_chunks(start, stop)])


def _chunks(start: int, stop: int) -> "Iterator[NDArray[np.uint8]]":
    for first in range(start - start % _AT_ONCE, stop, _AT_ONCE):
        random = np.random.default_rng((_SEED, first))
        codes = random.integers(0, 256, (_AT_ONCE, 32), np.uint8)
        yield codes[max(start - first, 0) : stop - first]


def make(folder: Path, start: int, stop: int) -> None:
    """An index of the hashes of these numbers, each an entry with its number."""
    busy = time.process_time()
    name = f"known-{start}"
    digest = hashlib.sha256(f"{start} {stop}".encode()).hexdigest()
    table = table_of(codes_of(start, stop), first=start)
    with Index.edit(folder) as writer:
        writer.put(HashList(name, "plain", sha256=digest, entries=table), layout=Layout.COMPACT)
    size = sum(path.stat().st_size for path in folder.iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{folder.name}: {stop - start:,} hashes, {size:,} bytes, made in "
        f"{time.process_time() - busy:.0f} CPU seconds, peak {peak:,.0f} MiB",
        flush=True,
    )


def queries(hashes: int, count: int, seed: int) -> "NDArray[np.uint8]":
    """Hashes at 0 to 31 bits from known ones, the same for the same numbers."""
    random = np.random.default_rng(seed)
    # Rows of a few chunks alone: to make all of them takes minutes.
    first = random.choice(hashes // _AT_ONCE, 4, replace=hashes < 4 * _AT_ONCE) * _AT_ONCE
    pool = np.concatenate([codes_of(each, each + _AT_ONCE) for each in first.tolist()])
    found = pool[random.choice(len(pool), count, replace=False)].copy()
    for number, row in enumerate(found):
        for bit in random.choice(256, _BITS[number % len(_BITS)], replace=False):
            row[bit // 8] ^= 1 << bit % 8
    return found


def search(paths: list[Path], hashes: int, out: Path) -> None:
    """Open, read, look up; what was found is kept as a SHA-256."""
    single, batch = queries(hashes, _SINGLE, 1), queries(hashes, _BATCH, 2)
    start, busy = time.monotonic(), time.process_time()
    indexes = [Index(path) for path in paths]
    matcher = Matcher(indexes)
    opened = time.monotonic() - start
    before = memory()["Private_Dirty"]
    for index in indexes:
        index.warm()
    warmed, warmed_cpu = time.monotonic() - start, time.process_time() - busy
    read = memory()["Private_Dirty"] - before
    pairs, took = set[tuple[int, int, int]](), []
    for number, code in enumerate(single):
        at = time.process_time()
        matches = matcher.match(Hash("pdq", code.tobytes()))
        took.append(time.process_time() - at)
        pairs |= {(number, match.number, match.distance) for match in matches}
    at = time.process_time()
    found = matcher.match_many([Hash("pdq", code.tobytes()) for code in batch])
    batched = time.process_time() - at
    pairs |= {
        (_SINGLE + number, match.number, match.distance)
        for number, matches in enumerate(found)
        for match in matches
    }
    told = {
        "indexes": len(paths),
        "opening_ms": round(1000 * opened, 1),
        "read_s": round(warmed - opened, 1),
        "read_cpu_s": round(warmed_cpu, 1),
        "single_cpu_ms_median": round(1000 * float(np.median(took)), 2),
        "single_cpu_ms_p99": round(1000 * float(np.quantile(took, 0.99)), 2),
        f"batch_of_{_BATCH}_cpu_us_each": round(1e6 * batched / _BATCH, 1),
        "private_MB_of_the_index": round(read),
        "pairs": len(pairs),
        "sha256": hashlib.sha256(json.dumps(sorted(pairs)).encode()).hexdigest(),
    }
    if len(paths) > 1:
        told["flat"] = flat(single[:_FLAT], hashes, {each for each in pairs if each[0] < _FLAT})
    out.write_text(json.dumps(told))
    print(json.dumps(told), flush=True)


def flat(single: "NDArray[np.uint8]", hashes: int, pairs: set[tuple[int, int, int]]) -> str:
    """Compare each of these queries, and its negative, with every hash by FAISS flat."""
    expected = set()
    for first in range(0, hashes, _AT_ONCE):
        index = FlatIndex(codes_of(first, min(first + _AT_ONCE, hashes)))
        near = index.search(single, _THRESHOLD)
        rows = zip(near.queries.tolist(), near.rows.tolist(), near.distances.tolist(), strict=True)
        expected |= {(query, first + row + 1, distance) for query, row, distance in rows}
    return f"{len(expected)} pairs of {len(single)} queries by FAISS flat, " + (
        "the same" if expected == pairs else f"NOT the same: {len(pairs)}"
    )


def compare(folder: Path) -> None:
    """Say whether both found the same."""
    one, shards = (json.loads((folder / f"{each}.json").read_text()) for each in ("one", "shards"))
    same = one["sha256"] == shards["sha256"]
    print(
        f"{one['pairs']:,} pairs of one index, {shards['pairs']:,} of {shards['indexes']}: {same=}"
    )


if __name__ == "__main__":
    main()
