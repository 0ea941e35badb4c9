import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.search.flat import FlatIndex


@given(
    st.integers(0, 60),
    st.integers(0, 8),
    st.sampled_from([1, 6, 8, 32]),
    st.integers(0, 70),
    st.integers(0, 99),
)
def test_every_pair_within_the_threshold_and_no_other(
    known: int, asked: int, width: int, threshold: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    codes = random.integers(0, 4, (known, width), np.uint8)
    queries = random.integers(0, 4, (asked, width), np.uint8)
    found = FlatIndex(codes).search(queries, threshold)
    expected = []
    for i, query in enumerate(queries):
        pairs = [(int(np.bitwise_count(query ^ code).sum()), j) for j, code in enumerate(codes)]
        expected += [(i, d, j) for d, j in sorted(pairs) if d <= threshold]
    ours = zip(found.queries.tolist(), found.distances.tolist(), found.rows.tolist(), strict=True)
    assert list(ours) == expected


def test_the_threshold_is_inclusive() -> None:
    codes = np.zeros((1, 32), np.uint8)
    query = np.zeros((1, 32), np.uint8)
    query[0, :4] = 255
    assert len(FlatIndex(codes).search(query, 31).rows) == 0
    assert len(FlatIndex(codes).search(query, 32).rows) == 1
