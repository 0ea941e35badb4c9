"""Whether an AVI is whole, told from the places in its table of frames."""

import io
import re
import struct
from fractions import Fraction

import av
import pytest

from hashmatch import hash_video
from hashmatch.decoding.places import Places
from hashmatch.errors import Reason
from tests.support.clips import clip


def spaced(step: int) -> bytes:
    """An AVI of the frames of a film, each so many ticks behind the one before."""
    buffer = io.BytesIO()
    with (
        av.open(io.BytesIO(clip("avi-mpeg4", seconds=3.0, gop=10)), "r") as source,
        av.open(buffer, "w", format="avi") as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0])
        stream.time_base = Fraction(1, 25 * step)
        for number, packet in enumerate(source.demux(source.streams.video[0])):
            if packet.size:
                packet.stream = stream
                packet.time_base = Fraction(1, 25 * step)
                packet.pts = packet.dts = number * step
                packet.duration = step
                out.mux(packet)
    return buffer.getvalue()


@pytest.mark.parametrize("step", [1, 2, 3])
def test_an_avi_with_empty_places_behind_its_last_frame_is_whole(step: int) -> None:
    data = spaced(step)
    with av.open(io.BytesIO(data)) as container:
        assert container.streams.video[0].frames == 75 * step
    whole = hash_video(data)
    assert (whole.reason, whole.fraction) == (None, 1.0)
    chunks = re.finditer(rb"00dc(?!\0\0\0\0)", data[: data.rindex(b"idx1")])
    *_, last = (chunk.start() for chunk in chunks)
    cut = hash_video(data[:last])
    assert cut.reason is Reason.TRUNCATED


def with_empty_chunks(data: bytes, count: int, *, chunks: int | None = None) -> bytes:
    """The AVI with so many places behind its last frame, each of which has a chunk of no bytes.

    Args:
        data: the file.
        count: places, as its header says.
        chunks: those that are in the file; all by default.
    """
    chunks = count if chunks is None else chunks
    movi, index = data.index(b"movi"), data.rindex(b"idx1")
    grown = bytearray(data[:index] + b"00dc\0\0\0\0" * chunks)
    entries = bytearray(data[index:])
    for number in range(chunks):
        entries += b"00dc" + struct.pack("<III", 0, index - movi + 8 * number, 0)
    struct.pack_into("<I", entries, 4, len(entries) - 8)
    (length,) = struct.unpack_from("<I", data, movi - 4)
    struct.pack_into("<I", grown, movi - 4, length + 8 * chunks)
    for place in (data.index(b"avih") + 8 + 16, data.index(b"strh") + 8 + 32):
        (frames,) = struct.unpack_from("<I", data, place)
        struct.pack_into("<I", grown, place, frames + count)
    grown += entries
    struct.pack_into("<I", grown, 4, len(grown) - 8)
    return bytes(grown)


@pytest.mark.parametrize("count", [1, 5, 40])
def test_an_avi_with_several_empty_places_at_its_end_is_whole(count: int) -> None:
    data = with_empty_chunks(spaced(1), count)
    with av.open(io.BytesIO(data)) as container:
        assert container.streams.video[0].frames == 75 + count
    whole = hash_video(data)
    assert (whole.reason, whole.fraction) == (None, 1.0)
    behind = hash_video(data + b"something else" * 20)
    assert (behind.reason, behind.fraction) == (None, 1.0)
    last = data.rindex(b"00dc\0\0\0\0", 0, data.rindex(b"idx1"))
    assert hash_video(data[:last]).reason is Reason.TRUNCATED
    assert hash_video(with_empty_chunks(spaced(1), 40, chunks=5)).reason is Reason.TRUNCATED


def test_a_pause_is_no_usual_distance() -> None:
    places = Places()
    for place in (*range(10), *range(40, 50)):
        places.take(place)
    assert places.empty(50) == 30
    assert places.empty(60) == 30
