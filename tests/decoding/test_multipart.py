"""Multipart streams of JPEGs: whole up to the line that announces a further one, else cut."""

import pytest

from hashmatch.errors import Reason
from hashmatch.hashing.items import hash_item
from tests.support.photos import encoded, photo

PARTS = [encoded(photo(name).resize((160, 120)), "JPEG") for name in ("coffee", "rocket", "retina")]


def stream(end: bytes) -> bytes:
    head = b"--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: %d\r\n\r\n"
    parts = [head % len(part) + part + b"\r\n" for part in PARTS * 4]
    return b"".join(parts) + end


@pytest.mark.parametrize("end", [b"--ffmpeg\r\n", b"--ffmpeg--\r\n", b""])
def test_a_stream_that_ends_behind_a_picture_is_whole(end: bytes) -> None:
    found = hash_item(stream(end)).media
    assert found is not None
    assert (found.format, found.frames, found.reason) == ("mpjpeg", 12, None)


def test_a_stream_that_ends_within_a_picture_is_not() -> None:
    found = hash_item(stream(b"")[:-900]).media
    assert found is not None
    assert (found.format, found.frames, found.reason) == ("mpjpeg", 12, Reason.CORRUPT_DATA)
