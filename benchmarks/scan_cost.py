"""What a scan costs in processor time, beside another version of hashmatch, in turns.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.scan_cost --before /tmp/before/src --pictures 300 --files 3000

Both scan the same evidence with two workers: JPEG and PNG pictures of which no two are copies, then
small files of which one in ten is a picture. The medians of the ratios within a round are printed;
below 1 the other version costs less.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks import unix
from benchmarks.workers import make_files, make_pictures

_SCAN = """
import sys
sys.path.insert(0, sys.argv[1])
import hashmatch as hm
if __name__ == "__main__":
    results = hm.iter_scan(sys.argv[2], against=sys.argv[3], workers=2)
    print(sum(1 for _ in results), hm.__file__)
"""


def spent(source: Path, evidence: Path, known: Path) -> tuple[float, float]:
    """Seconds of processor time of all processes of one scan, and on the clock."""
    before = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    command = [sys.executable, "-c", _SCAN, str(source), str(evidence), str(known)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    if not done.stdout.split()[1].startswith(str(source)):
        sys.exit(f"not of {source}: {done.stdout}")
    after = unix.resource.getrusage(unix.resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--before", type=Path, required=True, help="`src` of the other version")
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--side", type=int, default=1600)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    here = Path(__file__).parents[1] / "src"
    with tempfile.TemporaryDirectory() as name:
        known = Path(name) / "known.csv"
        known.write_text(f"pdq\n{'0f' * 32}\n")
        pictures, files = Path(name) / "pictures", Path(name) / "files"
        pictures.mkdir()
        files.mkdir()
        make_pictures(pictures, asked.pictures, asked.side)
        make_files(files, asked.files)
        for kind, evidence in (("pictures", pictures), ("small files", files)):
            ratios, clock = [], []
            for _ in range(asked.rounds):
                old, new = (spent(each, evidence, known) for each in (asked.before, here))
                ratios.append(old[0] / new[0])
                clock.append(old[1] / new[1])
                print(f"{kind}: {old[0]:.1f} s of processor time before, {new[0]:.1f} s now")
            print(
                f"{kind}: throughput by processor time {median(ratios):.2f} of the other "
                f"({min(ratios):.2f} to {max(ratios):.2f}), on the clock {median(clock):.2f}"
            )


if __name__ == "__main__":
    main()
