"""Uploads hashed by locked-down workers against hashing in this process: throughput.

    python -m benchmarks.uploads --pictures 400 --rounds 7

`hm.Workers.hash` is called by several threads with the bytes of pictures, and `hash_images` reads
the same bytes with as many threads as there are workers. Contenders take turns, round after round;
the medians of the ratios within a round are printed with their spread, and the load of the machine.
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import hashmatch as hm
from benchmarks.workers import make_pictures


def check(result: object) -> None:
    """End where a picture gave no hashes: times of failures say nothing."""
    if not isinstance(result, hm.MediaHashes):
        sys.exit(f"a picture was not read: {result}")


def in_this_process(pictures: list[bytes], threads: int) -> float:
    """Seconds on the clock."""
    begun = time.perf_counter()
    for result in hm.hash_images(pictures, threads=threads):
        check(result)
    return time.perf_counter() - begun


def in_workers(pictures: list[bytes], pool: hm.Workers, callers: int) -> float:
    """The same, by this many callers at once."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(callers) as threads:
        for result in threads.map(pool.hash, pictures):
            check(result)
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sides", type=int, nargs="+", default=[320, 1024, 2400])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    wanted = parser.parse_args()
    for side in wanted.sides:
        with tempfile.TemporaryDirectory() as name, hm.Workers(workers=wanted.workers) as pool:
            make_pictures(Path(name), wanted.pictures, side)
            pictures = [each.read_bytes() for each in sorted(Path(name).iterdir())]
            callers = 2 * wanted.workers
            in_workers(pictures[:50], pool, callers)  # all of them are started then
            ratios, rates = [], []
            for _ in range(wanted.rounds):
                plain = in_this_process(pictures, wanted.workers)
                pooled = in_workers(pictures, pool, callers)
                ratios.append(plain / pooled)
                rates.append(len(pictures) / pooled)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        print(
            f"{side:5} pixels wide, {wanted.workers} workers: {median(rates):7,.0f} uploads/s, "
            f"{median(ratios):.2f} of hash_images ({min(ratios):.2f}-{max(ratios):.2f}), "
            f"load {load:.1f}"
        )


if __name__ == "__main__":
    main()
