"""Whether an AVI is whole, told from the places in its table of frames."""

import io
import re
from fractions import Fraction

import av
import pytest

from clips import clip
from hashmatch import hash_video
from hashmatch.decoding.places import Places
from hashmatch.errors import Reason


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


def test_a_pause_is_no_usual_distance() -> None:
    places = Places()
    for place in (*range(10), *range(40, 50)):
        places.take(place)
    assert places.empty(50) == 30
    assert places.empty(60) == 30
