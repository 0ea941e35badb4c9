"""What a command costs before it does anything: CPU milliseconds of whole processes.

Each command is run as a user runs it, with the workers that it starts, and its processor time is
that of all of them. Rounds are interleaved, each begins with another command, and medians are
given; the first round, which loads files into the system's memory, is not counted. With `--before`
the same commands of another installation run in the same rounds. Compiled modules are kept, as pip
keeps those of installed packages, even where PYTHONDONTWRITEBYTECODE says otherwise: without them
all sources are compiled at each start. How long Python takes to load NumPy alone shows how fast the
machine is.

To repeat, with a picture of your own:

    git worktree add /tmp/before COMMIT
    python3 -m venv /tmp/b && /tmp/b/bin/pip install /tmp/before
    python -m benchmarks.starting --hashes 1000000 --before /tmp/b/bin/python photo.jpg
"""

import argparse
import os
import random
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.unix import resource


def _spent(command: list[str]) -> float:
    """CPU milliseconds of a process and its children."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=False, capture_output=True, env=kept)  # noqa: S603 (our own program)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return float(1000 * spent)


def _commands(index: Path, picture: Path) -> dict[str, list[str]]:
    of_program = {
        "--version": ["--version"],
        "lookup pdq:…": ["lookup", f"pdq:{'0f' * 32}", "--against", str(index)],
        "lookup md5:…": ["lookup", f"md5:{'0f' * 16}", "--against", str(index)],
        "hash one.jpg": ["hash", str(picture)],
        "match one.jpg": ["match", str(picture), "--against", str(index)],
        "index info": ["index", "info", "--index", str(index)],
    }
    called = {name: ["-m", "hashmatch", *each] for name, each in of_program.items()}
    return {"NumPy alone": ["-c", "import numpy"]} | called


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--hashes", type=int, default=1_000_000, help="in the index")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--before", default="", help="another Python with hashmatch, to compare")
    chosen = parser.parse_args()
    programs = {"after": [sys.executable]}
    if chosen.before:
        programs = {"before": shlex.split(chosen.before)} | programs
    with tempfile.TemporaryDirectory() as folder:
        index, hashes = Path(folder) / "lab.index", Path(folder) / "list.txt"
        drawn = random.Random(1)  # noqa: S311 (the same hashes each time)
        with hashes.open("w", encoding="ascii") as file:
            file.writelines(f"pdq:{drawn.getrandbits(256):064x}\n" for _ in range(chosen.hashes))
        imported = ["lists", "import", str(hashes), "--index", str(index)]
        _spent([sys.executable, "-m", "hashmatch", *imported])
        calls = {
            (name, version): [*program, *arguments]
            for name, arguments in _commands(index, chosen.picture.absolute()).items()
            for version, program in programs.items()
        }
        times: dict[tuple[str, str], list[float]] = {key: [] for key in calls}
        keys = list(calls)
        for turn in range(chosen.rounds + 1):
            first = turn % len(keys)
            for key in keys[first:] + keys[:first]:
                times[key].append(_spent(calls[key]))
    for (name, version), all_times in times.items():
        print(f"{name:16}{version:8}{statistics.median(all_times[1:]):7.0f} ms")


if __name__ == "__main__":
    main()
