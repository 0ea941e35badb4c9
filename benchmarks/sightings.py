"""How fast a scan is put on record, how large the record gets, and how fast it is passed by.

    python -m benchmarks.sightings --items 200000 --open 1000000

Items are made up: random digests, eight PDQ readings each, three times, a match in every tenth;
one item in five is a copy of another. Batches of 64, each flushed to the disk.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hashmatch.model import (
    Decoder,
    Digests,
    Hash,
    Item,
    Match,
    MatchKind,
    MediaHashes,
    Mode,
    Reading,
    ScanResult,
)
from hashmatch.model.orientation import Orientation
from hashmatch.profiles import DEFAULT
from hashmatch.sightings.database import Database
from hashmatch.sightings.list_records import ListRecord
from hashmatch.sightings.scan_config import RunConfig, SourceSpec

BATCH = 64
LIST = ListRecord("project-vic", ("ab" * 32,), "2026-11", 10_000_000)
CONFIGURATION = RunConfig(profile=DEFAULT, lists=(LIST,), options={"algorithms": ["pdq"]})
SOURCE = SourceSpec("exhibit 7", "folder", "/evidence/exhibit-7")
TIMES = dict.fromkeys(("modified", "accessed", "changed"), "2024-03-07T09:41:27.123456+00:00")


def result(number: int) -> ScanResult:
    """An item that follows from its number."""
    locator = f"/evidence/exhibit-7/DCIM/{number // 1000:03}CANON/IMG_{number:07}.JPG"
    content = number - number % 5 if number % 5 == 4 else number
    seed = hashlib.sha512(str(content).encode()).digest()
    digests = Digests(md5=seed[:16].hex(), sha1=seed[:20].hex(), sha256=seed[:32].hex())
    readings = tuple(
        Reading(Hash("pdq", hashlib.sha256(seed + bytes((each,))).digest()), 90, each)
        for each in Orientation
    )
    image = MediaHashes(
        readings, Mode.FAST, width=4000, height=3000, format="jpeg", decoder=Decoder.TURBO
    )
    match = Match(
        list_name=LIST.name,
        entry_id=f"entry-{content}",
        category="1",
        kind=MatchKind.PERCEPTUAL,
        algorithm="pdq",
        distance=12,
        threshold=31,
        number=content,
        list_sha256=LIST.sha256[0],
        scheme="VIC_US",
        mode=Mode.FAST,
        quality=90,
    )
    item = Item(locator, 3_000_000 + content, digests=digests, media=image)
    return ScanResult(item, (match,) if number % 10 == 0 else ())


@contextmanager
def measured(what: str, count: int) -> Iterator[None]:
    """Print what the block cost."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rate = f"{count / wall:12,.0f}/s  {cpu / count * 1e6:8.1f} µs CPU each" if count > 1 else ""
    print(f"{what:36}{wall:9.3f} s{cpu:9.3f} s CPU{rate}", flush=True)


def record(path: Path, items: int) -> None:
    made = 0.0
    with (
        Database.open(path) as database,
        measured("recorded", items),
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION) as run,
    ):
        for start in range(0, items, BATCH):
            began = time.process_time()
            batch = [result(each) for each in range(start, min(start + BATCH, items))]
            times = {each.item.locator: TIMES for each in batch}
            made += time.process_time() - began
            run.record(batch, times=times)
    print(f"  of it, making the items up{'':9}{'':11}{made:9.3f} s CPU")


def pass_by(path: Path, items: int) -> None:
    locators = [result(each).item.locator for each in range(items)]
    with (
        Database.open(path) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION, resume=True) as run,
    ):
        with measured("passed by, in order", items):
            assert all(map(run.done, locators))  # noqa: S101 (a benchmark checks itself)
        few = locators[:: max(items // 20_000, 1)]
        with measured("passed by, in any order", len(few)):
            assert all(map(run.done, few))  # noqa: S101 (as above)
        known = [result(each).item.digests.sha256 or "" for each in range(0, items, 97)]
        with measured("hashes used again", len(known)):
            assert all(map(run.content, known))  # noqa: S101 (as above)


def read(path: Path, items: int) -> None:
    asked: dict[str, Callable[[Database], object]] = {
        "a case": lambda database: database.case("1"),
        "its summary": lambda database: database.summary("1"),
        "its items": lambda database: sum(1 for _ in database.items("1")),
        "its sightings": lambda database: sum(1 for _ in database.sightings("1")),
        "verified": lambda database: database.verify().passed or sys.exit("not verified"),
    }
    counts = {"its items": items, "its sightings": items // 10, "verified": items}
    with Database.open(path, read_only=True) as database:
        for what, ask in asked.items():
            with measured(what, counts.get(what, 1)):
                ask(database)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--open", type=int, default=0, help="items of a larger one, only opened")
    parser.add_argument("--folder", type=Path, help="on the disk to be measured")
    options = parser.parse_args()
    for items in filter(None, (options.items, options.open)):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            path = Path(folder) / "lab.sightings"
            print(f"{items:,} items")
            record(path, items)
            size = path.stat().st_size
            print(f"{'size':36}{size / 1e6:9.1f} MB{size / items:9.0f} bytes per item")
            for _ in range(2):
                with measured("opened for writing", 1):
                    Database.open(path).close()
            pass_by(path, items)
            read(path, items)
    return 0


if __name__ == "__main__":
    sys.exit(main())
