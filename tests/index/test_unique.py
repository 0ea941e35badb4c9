import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.index.unique import unique_codes
from tests.support.codes import KINDS, codes


@given(
    st.sampled_from(KINDS),
    st.sampled_from([1, 6, 8, 9, 32]),
    st.integers(0, 300),
    st.integers(0, 99),
)
def test_distinct_codes_in_order_and_where_they_came_from(
    kind: str, width: int, count: int, seed: int
) -> None:
    made = codes(kind, count, width, seed)
    found = unique_codes(made)
    assert [*map(tuple, found.codes.tolist())] == sorted({*map(tuple, made.tolist())})
    assert found.offsets[0] == 0
    assert found.offsets[-1] == len(found.rows) == count
    for number, code in enumerate(found.codes):
        rows = found.rows[found.offsets[number] : found.offsets[number + 1]]
        assert rows.tolist() == np.flatnonzero((made == code).all(axis=1)).tolist()


def test_types_do_not_depend_on_the_number() -> None:
    for count in (0, 1, 100):
        found = unique_codes(codes("duplicates", count, 32))
        assert found.codes.dtype == np.uint8
        assert found.offsets.dtype == found.rows.dtype == np.int64
        assert found.codes.flags.c_contiguous
