"""What hashing, searching and scanning cost in processor time, beside another version, in turns.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.versions --before /tmp/before/src
    python -m benchmarks.versions --before /tmp/before/src --after /tmp/later/src --only hashing

Hashing: the bytes of JPEG and PNG pictures, in one thread, and in eight orientations. Search:
batches of 1, 100, 10,000 and 100,000 hashes in a million. Start: a process that maps tables of a
million codes and searches once, and its private memory. Scan: pictures of which no two are copies,
then small files of which one in ten is a picture, without workers and with two; all processes
count. In each round both versions take their turn, the other one first each time. The medians are
printed, and the median, smallest and largest of the ratios within a round; above 1 the later
version costs more.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final, TypeAlias

from benchmarks import unix
from benchmarks.workers import make_files, make_pictures

Turn: TypeAlias = Callable[[], dict[str, float]]
"""One round of one version: seconds of processor time for each thing measured."""

_SCAN: Final = """
import sys
sys.path.insert(0, sys.argv[1])
import hashmatch as hm
if __name__ == "__main__":
    results = hm.iter_scan(sys.argv[2], against=sys.argv[3], workers=int(sys.argv[4]))
    print(sum(1 for _ in results), hm.__file__)
"""
_SERVER: Final = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import numpy as np
import hashmatch as hm
try:
    from hashmatch.search.mih import build
    from hashmatch.search.ranges import RangeIndex
except ImportError:
    from hashmatch.index.mih import build
    from hashmatch.index.search import RangeIndex

def measured(call, times):
    begun = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begun) / times

pictures = [file.read_bytes() for file in sorted(Path(sys.argv[2]).iterdir())]
def hashing():
    for data in pictures:
        hm.hash_image(data)
eight = hm.HashOptions(orientations=True)
def turned():
    for data in pictures:
        hm.hash_image(data, eight)
calls = {}
if sys.argv[3] == "hashing":
    calls[f"hashing, {len(pictures)} pictures"] = (hashing, 1)
    calls[f"hashing in eight orientations, {len(pictures)} pictures"] = (turned, 1)
if sys.argv[3] == "search":
    random = np.random.default_rng(20261129)
    codes = random.integers(0, 256, (int(sys.argv[4]), 32), np.uint8)
    index = RangeIndex(codes, build(codes, layout="inline"))
    queries = random.integers(0, 256, (100_000, 32), np.uint8)
    for size, times in ((1, 2000), (100, 40), (10_000, 2), (100_000, 1)):
        batch = queries[:size]
        calls[f"search, batch of {size:,}"] = (lambda batch=batch: index.search(batch, 31), times)
for call, _ in calls.values():
    call()
print(hm.__file__, flush=True)
for line in sys.stdin:
    print(json.dumps({name: measured(*call) for name, call in calls.items()}), flush=True)
"""
_START: Final = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import numpy as np
folder = Path(sys.argv[2])
names = ("bounds", "offsets", "entries", "signatures")
def held():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) * 1024
import hashmatch.model
begun, before = time.process_time(), held()
from hashmatch.search.ranges import RangeIndex
if sys.argv[3:] == ["make"]:
    from hashmatch.search.mih import build
    codes = np.random.default_rng(1).integers(0, 256, (1_000_000, 32), np.uint8)
    for name, array in {"codes": codes, **build(codes, layout="inline")}.items():
        np.save(folder / f"{name}.npy", array)
    sys.exit()
arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}
index = RangeIndex(np.load(folder / "codes.npy", mmap_mode="r"), arrays)
opened = time.process_time()
index.search(np.zeros((1, 32), np.uint8), 31)
first = time.process_time()
print(json.dumps({
    "opening a million codes": opened - begun,
    "the first search": first - opened,
    "private memory, MB instead of seconds": (held() - before) / 1e6,
}))
"""


def start(source: Path, folder: Path, *more: str) -> dict[str, float]:
    """Seconds of processor time of a process that opens tables on disk and searches once."""
    command = [sys.executable, "-c", _START, str(source), str(folder), *more]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    answer: dict[str, float] = json.loads(done.stdout or "{}")
    return answer


@contextmanager
def served(source: Path, pictures: Path, what: str, codes: int) -> Iterator[Turn]:
    """A process of that version that stays, and measures hashing or search when asked.

    Not both: what a process allocated before decides how many page faults a picture costs.
    """
    command = [sys.executable, "-c", _SERVER, str(source), str(pictures), what, str(codes)]
    variables = {f"{each}_NUM_THREADS": "1" for each in ("OMP", "OPENBLAS", "NUMBA")}
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | variables,
    ) as process:
        asked, answered = process.stdin, process.stdout
        if asked is None or answered is None:
            sys.exit("no pipes to the process that measures")
        _check(source, answered.readline())

        def turn() -> dict[str, float]:
            asked.write("\n")
            asked.flush()
            answer: dict[str, float] = json.loads(answered.readline())
            return answer

        yield turn
        asked.close()


def scan(source: Path, evidence: dict[str, Path], known: Path) -> dict[str, float]:
    """Seconds of processor time of all processes of one scan of each kind."""
    return {
        f"scan, {kind}, {workers} workers": _spent(source, folder, known, workers)
        for kind, folder in evidence.items()
        for workers in (0, 2)
    }


def _spent(source: Path, evidence: Path, known: Path, workers: int) -> float:
    before = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", _SCAN, str(source), str(evidence), str(known), str(workers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    _check(source, done.stdout.split()[1])
    after = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    used: float = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used


def _check(source: Path, loaded: str) -> None:
    if not loaded.strip().startswith(str(source)):
        sys.exit(f"measured {loaded}, not {source}")


def compare(before: Turn, after: Turn, rounds: int) -> None:
    """Take turns, and print what each thing costs and the ratios within rounds."""
    seen: dict[str, list[tuple[float, float]]] = {}
    for number in range(rounds):
        if number % 2:
            new, old = after(), before()
        else:
            old, new = before(), after()
        for each, seconds in old.items():
            seen.setdefault(each, []).append((seconds, new[each]))
    for each, pairs in seen.items():
        ratios = sorted(new / old for old, new in pairs)
        olds, news = zip(*pairs, strict=True)
        print(
            f"{each}: {median(olds):.4g} s before, {median(news):.4g} s after; ratio "
            f"{median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f}, {rounds} rounds)",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--before", type=Path, required=True, help="`src` of the other version")
    here = Path(__file__).parents[1] / "src"
    parser.add_argument("--after", type=Path, default=here, help="`src` of the later version")
    parser.add_argument("--only", nargs="+", default=["hashing", "search", "start", "scan"])
    parser.add_argument("--codes", type=int, default=1_000_000, help="that are searched in")
    parser.add_argument("--photos", type=Path, help="folder of pictures to hash, instead of ours")
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--side", type=int, default=1600)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    before, after = asked.before.resolve(), asked.after.resolve()
    print(f"load {unix.os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        known = Path(name) / "known.csv"
        known.write_text(f"pdq\n{'0f' * 32}\n")
        evidence = {kind: Path(name) / kind for kind in ("pictures", "small files")}
        for folder in evidence.values():
            folder.mkdir()
        if {"hashing", "scan"} & {*asked.only}:
            make_pictures(evidence["pictures"], asked.pictures, asked.side)
        if "scan" in asked.only:
            make_files(evidence["small files"], asked.files)
        for what in asked.only:
            if what in {"scan", "start"}:
                continue
            given = asked.photos or evidence["pictures"], what, asked.codes
            with served(before, *given) as old, served(after, *given) as new:
                compare(old, new, asked.rounds)
        if "start" in asked.only:
            start(after, Path(name), "make")
            compare(
                lambda: start(before, Path(name)), lambda: start(after, Path(name)), asked.rounds
            )
        if "scan" in asked.only:
            compare(
                lambda: scan(before, evidence, known),
                lambda: scan(after, evidence, known),
                asked.rounds,
            )


if __name__ == "__main__":
    main()
