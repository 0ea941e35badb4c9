import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.bitstream import BitStreamFilterContext
from av.stream import Disposition
from PIL import Image

from hashmatch import Limits
from hashmatch.decoding import formats
from hashmatch.decoding.moments import SampledFrame
from hashmatch.decoding.video import Video
from hashmatch.decoding.video_formats import sniff_video
from hashmatch.errors import Reason, UnreadableVideoError
from tests.support.clips import KINDS, clip, encoded, pictures, video_files


def moments(
    data: bytes, *, keyframes: bool = False, limits: Limits | None = None
) -> list[SampledFrame]:
    with Video(data, limits or Limits(), keyframes=keyframes) as video:
        return list(video)


def plain(level: int, count: int = 30) -> bytes:
    return encoded(
        (Image.new("RGB", (64, 48), (level,) * 3) for _ in range(count)), "mp4", "libx264"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_recognised_and_read_in_order_of_time(kind: str) -> None:
    data = video_files()[kind]
    assert formats.sniff(data[: formats.HEAD]) is None
    assert sniff_video(data[: formats.HEAD])
    with Video(data, Limits()) as video:
        times = [moment.time for moment in video]
    assert times[0] == 0
    assert times == sorted(set(times))
    assert video.duration == pytest.approx(2.96, abs=0.15)
    assert (video.width, video.height) == (128, 96)
    assert (video.damaged, video.reason, video.fraction) == (0, None, 1.0)
    assert len(times) == video.frames >= 30


def test_bytes_paths_and_files_are_the_same(tmp_path: Path) -> None:
    data = clip()
    path = tmp_path / "a"
    path.write_bytes(data)
    with path.open("rb") as file, Video(file, Limits()) as video:
        from_file = [moment.grey(64) for moment in video]
    assert np.array_equal(from_file, [moment.grey(64) for moment in moments(data)])


def test_limited_range_becomes_full_range() -> None:
    assert moments(plain(255))[0].grey(64).min() >= 253
    assert moments(plain(0))[0].grey(64).max() <= 2


def test_a_frame_is_the_picture_shrunk_by_means() -> None:
    truth = next(pictures())
    luma = np.asarray(truth.convert("L").resize((64, 64), Image.Resampling.BOX), np.float32)
    seen = moments(clip("mkv-ffv1"))[0].grey(64).astype(np.float32)
    assert np.abs(seen - luma).mean() < 2.5


@pytest.mark.parametrize(
    ("matrix", "shown"),
    [
        ((0, 1, -1, 0), lambda pixels: np.rot90(pixels, -1)),
        ((-1, 0, 0, -1), lambda pixels: np.rot90(pixels, 2)),
        ((0, -1, 1, 0), lambda pixels: np.rot90(pixels, 1)),
        ((-1, 0, 0, 1), np.fliplr),
        ((1, 0, 0, -1), np.flipud),
        ((0, 1, 1, 0), np.transpose),
        ((7, 7, 7, 7), np.asarray),
    ],
)
def test_the_display_matrix_is_applied(
    matrix: tuple[int, ...], shown: Callable[[Any], Any]
) -> None:
    a, b, c, d = (value << 16 for value in matrix)
    data = bytearray(clip())
    at = data.index(b"tkhd") + 4 + 40
    data[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    with Video(bytes(data), Limits()) as video:
        turned = next(iter(video)).grey(64)
    upright = moments(clip())[0].grey(64)
    assert ("oriented" in video.flags) == (matrix != (7, 7, 7, 7))
    assert (video.width, video.height) == ((144, 192) if matrix[0] == 0 else (192, 144))
    assert np.array_equal(turned, shown(upright))


def test_transparent_parts_are_on_white() -> None:
    clear = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mov") as out:
        stream = out.add_stream("qtrle", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "argb"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.asarray(clear), format="rgba")
            out.mux(stream.encode(frame.reformat(format="argb")))
        out.mux(stream.encode(None))
    with Video(buffer.getvalue(), Limits()) as video:
        assert next(iter(video)).grey(64).min() == 255
    assert "alpha" in video.flags


def test_ten_bits_are_read_as_eight() -> None:
    deep = encoded(pictures(1.0), "mp4", "libx264", pixels="yuv420p10le")
    with Video(deep, Limits()) as video:
        seen = next(iter(video)).grey(64)
    assert "deep" in video.flags
    assert np.abs(seen.astype(int) - moments(clip())[0].grey(64)).mean() < 3


def test_the_size_may_change_on_the_way() -> None:
    both = clip("h264-raw", seconds=1.0, size=(128, 96)) + clip("h264-raw", seconds=1.0)
    with Video(both, Limits()) as video:
        count = len(list(video))
    assert "resized" in video.flags
    assert count >= 20


def test_a_clock_that_is_set_back_goes_on() -> None:
    times = [moment.time for moment in moments(clip("ts-h264", seconds=3.0) * 2)]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(5.96, abs=0.3)


def test_frames_shown_out_of_order_in_a_container_without_times() -> None:
    options = {"x264-params": "bframes=3:keyint=100:scenecut=0"}
    film = encoded(pictures(8.0), "mp4", "libx264", options=options)
    truth, found = moments(film), moments(without_times(film))
    # None is left out: the order of decoding tells the time of showing.
    assert [each.time for each in found] == pytest.approx(np.arange(200) / 25)
    seen = {round(each.time, 2): each.grey(64) for each in found}
    assert all(np.array_equal(seen[round(each.time, 2)], each.grey(64)) for each in truth)


def without_times(film: bytes) -> bytes:
    """The very packets of an MP4 in an AVI: two encodings of one film would differ."""
    buffer = io.BytesIO()
    with av.open(io.BytesIO(film), "r") as given, av.open(buffer, "w", format="avi") as out:
        source = given.streams.video[0]
        stream = out.add_stream_from_template(source)
        bytewise = BitStreamFilterContext("h264_mp4toannexb", source, stream)
        for packet in given.demux(source):
            for each in bytewise.filter(packet) if packet.size else ():
                each.stream = stream
                out.mux(each)
    return buffer.getvalue()


def test_keyframes_alone() -> None:
    for kind in ("mp4-h264", "webm-vp9", "avi-mpeg4"):
        found = moments(clip(kind, gop=25), keyframes=True)
        assert 6 <= len(found) <= 10, kind


def test_damage_costs_what_it_damages() -> None:
    data = bytearray(clip("ts-h264"))
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    whole = len(moments(clip("ts-h264")))
    with Video(bytes(data), Limits()) as video:
        left = len(list(video))
    assert 0.5 * whole < left <= whole
    assert video.damaged > 0
    assert video.reason is Reason.CORRUPT_DATA
    assert video.fraction < 1


def test_half_a_video_is_half_a_video() -> None:
    data = clip("avi-mjpeg")
    with Video(data[: len(data) // 2], Limits()) as video:
        list(video)
    assert 2 < video.duration < 4


def test_without_its_index_an_mp4_is_unreadable() -> None:
    data = clip()
    with pytest.raises(UnreadableVideoError, match="damaged"):
        moments(data[: len(data) // 2])


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile '{}'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n",
        "<MPD><Period><AdaptationSet><BaseURL>{}</BaseURL></AdaptationSet></Period></MPD>",
    ],
)
def test_no_other_file_is_opened(tmp_path: Path, text: str) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(clip())
    list_of_files = tmp_path / "innocent.mp4"
    list_of_files.write_text(text.format(other))
    assert sniff_video(list_of_files.read_bytes()) is None
    with list_of_files.open("rb") as file, pytest.raises(UnreadableVideoError):
        Video(file, Limits())


def test_sound_with_a_cover_is_no_video() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as out:
        sound = out.add_stream("aac", rate=44100)
        cover = out.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        picture = av.VideoFrame.from_ndarray(
            np.asarray(next(pictures(size=(64, 48)))), format="rgb24"
        )
        for packet in cover.encode(picture.reformat(format="yuvj420p")):
            packet.pts = packet.dts = 0
            out.mux(packet)
        for number in range(20):
            silence = av.AudioFrame.from_ndarray(
                np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
            )
            silence.rate, silence.pts = 44100, number * 1024
            out.mux(sound.encode(silence))
        out.mux(sound.encode(None))
    with av.open(io.BytesIO(buffer.getvalue())) as made:
        assert len(made.streams.video) == 1
    with pytest.raises(UnreadableVideoError, match="not-a-picture"):
        moments(buffer.getvalue())


def test_limits() -> None:
    with pytest.raises(UnreadableVideoError, match="too-many-pixels"):
        moments(clip(), limits=Limits(max_video_pixels=1000))
    with Video(clip(), Limits(max_video_frames=5)) as video:
        assert len(list(video)) == 5
    assert video.reason is Reason.TOO_LONG
    with Video(clip(), Limits(max_video_seconds=0)) as video:
        assert 0 <= len(list(video)) < 50
    assert video.reason is Reason.TIMED_OUT


def test_it_says_that_it_goes_on() -> None:
    heard: list[float] = []
    with Video(clip(), Limits(), on_progress=heard.append) as video:
        frames = len(list(video))
    assert len(heard) >= frames
    assert heard[-1] > 5
