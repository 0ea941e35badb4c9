"""What hashing, searching and scanning cost in processor time, beside another version, in turns.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.versions --before /tmp/before/src
    python -m benchmarks.versions --before /tmp/before/src --after /tmp/later/src --only hashing

Hashing: the bytes of JPEG and PNG pictures, in one thread. Search: batches of 1, 100 and 10,000
hashes in a million. Scan: pictures of which no two are copies, then small files of which one in ten
is a picture, without workers and with two; all processes count. In each round both versions take
their turn, the other one first each time. The medians are printed, and the median, smallest and
largest of the ratios within a round; above 1 the later version costs more.
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
calls = {}
if sys.argv[3] == "hashing":
    calls[f"hashing, {len(pictures)} pictures"] = (hashing, 1)
if sys.argv[3] == "search":
    random = np.random.default_rng(20261129)
    codes = random.integers(0, 256, (1_000_000, 32), np.uint8)
    index = RangeIndex(codes, build(codes, layout="inline"))
    queries = random.integers(0, 256, (10_000, 32), np.uint8)
    for size, times in ((1, 2000), (100, 40), (10_000, 2)):
        batch = queries[:size]
        calls[f"search, batch of {size:,}"] = (lambda batch=batch: index.search(batch, 31), times)
for call, _ in calls.values():
    call()
print(hm.__file__, flush=True)
for line in sys.stdin:
    print(json.dumps({name: measured(*call) for name, call in calls.items()}), flush=True)
"""


@contextmanager
def served(source: Path, pictures: Path, what: str) -> Iterator[Turn]:
    """A process of that version that stays, and measures hashing or search when asked.

    Not both: what a process allocated before decides how many page faults a picture costs.
    """
    command = [sys.executable, "-c", _SERVER, str(source), str(pictures), what]
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
    parser.add_argument("--only", nargs="+", default=["hashing", "search", "scan"])
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
        make_pictures(evidence["pictures"], asked.pictures, asked.side)
        make_files(evidence["small files"], asked.files)
        for what in asked.only:
            if what == "scan":
                continue
            pictures = evidence["pictures"]
            with served(before, pictures, what) as old, served(after, pictures, what) as new:
                compare(old, new, asked.rounds)
        if "scan" in asked.only:
            compare(
                lambda: scan(before, evidence, known),
                lambda: scan(after, evidence, known),
                asked.rounds,
            )


if __name__ == "__main__":
    main()
