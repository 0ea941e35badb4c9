"""What a cold and a warmed index answer first, and what a refresh does to whoever searches.

Makes an index of random hashes once. Its pages are dropped from the system's memory
(posix_fadvise), then processes look hashes up near known ones: one that opens it cold, one that
calls `Index.warm` first. Then one thread looks hashes up while another goes on to a new generation
of the whole index, without and with `warm`; what counts is the longest that a lookup took.

    python -m benchmarks.warming --hashes 10000000 --folder /tmp/warming
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import numpy as np

from benchmarks.opening import codes_of, make
from benchmarks.unix import os
from hashmatch.index.index import Index
from hashmatch.model import Hash
from hashmatch.model.layout import Layout

_FIRST = 200
_BITS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hashes", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--layout", choices=list(Layout), default=Layout.COMPACT)
    parser.add_argument("--step", choices=("cold", "warmed", "refresh", "warmed-refresh"))
    wanted = parser.parse_args()
    if wanted.step:
        step = refreshed if wanted.step.endswith("refresh") else first
        warm = wanted.step.startswith("warmed")
        print(json.dumps(step(wanted.folder, Layout(wanted.layout), warm=warm)))
        return
    if not Index.at(wanted.folder):
        make(wanted.folder, wanted.hashes, wanted.layout)
    size = sum(path.stat().st_size for path in wanted.folder.iterdir())
    print(f"{wanted.hashes:,} hashes, {wanted.layout}, {size:,} bytes")
    for name in ("cold", "warmed", "refresh", "warmed-refresh"):
        _drop(wanted.folder)
        command = [sys.executable, "-m", "benchmarks.warming", "--step", name]
        command += ["--folder", str(wanted.folder), "--layout", wanted.layout]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 (our own)
        print(f"{name}: {done.stdout.decode().strip()}", flush=True)


def _drop(folder: Path) -> None:
    """Have the system forget the files: what is opened next is read from the disk."""
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def _queries(index: Index, count: int) -> list[Hash]:
    """Hashes near known ones; `make` made those."""
    random = np.random.default_rng(1)
    codes = codes_of(len(index.lists[0]))
    found = []
    for row in random.choice(len(codes), count, replace=False).tolist():
        value = bytearray(codes[row].tobytes())
        for bit in random.choice(256, _BITS, replace=False):
            value[bit // 8] ^= 1 << bit % 8
        found.append(Hash("pdq", bytes(value)))
    return found


def first(folder: Path, _layout: Layout, *, warm: bool) -> dict[str, object]:
    """The first answers of a process."""
    from hashmatch.matching.matcher import Matcher

    start, busy = time.monotonic(), time.process_time()
    index = Index(folder)
    if warm:
        index.warm()
    ready = time.monotonic() - start
    matcher = Matcher(index)
    queries = _queries(index, _FIRST)
    took, found = [], 0
    for each in queries:
        at = time.monotonic()
        found += bool(matcher.match(each))
        took.append(time.monotonic() - at)
    return {
        "ready_s": round(ready, 2),
        "first_ms": round(1000 * took[0], 1),
        "first_10_ms": round(1000 * sum(took[:10]), 1),
        f"longest_of_{_FIRST}_ms": round(1000 * max(took), 1),
        "median_ms": round(1000 * float(np.median(took)), 2),
        "all_s": round(sum(took), 2),
        "found": f"{found} of {_FIRST}",
        "cpu_s": round(time.process_time() - busy, 1),
    }


def refreshed(folder: Path, layout: Layout, *, warm: bool) -> dict[str, object]:
    """The longest that a lookup takes while another thread goes on to a new generation."""
    from hashmatch.matching.matcher import Matcher

    index = Index(folder)
    queries = _queries(index, _FIRST)
    matcher = Matcher(index)
    if warm:
        index.warm()
    else:
        matcher.prove()  # as an index is that has answered for long: all is in memory
    # All of it in a new file, as when its publisher's list comes anew.
    make(folder, len(index.lists[0]), layout, sha256=uuid4().hex * 2)
    _drop(folder)
    stop, took = Event(), []

    def ask() -> None:
        number = 0
        while not stop.is_set():
            at = time.monotonic()
            matcher.match(queries[number % _FIRST])
            took.append((at, time.monotonic() - at))
            number += 1

    thread = Thread(target=ask)
    thread.start()
    time.sleep(2)
    at = time.monotonic()
    changed = matcher.refresh()
    swapped = time.monotonic()
    time.sleep(5)
    stop.set()
    thread.join()
    before = [each for when, each in took if when < at]
    during = [each for when, each in took if when >= at]
    return {
        "new_generation": changed,
        "refresh_s": round(swapped - at, 2),
        "median_before_ms": round(1000 * float(np.median(before)), 2),
        "longest_before_ms": round(1000 * max(before), 1),
        "longest_during_and_after_ms": round(1000 * max(during), 1),
        "answers_in_the_5_s_after_the_swap": sum(when >= swapped for when, _ in took),
    }


if __name__ == "__main__":
    main()
