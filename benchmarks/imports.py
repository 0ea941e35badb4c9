"""Imports: rows of a table and files of a report per second of processor time, peak of memory.

Each runs in a process of its own, so that the peak is its own. Nothing is put on record: what is
measured is reading.

`python -m benchmarks.imports --rows 1000000 --files 5000 --mutants 20000`
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.unix import resource
from hashmatch.errors import IntakeError
from hashmatch.intake import units
from tests.intake.test_hostile_imports import archive, mutated, seeds
from tests.support import cybertips


def table(place: Path, rows: int) -> None:
    with place.open("w", encoding="utf-8") as file:
        file.write("time,ip,port,hash,name\n")
        for each in range(rows):
            second = f"{each // 3600 % 24:02}:{each // 60 % 60:02}:{each % 60:02}"
            address = f"203.0.{each // 250 % 250}.{each % 250}"
            file.write(f"2026-03-01T{second}Z,{address},6881,{each:032x},file {each}.jpg\n")


def report(place: Path, files: int) -> None:
    place.mkdir()
    (place / "report").write_text(cybertips.REPORT, encoding="utf-8")
    for each in range(files):
        text = cybertips.DETAILS.replace(cybertips.FILE_ID, f"{each:032x}")
        text = text.replace(cybertips.MD5.upper(), f"{each:032x}")
        (place / f"{each}").write_text(text, encoding="utf-8")


def measure(what: str, place: Path) -> None:
    begun = time.process_time()
    count = sum(1 for unit in units(place) for _ in unit.records())
    spent = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what}: {count:,} records, {count / spent:,.0f} a CPU second, peak {peak:,} MiB")


def mutants(place: Path, count: int) -> None:
    """Mutated reports, tables and archives: how many are read, and what else escapes."""
    given, picked = [*seeds(), archive()], random.Random(0)  # noqa: S311 (mutations)
    read = refused = 0
    escaped: list[str] = []
    for _ in range(count):
        place.write_bytes(mutated(picked, picked.choice(given)))
        try:
            read += sum(1 for unit in units(place) for _ in unit.records()) > 0
        except IntakeError:
            refused += 1
        except Exception as error:  # noqa: BLE001 (what is looked for)
            escaped.append(type(error).__name__)
    print(f"mutants: {count:,}, read {read:,}, refused {refused:,}, escaped {escaped}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--mutants", type=int, default=2_000)
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "PATH"))
    options = parser.parse_args()
    if options.one:
        measure(options.one[0], Path(options.one[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        table(place / "table", options.rows)
        report(place / "report", options.files)
        for what in ("table", "report"):
            command = [sys.executable, "-m", "benchmarks.imports", "--one", what, place / what]
            subprocess.run(command, check=True)  # noqa: S603 (this program)
        mutants(place / "mutant", options.mutants)


if __name__ == "__main__":
    main()
