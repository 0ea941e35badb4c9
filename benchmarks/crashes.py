"""Kill -9 of a writer at random moments: readers find the old or the new generation, never neither.

A process imports ever newer versions of a list (`save`), or news about it (`update`), until it is
killed; then the index is opened, verified byte by byte and by planted neighbours, and must hold
exactly one of the versions, the last one that was committed or the one that was being written.

    python -m benchmarks.crashes --kills 50
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from benchmarks import unix

from hashmatch.hashlists.base import Withdrawn
from hashmatch.hashlists.reading import HashList
from hashmatch.known import generation
from hashmatch.known.index import Index
from hashmatch.known.verify import verify
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Entry, Hash, KnownHash
from hashmatch.profiles import WIDE

_ENTRIES = 1000
_NEWS = 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--writer", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.writer:
        write(wanted.writer[0], Path(wanted.writer[1]))
    failed = 0
    for kind in ("save", "update"):
        with tempfile.TemporaryDirectory() as folder:
            failed += kill(kind, Path(folder) / "index", wanted.kills)
    return min(failed, 1)


def kill(kind: str, folder: Path, kills: int) -> int:
    """Kill a writer again and again; how often what it left was not as it must be."""
    chance = random.Random(7)  # noqa: S311 (moments, not secrets)
    wrong, during, committed = 0, 0, -1
    command = [sys.executable, "-m", "benchmarks.crashes", "--writer", kind, str(folder)]
    for _ in range(kills):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 (ours)
        assert process.stdout is not None  # noqa: S101 (it is a pipe)
        process.stdout.readline()
        time.sleep(chance.uniform(0.05, 1.0))
        process.send_signal(unix.signal.SIGKILL)
        said = [int(line) for line in process.stdout.read().split()]
        process.wait()
        committed = max([committed, *said])
        during += _unfinished(folder)
        if committed < 0 and not Index.at(folder):
            continue
        wrong += not holds(kind, folder, committed)
        committed = max(committed, version_of(folder))
    print(
        f"{kind}: {kills} kills, {during} of them in the middle of a change, "
        f"{committed + 1} versions committed, {wrong} times neither the old nor the new"
    )
    return wrong


def _unfinished(folder: Path) -> bool:
    """Whether there are files that no generation names: a change was under way."""
    named = {
        name
        for number in (generation.numbers(folder) if folder.is_dir() else [])
        for name in generation.read(folder, number).files
    }
    return any(path.name not in named for path in folder.glob("*.hma*"))


def write(kind: str, folder: Path) -> None:
    """Write versions for ever, saying each once it is committed."""
    version = version_of(folder) if Index.at(folder) else -1
    print(version, flush=True)
    while True:
        version += 1
        with Index.edit(folder) as writer:
            if kind == "save" or version == 0:
                writer.put(save_of(version))
            else:
                writer.update(news_of(version))
        print(version, flush=True)


def save_of(version: int) -> HashList:
    """All entries of a version; the first one's id says which version it is."""
    entries = [_entry(version, number) for number in range(1, _ENTRIES)]
    return _named(version, [_mark(version), *entries])


def news_of(version: int) -> HashList:
    """What is new in a version: changed entries, and withdrawals of some of the last version."""
    entries = [_entry(version, number) for number in range(version % 50, version % 50 + _NEWS)]
    gone = (Withdrawn(f"mark-{version - 1}", 1),)
    found = _named(version, [_mark(version), *entries])
    return HashList(found.name, "plain", f"{version:064x}", entries=found.entries, withdrawn=gone)


def holds(kind: str, folder: Path, committed: int) -> bool:
    """Whether the index is whole, and is the last version that was committed or the next one."""
    opened = Index(folder)
    if not all(check.passed for check in verify(opened, thresholds=WIDE.probable)):
        return False
    version = version_of(folder)
    if version not in (committed, committed + 1):
        return False
    matcher = Matcher(opened)
    ids = {match.entry for match in matcher.match(_mark(version).hashes[0].hash)}
    if ids != {f"mark-{version}"}:
        return False
    standing = sum(len(known) for known in opened.lists)
    expected = len(save_of(version).entries) if kind == "save" else _standing_after(version)
    return standing == expected


def _standing_after(version: int) -> int:
    numbers = set(range(1, _ENTRIES))
    for each in range(1, version + 1):
        numbers |= set(range(each % 50, each % 50 + _NEWS))
    return len(numbers) + 1


def version_of(folder: Path) -> int:
    """Which version an index holds."""
    (known,) = Index(folder).lists
    marks = [entry.id for entry in known.entries() if entry.id.startswith("mark-")]
    if len(marks) != 1:
        return -9
    return int(marks[0].removeprefix("mark-"))


def _named(version: int, entries: list[Entry]) -> HashList:
    found = HashList.of("known", entries)
    return HashList(found.name, "plain", f"{version:064x}", entries=found.entries)


def _mark(version: int) -> Entry:
    return _with_hash(f"mark-{version}", (version, 0, 1))


def _entry(version: int, number: int) -> Entry:
    return _with_hash(f"entry-{number}", (version, number, 2))


def _with_hash(name: str, seed: tuple[int, ...]) -> Entry:
    code = np.random.default_rng(seed).bytes(32)
    return Entry(name, hashes=(KnownHash(Hash("pdq", code), 90),))


if __name__ == "__main__":
    sys.exit(main())
