"""How fast all neighbours of a hash are found: ours against other programs, and the memory's limit.

CPU time of one thread, in one run. Codes have the correlations of real PDQ hashes
(`benchmarks/hashes.py`); of a thousand queries 999 have no neighbour, one has. Batches are given as
they are to programs that take them; programs whose time per query does not depend on the batch are
measured with as many queries as take about two seconds. Each figure is the median over rounds, in
which all engines take turns. Every engine's pairs are compared with those of brute force.

The limit of a single query is the time that numpy takes to copy as many bytes from as many random
places as our search looks at; that of a batch, to read all tables once.

To repeat:

    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install -e . -r benchmarks/requirements-peers.txt
    /tmp/peers/bin/python -m benchmarks.search --json search.json             # 1 million
    /tmp/peers/bin/python -m benchmarks.search --codes 10000000 --few         # 10 million
"""

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import unix

for _variable in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_variable}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402 (reads the variables at import)

from benchmarks import engines, hashes  # noqa: E402
from hashmatch.bench.codes import asked, realistic, uniform  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PACKAGES: Final = ("hashmatch", "faiss-cpu", "numpy", "threatexchange", "usearch")
_SIZES: Final = (1, 10_000, 100_000)
_BATCHED: Final = (engines.OURS, engines.COMPACT)
_FEW: Final = (engines.OURS, engines.COMPACT, engines.FLAT)
_SECONDS: Final = 2.0
_TARGETED: Final = 1_000_000
_TARGETS: Final = {1: 60.0, 10_000: 100.0, 100_000: 250.0}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 if an engine of ours is wrong, 0 even where a target is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--codes", type=int, default=1_000_000)
    parser.add_argument("--width", type=int, default=32, help="bytes of a code; 32 is PDQ")
    parser.add_argument("--thresholds", type=int, nargs="+", default=[31])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", help="only engines with these names")
    parser.add_argument("--few", action="store_true", help="only ours and FAISS's flat index")
    parser.add_argument("--batches", type=int, nargs="+", default=list(_SIZES))
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    chosen = parser.parse_args(arguments)
    codes, misses = _codes(chosen.codes, chosen.width, max(chosen.batches))
    record: dict[str, object] = {"machine": _machine(), "codes": len(codes), "width": chosen.width}
    print(*(f"{name}: {value}" for name, value in _machine().items()), sep="\n")
    print(f"{len(codes):,} codes of {8 * chosen.width} bits", flush=True)
    wrong = 0
    for threshold in chosen.thresholds:
        queries = asked(codes, misses, threshold, 3)
        names = chosen.only or (_FEW if chosen.few else tuple(engines.MAKERS))
        held, facts = _build(codes, threshold, names)
        wrong += _check(held, codes, queries, threshold, facts)
        _measure(held, queries, chosen.batches, chosen.rounds, facts)
        record[f"threshold {threshold}"] = facts
        print("", *_table(len(codes), threshold, facts, chosen.batches), sep="\n", flush=True)
    record["limits"] = _limits(len(codes), chosen.width)
    print("", *(f"{name}: {value:.1f}" for name, value in record["limits"].items()), sep="\n")  # type: ignore[attr-defined]
    if chosen.json:
        chosen.json.write_text(json.dumps(record, indent=1) + "\n")
    return int(wrong > 0)


def _codes(count: int, width: int, queries: int) -> "tuple[NDArray[np.uint8], NDArray[np.uint8]]":
    if width != 32:
        return uniform(count, width, 1), uniform(queries, width, 2)
    like = hashes.real(500)
    return realistic(count, like, 1), realistic(queries, like, 2)


def _build(
    codes: "NDArray[np.uint8]", threshold: int, names: Sequence[str]
) -> tuple[dict[str, engines.Engine], dict[str, dict[str, float]]]:
    held, facts = {}, {}
    for name in names:
        make = engines.MAKERS[name]
        try:
            if name in _BATCHED:
                make(codes[:100], threshold)  # compiles
            gc.collect()
            before, began = _resident(), time.process_time()
            held[name] = make(codes, threshold)
        except (ImportError, ValueError, RuntimeError) as error:
            print(f"not measured: {name} ({type(error).__name__}: {error})")
            continue
        built = time.process_time() - began
        size = held[name].size or _resident() - before
        facts[name] = {"build_s": built, "bytes": size / len(codes)}
        print(f"{name} built in {built:.1f} s", flush=True)
    return held, facts


def _check(
    held: dict[str, engines.Engine],
    codes: "NDArray[np.uint8]",
    queries: "NDArray[np.uint8]",
    threshold: int,
    facts: dict[str, dict[str, float]],
) -> int:
    """Compare with brute force in numpy: the planted queries, and some that have no neighbour."""
    some = np.concatenate((queries[::1000][:30], queries[1:11]))
    words = codes.view(np.uint64)
    truth = set()
    for number, query in enumerate(some.view(np.uint64)):
        apart = np.zeros(len(codes), np.int64)
        for word in range(words.shape[1]):
            apart += np.bitwise_count(words[:, word] ^ query[word])
        truth |= {(number, int(row)) for row in np.flatnonzero(apart <= threshold)}
    wrong = 0
    for name, engine in held.items():
        for found in (
            engine.pairs(engine.search(some)),
            {
                (number, row)
                for number in range(len(some))
                for _, row in engine.pairs(engine.search(some[number : number + 1]))
            },
        ):
            facts[name]["missed"] = facts[name].get("missed", 0) + len(truth - found)
            facts[name]["spurious"] = facts[name].get("spurious", 0) + len(found - truth)
        if name in _BATCHED:
            wrong += int(facts[name]["missed"] + facts[name]["spurious"])
    return wrong


def _measure(
    held: dict[str, engines.Engine],
    queries: "NDArray[np.uint8]",
    batches: Sequence[int],
    rounds: int,
    facts: dict[str, dict[str, float]],
) -> None:
    once = {name: _seconds(partial(engine.search, queries[1:3])) for name, engine in held.items()}
    for batch in batches:
        times: dict[str, list[float]] = {name: [] for name in held}
        for turn in range(rounds):
            for name, engine in held.items():
                affordable = max(2, int(_SECONDS / rounds / max(once[name] / 2, 1e-6)))
                if batch == 1:
                    some = queries[turn * 2001 :][: min(affordable, 2000)]
                    # In a scan nobody else's data lies in the processor's cache.
                    _alone(engine.search, queries[turn * 2001 + 2001 :][: len(some)])
                    spent = _seconds(partial(_alone, engine.search, some))
                else:
                    fits = batch if name in _BATCHED else min(batch, affordable)
                    some = queries[:fits]
                    spent = _seconds(partial(engine.search, some))
                times[name].append(1e6 * spent / len(some))
        for name, spent_all in times.items():
            facts[name][f"us_{batch}"] = statistics.median(spent_all)


def _alone(search: engines.Search, queries: "NDArray[np.uint8]") -> None:
    for number in range(len(queries)):
        search(queries[number : number + 1])


def _seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def _limits(count: int, width: int) -> dict[str, float]:
    """What the memory of this machine allows."""
    chunks, row = width // 2, 256
    table = np.ones((max(1, count * chunks * 16 // row), row), np.uint8)
    probes = chunks * 17
    size = max(1, round(count / 65536 * 16 / row))
    random = np.random.default_rng(0)
    places = random.integers(0, max(1, len(table) - size), (200, probes))
    places = (places[:, :, None] + np.arange(size)).reshape(200, -1) % len(table)
    out = np.empty((places.shape[1], row), np.uint8)
    single = _seconds(lambda: [table.take(each, axis=0, out=out, mode="clip") for each in places])
    words = table.reshape(-1).view(np.uint64)
    read = _seconds(lambda: np.bitwise_xor.reduce(words))
    return {
        "µs to copy the buckets of one query at threshold 31": 1e6 * single / len(places),
        "ms to read all signatures once": 1e3 * read,
        "GB/s": table.nbytes / read / 1e9,
    }


def _table(
    count: int, threshold: int, facts: dict[str, dict[str, float]], batches: Sequence[int]
) -> Sequence[str]:
    heads = [f"{batch:,}" for batch in batches]
    lines = [
        f"threshold {threshold}: CPU µs per query, single and in batches, and × ours",
        "| engine | " + " | ".join(f"{head} | × ours" for head in heads)
        + " | bytes per code | build, s | missed | spurious |",
        "|---|" + "---|" * (2 * len(heads) + 4),
    ]  # fmt: skip
    for name, fact in facts.items():
        cells = []
        for batch in batches:
            value = fact[f"us_{batch}"]
            own = facts.get(engines.OURS, fact)[f"us_{batch}"]
            cells += [f"{value:,.1f}", f"{value / own:,.2f}"]
        tail = f"{fact['bytes']:.0f} | {fact['build_s']:.1f} | {fact['missed']:.0f}"
        lines.append(f"| {name} | {' | '.join(cells)} | {tail} | {fact['spurious']:.0f} |")
    if count == _TARGETED and threshold == 31 and engines.HASH in facts and engines.OURS in facts:
        for batch, target in _TARGETS.items():
            if batch in batches:
                key = f"us_{batch}"
                ratio = facts[engines.HASH][key] / facts[engines.OURS][key]
                verdict = "holds" if ratio >= target else "MISSED"
                lines.append(
                    f"× over MultiHash, {batch:,}: {ratio:.0f}, target {target:.0f}: {verdict}"
                )
    return lines


def _resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    return (
        int(status.read_text().split()[1]) * unix.os.sysconf("SC_PAGE_SIZE")
        if status.exists()
        else 0
    )


def _machine() -> dict[str, str]:
    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), cpu)
    versions = []
    for package in _PACKAGES:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return {
        "processor": f"{cpu}, {os.cpu_count()} cores, one thread used",
        "system": platform.platform(),
        "Python": sys.version.split()[0],
        "packages": ", ".join(versions),
    }


if __name__ == "__main__":
    sys.exit(main())
