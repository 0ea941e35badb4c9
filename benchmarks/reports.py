"""What reports cost, by format: processor time, memory and files; beside another version's.

python -m benchmarks.reports --sightings 28000 --before DIR/src

The verification of the record, which every report begins with, is told apart.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.unix import resource

FORMATS = ("html", "csv", "vics", "jsonl", "json")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--sightings", type=int, default=28_000, help="of all exhibits, about")
    asked.add_argument("--before", default="", help="sources of another version")
    asked.add_argument("--formats", nargs="*", default=FORMATS)
    asked.add_argument("--child", nargs=4)
    given = asked.parse_args()
    if given.child:
        _write(*given.child)
        return
    # Not in a child, which would load this version before it is told of another.
    from benchmarks.exports import recorded

    with tempfile.TemporaryDirectory() as name:
        path = recorded(Path(name) / "record", given.sightings)
        heads = f"{'verify, s':>11}{'report, s':>11}{'MiB':>6}{'files':>7}{'largest, MB':>13}"
        print(f"{'':16}{heads}{'all, MB':>9}")
        for format in given.formats:
            for sources in filter(None, (given.before, "own")):
                words = [sys.executable, "-m", "benchmarks.reports", "--child", format]
                with tempfile.TemporaryDirectory(dir=name) as out:
                    done = subprocess.run(  # noqa: S603 (this program)
                        [*words, str(path), out, sources],
                        check=True,
                        capture_output=True,
                        text=True,
                    )
                    sizes = [each.stat().st_size / 1e6 for each in Path(out).iterdir()]
                label = format if sources == "own" else f"{format}, before"
                files = f"{len(sizes):>7}{max(sizes):>13.1f}{sum(sizes):>9.1f}"
                print(f"{label:16}{done.stdout.strip()}{files}", flush=True)


def _write(format: str, path: str, out: str, sources: str) -> None:
    if sources != "own":
        sys.path.insert(0, str(Path(sources).resolve()))
    from hashmatch.reports.writing import write_report
    from hashmatch.sightings.database import Database

    with Database.open(path, read_only=True) as database:
        begun = time.process_time()
        verdict = database.verify()
        verified = time.process_time()
        write_report(database, "0", format=format, out=Path(out) / f"a.{format}", verdict=verdict)
        ended = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{verified - begun:>11.1f}{ended - verified:>11.1f}{peak:>6.0f}")


if __name__ == "__main__":
    main()
