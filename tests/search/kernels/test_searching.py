"""All instruction sets find the same, and tables that lie lead nowhere."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from hashmatch.model.layout import Layout
from hashmatch.search import mih, pigeonhole
from hashmatch.search.kernels.searching import Flips, join, probe, ranges
from hashmatch.search.kernels.tables import PADDING, Tables, fill
from tests.support.codes import KINDS, codes, expected, near
from tests.support.kernels import NEEDED, at, levels

pytestmark = NEEDED

LAYOUTS = tuple(Layout)


def tables_of(
    indexed: "np.typing.NDArray[np.uint8]", layout: Layout
) -> "dict[str, np.typing.NDArray[np.generic]]":
    arrays = mih.build(indexed, layout=layout)
    return {**arrays, "signatures": arrays["signatures"].reshape(-1)}


def opened(indexed: "np.typing.NDArray[np.uint8]", arrays: dict[str, np.ndarray]) -> Tables:
    return Tables(
        indexed.view(np.uint64),
        *(arrays[name] for name in ("offsets", "entries", "signatures", "bounds")),
    )


def flips_of(tables: Tables, threshold: int) -> Flips:
    bounds = tables.bounds.tolist()
    radii = pigeonhole.radii_for(bounds, threshold, codes=tables.count, probe=50)
    return Flips(pigeonhole.probes(bounds, radii), tables.bounds)


def pairs_of(found: "np.typing.NDArray[np.int64]") -> list[tuple[int, int, int]]:
    return sorted((query, distance, row) for query, row, distance in found.tolist())


@pytest.mark.parametrize("width", [8, 16, 24, 32])
def test_every_instruction_set_finds_the_same(width: int) -> None:
    threshold = width
    for kind in KINDS:
        indexed = codes(kind, 700, width)
        queries = near(indexed, 40, 2 * threshold, np.random.default_rng(3))
        truth = sorted(
            (query, distance, row) for query, distance, row in expected(indexed, queries, threshold)
        )
        for layout in LAYOUTS:
            made: dict[str, list[bytes]] = {}
            for level in levels():
                with at(level):
                    arrays = tables_of(indexed, layout)
                    for name, array in arrays.items():
                        made.setdefault(name, []).append(array.tobytes())
                    tables = opened(indexed, arrays)
                    flips, asked = flips_of(tables, threshold), queries.view(np.uint64)
                    found, refused = probe(tables, flips, asked, threshold, 1 << 40)
                    assert pairs_of(found) == truth
                    assert len(refused) == 0
                    assert pairs_of(join(tables, flips, asked, threshold)) == truth
                    made.setdefault("ranges", []).append(
                        ranges(tables, flips, asked, 1000).tobytes()
                    )
            assert all(len(set(each)) == 1 for each in made.values())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_buckets_that_are_out_of_order_are_found_out(layout: Layout) -> None:
    """Also where they change after the tables were opened."""
    indexed = codes("random", 400, 32)
    arrays = tables_of(indexed, layout)
    tables = opened(indexed, arrays)
    flips, asked = flips_of(tables, 31), indexed.view(np.uint64)
    for value in (2**32 - 1, 401):
        arrays["offsets"][5000:5100] = value
        with pytest.raises(ValueError, match="out of order"):
            probe(tables, flips, asked, 31, 1 << 40)
        with pytest.raises(ValueError, match="out of order"):
            join(tables, flips, asked, 31)
        with pytest.raises(ValueError, match="out of order"):
            ranges(tables, flips, asked, 1 << 40)


def test_threads_do_not_meet() -> None:
    indexed = codes("clustered", 5000, 32)
    tables = opened(indexed, tables_of(indexed, Layout.INLINE))
    flips = flips_of(tables, 31)
    queries = near(indexed, 64, 40, np.random.default_rng(4)).view(np.uint64)
    alone = [probe(tables, flips, queries[[at]], 31, 1 << 40)[0].tolist() for at in range(64)]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(
            lambda at: probe(tables, flips, queries[[at % 64]], 31, 1 << 40)[0].tolist(),
            range(640),
        )
    assert list(found) == 10 * alone


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    indexed = codes("random", 100, 32)
    arrays = tables_of(indexed, Layout.INLINE)
    for name in ("offsets", "entries", "signatures"):
        with pytest.raises(ValueError, match="cannot be passed on"):
            opened(indexed, {**arrays, name: arrays[name][:-1]})
    assert len(arrays["signatures"]) == 2 * (16 * 100 + PADDING)
    for wrong in ([0, 256], [0, 16, 16, 256], [16, 32], [0, 16]):
        with pytest.raises(ValueError, match="do not cover"):
            opened(indexed, {**arrays, "bounds": np.array(wrong)})
    bounds, offsets = np.asarray(arrays["bounds"], np.int64), np.empty(10, np.uint32)
    with pytest.raises(ValueError, match="cannot be passed on"):
        fill(
            indexed.view(np.uint64),
            bounds,
            0,
            words=0,
            offsets=offsets,
            entries=offsets,
            signatures=np.empty(0, np.uint64),
        )


def test_probes_of_other_chunks_are_refused() -> None:
    indexed = codes("random", 100, 32)
    tables = opened(indexed, tables_of(indexed, Layout.INLINE))
    right = pigeonhole.probes(tables.bounds.tolist(), [1] * 16)
    Flips(right, tables.bounds)
    for radii, masks, first in (
        (right.radii[:-1], right.masks, right.first),
        (right.radii, right.masks[:-1], right.first),
        (right.radii, right.masks | np.uint32(1 << 16), right.first),
        (right.radii, right.masks, right.first[::-1].copy()),
        (right.radii, right.masks, right.first[1:]),
    ):
        with pytest.raises(ValueError, match="not for these chunks"):
            Flips(pigeonhole.Probes(radii, masks, first), tables.bounds)
    with pytest.raises(ValueError, match="cannot be passed on"):
        probe(tables, flips_of(tables, 31), np.zeros((3, 3), np.uint64), 31, 100)
