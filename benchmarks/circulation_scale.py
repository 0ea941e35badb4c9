"""How long tracing takes on a large record, and how much memory: CPU seconds, one process each.

    python -m benchmarks.circulation_scale --sightings 5000000

The record is made up: 400 cases with three exhibits each, entries of a list seen in one exhibit
(nine of ten) or in a few, one entry in 100,000 places; every file has its own bytes but for one in
ten, which other cases have too, and a time; of a million entries the record holds what their list
says of them, a third of a kilobyte each, with the mark of a flat card on one in 200 and one of a
hundred series on one in ten; 100 reports tell of 1,000 uploads. Its rows are inserted in batches
with the triggers, keys and indexes of every record; without the audit chain, through which a
smaller number is recorded beside it, as a scan does. Each question is asked by a process of its
own, so that its peak of memory is its own.
"""

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Final

import numpy as np

from hashmatch.errors import Reason
from hashmatch.model import Digests, Item, Match, MatchKind, ScanResult, Unreadable
from hashmatch.model.event import Event, EventKind, ImportedUnit, Role
from hashmatch.model.identifier import Identifier
from hashmatch.model.moment import Moment
from hashmatch.profiles import DEFAULT
from hashmatch.reports.circulation.writing import write_circulation
from hashmatch.sightings.database import Database
from hashmatch.sightings.encoding import canonical
from hashmatch.sightings.list_records import ListRecord
from hashmatch.sightings.scan_config import RunConfig, SourceSpec
from hashmatch.tracing.asking import who
from hashmatch.tracing.circulation import circulation
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.source_matrix import matrix
from hashmatch.tracing.statistics import statistics
from hashmatch.tracing.timeline import timeline
from hashmatch.tracing.values import LinkKind

_CASES = 400
_EXHIBITS = 3
_AT_ONCE = 50_000
_MEME = 100_000
_BATCH = 64


def _rows(count: int, seed: int) -> Iterator[tuple[int, int, int]]:
    """Numbers of items with that of their exhibit, and of their entry."""
    chance = np.random.default_rng(seed)
    exhibits = chance.integers(1, _CASES * _EXHIBITS + 1, count)
    entries = np.where(
        chance.random(count) < 0.9, np.arange(count) + 10, chance.integers(count, 2 * count, count)
    )
    # A tenth is seen in a few exhibits, one entry nearly everywhere.
    few = entries >= count
    entries[few] = count + entries[few] % max(count // 40, 1)
    entries[chance.permutation(count)[: min(_MEME, count // 10)]] = 1
    yield from zip(range(1, count + 1), exhibits.tolist(), entries.tolist(), strict=True)


def make(path: Path, count: int) -> float:
    """A record with so many sightings; the CPU seconds that its rows took."""
    with Database.open(path) as database:
        store = database.store
        sources = range(1, _CASES * _EXHIBITS + 1)
        cases = {each: (each - 1) // _EXHIBITS + 1 for each in sources}
        begun = time.process_time()
        with store.transaction():
            store.insert(
                "INSERT INTO cases VALUES (?, ?)", [(n, f"case {n}") for n in range(1, _CASES + 1)]
            )
            store.insert(
                "INSERT INTO sources VALUES (?, ?, ?)",
                [(n, cases[n], f"exhibit {n}") for n in sources],
            )
            store.execute("INSERT INTO hashings VALUES (1, '{}')")
            store.insert(
                "INSERT INTO scans VALUES (?, ?, 1, 'folder', '/e', '{}', "
                '\'{"options":{},"source":{}}\', ?, 1)',
                [(n, n, "0" * 64) for n in sources],
            )
            store.insert(
                "INSERT INTO runs (id, scan_id, started, ended, status, tool, libraries, command, "
                "host, profile) VALUES (?, ?, '2026-01-01T00:00:00', '', 'done', '', '{}', '', '', "
                "'{\"thresholds\":{}}')",
                [(n, n) for n in sources],
            )
        rows, had = _rows(count, 1), set[tuple[int, int]]()
        while several := [*islice(rows, _AT_ONCE)]:
            _insert(database, several, cases, had)
        return time.process_time() - begun


def describe(path: Path, sightings: int, count: int) -> None:
    """What a list says of so many entries: first of those that were seen in a few exhibits."""
    numbers = chain([1], range(sightings, 2 * sightings))
    with Database.open(path) as database:
        while several := [*islice(numbers, min(_AT_ONCE, count))]:
            count -= len(several)
            rows = [(n, f"{n}", n, n.to_bytes(32), n.to_bytes(16), _details(n)) for n in several]
            with database.store.transaction():
                database.store.insert(
                    "INSERT INTO entries VALUES (?, 'vic', 'ab', ?, ?, ?, NULL, ?, ?)", rows
                )
        with database.store.transaction():
            database.store.execute(
                "INSERT INTO sighted SELECT sightings.id, sightings.id, entries.id, '' "
                "FROM sightings JOIN entries ON entries.id = sightings.number"
            )


def _details(number: int) -> str:
    told: dict[str, object] = {"comments": "as its publisher wrote " * 14, "size": number}
    told |= {"flat-card": True} if number % 200 == 0 else {}
    return canonical(told | ({"Series": f"{number % 100}"} if number % 10 == 1 else {}))


def _insert(
    database: Database,
    rows: list[tuple[int, int, int]],
    cases: dict[int, int],
    had: set[tuple[int, int]],
) -> None:
    store = database.store
    with store.transaction():
        store.insert(
            "INSERT INTO contents VALUES (?, ?, ?, NULL, NULL, 9)",
            [(n, cases[source], _bytes(n, entry, cases[source], had)) for n, source, entry in rows],
        )
        store.insert(
            "INSERT INTO items VALUES (?, ?, ?, ?, 9, ?, NULL, 'skipped', 'x', '', 0, 1)",
            [(n, source, source, f"{n}.jpg", n) for n, source, _ in rows],
        )
        store.insert(
            "INSERT INTO times VALUES (?, 'modified', ?)", [(n, _time(n)) for n, *_ in rows]
        )
        store.insert(
            "INSERT INTO sightings VALUES (?, ?, ?, '2026-01-01T00:00:00', 'vic', '', ?, ?, '', "
            "?, 'perceptual', 'pdq', 3, 31, 'match', 1, 0, 'composited', 0, 'fast', 90, '', "
            "NULL, 0, 0, 0)",
            [(n, n, source, f"{entry}", entry, f"{entry % 3}") for n, source, entry in rows],
        )


def _bytes(number: int, entry: int, case: int, had: set[tuple[int, int]]) -> bytes:
    """The digest of a file: that of its entry for one file in ten, once in a case."""
    shared = number % 10 == 0 and (case, entry) not in had
    if shared:
        had.add((case, entry))
    return hashlib.sha256((f"entry {entry}" if shared else f"{number}").encode()).digest()


def _time(number: int) -> str:
    """A time of the file system: in UTC, of one in ten without a zone."""
    day, rest = divmod(number * 7919 % (4 * 365 * 86_400), 86_400)
    minutes, second = divmod(rest, 60)
    at = date(2022, 1, 1) + timedelta(days=day)
    zone = "" if number % 10 == 1 else "+00:00"
    return f"{at}T{minutes // 60:02}:{minutes % 60:02}:{second:02}{zone}"


def report(path: Path, sightings: int) -> None:
    """100 reports of ten uploads each: of the entry that lies everywhere, and of others."""
    at = Moment.of("2026-04-17T10:00:00Z", kind="uploaded")
    with Database.open(path) as database:
        for number in range(100):
            named = [1 if each == 0 else sightings + 10 * number + each for each in range(10)]
            events = [
                Event(
                    kind=EventKind.UPLOAD,
                    role=Role.UPLOADER,
                    where=f"{each}",
                    digests=Digests(md5=each.to_bytes(16).hex()),
                    identifiers=(Identifier.of("account", f"user {number}", "example"),),
                    moment=at,
                )
                for each in named
            ]
            unit = ImportedUnit(
                name="r", format="x", sha256=number.to_bytes(32).hex(), report=f"{number}"
            )
            database.record_import(unit, events, case=f"case {number + 1}", exhibit="report")


def chained(path: Path, count: int) -> float:
    """CPU seconds in which so many items with a sighting each go through the audit chain."""
    source = SourceSpec("exhibit", "folder", "/e")
    lists = (ListRecord("vic", ("ab" * 32,), "", count),)
    configuration = RunConfig(profile=DEFAULT, lists=lists, options={})
    taken = 0.0
    with (
        Database.open(path) as database,
        database.run(case="case", source=source, configuration=configuration) as run,
    ):
        for first in range(0, count, _BATCH):
            found = [_result(number) for number in range(first, min(first + _BATCH, count))]
            begun = time.process_time()
            run.record(found)
            taken += time.process_time() - begun
        run.finish()
    return taken


def _result(number: int) -> ScanResult:
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    digests = Digests(md5=sha256[:32], sha1=sha256[:40], sha256=sha256)
    item = Item(f"{number}.jpg", 9, digests=digests, unreadable=Unreadable(Reason.UNSUPPORTED))
    match = Match(
        "vic",
        f"{number}",
        category="1",
        kind=MatchKind.EXACT,
        algorithm="sha256",
        distance=0,
        threshold=0,
        number=number,
        list_sha256="ab" * 32,
    )
    return ScanResult(item, (match,))


def peak() -> float:
    """MiB at most. What `getrusage` tells begins with the peak of the process before."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _links(database: Database) -> str:
    begun = time.process_time()
    found = links(database, Question(kinds={LinkKind.ENTRY}))
    looked = time.process_time() - begun
    widest = max(each.exhibits for each in found)
    return (
        f"{len(found):,} links, found in {looked:.1f} s, all read behind that; the widest "
        f"in {widest:,} exhibits"
    )


def _who(database: Database) -> str:
    places = who(database, "entry:vic/1").occurrences
    return f"{sum(each.count for each in places):,} sightings in {len(places):,} exhibits"


def _timeline(database: Database) -> str:
    found = timeline(database, "entry:vic/1")
    read = sum(each.time is not None for each in found.marks)
    return f"{read:,} times in {len(found.lanes):,} exhibits, all read"


def _exhibit(database: Database) -> str:
    found = timeline(database, "exhibit:case 1/exhibit 1")
    return f"{len(found.marks):,} times of one exhibit"


def _stats(database: Database) -> str:
    total = statistics(database).total
    return f"{total.files:,} files, {total.contents:,} contents, {total.entries:,} entries"


def _grouped(database: Database) -> str:
    found = statistics(database, ["category", "known"])
    return f"{len(found.groups):,} groups by category, and new against known"


def _months(database: Database) -> str:
    found = statistics(database, time="modified")
    return f"{len(found.groups):,} groups by month"


def _matrix(database: Database) -> str:
    found = matrix(database)
    return (
        f"{len(found.sources):,} exhibits, {len(found.cells):,} pairs, {found.links:,} links; "
        f"{len(found.left_out):,} left out"
    )


def _page(database: Database) -> str:
    begun = time.process_time()
    found = circulation(database)
    asked = time.process_time() - begun
    page = io.StringIO()
    write_circulation(found, page)
    return f"{len(page.getvalue().encode()):,} bytes of HTML, asked for in {asked:.1f} s"


_QUESTIONS: Final[Mapping[str, Callable[[Database], str]]] = {
    "links": _links,
    "who": _who,
    "timeline": _timeline,
    "exhibit": _exhibit,
    "stats": _stats,
    "grouped": _grouped,
    "months": _months,
    "matrix": _matrix,
    "page": _page,
}


def ask(path: Path, question: str) -> str:
    """What one question took, in words."""
    begun = time.process_time()
    with Database.open(path, read_only=True) as database:
        said = _QUESTIONS[question](database)
    took = time.process_time() - begun
    return f"{question}: {took:.1f} s, {peak():,.0f} MiB at most; {said}"


def main() -> None:
    """Print what each takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sightings", type=int, default=5_000_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--chained", type=int, default=100_000)
    parser.add_argument("--ask", choices=[*_QUESTIONS], help=argparse.SUPPRESS)
    parser.add_argument("--db", type=Path, help="a record that was made before, or is kept here")
    asked = parser.parse_args()
    if asked.ask:
        sys.stdout.write(f"{ask(asked.db, asked.ask)}\n")
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = asked.db or Path(folder) / "lab.sightings"
            if not path.exists():
                took = make(path, asked.sightings)
                size = path.stat().st_size >> 20
                describe(path, asked.sightings, asked.entries)
                report(path, asked.sightings)
                rate = asked.sightings / took
                sys.stdout.write(f"insert: {took:.0f} s, {rate:,.0f} a second, {size:,} MiB\n")
            took = chained(Path(folder) / "chained.sightings", asked.chained)
            rate = asked.chained / took
            sys.stdout.write(f"through the audit chain: {rate:,.0f} a second\n")
            for question in _QUESTIONS:
                words = [sys.executable, "-m", "benchmarks.circulation_scale", "--ask", question]
                more = ["--db", str(path)]
                done = subprocess.run(  # noqa: S603 (our own program)
                    [*words, *more], capture_output=True, text=True, check=False
                )
                sys.stdout.write(done.stdout or done.stderr)
                sys.stdout.flush()


if __name__ == "__main__":
    main()
