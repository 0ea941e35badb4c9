"""Films whose frames carry their number, so that a test reads the true time off the content."""

import io
import struct
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from hashmatch import Limits
from hashmatch.decoding.video import Video

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 10
"""Frames a second, where no stamps are given."""
REORDERED = {"x264-params": "bframes=3:keyint=30:scenecut=0:b-pyramid=normal"}
PLAIN = {"x264-params": "bframes=0:keyint=30:scenecut=0"}

_BITS = 8
_SIZE = 128, 96
_MANNERS = {"libx264": REORDERED, "libx265": {"x265-params": "log-level=none:bframes=3"}}


def _frame(number: int) -> "NDArray[np.uint8]":
    drawn = np.full((_SIZE[1], _SIZE[0], 3), 20 + number % 12 * 18, np.uint8)
    for bit in range(_BITS):
        drawn[40:90, bit * 16 : bit * 16 + 16] = 255 * (number >> bit & 1)
    return drawn


def number_of(luma: "NDArray[np.uint8]") -> int:
    """The number that a frame carries, of its (64, 64) luma."""
    bars = luma[34:54].reshape(20, _BITS, 8)[:, :, 2:6].mean(axis=(0, 2))
    return int(sum(1 << bit for bit in range(_BITS) if bars[bit] > 128))


@cache
def film(
    container: str,
    codec: str = "libx264",
    *,
    frames: int = 60,
    rate: int = RATE,
    stamps: tuple[int, ...] = (),
    plain: bool = False,
    options: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """A film; frame n is shown at `stamps[n] / rate`, or n / rate.

    Args:
        plain: frames are shown in the order in which they are decoded.
        options: of the encoder, instead of those that show frames in another order.
    """
    buffer = io.BytesIO()
    chosen = dict(options) or (PLAIN if plain and codec == "libx264" else _MANNERS.get(codec, {}))
    with av.open(buffer, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=rate, options=chosen)
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.thread_count = 1
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(_frame(number), format="rgb24")
            frame.pts = stamps[number] if stamps else number
            frame.time_base = Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


def restamped(data: bytes, container: str, change: Callable[[int, Any], None]) -> bytes:
    """The same packets in another container, each changed on the way."""
    buffer = io.BytesIO()
    with av.open(io.BytesIO(data), "r") as source, av.open(buffer, "w", format=container) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(p for p in source.demux(video=0) if p.size):
            change(number, packet)
            packet.stream = stream
            out.mux(packet)
    return buffer.getvalue()


def delayed(data: bytes, container: str, seconds: Mapping[int, float]) -> bytes:
    """The packets from each of these on so much later."""

    def change(number: int, packet: Any) -> None:
        later = sum(value for first, value in seconds.items() if number >= first)
        packet.pts += round(later / packet.time_base)
        packet.dts += round(later / packet.time_base)

    return restamped(data, container, change)


def edited(data: bytes, edits: Sequence[tuple[int, int]]) -> bytes:
    """An MP4 with another edit list: milliseconds, and where they begin in the media (-1: none)."""
    at = data.index(b"elst") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    box = struct.pack(">I4sII", 16 + 12 * len(edits), b"elst", 0, len(edits))
    box += b"".join(struct.pack(">IiI", length, start, 1 << 16) for length, start in edits)
    made = bytearray(data[:at] + box + data[at + size :])
    assert data.index(b"moov") > data.index(b"mdat")
    for parent in (b"edts", b"trak", b"moov"):
        place = made.index(parent) - 4
        length = int.from_bytes(made[place : place + 4], "big") + len(box) - size
        made[place : place + 4] = length.to_bytes(4, "big")
    return bytes(made)


def read(data: bytes, *, keyframes: bool = False) -> "tuple[Video, list[tuple[int, float]]]":
    """The video, read to its end, and number and time of each decoded frame."""
    with Video(data, Limits(), keyframes=keyframes) as video:
        return video, [(number_of(moment.grey(64)), moment.time) for moment in video]
