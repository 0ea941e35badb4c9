"""Whether the search is exact: every way of it against brute force, in a fixed large run.

Every pair that plain numpy finds by counting bits must be found, and no other. Codes are random,
with the correlations of real PDQ hashes, near each other, and many times the same; queries lie at
all distances up to twice the threshold. Both layouts search by probing and by joining, whatever the
planner would choose. `python -m benchmarks.exactness` takes about five minutes; `--scale` more.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks import hashes
from hashmatch.bench.codes import realistic, uniform
from hashmatch.model.layout import Layout
from hashmatch.search import mih
from hashmatch.search.plan import Engine, Plan, Planner
from hashmatch.search.ranges import RangeIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAR: Final = (0, 1, 7, 15, 16, 20, 24, 31, 32, 40, 47, 48, 56, 64)
_NEAR: Final = (0, 1, 2, 3, 4, 6, 7, 8, 10, 12, 16)
_LAYOUTS: Final = tuple(Layout)
_JOINED: Final = 31  # a join beyond walks through more combinations than a test should


class _Always(Planner):
    """Plans the same engine for every search."""

    def __init__(self, planner: Planner, engine: Engine) -> None:
        self._planner, self._engine = planner, engine

    def plan(self, queries: int, threshold: int) -> Plan:
        """The engine, whatever it costs."""
        probes = self._planner._probes(threshold) if queries else None  # noqa: SLF001
        return Plan(self._engine if probes else Engine.FLAT, probes, 1 << 60)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare and print; 1 if a pair was missed or spurious."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0, help="times as many queries")
    chosen = parser.parse_args(arguments)
    totals = np.zeros(5, np.int64)
    like = hashes.real(300)
    print(
        "codes | kind | bits | thresholds | searches | pairs compared | found | missed | spurious"
    )
    for kind, codes in _sets(like):
        began = time.process_time()
        counts = _compare(codes, max(2, int(_queries(len(codes)) * chosen.scale)))
        totals += counts
        bits = 8 * codes.shape[1]
        listed = _NEAR if bits == 64 else _FAR
        print(
            f"{len(codes):,} | {kind} | {bits} | {listed[0]}–{listed[-1]} | "
            + " | ".join(f"{value:,}" for value in counts.tolist())
            + f" | {time.process_time() - began:.0f} s",
            flush=True,
        )
    searches, compared, found, missed, spurious = totals.tolist()
    print(
        f"{searches:,} searches, {compared:,} pairs compared with brute force, {found:,} found:"
        f" {missed} missed, {spurious} spurious"
    )
    return int(missed + spurious > 0)


def _sets(like: "NDArray[np.uint8]") -> "Iterator[tuple[str, NDArray[np.uint8]]]":
    yield "real PDQ of photos", like
    for count in (1, 2, 3, 100, 10_000, 100_000, 1_000_000):
        yield "random", uniform(count, 32, count)
        yield "random", uniform(count, 8, count)
    for count in (10_000, 100_000, 1_000_000):
        yield "like real PDQ", realistic(count, like, count)
    for width in (8, 32):
        few = uniform(500, width, 5)
        yield "500 codes, many times", few[np.random.default_rng(6).integers(0, 500, 20_000)]
        yield "near each other", _near(few, 100_000, 2 * width, 7)
        templates = uniform(100_000, width, 8)
        templates[::2, : width // 2] = 0
        yield "half of each second code alike", templates


def _queries(codes: int) -> int:
    return 100 if codes <= 20_000 else 40 if codes <= 100_000 else 20


def _near(known: "NDArray[np.uint8]", count: int, most: int, seed: int) -> "NDArray[np.uint8]":
    """Codes at all distances up to `most` bits from known ones."""
    random = np.random.default_rng(seed)
    bits = 8 * known.shape[1]
    flips = np.zeros((count, bits), np.uint8)
    for row, several in enumerate(random.integers(0, min(most, bits) + 1, count)):
        flips[row, random.permutation(bits)[:several]] = 1
    return known[random.integers(0, len(known), count)] ^ np.packbits(flips, axis=1)


def _compare(codes: "NDArray[np.uint8]", count: int) -> "NDArray[np.int64]":
    """Searches, pairs compared, neighbours, missed, spurious."""
    thresholds = _NEAR if codes.shape[1] == 8 else _FAR
    planted = [_near(codes, 3, 2 * threshold, threshold) for threshold in thresholds]
    queries = np.concatenate((*planted, _near(codes, count, 2 * thresholds[-1], 99)))
    apart = _distances(codes, queries)
    totals = np.zeros(5, np.int64)
    whole = RangeIndex(codes)
    for layout in _LAYOUTS:
        index = mih.MultiIndex(codes, mih.build(codes, layout=layout))
        planner = index._planner  # noqa: SLF001
        for threshold in thresholds:
            near = np.argwhere(apart <= threshold)
            truth = _keys(near[:, 0], near[:, 1], apart[near[:, 0], near[:, 1]], len(codes))
            for engine in (Engine.PROBE, Engine.JOIN, None):
                if engine is Engine.JOIN and threshold > min(_JOINED, thresholds[-1]):
                    continue
                index._planner = _Always(planner, engine) if engine else planner  # noqa: SLF001
                searched = index if engine or layout is Layout.COMPACT else whole
                found = searched.search(queries, threshold)
                keys = _keys(found.queries, found.rows, found.distances, len(codes))
                hit = len(np.intersect1d(truth, keys))
                totals += (1, apart.size, hit, len(truth) - hit, len(keys) - hit)
    return totals


def _distances(codes: "NDArray[np.uint8]", queries: "NDArray[np.uint8]") -> "NDArray[np.int16]":
    words, asked = codes.view(np.uint64), queries.view(np.uint64)
    apart = np.zeros((len(asked), len(words)), np.int16)
    for number, query in enumerate(asked):
        for word in range(words.shape[1]):
            apart[number] += np.bitwise_count(words[:, word] ^ query[word])
    return apart


def _keys(
    queries: "NDArray[np.int64]",
    rows: "NDArray[np.int64]",
    distances: "NDArray[np.integer]",
    codes: int,
) -> "NDArray[np.int64]":
    return (queries * codes + rows) * 512 + distances


if __name__ == "__main__":
    sys.exit(main())
