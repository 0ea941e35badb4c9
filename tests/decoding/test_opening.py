import io

import av
import pytest

from hashmatch.decoding.opening import open_container
from hashmatch.decoding.video import Video
from hashmatch.decoding.window import Window
from hashmatch.limits import Limits
from tests.support.clips import clip


def tagged(title: bytes) -> bytes:
    """A video with a title of these bytes, whatever their encoding."""
    text = "t" * len(title)
    buffer = io.BytesIO()
    with (
        av.open(io.BytesIO(clip()), "r") as source,
        av.open(buffer, "w", format="matroska") as out,
    ):
        out.metadata["title"] = text
        video = source.streams.video[0]
        stream = out.add_stream_from_template(video)
        stream.metadata["title"] = text
        for packet in source.demux(video):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    made = buffer.getvalue()
    assert made.count(text.encode()) == 2
    return made.replace(text.encode(), title)


@pytest.mark.parametrize(
    "title", ["日本語".encode(), "Urlaub in Köln".encode("latin-1"), b"\xff" * 9]
)
def test_tags_of_any_encoding_do_not_hide_a_video(title: bytes) -> None:
    with Video(tagged(title), Limits()) as video, Video(clip(), Limits()) as plain:
        assert len(list(video)) == len(list(plain)) > 0
    assert video.reason is None


def test_only_the_named_formats_are_opened() -> None:
    open_container(Window(io.BytesIO(clip())), ["mp4"]).close()
    with pytest.raises(av.FFmpegError):
        open_container(Window(io.BytesIO(clip())), ["avi"])
