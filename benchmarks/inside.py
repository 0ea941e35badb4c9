"""Archives with many members: killed scans, bombs, and damaged files of every kind.

A scan of archives with thousands of members is killed with all its processes at random moments
and resumed until it is done; its record is compared with that of a scan that nobody interrupted.
A scan of bombs tells what became of each, and the memory that the scan's processes took. Damaged
archives and documents of every kind are read in one process, to their last member.

    python -m benchmarks.inside --members 22000 --kills 20 --bombs 1 --mutants 2000
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.support.archive_bombs import BOMBS
from tests.support.bomb_scans import scan_of_bombs
from tests.support.kill_members import Members, killed_members
from tests.support.mutated_evidence import endure


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=22_000)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--bombs", type=int, default=0, metavar="SCALE", help="1 is full size")
    parser.add_argument("--bomb", action="append", choices=BOMBS, help="this one; repeat")
    parser.add_argument("--mutants", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="where everything is made")
    asked = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        if asked.kills:
            wrong += _kill(Path(folder), asked.members, asked.kills, asked.seed)
        if asked.bombs:
            wrong += _bomb(Path(folder) / "bombs", asked.bombs, tuple(asked.bomb or ()))
    if asked.mutants:
        wrong += _mutants(asked.mutants)
    print(f"{len(wrong)} wrong", *wrong[:100], sep="\n")
    return min(len(wrong), 1)


def _kill(folder: Path, members: int, kills: int, seed: int) -> list[str]:
    ground = Members.of(folder, members)
    print(f"{ground.count:,} items in {ground.seconds:.1f} s without interruption", flush=True)
    begun = time.monotonic()
    chance = Random(seed)  # noqa: S311 (moments, not secrets)
    outcome = killed_members(ground, folder, chance, kills)
    seconds = time.monotonic() - begun
    print(f"{outcome.count} kills, {outcome.amid} amid the members, in {seconds:.0f} s", flush=True)
    return outcome.wrong


def _bomb(folder: Path, scale: int, names: tuple[str, ...]) -> list[str]:
    folder.mkdir()
    bombed = scan_of_bombs(folder, scale, names)
    print("| bomb | items in it | outcome | reason |\n|---|---|---|---|")
    for name, (status, reason, detail, inside) in bombed.outcomes.items():
        print(f"| {name} | {inside:,} | {status} | {reason}: {detail} |")
    print(
        f"{bombed.items['items']:,} items in {bombed.seconds:.0f} s; peak RSS "
        f"{bombed.parent >> 20} MiB of the parent, {bombed.worker >> 20} MiB of a worker",
        flush=True,
    )
    missing = [f"{name}: no outcome" for name, each in bombed.outcomes.items() if not each[0]]
    return [*bombed.wrong, *missing]


def _mutants(count: int) -> list[str]:
    begun = time.monotonic()
    found = endure(count)
    seconds, name = found.slowest
    print(
        f"{found.count:,} damaged files with {found.members:,} members in "
        f"{time.monotonic() - begun:.0f} s; the slowest took {seconds:.1f} s ({name})\n"
        f"{dict(found.reasons.most_common())}"
    )
    return found.wrong


if __name__ == "__main__":
    sys.exit(main())
