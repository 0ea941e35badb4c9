"""A million hashes on record matched again with a new list of a million: CPU seconds, memory.

Records pictures with made-up hashes, one each (or eight, as a scan computes them, with
`--orientations 8`), then matches them with a list of random hashes of which some are near to those
on record. Of a sample of the pictures what is found is compared with what matching each of them
by itself finds, as a scan from nothing does.

    python -m benchmarks.rematching --pictures 1000000 --hashes 1000000 --folder /tmp/rematching
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.opening import table_of
from benchmarks.sightings import LIST
from benchmarks.unix import resource
from hashmatch.hashlists.reading import HashList
from hashmatch.matching.matcher import Matcher
from hashmatch.model import (
    Decoder,
    Digests,
    Hash,
    Item,
    MediaHashes,
    Mode,
    Reading,
    ScanResult,
)
from hashmatch.model.orientation import Orientation
from hashmatch.profiles import DEFAULT
from hashmatch.scanning.rematching import rematch
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import RunConfig, SourceSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_BATCH = 20_000
_EVERY = 1000
_BITS = 20
_SAMPLE = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--orientations", type=int, default=1, choices=(1, 8))
    parser.add_argument("--folder", type=Path, required=True)
    wanted = parser.parse_args()
    wanted.folder.mkdir(exist_ok=True)
    db = wanted.folder / f"{wanted.pictures}-{wanted.orientations}.sightings"
    codes = codes_of(wanted.pictures, wanted.orientations)
    if not db.exists():
        with timed("recorded"):
            record(db, codes)
    known = HashList(
        "new", "plain", sha256="1" * 64, entries=table_of(listed(codes, wanted.hashes))
    )
    with timed("list made ready"):
        matcher = Matcher(known)
    hashes = codes.shape[0] * codes.shape[1]
    with Database.open(db) as database, timed(f"{hashes:,} hashes against {wanted.hashes:,}"):
        done = rematch(database, matcher)
    print(f"{done.items:,} items, {done.new:,} new sightings of {done.matches:,} matches")
    with Database.open(db) as database, timed("again"):
        again = rematch(database, matcher)
    print(f"again: {again.new} new, {[why for _, why in again.skipped]}")
    check(db, codes, matcher)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak of memory {peak / 1024:,.0f} MiB, database {db.stat().st_size:,} bytes")


class timed:  # noqa: N801 (a block)
    """Prints the processor time of a block."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        self._busy, self._start = time.process_time(), time.monotonic()

    def __exit__(self, *_: object) -> None:
        busy, took = time.process_time() - self._busy, time.monotonic() - self._start
        print(f"{self._what}: {busy:.1f} CPU seconds, {took:.1f} s", flush=True)


def codes_of(pictures: int, orientations: int) -> "NDArray[np.uint8]":
    """The hashes of every picture."""
    random = np.random.default_rng(5)
    return random.integers(0, 256, (pictures, orientations, 32), np.uint8)


def listed(codes: "NDArray[np.uint8]", count: int) -> "NDArray[np.uint8]":
    """A list of random hashes, the first of which are near to every thousandth picture."""
    random = np.random.default_rng(6)
    found = random.integers(0, 256, (count, 32), np.uint8)
    near = codes[::_EVERY, 0].copy()
    for row in near:
        for bit in random.choice(256, _BITS, replace=False):
            row[bit // 8] ^= 1 << bit % 8
    found[: len(near)] = near
    return found


def media(codes: "NDArray[np.uint8]") -> MediaHashes:
    """A picture with these hashes."""
    turned = zip(codes, Orientation, strict=False)
    readings = tuple(Reading(Hash("pdq", code.tobytes()), 100, how) for code, how in turned)
    return MediaHashes(
        readings, Mode.FAST, width=640, height=480, format="jpeg", decoder=Decoder.TURBO
    )


def record(path: Path, codes: "NDArray[np.uint8]") -> None:
    """A database with a picture for each row of codes."""
    configuration = RunConfig(profile=DEFAULT, lists=(LIST,), options={"algorithms": ["pdq"]})
    source = SourceSpec("exhibit", "folder", "/evidence")
    with (
        Database.open(path) as database,
        database.run(case="1", source=source, configuration=configuration) as run,
    ):
        for start in range(0, len(codes), _BATCH):
            some = range(start, min(start + _BATCH, len(codes)))
            run.record([ScanResult(item(n, codes[n])) for n in some])
        run.finish()


def item(number: int, codes: "NDArray[np.uint8]") -> Item:
    """A file with these hashes."""
    digests = Digests(sha256=f"{number:064x}", md5=f"{number:032x}")
    return Item(f"{number}.jpg", 1000, digests=digests, media=media(codes))


def check(db: Path, codes: "NDArray[np.uint8]", matcher: Matcher) -> None:
    """Compare what is on record of a sample with what matching it by itself gives."""
    every = max(len(codes) // _SAMPLE, 1)
    sample = range(0, len(codes), every)
    with timed(f"{len(sample):,} items matched by themselves"):
        found = matcher.match_many([item(n, codes[n]) for n in sample])
    expected = [
        (f"{n}.jpg", replace(match, details={}))
        for n, matches in zip(sample, found, strict=True)
        for match in matches
    ]
    names = {f"{n}.jpg" for n in sample}
    with Database.open(db, read_only=True) as database:
        told = [
            (each.item.locator, replace(each.match, details={}))
            for each in database.sightings("1")
            if each.item.locator in names
        ]
    print(f"sample: {len(told):,} sightings, the same as by themselves: {_alike(told, expected)}")


def _alike(told: "Iterable[object]", expected: "Iterable[object]") -> bool:
    return sorted(map(repr, told)) == sorted(map(repr, expected))


if __name__ == "__main__":
    main()
