"""Which engine answers a search: the one that the measured costs promise to be the fastest.

All engines return the same; only time depends on what is chosen here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import erfc, expm1, sqrt
from typing import Final

import numpy as np

from hashmatch.search import pigeonhole


class Engine(StrEnum):
    """How a search is done."""

    FLAT = "flat"
    """Every query is compared with every code."""

    PROBE = "multi-index"
    """Each query looks into its buckets."""

    JOIN = "multi-index join"
    """Queries are sorted into their buckets, and each bucket is compared with its queries."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Nanoseconds of one thread, measured at 20,000 to 1 million codes on an EPYC of 2021.

    `python -m benchmarks.crossovers` shows whether they still hold: where the engine that they
    choose is slower than brute force, they do not.

    Attributes:
        bucket: looking into one bucket.
        entry: one code in a bucket.
        check: one code whose signature is near enough, for a look at all of it.
        join_bucket: asking whether any query looks into one bucket.
        join_look: sorting one query into one bucket.
        join_row: one row of the buckets that are looked into, read once for all queries.
        join_entry: one code in a bucket, for one query.
        join_check: the same as `check`.
    """

    bucket: float
    entry: float
    check: float
    join_bucket: float
    join_look: float
    join_row: float
    join_entry: float
    join_check: float


INLINE: Final = Costs(17, 2.9, 250, 1.7, 13, 3.8, 0.3, 80)
COMPACT: Final = Costs(6, 18, 0, 3, 9, 21, 0.2, 80)

_CALL: Final = 6_000.0  # ns of any search, however small
_BATCH: Final = 16  # queries from which brute force reads memory once for several
_COMPARED: Final = 0.45  # ns per code of brute force, and
# Of brute force processors differ most: 0.036 and 0.095 ns on an EPYC of 2021, 0.021 and 0.035 on a
# later one with AVX-512. Between them neither loses more than half.
_COMPARED_BYTE: Final = 0.028  # ns per byte of it, in the processor's cache, and
_READ_BYTE: Final = 0.055  # ns per byte from memory, which a single query waits for
_CACHED: Final = 16 << 20  # bytes of codes that stay in the third cache


@dataclass(frozen=True, slots=True)
class Workload:
    """What a search has to do, on average over random codes.

    Attributes:
        codes: indexed codes.
        width: bytes of a code.
        queries: queries of the search.
        threshold: the largest distance that still counts.
        buckets: how many buckets each chunk has.
        probes: how many of them a query looks into, for each chunk.
    """

    codes: int
    width: int
    queries: int
    threshold: int
    buckets: Sequence[int]
    probes: Sequence[int]


def cheapest(work: Workload, costs: Costs) -> Engine:
    """The engine that is expected to be the fastest."""
    expected = {
        Engine.FLAT: flat(work),
        Engine.PROBE: probe(work, costs),
        Engine.JOIN: join(work, costs),
    }
    return min(expected, key=lambda engine: expected[engine])


def flat(work: Workload) -> float:
    """Nanoseconds of comparing everything with everything."""
    each = _COMPARED + _COMPARED_BYTE * work.width
    if work.queries < _BATCH and work.codes * work.width > _CACHED:
        each = max(each, _READ_BYTE * work.width)
    return _CALL + work.queries * work.codes * each


def probe(work: Workload, costs: Costs) -> float:
    """Nanoseconds of looking into the buckets of each query."""
    entry = costs.entry + _passing(work) * costs.check
    return _CALL + work.queries * (sum(work.probes) * costs.bucket + _entries(work) * entry)


def join(work: Workload, costs: Costs) -> float:
    """Nanoseconds of sorting the queries into their buckets, and walking all tables once."""
    looks = [work.queries * probes for probes in work.probes]
    touched = sum(
        work.codes * -expm1(-each / buckets)
        for each, buckets in zip(looks, work.buckets, strict=True)
    )
    once = _CALL + sum(work.buckets) * costs.join_bucket + touched * costs.join_row
    entry = costs.join_entry + _passing(work) * costs.join_check
    return once + sum(looks) * costs.join_look + work.queries * _entries(work) * entry


def _entries(work: Workload) -> float:
    pairs = zip(work.buckets, work.probes, strict=True)
    return sum(work.codes / buckets * probes for buckets, probes in pairs)


def _passing(work: Workload) -> float:
    """The share of signatures, 64 or 128 random bits, within the threshold: normal, nearly."""
    bits = min(8 * work.width, 128)
    return 0.5 * erfc((bits / 2 - work.threshold - 0.5) / sqrt(bits / 2))


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """How one search is done.

    Attributes:
        engine: what does it.
        probes: the buckets that are looked into; None if all codes are compared.
        limit: codes in the buckets of one query beyond which comparing it with all is faster, as
            with lists full of near-duplicates.
    """

    engine: Engine
    probes: pigeonhole.Probes | None
    limit: int


class Planner:
    """Plans searches in one set of tables, built or not yet."""

    def __init__(self, codes: int, bounds: Sequence[int], costs: Costs) -> None:
        """Plan for so many codes, cut into these chunks."""
        self._codes = codes
        self._bounds = tuple(bounds)
        self._costs = costs
        self._probes = lru_cache(maxsize=16)(self._make_probes)
        self._plans = lru_cache(maxsize=256)(self._make_plan)

    def plan(self, queries: int, threshold: int) -> Plan:
        """How so many queries with this threshold are searched the fastest."""
        return self._plans(queries, int(threshold))

    def _make_plan(self, queries: int, threshold: int) -> Plan:
        probes = self._probes(threshold) if queries and self._codes else None
        if probes is None:
            return Plan(Engine.FLAT, None, 0)
        buckets = [1 << width for width in np.diff(self._bounds).tolist()]
        asked = np.diff(probes.first).tolist()
        work = Workload(self._codes, self._bounds[-1] // 8, queries, threshold, buckets, asked)
        engine = cheapest(work, self._costs)
        alone = Workload(self._codes, work.width, 1, threshold, buckets, asked)
        limit = int(flat(alone) / self._costs.entry)
        return Plan(engine, None if engine is Engine.FLAT else probes, limit)

    def _make_probes(self, threshold: int) -> pigeonhole.Probes | None:
        costs = self._costs
        if not 0 <= threshold < self._bounds[-1]:
            return None
        radii = pigeonhole.radii_for(
            self._bounds, threshold, codes=self._codes, probe=costs.bucket / costs.entry
        )
        if not radii or pigeonhole.count(self._bounds, radii) > pigeonhole.MOST_PROBES:
            return None
        return pigeonhole.probes(self._bounds, radii)
