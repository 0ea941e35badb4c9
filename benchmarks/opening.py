"""Opening an index: seconds, memory of each reader, and what readers share.

Makes an index of random hashes once, then opens it in several processes at the same time, each of
which looks up hashes near known ones and checks that it finds them. Memory is what the kernel says
in `/proc/PID/smaps_rollup`: private pages, which a process has changed, and PSS, which divides
shared pages by the processes that share them.

    python -m benchmarks.opening --hashes 10000000 --folder /tmp/opening --readers 4
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.hashlists.reading import HashList
from hashmatch.hashlists.table import EntryTable
from hashmatch.index.index import Index
from hashmatch.model.layout import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUERIES = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hashes", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--layout", choices=list(Layout), default=Layout.INLINE)
    parser.add_argument("--reader", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.reader:
        read(wanted.folder)
        return
    if not Index.at(wanted.folder):
        make(wanted.folder, wanted.hashes, wanted.layout)
    size = sum(path.stat().st_size for path in wanted.folder.iterdir())
    print(f"{wanted.hashes:,} hashes, {size / wanted.hashes:.0f} bytes each on disk")
    command = [sys.executable, "-m", "benchmarks.opening", "--reader", "--folder"]
    for count in (1, wanted.readers):
        readers = [
            subprocess.Popen(  # noqa: S603 (our own interpreter)
                [*command, str(wanted.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        answers = [json.loads(_line(each)) for each in readers]
        for each in readers:
            each.stdin.write("\n")  # type: ignore[union-attr]
            each.stdin.flush()  # type: ignore[union-attr]
        memory = [json.loads(_line(each)) for each in readers]
        for each in readers:
            each.communicate("\n")
        print(f"{count} at a time:")
        for answer, used in zip(answers, memory, strict=True):
            print(f"  {answer | used}")


def make(folder: Path, hashes: int, layout: Layout, *, sha256: str = "0" * 64) -> None:
    """An index of random codes, which are the same for the same number of them."""
    start = time.process_time()
    with Index.edit(folder) as writer:
        writer.put(
            HashList("known", "plain", sha256=sha256, entries=table_of(codes_of(hashes))),
            layout=layout,
        )
    print(f"made in {time.process_time() - start:.1f} CPU seconds", file=sys.stderr)


def codes_of(hashes: int) -> "NDArray[np.uint8]":
    """The random codes that `make` lists."""
    return np.random.default_rng(0).integers(0, 256, (hashes, 32), np.uint8)


def table_of(codes: "NDArray[np.uint8]", *, first: int = 0) -> EntryTable:
    """An entry for each code, numbered from the one behind `first`."""
    rows = np.arange(len(codes), dtype=np.uint32)
    return EntryTable(
        {
            "number": rows + np.uint32(first + 1),
            "class": np.zeros(len(codes), np.uint32),
            "pdq.rows": rows,
            "pdq.quality": np.full(len(codes), 100, np.uint8),
            "pdq.codes": codes,
        },
        {"classes": [["", "", False]], "algorithms": ["pdq"], "parts": [""]},
    )


def read(folder: Path) -> None:
    """Open, search, and report in two steps, so that all readers are alive at the second."""
    from hashmatch.matching.matcher import Matcher
    from hashmatch.model import Hash

    Matcher([]).match(Hash("pdq", bytes(32)))
    before = memory()
    start, busy = time.monotonic(), time.process_time()
    matcher = Matcher(Index(folder))
    opened, opened_busy = time.monotonic() - start, time.process_time() - busy
    segment = matcher.lists[0].parts[0].segment
    random = np.random.default_rng(1)
    known = random.choice(len(segment.table), _QUERIES, replace=False)
    found = 0
    firsts = []
    for row in known.tolist():
        value = bytearray(segment.table[row].hashes[0].hash.value)
        for bit in random.choice(256, 20, replace=False):
            value[bit // 8] ^= 1 << bit % 8
        start = time.monotonic()
        matches = matcher.match(Hash("pdq", bytes(value)))
        firsts.append(time.monotonic() - start)
        found += any(match.number == row + 1 for match in matches)
    print(
        json.dumps(
            {
                "open_s": round(opened, 3),
                "open_cpu_s": round(opened_busy, 3),
                "first_search_s": round(firsts[0], 3),
                "all_searches_s": round(sum(firsts), 2),
                "median_search_ms": round(1000 * float(np.median(firsts[_QUERIES // 2 :])), 3),
                "found": f"{found} of {_QUERIES}",
            }
        ),
        flush=True,
    )
    sys.stdin.readline()
    now = memory()
    print(
        json.dumps(
            {
                "private_MB": round(now["Private_Dirty"], 1),
                "private_added_MB": round(now["Private_Dirty"] - before["Private_Dirty"], 1),
                "rss_MB": round(now["Rss"]),
                "pss_MB": round(now["Pss"]),
            }
        ),
        flush=True,
    )
    sys.stdin.readline()


def memory() -> dict[str, float]:
    """Megabytes of this process, as the kernel names them."""
    found: dict[str, float] = {}
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, _, size = line.partition(":")
        found[name] = int(size.split()[0]) / 1000
    return found


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None  # noqa: S101 (it is a pipe)
    return process.stdout.readline()


if __name__ == "__main__":
    main()
