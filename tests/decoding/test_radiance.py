"""Radiance HDR: light, unless its header says that it was raised to a power."""

import numpy as np
import pytest

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import hash_image
from tests.support.photos import bits_apart, encoded, photo


def stored(values: np.ndarray, header: bytes, sides: bytes = b"-Y 150 +X 200") -> bytes:
    """By hand: a common exponent of three bytes, not packed."""
    most = np.maximum(values.max(axis=2), 1e-9)
    mantissa, exponent = np.frexp(most)
    scale = (mantissa * 256 / most)[:, :, None]
    rgbe = np.dstack([np.clip(values * scale, 0, 255), exponent + 128]).astype(np.uint8)
    return b"#?RADIANCE\n" + header + b"\n" + sides + b"\n" + rgbe.tobytes()


def test_values_raised_to_a_power_are_light_again() -> None:
    picture = photo("coffee").resize((200, 150))
    truth = hash_image(encoded(picture, "PNG")).hash.value
    values = np.asarray(picture) / 255
    with_gamma = stored(values, b"GAMMA=0.45455\nFORMAT=32-bit_rle_rgbe\n")
    assert bits_apart(hash_image(with_gamma).hash.value, truth) <= 8
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    of_light = stored(linear, b"FORMAT=32-bit_rle_rgbe\n")
    assert bits_apart(hash_image(of_light).hash.value, truth) <= 4


def test_other_kinds_are_unsupported() -> None:
    with pytest.raises(UnreadableImageError) as caught:
        hash_image(stored(np.full((150, 200, 3), 0.5), b"FORMAT=32-bit_rle_xyze\n"))
    assert caught.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("first", ["-Y", "+Y", "-X", "+X"])
@pytest.mark.parametrize("second", ["-", "+"])
def test_scanlines_run_where_the_header_says(first: str, second: str) -> None:
    picture = np.asarray(photo("coffee").resize((200, 150))) / 255
    # Radiance's own rule: the first axis is that of scanlines; Y runs up, X to the right.
    sign = {"-": -1, "+": 1}
    up, right = (second, first[0]) if first[1] == "X" else (first[0], second)
    shown = picture[:: -sign[up], :: sign[right]]
    pixels = shown.swapaxes(0, 1) if first[1] == "X" else shown
    lines, columns = pixels.shape[:2]
    sides = f"{first} {lines} {second}{'Y' if first[1] == 'X' else 'X'} {columns}"
    found = hash_image(stored(np.ascontiguousarray(pixels), b"", sides.encode()))
    upright = hash_image(stored(picture, b""))
    assert (found.width, found.height) == (200, 150)
    assert bits_apart(found.hash.value, upright.hash.value) <= 2
    assert ("oriented" in found.flags) == ((first, second) != ("-Y", "+"))
