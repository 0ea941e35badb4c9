"""How long clustering takes of pictures on record, and whether it is right: CPU seconds.

    python -m benchmarks.circulation_clusters --pictures 1000000

The record is made up: hashes by chance, of which the second half are copies of the first with six
bits flipped. They are clustered from what is stored, as `hashmatch trace links` does, and go on
record with the audit chain. Of a sample each picture is compared with every medoid that was there
before it.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.circulation_scale import peak
from hashmatch.search.flat import FlatIndex
from hashmatch.sightings.database import Database
from hashmatch.tracing.updating import THRESHOLD, update

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 20_000
_FLIPPED = 6


def codes(count: int) -> "NDArray[np.uint8]":
    """(n, 8, 32) uint8: of each picture all orientations."""
    chance = np.random.default_rng(2)
    made = chance.integers(0, 256, (count, 8, 32), dtype=np.uint8)
    half = count // 2
    made[half:] = made[chance.integers(0, half, count - half)]
    for _ in range(_FLIPPED):
        bit = chance.integers(0, 256, count - half)
        made[np.arange(half, count), :, bit // 8] ^= (1 << bit % 8).astype(np.uint8)[:, None]
    return made


def make(path: Path, count: int) -> None:
    """A record with so many pictures on two exhibits."""
    made = codes(count)
    with Database.open(path) as database:
        store = database.store
        with store.transaction():
            store.execute("INSERT INTO cases VALUES (1, 'case')")
            store.insert("INSERT INTO sources VALUES (?, 1, ?)", [(1, "phone"), (2, "card")])
            store.execute("INSERT INTO hashings VALUES (1, '{}')")
            store.insert(
                "INSERT INTO scans VALUES (?, ?, 1, 'folder', '/e', '{}', "
                '\'{"options":{},"source":{}}\', ?, 1)',
                [(n, n, "0" * 64) for n in (1, 2)],
            )
        for first in range(0, count, _AT_ONCE):
            several = range(first + 1, min(first + _AT_ONCE, count) + 1)
            with store.transaction():
                store.insert(
                    "INSERT INTO contents VALUES (?, 1, ?, NULL, NULL, 9)",
                    ((n, n.to_bytes(32, "big")) for n in several),
                )
                store.insert(
                    "INSERT INTO pictures VALUES (?, ?, 1, 'fast', 640, 480, 'jpeg', 'turbo', 1, "
                    "'[]', 1.0, '')",
                    ((n, n) for n in several),
                )
                store.insert(
                    "INSERT INTO readings VALUES (?, ?, 'pdq', ?, 0, 0, 90, ?)",
                    _rows(several, made),
                )


def _rows(several: range, made: "NDArray[np.uint8]") -> Iterator[tuple[int, int, int, bytes]]:
    for number in several:
        for turned in range(8):
            yield number, turned, turned + 1, made[number - 1, turned].tobytes()


def cluster(path: Path) -> str:
    """What clustering took, in words."""
    begun = time.process_time()
    with Database.open(path) as database:
        count = update(database)
        took = time.process_time() - begun
        medoids = database.store.one("SELECT count(*) FROM cluster_members WHERE id = cluster_id")
    return f"{count:,} pictures in {took:.0f} s, {peak():,.0f} MiB at most; {medoids:,} clusters"


def check(path: Path, count: int, sample: int) -> str:
    """Whether pictures of a sample are where comparing them with all medoids puts them."""
    made = codes(count)
    with Database.open(path, read_only=True) as database:
        rows = database.store.execute(
            "SELECT id, cluster_id, picture_id, distance FROM cluster_members ORDER BY id"
        )
    numbers = {number: picture for number, _, picture, _ in rows}
    medoids = [picture for number, of, picture, _ in rows if number == of]
    index = FlatIndex(np.ascontiguousarray(made[[each - 1 for each in medoids], 0]))
    wrong = 0
    for at in np.random.default_rng(3).choice(count, sample, replace=False).tolist():
        _, of, picture, distance = rows[at]
        found = index.search(made[picture - 1], THRESHOLD)
        before = [
            (bits, medoids[row])
            for row, bits in zip(found.rows.tolist(), found.distances.tolist(), strict=True)
            if medoids[row] < picture
        ]
        wrong += (distance, numbers[of]) != min(before, default=(0, picture))
    return f"of {sample:,} pictures, each compared with every medoid, {wrong} are elsewhere"


def main() -> None:
    """Print what it takes, and whether it is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--ask", choices=["cluster", "check"], help=argparse.SUPPRESS)
    parser.add_argument("--db", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.ask == "cluster":
        sys.stdout.write(f"{cluster(asked.db)}\n")
    elif asked.ask == "check":
        sys.stdout.write(f"{check(asked.db, asked.pictures, asked.sample)}\n")
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lab.sightings"
            make(path, asked.pictures)
            for question in ("cluster", "check"):
                words = [sys.executable, "-m", "benchmarks.circulation_clusters", "--ask", question]
                sizes = ["--pictures", str(asked.pictures), "--sample", str(asked.sample)]
                subprocess.run([*words, *sizes, "--db", str(path)], check=True)  # noqa: S603 (our own program)


if __name__ == "__main__":
    main()
