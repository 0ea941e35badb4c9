"""What workers say of themselves."""

import pytest

from hashmatch.scanning.endings import number_in
from hashmatch.scanning.messages import ProtocolError


@pytest.mark.parametrize("reached", [0.0, 1.5, 999_999_999.9, 2_000_000_000.0, 64e12])
def test_how_far_a_worker_is_in_a_file_of_any_size(reached: float) -> None:
    assert number_in(f"{reached:.1f}".encode()) == reached


@pytest.mark.parametrize("said", [b"", b"-1", b"1e9", b"nan", b"1" * 30, b"1.55", b" 1"])
def test_what_is_no_number_is_refused(said: bytes) -> None:
    with pytest.raises(ProtocolError):
        number_in(said)
