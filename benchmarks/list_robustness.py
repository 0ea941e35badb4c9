"""Damaged hash lists by the thousand: each must end in rows or in a refusal, and in silence.

    nice -n 10 python -m benchmarks.list_robustness --files 20000

A worker process (two with `--workers 2`) with a cap on its address space reads mutants of every
file in tests/support/*_list_seeds.py through `read_list`: every other one as the format that it
was made from, the others as whatever they are taken for. A violation is any other exception than a
`HashmatchError`, a death of the worker, more than `--seconds` of processor time for one file, an
entry without digest and hash, a Python warning, or anything on standard error. Each is printed
with the file's name, from which

    python -m benchmarks.list_robustness --remake csv/comma:17 > file

makes the file again. Prints a table per format and exits with 1 if anything was violated.
With `--told FILE` the SHA-256 of all that came of each file is written too (entries, rows that
were quarantined and why, or the refusal), so that two versions of the readers can be compared:
`PYTHONPATH` names the sources of the other one. Works on Linux only.
"""

import argparse
import faulthandler
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import unix
from hashmatch.errors import HashmatchError
from hashmatch.hashlists.reading import read_list
from tests.support.list_mutations import mutant, seeds

_PATIENCE = 4
"""Seconds on the clock per second of processor time, before a worker is taken for hung."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--formats", nargs="*", default=[], help="only seeds that start so")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10, help="of processor time for one file")
    parser.add_argument("--memory", type=int, default=1024, help="address space in MiB")
    parser.add_argument("--told", type=Path, help="file for the digests of what was read")
    parser.add_argument("--remake", metavar="NAME:NUMBER")
    parser.add_argument("--work", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.remake:
        seed, _, number = options.remake.rpartition(":")
        sys.stdout.buffer.write(mutant(seed, int(number)).data)
        return 0
    names = _names(options)
    if options.work:
        return _work(names[slice(*options.work)], options)
    share = -(-len(names) // options.workers)
    parts = [(at, min(at + share, len(names))) for at in range(0, len(names), share)]
    with ThreadPoolExecutor(options.workers) as pool:
        watched = pool.map(lambda part: list(_watch(part, names)), parts)
        outcomes = [outcome for part in watched for outcome in part]
    if options.told:
        lines = [f"{each['name']} {each.get('told', 'died')}\n" for each in outcomes]
        options.told.write_text("".join(lines))
    return _report(outcomes)


def _names(options: argparse.Namespace) -> list[str]:
    """All files to read: mutants of the seeds in turn."""
    chosen = [name for name in seeds() if name.startswith(tuple(options.formats) or ("",))]
    numbers = range(options.first, options.first + options.files)
    return [f"{chosen[n % len(chosen)]}:{n // len(chosen)}" for n in numbers]


def _watch(part: tuple[int, int], names: list[str]) -> Iterator[dict[str, Any]]:
    """What the workers say about this range of files; a dead one is replaced."""
    start, stop = part
    while start < stop:
        with tempfile.TemporaryFile("w+") as errors:
            worker = subprocess.Popen(  # noqa: S603 (this very script)
                [
                    sys.executable,
                    "-m",
                    "benchmarks.list_robustness",
                    *sys.argv[1:],
                    "--work",
                    str(start),
                    str(stop),
                ],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
            for line in worker.stdout or ():
                outcome = json.loads(line)
                if outcome["violation"]:
                    _say(outcome)
                yield outcome
                start += 1
            code = worker.wait()
            if start >= stop:
                return
            errors.seek(0)
            found = f"worker ended with {code}: {errors.read()[-3000:].strip()}"
        outcome = {"name": names[start], "result": "died", "violation": found}
        _say(outcome)
        yield outcome
        start += 1


def _say(outcome: dict[str, Any]) -> None:
    print(f"VIOLATION {outcome['name']}: {outcome['violation']}", flush=True)


def _work(names: list[str], options: argparse.Namespace) -> int:
    """Read these files and write one line of JSON about each to standard output."""
    limit = options.memory << 20
    unix.resource.setrlimit(unix.resource.RLIMIT_AS, (limit, limit))
    unix.resource.setrlimit(unix.resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "known.list"
        for place, name in enumerate(names):
            seed, _, number = name.rpartition(":")
            path.write_bytes(mutant(seed, int(number)).data)
            said = os.fstat(2).st_size
            faulthandler.dump_traceback_later(_PATIENCE * options.seconds, exit=True)
            started = time.process_time()
            outcome = _read(path, seed.partition("/")[0] if place % 2 else "")
            faulthandler.cancel_dump_traceback_later()
            seconds = time.process_time() - started
            if seconds > options.seconds:
                outcome["violation"] = outcome["violation"] or f"took {seconds:.1f} s"
            text = unix.os.pread(2, 1000, said).decode(errors="replace").strip()
            if text:
                outcome["violation"] = outcome["violation"] or f"on standard error: {text}"
            peak = unix.resource.getrusage(unix.resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                json.dumps({"name": name, "seconds": seconds, "mib": peak, **outcome}), flush=True
            )
    return 0


def _read(path: Path, form: str) -> dict[str, Any]:
    """What came of it, and what is wrong with that."""
    outcome: dict[str, Any] = {"result": "read", "violation": "", "entries": 0, "quarantined": 0}
    try:
        known = read_list(path, format=form)
        for entry in known.entries:
            if not entry.hashes and not list(entry.digests.items()):
                outcome["violation"] = f"entry {entry.number} has neither digest nor hash"
        outcome["entries"], outcome["quarantined"] = len(known.entries), len(known.quarantined)
        rows = known.quarantined, known.withdrawn
        outcome["told"] = _digest((known.format, list(known.entries), rows, known.about))
    except HashmatchError as error:
        outcome["told"] = _digest((type(error), str(error).replace(str(path), "")))
        outcome["result"] = "refused"
    except BaseException as error:  # noqa: BLE001 (that is what is looked for)
        outcome["result"] = "raised"
        outcome["violation"] = f"raised {type(error).__name__}: {error}"
    return outcome


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "replace")).hexdigest()


def _report(outcomes: list[dict[str, Any]]) -> int:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome["name"].partition("/")[0]].append(outcome)
    groups["all"] = outcomes
    print(
        f"{'format':16}{'files':>7}{'read':>7}{'refused':>9}{'entries':>9}{'quarantined':>13}"
        f"{'worst s':>9}{'MiB':>7}"
    )
    for name, group in groups.items():
        results = [outcome["result"] for outcome in group]
        entries = sum(outcome.get("entries", 0) for outcome in group)
        quarantined = sum(outcome.get("quarantined", 0) for outcome in group)
        worst = max(outcome.get("seconds", 0) for outcome in group)
        peak = max(outcome.get("mib", 0) for outcome in group)
        print(
            f"{name:16}{len(group):7}{results.count('read'):7}{results.count('refused'):9}"
            f"{entries:9}{quarantined:13}{worst:9.2f}{peak:7.0f}"
        )
    slowest = sorted(outcomes, key=lambda outcome: -outcome.get("seconds", 0))[:5]
    print("slowest:", ", ".join(f"{o['name']} {o.get('seconds', 0):.2f} s" for o in slowest))
    violations = sum(bool(outcome["violation"]) for outcome in outcomes)
    print(f"violations: {violations}")
    return int(violations > 0)


if __name__ == "__main__":
    sys.exit(main())
