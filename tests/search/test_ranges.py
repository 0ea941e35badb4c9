import numpy as np
import pytest

from hashmatch.model.layout import Layout
from hashmatch.search import mih
from hashmatch.search.plan import Engine
from hashmatch.search.ranges import SMALL, RangeIndex, lead_to, tables
from tests.support.codes import codes, expected, listed, near
from tests.support.kernels import NEEDED, without_kernels


@pytest.mark.parametrize("width", [1, 6, 8, 32])
@pytest.mark.parametrize("count", [0, 1, 50, SMALL + 1])
def test_every_size_and_width(count: int, width: int) -> None:
    indexed = codes("random", count, width)
    index = RangeIndex(indexed)
    assert len(index) == count
    threshold = min(8 * width - 1, {1: 0, 6: 4, 8: 6, 32: 31}[width])
    queries = near(indexed, 20, 2 * threshold, np.random.default_rng(1)) if count else indexed
    queries = np.concatenate((queries, codes("random", 3, width, 9)))
    assert listed(index.search(queries, threshold)) == expected(indexed, queries, threshold)
    assert listed(index.search(queries[:1], threshold)) == expected(indexed, queries[:1], threshold)
    assert not len(index.search(queries[:0], threshold))


@NEEDED
def test_tables_that_are_given_are_used() -> None:
    indexed = codes("random", SMALL, 32)
    arrays = mih.build(indexed)
    arrays["signatures"].fill(0)  # so that it is seen
    index = RangeIndex(indexed, arrays)
    assert index.engine(31) == Engine.PROBE
    assert not len(index.search(indexed[:1], 31))
    assert len(index.touched(indexed[:1], 31))


def test_small_lists_and_odd_widths_are_compared_with_all() -> None:
    assert RangeIndex(codes("random", SMALL - 1, 32)).engine(31) == Engine.FLAT
    assert RangeIndex(codes("random", SMALL, 6)).engine(3) == Engine.FLAT
    assert RangeIndex(codes("random", SMALL, 6)).touched(codes("random", 1, 6), 3).shape == (0, 2)


def test_without_compiled_kernels_all_codes_are_compared_and_it_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    indexed = codes("random", SMALL, 32)
    arrays = tables(indexed).arrays()
    with without_kernels(monkeypatch):
        for index in (RangeIndex(indexed, arrays), RangeIndex(indexed)):
            assert index.engine(31) == Engine.FLAT
            assert listed(index.search(indexed[:2], 31)) == expected(indexed, indexed[:2], 31)
        assert tables(indexed).arrays() == {}
        assert lead_to(indexed, {})
    (message,) = caplog.messages
    assert "searches of large indexes and hashing are slow" in message


def test_the_planner_takes_what_is_cheaper() -> None:
    bounds = mih.bounds_for(10**6, 32, Layout.INLINE)
    planner = mih.planner(10**6, bounds, Layout.INLINE)
    assert planner.plan(1, 31).engine is Engine.PROBE
    assert planner.plan(100_000, 31).engine is Engine.JOIN
    assert planner.plan(1, 255).engine is Engine.FLAT
    assert planner.plan(1, 256).engine is Engine.FLAT
    assert planner.plan(1, 120).probes is None
    for threshold in range(0, 257, 8):
        for queries in (1, 100, 10_000):
            made = planner.plan(queries, threshold)
            assert (made.probes is None) == (made.engine is Engine.FLAT)


def test_many_queries_are_joined_in_tables_of_many_buckets_too() -> None:
    planner = mih.planner(
        20_000_000, mih.bounds_for(20_000_000, 32, Layout.COMPACT), Layout.COMPACT
    )
    assert planner.plan(1, 31).engine is Engine.PROBE
    assert planner.plan(30_000, 31).engine is Engine.JOIN
