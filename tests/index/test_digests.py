import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.index import digests
from hashmatch.index.digests import DigestIndex


@given(st.lists(st.integers(0, 40), max_size=60), st.sampled_from([16, 20, 32]))
def test_every_row_with_the_digest_and_no_other(numbers: list[int], size: int) -> None:
    known = [_digest(number, size) for number in numbers]
    values = np.frombuffer(b"".join(known), np.uint8).reshape(-1, size)
    checked: list[tuple[str, int, int]] = []
    index = DigestIndex(values, digests.build(values), lambda *rows: checked.append(rows))
    for number in range(45):
        wanted = _digest(number, size)
        assert index.rows(wanted) == [row for row, each in enumerate(known) if each == wanted]


def _digest(number: int, size: int) -> bytes:
    """Few first bytes and first halves, so that buckets and keys are shared."""
    random = np.random.default_rng(number)
    head = bytes([number % 2, number % 3])
    same = bytes([number % 5]) * 6
    return head + same + random.bytes(size - 8)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 1000, 70_000])
def test_lists_of_every_size(count: int) -> None:
    values = np.random.default_rng(count).integers(0, 256, (count, 20), np.uint8)
    arrays = digests.build(values)
    assert len(arrays["starts"]) <= max(2, count)
    index = DigestIndex(values, arrays, lambda *_: None)
    for row in range(0, count, max(1, count // 500)):
        assert index.rows(values[row].tobytes()) == [row]
        assert index.rows((values[row] ^ 1).tobytes()) == []


def test_what_is_read_is_checked_first() -> None:
    random = np.random.default_rng(0)
    values = random.integers(0, 256, (5000, 16), np.uint8)
    checked: set[str] = set()
    index = DigestIndex(values, digests.build(values), lambda name, *_: checked.add(name))
    assert index.rows(values[17].tobytes()) == [17]
    assert checked == {"keys", "order", "values"}
