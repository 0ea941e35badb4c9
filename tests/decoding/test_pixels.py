import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hashmatch.decoding.decoded import Wanted
from hashmatch.decoding.image import decode_image
from hashmatch.decoding.pixels import luma_of, on_white, to_byte_range
from hashmatch.errors import UnreadableImageError
from hashmatch.limits import Limits
from tests.support.places import FIXTURES

ANY_FLOATS = arrays.arrays(np.float32, (3, 4), elements=st.floats(width=32))


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_luma_is_the_weighted_sum(rgb: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> None:
    thousandths = 299 * rgb[..., 0].astype(int) + 587 * rgb[..., 1].astype(int)
    expected = (thousandths + 114 * rgb[..., 2].astype(int)) / 1000
    assert np.array_equal(luma_of(rgb), expected.astype(np.float32))


@given(st.integers(0, 255), st.integers(0, 255))
def test_on_white_is_between_the_colour_and_white(colour: int, alpha: int) -> None:
    shown = on_white(np.full((1, 1), colour, np.uint8), np.full((1, 1), alpha, np.uint8))
    assert abs(int(shown[0, 0]) - (colour * alpha + 255 * (255 - alpha)) / 255) <= 0.5


@given(ANY_FLOATS)
def test_any_floats_become_bytes(
    values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]",
) -> None:
    found = to_byte_range(values)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 255.001


def test_a_signalling_nan_is_black_and_silent() -> None:
    values = np.array([[0x7F800001, 0x3F000000]], np.uint32).view(np.float32)
    assert to_byte_range(values).tolist() == [[0.0, 127.5]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0, 65535]], np.uint16), [0, 255]),
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 127.5, 255]),
        (np.array([[0.0, 51.0, 255.0]], np.float32), [0, 51, 255]),
        (np.array([[0, 65535]], np.int32), [0, 255]),
        (np.array([[-1.0, 0.0, 1.0]], np.float32), [0, 127.5, 255]),
        (np.array([[7, 7]], np.int32), [7, 7]),
    ],
)
def test_ranges_are_read_as_documented(
    values: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]", expected: list[float]
) -> None:
    assert to_byte_range(values)[0].tolist() == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("folder", ["avif", "heic", "jpeg", "pictures"])
@pytest.mark.parametrize("exact", [False, True])
def test_luma_of_every_kept_file_is_from_black_to_white(folder: str, *, exact: bool) -> None:
    for path in sorted((FIXTURES / folder).iterdir()):
        try:
            _, decoded = decode_image(path, Wanted(exact=exact), Limits())
        except UnreadableImageError:
            continue
        for frame in decoded.frames:
            luma = frame.raster.luma
            assert 0 <= luma.min() <= luma.max() <= 255, path.name
            assert luma.max() > 100, path.name
