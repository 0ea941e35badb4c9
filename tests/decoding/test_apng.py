"""Animated PNG: every way to lay frames over each other, as FFmpeg and Chromium show them."""

import io
import random
import struct
import zlib

import av
import numpy as np
import pytest

from hashmatch.decoding.decoded import Decoded, Wanted
from hashmatch.decoding.image import decode_bytes
from hashmatch.errors import Reason
from hashmatch.limits import Limits

WIDTH, HEIGHT = 64, 48


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def packed(rng: random.Random, width: int, height: int, *, clear: bool) -> bytes:
    blocks = np.frombuffer(rng.randbytes(8 * 8 * 4), np.uint8).reshape(8, 8, 4).copy()
    if not clear:
        blocks[:, :, 3] = 255
    pixels = blocks.repeat(-(-height // 8), 0).repeat(-(-width // 8), 1)[:height, :width]
    return zlib.compress(b"".join(b"\0" + row.tobytes() for row in pixels))


def animation(seed: int, *, hidden: bool = False) -> bytes:
    rng = random.Random(seed)
    count, sequence = 5, 0
    parts = [
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 6, 0, 0, 0)),
    ]
    parts.append(chunk(b"acTL", struct.pack(">II", count, 0)))
    if hidden:
        parts.append(chunk(b"IDAT", packed(rng, WIDTH, HEIGHT, clear=False)))
    for number in range(count):
        left, top, width, height = 0, 0, WIDTH, HEIGHT
        if number:
            left, top = rng.randrange(WIDTH - 8), rng.randrange(HEIGHT - 8)
            width, height = rng.randint(4, WIDTH - left), rng.randint(4, HEIGHT - top)
        ways = (rng.randrange(3), rng.randrange(2))
        head = struct.pack(">IIIIIHHBB", sequence, width, height, left, top, 5, 100, *ways)
        parts.append(chunk(b"fcTL", head))
        sequence += 1
        body = packed(rng, width, height, clear=rng.random() < 0.6)
        if number or hidden:
            parts.append(chunk(b"fdAT", struct.pack(">I", sequence) + body))
            sequence += 1
        else:
            parts.append(chunk(b"IDAT", body))
    return b"".join([*parts, chunk(b"IEND", b"")])


def by_ffmpeg(data: bytes) -> list[np.ndarray]:
    """Grey on white."""
    shown = []
    with av.open(io.BytesIO(data), "r", format="apng") as container:
        for frame in container.decode(video=0):
            rgba = frame.to_ndarray(format="rgba").astype(float)
            alpha = rgba[:, :, 3:] / 255
            rgb = rgba[:, :, :3] * alpha + 255 * (1 - alpha)
            shown.append(rgb @ [0.299, 0.587, 0.114])
    return shown


def ours(data: bytes) -> tuple[list[np.ndarray], Decoded]:
    _, decoded = decode_bytes(data, Wanted(exact=True), Limits())
    assert decoded.moving is not None
    frames = [*decoded.frames, *decoded.moving]
    return [np.asarray(frame.raster.luma, float) for frame in frames], decoded


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_every_frame_is_as_ffmpeg_shows_it(seed: int, hidden: bool) -> None:  # noqa: FBT001
    data = animation(seed, hidden=hidden)
    found, _ = ours(data)
    wanted = by_ffmpeg(data)
    assert len(found) == len(wanted) + hidden
    for mine, theirs in zip(found[hidden:], wanted, strict=True):
        assert np.abs(mine - theirs).mean() < 1.5


def test_a_frame_that_cannot_be_read_ends_the_animation_with_its_reason() -> None:
    data = animation(3)
    at = data.rindex(b"fdAT") + 12
    found, decoded = ours(data[:at] + b"\xff" * 8 + data[at + 8 :])
    assert len(found) < 5
    assert decoded.moving is not None
    assert decoded.moving.reason is Reason.CORRUPT_DATA
