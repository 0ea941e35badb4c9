"""Clusters against every pair compared, and the properties that they promise."""

import numpy as np
import pytest
from numpy.typing import NDArray

from hashmatch.tracing.clustering import Clusters, Joined
from hashmatch.tracing.growing import GrowingIndex


def near_copies(seed: int, count: int, originals: int, most: int) -> NDArray[np.uint8]:
    """Codes of pictures in eight orientations, each some bits from one of the originals."""
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 256, (originals, 8, 32), dtype=np.uint8)
    codes = base[rng.integers(0, originals, count)].copy()
    turned = rng.random(count) < 0.3
    codes[turned] = codes[turned][:, ::-1]
    for number, bits in enumerate(rng.integers(0, most, count)):
        for bit in rng.integers(0, 256, bits).tolist():
            codes[number, :, bit // 8] ^= np.uint8(1 << bit % 8)
    return codes


def by_brute_force(codes: NDArray[np.uint8], threshold: int) -> list[Joined]:
    """The same as `Clusters.join` of an empty one, each pair compared.

    Args:
        codes: (n, 8, bytes) uint8.
        threshold: the largest distance to a medoid.
    """
    medoids: list[int] = []
    joined = []
    for number, turned in enumerate(codes):
        options = []
        for row, medoid in enumerate(medoids):
            differing = np.unpackbits(turned ^ codes[medoid, 0], axis=1).sum(axis=1)
            at = int(differing.argmin())
            options.append((int(differing[at]), row, at + 1))
        if options and min(options)[0] <= threshold:
            distance, row, orientation = min(options)
            joined.append(Joined(row, distance, orientation, is_medoid=False))
        else:
            joined.append(Joined(len(medoids), 0, 1, is_medoid=True))
            medoids.append(number)
    return joined


@pytest.mark.parametrize("threshold", [0, 12, 31])
def test_clusters_are_those_of_brute_force(threshold: int) -> None:
    codes = near_copies(7, 700, 60, 16)
    found = Clusters(threshold)
    several = [*found.join(codes[:3]), *found.join(codes[3:400]), *found.join(codes[400:])]
    assert several == [*by_brute_force(codes, threshold)]
    assert len(found) == sum(each.is_medoid for each in several)


def test_medoids_that_are_there_already_keep_their_numbers() -> None:
    codes = near_copies(8, 300, 40, 10)
    whole = [*Clusters(12).join(codes)]
    begun = Clusters(12)
    first = [*begun.join(codes[:150])]
    resumed = Clusters(12)
    resumed.add_medoids(codes[:150][[each.is_medoid for each in first], 0])
    assert [*first, *resumed.join(codes[150:])] == whole


def test_a_pan_does_not_end_in_one_cluster() -> None:
    """Each picture is eight bits from the next; the ends are far from each other."""
    codes = np.zeros((12, 8, 32), np.uint8)
    for number in range(12):
        codes[number, :, :number] = 0xFF
    joined = [*Clusters(12).join(codes)]
    assert max(each.distance for each in joined) <= 12
    assert joined[0].medoid != joined[-1].medoid


def test_codes_that_grow_are_all_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hashmatch.tracing.growing._LEAST", 64)
    rng = np.random.default_rng(9)
    codes = rng.integers(0, 256, (1000, 32), dtype=np.uint8)
    found = GrowingIndex(32)
    for first in range(0, 1000, 37):
        found.add(codes[first : first + 37])
    queries = codes.copy()
    queries[:, 0] ^= 1
    pairs = found.search(queries, 1)
    assert pairs.queries.tolist() == pairs.rows.tolist() == [*range(1000)]
    assert set(pairs.distances.tolist()) == {1}
