"""FITS: a grey plane of 8 bits is shown alike everywhere; the rest is unsupported."""

import numpy as np
import pytest

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import hash_image
from tests.support.photos import bits_apart, encoded, photo


def fits(pixels: np.ndarray, **cards: object) -> bytes:
    """By hand, the lowest row first, as the standard has it."""
    height, width = pixels.shape[-2:]
    head = {"SIMPLE": "T", "BITPIX": 8, "NAXIS": pixels.ndim, "NAXIS1": width, "NAXIS2": height}
    if pixels.ndim > 2:
        head["NAXIS3"] = pixels.shape[0]
    rows = "".join(f"{name:8}= {value!s:>20}".ljust(80) for name, value in (head | cards).items())
    data = pixels[..., ::-1, :].tobytes()
    return (rows + "END".ljust(80)).ljust(2880).encode() + data.ljust(
        -(-len(data) // 2880) * 2880, b"\0"
    )


def test_a_grey_plane_stands_upright() -> None:
    grey = photo("coffee").resize((200, 150)).convert("L")
    found = hash_image(fits(np.asarray(grey)))
    assert bits_apart(found.hash.value, hash_image(encoded(grey, "PNG")).hash.value) == 0


@pytest.mark.parametrize(
    ("order", "is_flipped"), [("'TOP-DOWN'", True), ("'BOTTOM-UP'", False), ("'?'", False)]
)
def test_a_header_may_say_that_the_highest_row_comes_first(order: str, is_flipped: bool) -> None:  # noqa: FBT001
    grey = np.asarray(photo("coffee").resize((200, 150)).convert("L"))
    found = hash_image(fits(grey[::-1] if is_flipped else grey, ROWORDER=order))
    assert bits_apart(found.hash.value, hash_image(fits(grey)).hash.value) <= 2
    assert ("oriented" in found.flags) == is_flipped


def test_measurements_and_cubes_are_unsupported() -> None:
    grey = np.asarray(photo("coffee").resize((200, 150)).convert("L"))
    deep = grey.astype(">i2")
    for data in (
        fits(np.stack([grey] * 3)),
        fits(deep, BITPIX=16),
        fits(grey, BSCALE="2.0E+00"),
        fits(grey, BZERO="1.0D+00"),
    ):
        with pytest.raises(UnreadableImageError) as caught:
            hash_image(data)
        assert caught.value.reason is Reason.UNSUPPORTED
