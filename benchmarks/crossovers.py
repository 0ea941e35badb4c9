"""Whether the engine that is chosen is ever slower than FAISS's brute force: all sizes and batches.

For every size of index, threshold and batch: CPU µs per query of `RangeIndex` (tables given), of
`IndexBinaryFlat`, their ratio, and which engine was chosen. `plan.py` holds the costs that it
chooses by; change them where the ratio is below one.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

os.environ["OMP_NUM_THREADS"] = "1"

import faiss

from hashmatch.bench.codes import uniform
from hashmatch.search.mih import build
from hashmatch.search.ranges import RangeIndex

_ROUNDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 if brute force was faster by more than a fifth anywhere."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--codes", type=int, nargs="+", default=[1000, 20_000, 100_000, 1_000_000])
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--thresholds", type=int, nargs="+", default=[10, 20, 31, 40, 48, 56, 64])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 16, 1000, 10_000])
    chosen = parser.parse_args(arguments)
    slower = 0
    print(
        "| codes | threshold | batch | µs | FAISS flat µs | × | engine |",
        "|---" * 7 + "|",
        sep="\n",
    )
    for count in chosen.codes:
        codes = uniform(count, chosen.width, 1)
        index = RangeIndex(codes, build(codes))
        flat = faiss.IndexBinaryFlat(8 * chosen.width)
        flat.add(codes)
        for threshold in chosen.thresholds:
            for batch in chosen.batches:
                queries = uniform(batch, chosen.width, 2)
                brute = queries[: max(1, min(batch, 2_000_000_000 // count // 10))]
                times = [
                    (
                        _microseconds(partial(index.search, queries, threshold), batch),
                        _microseconds(partial(flat.range_search, brute, threshold + 1), len(brute)),
                    )
                    for _ in range(_ROUNDS)
                ]
                ours, theirs = (min(column) for column in zip(*times, strict=True))
                slower += theirs / ours < 1 / 1.2
                print(
                    f"| {count:,} | {threshold} | {batch:,} | {ours:.1f} | {theirs:.1f}"
                    f" | {theirs / ours:.2f} | {index.engine(threshold, batch)} |",
                    flush=True,
                )
    print(f"slower than brute force by more than a fifth: {slower}")
    return int(slower > 0)


def _microseconds(call: Callable[[], object], queries: int) -> float:
    """CPU time per query, repeated for at least two milliseconds."""
    repeats = 0
    began = time.process_time_ns()
    while (spent := time.process_time_ns() - began) < 2_000_000:
        call()
        repeats += 1
    return spent / repeats / queries / 1000


if __name__ == "__main__":
    sys.exit(main())
