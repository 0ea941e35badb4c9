"""Which engine answers a search: the one that the measured costs promise to be the fastest.

All engines return the same; only time depends on what is chosen here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import numpy as np

from hashmatch.index import pigeonhole


class Engine(StrEnum):
    """How a search is done."""

    FLAT = "flat"
    """Every query meets every code."""

    PROBE = "multi-index"
    """Each query looks into its buckets."""

    JOIN = "multi-index join"
    """Each bucket meets all queries that look into it."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Nanoseconds of one thread, by `python -m benchmarks.search --costs` on an EPYC of 2021.

    Attributes:
        call: a search, however small.
        flat: one code, for few queries: bound by memory.
        flat_batch: one code, for many queries.
        bucket: looking into one bucket that is not in the processor's cache.
        entry: one code in a bucket.
        join_bucket: one bucket that one of all queries may look into.
        join_row: one row of the tables, read once for all queries.
        join_meeting: one query in one bucket.
        join_entry: one code in a bucket, for one query.
    """

    call: float
    flat: float
    flat_batch: float
    bucket: float
    entry: float
    join_bucket: float
    join_row: float
    join_meeting: float
    join_entry: float


FLAT_CALL: Final = 30_000.0
INLINE: Final = Costs(20_000, 3.0, 1.6, 70, 1.2, 1.2, 2.0, 6, 0.5)
COMPACT: Final = Costs(20_000, 3.0, 1.6, 100, 35, 1.2, 25, 6, 0.5)
BATCH: Final = 16


@dataclass(frozen=True, slots=True)
class Workload:
    """What a search has to do, on average over random codes.

    Attributes:
        codes: indexed codes.
        queries: queries of the search.
        buckets: how many buckets each chunk has.
        probes: how many of them a query looks into, for each chunk.
    """

    codes: int
    queries: int
    buckets: Sequence[int]
    probes: Sequence[int]


def cheapest(work: Workload, costs: Costs) -> Engine:
    """The engine that is expected to be the fastest."""
    expected = {
        Engine.FLAT: flat(work, costs),
        Engine.PROBE: probe(work, costs),
        Engine.JOIN: join(work, costs),
    }
    return min(expected, key=lambda engine: expected[engine])


def flat(work: Workload, costs: Costs) -> float:
    """Nanoseconds of comparing everything with everything."""
    each = costs.flat_batch if work.queries >= BATCH else costs.flat
    return FLAT_CALL + work.queries * work.codes * each


def probe(work: Workload, costs: Costs) -> float:
    """Nanoseconds of looking into the buckets of each query."""
    probes = sum(work.probes)
    return costs.call + work.queries * (probes * costs.bucket + _entries(work) * costs.entry)


def join(work: Workload, costs: Costs) -> float:
    """Nanoseconds of walking all tables once."""
    pairs = list(zip(work.buckets, work.probes, strict=True))
    looked = sum(buckets * probes for buckets, probes in pairs)
    rows = work.codes * sum(probes > 0 for _, probes in pairs)
    meetings = sum(min(1.0, work.codes / buckets) * probes for buckets, probes in pairs)
    once = costs.call + looked * costs.join_bucket + rows * costs.join_row
    return once + work.queries * (meetings * costs.join_meeting + _entries(work) * costs.join_entry)


def _entries(work: Workload) -> float:
    pairs = zip(work.buckets, work.probes, strict=True)
    return sum(work.codes / buckets * probes for buckets, probes in pairs)


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
        work = Workload(self._codes, queries, buckets, np.diff(probes.first).tolist())
        engine = cheapest(work, self._costs)
        limit = int(self._codes * self._costs.flat / self._costs.entry)
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
