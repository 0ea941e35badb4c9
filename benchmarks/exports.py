"""What exports cost, by format: processor time, memory and size, and of four times as many.

python -m benchmarks.exports --sightings 20000
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.unix import resource
from tests.support.laboratories import scan

FORMATS = ("graphml", "nodes-csv", "edges-csv", "timesketch", "case-uco", "stix", "parquet")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--sightings", type=int, default=20_000)
    asked.add_argument("--child", nargs=3)
    given = asked.parse_args()
    if given.child:
        _export(*given.child)
        return
    with tempfile.TemporaryDirectory() as name:
        paths = [recorded(Path(name) / f"{n}", n) for n in (given.sightings, 4 * given.sightings)]
        print(f"{'':12}{'seconds':>9}{'MiB':>7}{'file, MiB':>11}   and of four times as many")
        for format in FORMATS:
            told = []
            for path in paths:
                words = [sys.executable, "-m", "benchmarks.exports", "--child", format]
                out = path.with_suffix(".out")
                done = subprocess.run(  # noqa: S603 (this program)
                    [*words, str(path), str(out)], check=True, capture_output=True, text=True
                )
                told.append(f"{done.stdout.strip()}{out.stat().st_size / 2**20:>11.1f}")
                out.unlink()
            print(f"{format:12}{'  '.join(told)}")


def recorded(path: Path, sightings: int) -> Path:
    """About so many sightings on four exhibits, which have them in common."""
    for exhibit in range(4):
        scan(path, case=f"{exhibit % 2}", exhibit=f"{exhibit}", numbers=range(sightings // 2))
    return path


def _export(format: str, path: str, out: str) -> None:
    from hashmatch.exports.writing import write_export
    from hashmatch.sightings.database import Database

    with Database.open(path, read_only=True) as database:
        write_export(database, Path(out), format=format)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(f"{used.ru_utime + used.ru_stime:>9.1f}{used.ru_maxrss / 1024:>7.0f}")


if __name__ == "__main__":
    main()
