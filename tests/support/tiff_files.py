"""Pictures for tests of TIFF."""

import io
import struct
from functools import cache
from typing import Any

import numpy as np
import pdqhash
import tifffile

from hashmatch.hashing.items import hash_image
from tests.support.photos import bits_apart, photo

WIDTH, HEIGHT = 200, 150


@cache
def picture() -> np.ndarray:
    return np.asarray(photo("coffee").resize((WIDTH, HEIGHT)))


@cache
def grey() -> np.ndarray:
    return np.asarray(photo("coffee").resize((WIDTH, HEIGHT)).convert("L"))


def pdq(pixels: np.ndarray) -> bytes:
    vector, _ = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(vector).tobytes()


@cache
def of_colour() -> bytes:
    return pdq(picture())


@cache
def of_grey() -> bytes:
    return pdq(np.dstack([grey()] * 3))


def written(pixels: np.ndarray, **options: Any) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, metadata=None, **options)
    return buffer.getvalue()


def near(data: bytes, expected: bytes, allowed: int = 2) -> None:
    found = hash_image(data)
    assert (found.reason, found.fraction) == (None, 1.0)
    assert (found.width, found.height) == (WIDTH, HEIGHT)
    assert bits_apart(found.hash.value, expected) <= allowed


def by_hand(
    strip: bytes, order: str, tags: dict[int, tuple[int, ...]], *, big: bool = False
) -> bytes:
    """A TIFF of one strip."""
    every = {256: (WIDTH,), 257: (HEIGHT,), 259: (1,), 277: (1,), 278: (HEIGHT,), **tags}
    every |= {273: (16 if big else 8,), 279: (len(strip),)}
    start = {"<": b"II", ">": b"MM"}[order]
    end = (16 if big else 8) + len(strip) + len(strip) % 2
    word, head = ("Q", "Q") if big else ("I", "H")
    size = struct.calcsize("=" + head) + len(every) * (20 if big else 12) + (8 if big else 4)
    entries, behind = b"", b""
    for tag in sorted(every):
        body = struct.pack(order + word * len(every[tag]), *every[tag])
        field = body
        if len(body) > struct.calcsize("=" + word):
            field = struct.pack(order + word, end + size + len(behind))
            behind += body
        kind = 16 if big else 4
        entries += struct.pack(order + "HH" + word, tag, kind, len(every[tag])) + field
    header = (
        struct.pack(order + "HHHQ", 43, 8, 0, end) if big else struct.pack(order + "HI", 42, end)
    )
    directory = struct.pack(order + head, len(every)) + entries + struct.pack(order + word, 0)
    return start + header + strip.ljust(len(strip) + len(strip) % 2, b"\0") + directory + behind
