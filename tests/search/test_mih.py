from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hashmatch.model.layout import Layout
from hashmatch.search import mih
from hashmatch.search.kernels.searching import Flips, probe
from hashmatch.search.pigeonhole import bounds_of
from hashmatch.search.plan import Engine, Plan, Planner
from tests.support.codes import KINDS, codes, expected, listed, near, real_pdq
from tests.support.kernels import NEEDED

LOOKS = 1 << 16
"""As in `csrc/join.h`."""
LAYOUTS = tuple(Layout)
MULTI = (Engine.PROBE, Engine.JOIN)

pytestmark = NEEDED


class Always(Planner):
    """Plans the same engine for every search, however slow it may be there."""

    def __init__(self, planner: Planner, engine: Engine, limit: int = 1 << 60) -> None:
        self._planner: Planner = planner._planner if isinstance(planner, Always) else planner
        self._engine, self._limit = engine, limit

    def plan(self, queries: int, threshold: int) -> Plan:
        probes = self._planner._probes(threshold) if queries else None
        return Plan(self._engine if probes else Engine.FLAT, probes, self._limit)


def index(known: NDArray[np.uint8], layout: Layout, engine: Engine) -> mih.MultiIndex:
    made = mih.MultiIndex(known, mih.build(known, layout=layout))
    made._planner = Always(made._planner, engine)
    return made


@given(
    st.sampled_from(KINDS),
    st.sampled_from([8, 16, 24, 32]),
    st.integers(1, 300),
    st.integers(0, 24),
    st.integers(0, 999),
)
def test_every_pair_within_the_threshold_and_no_other(
    kind: str, width: int, known: int, threshold: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    indexed = codes(kind, known, width, seed)
    queries = near(indexed, 6, 2 * threshold + 2, random)
    truth = expected(indexed, queries, threshold)
    for layout in LAYOUTS:
        for engine in MULTI:
            assert listed(index(indexed, layout, engine).search(queries, threshold)) == truth


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [8, 32])
def test_both_layouts_and_both_ways_agree_with_brute_force(kind: str, width: int) -> None:
    random = np.random.default_rng(width)
    indexed = codes(kind, 2000, width)
    queries = near(indexed, 24, 60, random)
    for threshold in (0, 4, 16) if width == 8 else (0, 1, 15, 16, 31, 32):
        truth = expected(indexed, queries, threshold)
        for layout in LAYOUTS:
            for engine in MULTI:
                assert listed(index(indexed, layout, engine).search(queries, threshold)) == truth


@pytest.mark.parametrize("threshold", [40, 47, 48, 56, 64])
def test_far_thresholds(threshold: int) -> None:
    indexed = codes("clustered", 1500, 32)
    queries = near(indexed, 12, 2 * threshold, np.random.default_rng(threshold))
    truth = expected(indexed, queries, threshold)
    for layout in LAYOUTS:
        for engine in MULTI:
            assert listed(index(indexed, layout, engine).search(queries, threshold)) == truth


def test_real_hashes_of_photos() -> None:
    indexed = real_pdq(60)
    queries = near(indexed, 60, 70, np.random.default_rng(1))
    for threshold in (0, 20, 31, 40):
        truth = expected(indexed, queries, threshold)
        for layout in LAYOUTS:
            for engine in MULTI if threshold <= 31 else MULTI[:1]:
                assert listed(index(indexed, layout, engine).search(queries, threshold)) == truth


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("engine", MULTI)
def test_a_hundred_thousand_codes(layout: Layout, engine: Engine) -> None:
    indexed = codes("random", 100_000, 32)
    queries = near(indexed, 100, 62, np.random.default_rng(2))
    assert listed(index(indexed, layout, engine).search(queries, 31)) == expected(
        indexed, queries, 31
    )


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("width", [8, 32])
def test_few_codes(count: int, width: int) -> None:
    indexed = codes("random", 5, width)[:count]
    queries = codes("random", 5, width)
    truth = expected(indexed, queries, 8)
    for layout in LAYOUTS:
        assert listed(index(indexed, layout, Engine.PROBE).search(queries, 8)) == truth


def test_every_distance_at_the_threshold_and_beyond() -> None:
    indexed = codes("random", 50, 32)
    for engine in MULTI:
        made = index(indexed, Layout.INLINE, engine)
        for threshold in (0, 16, 31) if engine is Engine.JOIN else range(49):
            for distance in (threshold, threshold + 1):
                query = indexed[7:8].copy()
                flips = np.zeros(256, np.uint8)
                # Spread evenly over the chunks, where the pigeonhole rule is at its tightest.
                flips[(np.arange(distance) * 16 + np.arange(distance) // 16) % 256] = 1
                found = made.search(query ^ np.packbits(flips), threshold)
                assert listed(found) == ([(0, distance, 7)] if distance == threshold else [])


def test_a_pair_that_many_tables_hold_counts_once() -> None:
    indexed = np.repeat(codes("random", 3, 32), 400, axis=0)
    queries = near(indexed, 8, 30, np.random.default_rng(4))
    truth = expected(indexed, queries, 31)
    assert len(truth) > 400
    for layout in LAYOUTS:
        for engine in MULTI:
            assert listed(index(indexed, layout, engine).search(queries, 31)) == truth


@pytest.mark.parametrize("layout", LAYOUTS)
def test_more_looks_into_neighbouring_buckets_than_are_sorted_at_once(layout: Layout) -> None:
    random = np.random.default_rng(7)
    indexed = codes("random", 100, 32)
    made = index(indexed, layout, Engine.JOIN)
    probes = made._planner.plan(1, 62).probes
    assert probes is not None
    # In one chunk as many bits as are flipped there, in all others one more: found nowhere else.
    count = 12_000
    flips = np.tile(probes.radii + 1, (count, 1))
    flips[np.arange(count), random.integers(0, 16, count)] -= 1
    bits = np.argsort(random.random((count, 16, 16)), axis=2) < flips[:, :, None]
    queries = indexed[41] ^ np.packbits(bits.reshape(count, 256), axis=1, bitorder="little")
    assert count / 2 * len(probes.masks) / 16 > 20 * LOOKS
    assert listed(made.search(queries, 62)) == [(query, 62, 41) for query in range(count)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_queries_with_full_buckets_are_compared_with_all(layout: Layout) -> None:
    indexed = codes("templates", 3000, 32)
    queries = near(indexed, 30, 40, np.random.default_rng(5))
    made = index(indexed, layout, Engine.PROBE)
    made._planner = Always(made._planner, Engine.PROBE, limit=1000)
    probes = made._planner.plan(1, 31).probes
    assert probes is not None
    flips = Flips(probes, made._bounds)
    _, refused = probe(made._tables, flips, queries.view(np.uint64), 31, 1000)
    assert 0 < len(refused) < len(queries)
    assert listed(made.search(queries, 31)) == expected(indexed, queries, 31)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_touched_rows_are_all_that_a_search_reads(layout: Layout) -> None:
    indexed = codes("clustered", 3000, 32)
    queries = near(indexed, 5, 40, np.random.default_rng(6))
    arrays = mih.build(indexed, layout=layout)
    made = mih.MultiIndex(indexed, arrays)
    made._planner = Always(made._planner, Engine.PROBE)
    ranges = made.touched(queries, 31)
    assert (ranges[:, 0] < ranges[:, 1]).all()
    assert (ranges[1:, 0] > ranges[:-1, 1]).all()
    read = np.zeros(len(arrays["entries"]), bool)
    for begin, end in ranges:
        read[begin:end] = True
    assert 0 < read.sum() < len(read) / 4
    changed = {name: array.copy() for name, array in arrays.items()}
    changed["entries"][~read] = 2**32 - 1  # would be found out if it were read
    if layout == Layout.INLINE:
        changed["signatures"][: len(read)][~read] = 0
    other = mih.MultiIndex(indexed, changed)
    other._planner = made._planner
    assert listed(other.search(queries, 31)) == expected(indexed, queries, 31)
    assert made.touched(queries[:0], 31).shape == (0, 2)
    assert made.touched(queries, 300).shape == (0, 2)
    made._planner = Always(made._planner, Engine.JOIN)
    assert made.touched(queries, 31).tolist() == [[0, len(read)]]


@pytest.mark.parametrize("row", [100, 1 << 31])
@pytest.mark.parametrize("engine", MULTI)
def test_a_damaged_table_is_found_out(engine: Engine, row: int) -> None:
    indexed = codes("random", 100, 32)
    for layout in LAYOUTS:
        arrays = mih.build(indexed, layout=layout)
        arrays["entries"][::7] = row
        made = mih.MultiIndex(indexed, arrays)
        made._planner = Always(made._planner, engine)
        with pytest.raises(ValueError, match="a code that does not exist"):
            made.search(indexed, 0)


def test_tables_of_other_codes_are_refused() -> None:
    arrays = mih.build(codes("random", 100, 32))
    with pytest.raises(ValueError, match="do not belong"):
        mih.MultiIndex(codes("random", 101, 32), arrays)
    arrays["offsets"][1000] = 101
    with pytest.raises(ValueError, match="do not belong"):
        mih.MultiIndex(codes("random", 100, 32), arrays)
    with pytest.raises(ValueError, match="no whole 64-bit words"):
        mih.build(codes("random", 100, 6))


@pytest.mark.parametrize("mode", ["r", "c"])
def test_tables_mapped_from_a_file(tmp_path: Path, mode: Literal["r", "c"]) -> None:
    indexed = codes("clustered", 3000, 32)
    queries = near(indexed, 20, 40, np.random.default_rng(7))
    arrays = mih.build(indexed)
    for name, array in (arrays | {"codes": indexed}).items():
        np.save(tmp_path / f"{name}.npy", array)
    mapped = {
        name: np.load(tmp_path / f"{name}.npy", mmap_mode=mode) for name in (*arrays, "codes")
    }
    made = mih.MultiIndex(mapped.pop("codes"), mapped)
    for engine in MULTI:
        made._planner = Always(mih.planner(3000, arrays["bounds"].tolist(), Layout.INLINE), engine)
        assert listed(made.search(queries, 31)) == expected(indexed, queries, 31)


def test_many_threads_search_one_index() -> None:
    indexed = codes("clustered", 20_000, 32)
    made = index(indexed, Layout.INLINE, Engine.PROBE)
    batches = [near(indexed, 20, 40, np.random.default_rng(seed)) for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda batch: listed(made.search(batch, 31)), batches))
    assert found == [expected(indexed, batch, 31) for batch in batches]


def test_the_compact_layout_is_wide_for_long_lists() -> None:
    assert len(mih.bounds_for(1_000_000, 32, Layout.COMPACT)) == 17
    assert len(mih.bounds_for(10_000_000, 32, Layout.COMPACT)) == 13


@pytest.mark.parametrize("chunks", [11, 12, 13])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_chunks_of_any_width(chunks: int, layout: Layout) -> None:
    indexed = codes("correlated", 300, 32)
    queries = near(indexed, 10, 40, np.random.default_rng(8))
    made = mih.MultiIndex(indexed, mih._made(indexed, bounds_of(256, chunks), layout).arrays())
    for threshold in (chunks - 1, 24):
        truth = expected(indexed, queries, threshold)
        for engine in MULTI:
            made._planner = Always(made._planner, engine)
            assert listed(made.search(queries, threshold)) == truth


def test_touched_rows_are_those_whose_keys_are_near() -> None:
    indexed = codes("clustered", 2000, 32)
    queries = indexed[
        ::700
    ]  # themselves, so that every bucket they look into first holds something
    arrays = mih.build(indexed)
    made = mih.MultiIndex(indexed, arrays)
    made._planner = Always(made._planner, Engine.PROBE)
    probes = made._planner.plan(3, 20).probes
    assert probes is not None
    keys = indexed.view("<u2").T  # a row for each chunk
    tables = arrays["entries"].reshape(16, -1)
    wanted = np.zeros(tables.shape, bool)
    for query in queries.view("<u2"):
        for chunk, radius in enumerate(probes.radii):
            apart = np.bitwise_count(keys[chunk][tables[chunk]] ^ query[chunk])
            wanted[chunk] |= apart <= radius
    read = np.zeros(wanted.size, bool)
    for begin, end in made.touched(queries, 20):
        read[begin:end] = True
    assert read.tolist() == wanted.ravel().tolist()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_many_queries_look_into_one_bucket(layout: Layout) -> None:
    indexed = codes("random", 300, 32)
    queries = near(indexed[:2], 120, 31, np.random.default_rng(10))
    found = index(indexed, layout, Engine.JOIN).search(queries, 31)
    assert listed(found) == expected(indexed, queries, 31)
