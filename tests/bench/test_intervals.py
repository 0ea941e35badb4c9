import math

import pytest

from hashmatch.bench.intervals import wilson


@pytest.mark.parametrize(
    ("found", "of", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_that_were_published(
    found: int, of: int, low: float, high: float
) -> None:
    assert wilson(found, of) == pytest.approx((low, high), abs=5e-5)
    mirrored = wilson(of - found, of)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=5e-5)


@pytest.mark.parametrize(("found", "of"), [(3, 7), (499, 500), (90, 100), (1, 100_000)])
def test_the_ends_are_where_the_normal_test_just_accepts(found: int, of: int) -> None:
    share = found / of
    for end in wilson(found, of):
        apart = abs(share - end) / math.sqrt(end * (1 - end) / of)
        assert apart == pytest.approx(1.959964, abs=1e-5)


def test_nothing_is_known_of_no_copy() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(5, 5)[1] == 1
