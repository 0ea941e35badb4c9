from itertools import combinations

import numpy as np
import pytest

from hashmatch.search import pigeonhole


@pytest.mark.parametrize(
    ("threshold", "probes"), [(15, 16), (20, 96), (31, 272), (40, 1352), (47, 2192)]
)
def test_probes_of_sixteen_chunks(threshold: int, probes: int) -> None:
    bounds = pigeonhole.bounds_of(256, 16)
    radii = pigeonhole.radii_for(bounds, threshold, codes=10**6, probe=60)
    assert sum(radius + 1 for radius in radii) == threshold + 1
    assert pigeonhole.count(bounds, radii) == probes
    found = pigeonhole.probes(bounds, radii)
    assert len(found.masks) == found.first[-1] == probes


@pytest.mark.parametrize("threshold", range(5))
def test_no_two_codes_within_the_threshold_escape(threshold: int) -> None:
    bounds = pigeonhole.bounds_of(12, 3)
    radii = pigeonhole.radii_for(bounds, threshold, codes=100, probe=1)
    found = pigeonhole.probes(bounds, radii)
    for bits in combinations(range(12), threshold):
        apart = sum(1 << bit for bit in bits)
        assert any(
            (apart >> bounds[chunk]) % (1 << (bounds[chunk + 1] - bounds[chunk]))
            in found.masks[found.first[chunk] : found.first[chunk + 1]]
            for chunk in range(3)
        )


def test_masks_are_distinct_and_within_the_chunk() -> None:
    bounds = pigeonhole.bounds_of(256, 12)
    found = pigeonhole.probes(bounds, pigeonhole.radii_for(bounds, 31, codes=10**7, probe=3))
    for chunk, (begin, end) in enumerate(zip(found.first[:-1], found.first[1:], strict=True)):
        masks = found.masks[begin:end]
        assert len(np.unique(masks)) == len(masks)
        assert (np.bitwise_count(masks) <= found.radii[chunk]).all()
        assert (masks < 1 << (bounds[chunk + 1] - bounds[chunk])).all()


def test_a_threshold_beyond_half_of_every_chunk_is_declined() -> None:
    assert pigeonhole.radii_for((0, 4, 8), 5, codes=1, probe=1)
    assert pigeonhole.radii_for((0, 4, 8), 6, codes=1, probe=1) == []
