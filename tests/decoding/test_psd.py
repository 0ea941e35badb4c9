"""Photoshop's files, written here byte by byte; truth is the picture before."""

import struct

import numpy as np
import pdqhash
import pytest

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing.items import hash_image
from tests.support.photos import bits_apart, photo

WIDTH, HEIGHT = 210, 150


def picture() -> np.ndarray:
    return np.asarray(photo("coffee").resize((WIDTH, HEIGHT)))


def truth(pixels: np.ndarray) -> bytes:
    vector, _ = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(vector).tobytes()


def packed(row: bytes) -> bytes:
    pieces = (row[at : at + 128] for at in range(0, len(row), 128))
    return b"".join(bytes((len(piece) - 1,)) + piece for piece in pieces)


def psd(
    planes: np.ndarray, mode: int, *, version: int = 1, rle: bool = False, resources: bytes = b""
) -> bytes:
    """Of (channels, rows, columns), big-endian already."""
    depth = planes.dtype.itemsize * 8
    head = struct.pack(">4sH6xHIIHH", b"8BPS", version, len(planes), HEIGHT, WIDTH, depth, mode)
    layers = bytes(8 if version == 2 else 4)
    start = head + bytes(4) + len(resources).to_bytes(4) + resources + layers
    rows = [row.tobytes() for plane in planes for row in plane]
    if not rle:
        return start + b"\0\0" + b"".join(rows)
    rows = [packed(row) for row in rows]
    table = b"".join(len(row).to_bytes(4 if version == 2 else 2) for row in rows)
    return start + b"\0\1" + table + b"".join(rows)


@pytest.mark.parametrize("rle", [False, True])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("kind", ["rgb", "rgb and a selection", "cmyk", "grey"])
def test_merged_pictures(kind: str, bits: int, version: int, rle: bool) -> None:  # noqa: FBT001
    mode = {"grey": 1, "cmyk": 4}.get(kind, 3)
    values = np.moveaxis(picture(), 2, 0)
    shown = picture()
    if kind == "cmyk":
        values = np.concatenate([values, np.full((1, HEIGHT, WIDTH), 255, np.uint8)])
    elif kind == "grey":
        values, shown = values[1:2], np.dstack([picture()[:, :, 1]] * 3)
    elif "selection" in kind and bits == 16:
        values = np.concatenate([values, np.zeros((1, HEIGHT, WIDTH), np.uint8)])
    stored = values if bits == 8 else (values.astype(np.uint16) * 257).astype(">u2")
    found = hash_image(psd(stored, mode, version=version, rle=rle))
    assert (found.reason, found.width, found.height) == (None, WIDTH, HEIGHT)
    assert bits_apart(found.hash.value, truth(shown)) <= 2


def test_amounts_of_light() -> None:
    stored = picture() / 255
    light = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    found = hash_image(psd(np.moveaxis(light, 2, 0).astype(">f4"), 3))
    assert bits_apart(found.hash.value, truth(picture())) <= 2


def test_a_cut_file_says_how_much_is_there() -> None:
    data = psd((np.moveaxis(picture(), 2, 0).astype(np.uint16) * 257).astype(">u2"), 3)
    found = hash_image(data[: len(data) * 3 // 4])
    assert found.reason is Reason.TRUNCATED
    assert abs(found.fraction - 0.75) < 0.01


def test_what_is_not_supported_is_not_damaged() -> None:
    planes = (np.moveaxis(picture(), 2, 0).astype(np.uint16) * 257).astype(">u2")
    info = b"8BIM" + (1057).to_bytes(2) + b"\0\0" + (6).to_bytes(4) + bytes(4) + b"\0\0"
    for data in (psd(planes, 7), psd(planes, 3, resources=info)):
        with pytest.raises(UnreadableImageError) as caught:
            hash_image(data)
        assert caught.value.reason is Reason.UNSUPPORTED
