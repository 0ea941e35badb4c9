import subprocess
import sys

import numpy as np
import pytest

from hashmatch.model.layout import Layout
from hashmatch.search import mih
from hashmatch.search import ranges as search
from hashmatch.search.plan import Engine
from hashmatch.search.ranges import SMALL, RangeIndex
from tests.support.codes import codes, expected, listed, near


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


def test_without_numba_all_codes_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    indexed = codes("random", SMALL, 32)
    arrays = mih.build(indexed)
    monkeypatch.setitem(sys.modules, "numba", None)
    search._has_numba.cache_clear()
    try:
        index = RangeIndex(indexed, arrays)
        assert index.engine(31) == Engine.FLAT
        assert listed(index.search(indexed[:2], 31)) == expected(indexed, indexed[:2], 31)
    finally:
        monkeypatch.undo()
        search._has_numba.cache_clear()


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


def test_small_lists_never_load_numba() -> None:
    script = (
        "import sys, numpy as np;"
        "from hashmatch.search.ranges import RangeIndex;"
        "codes = np.zeros((19_999, 32), np.uint8);"
        "index = RangeIndex(codes);"
        "assert len(index.search(codes[:1], 31)) == 19_999;"
        "assert 'numba' not in sys.modules, 'numba was loaded'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603 (our own)


@pytest.mark.parametrize(
    "sabotage",
    [
        "caching.CacheImpl._locator_classes = []",  # no folder can be written
        "caching.Cache.save_overload = fail",  # the disk is full
        "caching.Cache.load_overload = fail",  # what lies there cannot be read
    ],
)
def test_without_a_cache_kernels_are_compiled_in_memory(sabotage: str) -> None:
    script = (
        "import numpy as np\n"
        "from numba.core import caching\n"
        "def fail(*_): raise OSError(28, 'No space left on device')\n"
        f"{sabotage}\n"
        "from hashmatch.search import mih\n"
        "codes = np.random.default_rng(0).integers(0, 256, (10, 32), np.uint8)\n"
        "assert sorted(mih.build(codes)['entries'][:10]) == list(range(10))\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603 (our own)
