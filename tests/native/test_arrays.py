"""What C would take on trust is checked before it gets an address."""

import numpy as np
import pytest

from hashmatch.native.arrays import address, out, passed


def test_arrays_of_the_right_type_and_length_are_passed() -> None:
    values = np.arange(6, dtype=np.int64)
    assert address(values, np.int64, 6) == values.ctypes.data
    assert out(values, np.int64, 6) == values.ctypes.data
    assert passed(values, np.int64, 6) == values.tobytes()
    many = np.zeros(1000, np.int64)
    assert passed(many, np.int64, 1000) == many.ctypes.data


@pytest.mark.parametrize(
    "values",
    [
        np.arange(5, dtype=np.int64),
        np.arange(6, dtype=np.uint64),
        np.arange(6, dtype=np.int64).astype(">i8"),
        np.arange(12, dtype=np.int64)[::2],
        np.arange(12, dtype=np.int64).reshape(3, 4).T,
        np.zeros(49, np.uint8)[1:].view(np.int64),
    ],
    ids=["short", "unsigned", "swapped", "strided", "turned", "not aligned"],
)
def test_others_are_refused(values: "np.typing.NDArray[np.int64]") -> None:
    for call in (address, out):
        with pytest.raises(ValueError, match="cannot be passed on"):
            call(values, np.int64, 6)


def test_read_only_arrays_are_not_written_to() -> None:
    values = np.arange(6, dtype=np.int64)
    values.flags.writeable = False
    assert address(values, np.int64, 6)
    with pytest.raises(ValueError, match="read-only"):
        out(values, np.int64, 6)
