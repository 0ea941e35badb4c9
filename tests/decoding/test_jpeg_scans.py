"""Scans of progressive JPEGs: those that are needed are read, those that are not are left out."""

from pathlib import Path

import numpy as np
import pytest
import simplejpeg

from hashmatch import HashOptions, hash_image
from hashmatch.decoding import jpeg_scans
from hashmatch.decoding.jpeg_header import read_header
from tests.support.photos import encoded, photo
from tests.support.places import FIXTURES

FOREIGN = sorted((FIXTURES / "jpeg-scans").glob("*.jpg"))
SCAN = b"\xff\xda"
MEANS, COARSE = (0, 0), (1, 5)


def scans(data: bytes) -> list[tuple[int, tuple[int, int], int]]:
    """Number of components, band and digits missing before, of each scan, told by plain search."""
    found = []
    at = data.find(SCAN)
    while at >= 0:
        count = data[at + 4]
        first, last, digits = data[at + 5 + 2 * count : at + 8 + 2 * count]
        found.append((count, (first, last), digits >> 4))
        at = data.find(SCAN, at + 2)
    return found


def trimmed(data: bytes, scale: int) -> bytes:
    return jpeg_scans.trim(data, read_header(data), scale)


def test_a_quarter_needs_means_and_what_is_coarse() -> None:
    """libjpeg: means, 1–5 of brightness, colours, 6–63, digits of 1–63, of means, of colours."""
    data = encoded(photo("coffee"), "JPEG", quality=75, progressive=True)
    assert len(scans(data)) == 10
    assert scans(trimmed(data, 4)) == [(3, MEANS, 0), (1, COARSE, 0), (3, MEANS, 1)]
    assert scans(trimmed(data, 8)) == scans(trimmed(data, 4)), "or means would be smoothed"
    kept = scans(trimmed(data, 1))
    assert (1, (1, 63), 2) in kept, "two digits at 8 are 24: too much where all pixels are read"
    assert (1, (1, 63), 1) not in kept


def test_digits_that_are_worth_much_are_read() -> None:
    """Nobody hides a picture from the hash in what it leaves out."""
    picture = photo("coffee")
    coarse = encoded(picture, "JPEG", qtables=[[200] * 64, [200] * 64], progressive=True)
    of_brightness = [(band, digits) for count, band, digits in scans(coarse) if count == 1]
    for scale in (1, 2, 4):
        kept = [(band, digits) for _, band, digits in scans(trimmed(coarse, scale))]
        assert ((1, 63), 2) in kept
        assert ((1, 63), 1) in kept
        assert ((6, 63), 0) in kept, "what is refined is there before"
    assert ((6, 63), 0) in of_brightness
    fast, exact = (hash_image(coarse, HashOptions(mode=mode)) for mode in ("fast", "exact"))
    assert fast.hash - exact.hash <= 4


def test_a_table_between_scans_makes_nothing_sure() -> None:
    data = encoded(photo("coffee"), "JPEG", quality=90, progressive=True)
    second = data.find(SCAN, data.find(SCAN) + 2)
    start = data.find(b"\xff\xdb")
    table = data[start : start + 2 + int.from_bytes(data[start + 2 : start + 4])]
    changed = data[:second] + table + data[second:]
    kept = [(band, digits) for _, band, digits in scans(trimmed(changed, 4))]
    assert ((1, 63), 1) in kept
    assert table in trimmed(changed, 4)


@pytest.mark.parametrize("name", ["bands", "two-bands"])
@pytest.mark.parametrize(("scale", "most"), [(2, 0), (4, 3)])
def test_bands_that_are_not_seen_change_nothing(name: str, scale: int, most: int) -> None:
    """By libjpeg-turbo of the whole file: it reads blocks of 4, and of 2 samples.

    Where it does not know all of the first ten coefficients, it guesses those that are zero.
    """
    data = (FIXTURES / "jpeg-scans" / f"{name}.jpg").read_bytes()
    kept = trimmed(data, scale)
    assert len(kept) < len(data)
    sides = {"min_height": 480 // scale, "min_width": 500 // scale}
    whole, part = (
        simplejpeg.decode_jpeg(each, "GRAY", **sides).astype(np.int16) for each in (data, kept)
    )
    assert whole.shape[:2] == (480 // scale, 500 // scale)
    assert np.abs(whole - part).max() <= most


@pytest.mark.parametrize("path", FOREIGN, ids=lambda each: each.stem)
def test_hashes_of_other_encoders_are_near_those_of_all_pixels(path: Path) -> None:
    data = path.read_bytes()
    fast, exact = (hash_image(data, HashOptions(mode=mode)) for mode in ("fast", "exact"))
    assert fast.reason is exact.reason is None
    assert fast.hash - exact.hash <= 4


def test_what_ends_without_an_end_keeps_all() -> None:
    data = encoded(photo("coffee"), "JPEG", quality=75, progressive=True)
    cut = data[: len(data) * 3 // 4]
    assert trimmed(cut, 4) == cut
