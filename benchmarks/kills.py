"""Kills at random moments of everything that writes: nothing lost, doubled, or half.

Scans (also of evidence that was scanned before, and while answers are held until a check of them
comes back), changes of an index, reports, exports of lists and migrations of older databases are
ended by SIGKILL, SIGINT and SIGTERM: to all their processes, to the parent alone, to a worker.
Scans are resumed, each until it is done, and compared with one that nobody interrupted; every
record is verified after every kill.

    python -m benchmarks.kills --kills 305
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.scanning import made
from tests.support.index_steps import change
from tests.support.kill_scans import Ground, killed_scans
from tests.support.kill_ways import Outcome, Way
from tests.support.kill_writers import Written, killed_changes, killed_files, killed_migrations

_SHARES = {
    "scan": 6,
    "rescan": 5,
    "replace-earlier": 4,
    "checked": 5,
    "index change": 16,
    "report": 9,
    "list export": 7,
    "migration": 9,
}
"""How many of all kills meet each kind, in parts of their sum."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=305)
    parser.add_argument("--files", type=int, default=130)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=_SHARES, action="append", help="this kind; repeat")
    parser.add_argument("--folder", type=Path, help="where everything is made")
    asked = parser.parse_args()
    shares = {kind: _SHARES[kind] for kind in asked.only or _SHARES}
    outcomes = []
    begun = time.monotonic()
    with (
        made(asked.folder, asked.files, pictures=asked.files // 4, slow=4) as (evidence, folder),
        tempfile.TemporaryDirectory(dir=asked.folder) as beside,
    ):
        ground = Ground.of(evidence, folder)
        kinds = _kinds(ground, Path(beside))
        for kind, share in shares.items():
            kills = -(-asked.kills * share // sum(shares.values()))
            chance = Random(f"{asked.seed} {kind}")  # noqa: S311 (moments, not secrets)
            outcomes.append(kinds[kind](chance, kills))
            print(_row(outcomes[-1]), *outcomes[-1].wrong, sep="\n", flush=True)
    return _told(outcomes, time.monotonic() - begun)


def _kinds(ground: Ground, folder: Path) -> dict[str, Callable[[Random, int], Outcome]]:
    """How to kill each kind."""

    def scans(kind: str) -> Callable[[Random, int], Outcome]:
        return lambda chance, kills: killed_scans(ground, chance, kills, kind)

    def files(written: Written) -> Callable[[Random, int], Outcome]:
        return lambda chance, kills: killed_files(written, chance, kills)

    index, lists, reports, old = (folder / name for name in ("exported", "lists", "reports", "old"))
    for each in (lists, reports, old):
        each.mkdir()
    change(index, 1)
    return {
        **{kind: scans(kind) for kind in ("scan", "rescan", "replace-earlier", "checked")},
        "index change": lambda chance, kills: killed_changes(folder / "index", chance, kills),
        "report": files(Written.report(ground.folder / "whole.db", reports)),
        "list export": files(Written.export(index, "lab", lists)),
        "migration": lambda chance, kills: killed_migrations(old, chance, kills),
    }


def _row(outcome: Outcome) -> str:
    ways = ", ".join(f"{way.value} {outcome.kills[way]}" for way in Way if outcome.kills[way])
    return f"| {outcome.kind} | {outcome.count} | {outcome.amid} | {len(outcome.wrong)} | {ways} |"


def _told(outcomes: list[Outcome], seconds: float) -> int:
    """Print everything as one table, and what is wrong."""
    print("\n| killed | kills | in the middle of a change | wrong | by |\n|---|---|---|---|---|")
    total = Outcome("all")
    for each in outcomes:
        print(_row(each))
        total.kills += each.kills
        total.amid += each.amid
        total.wrong += each.wrong
    print(f"{_row(total)}\n{seconds:.0f} seconds")
    return min(len(total.wrong), 1)


if __name__ == "__main__":
    sys.exit(main())
