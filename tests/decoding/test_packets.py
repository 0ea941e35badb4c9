"""Frames that nobody waits for are left out where a keyframe comes: the others are the same."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch import HashOptions, Limits, hash_video
from hashmatch.decoding.packets import Packets
from hashmatch.decoding.video import Video
from tests.support.clips import KINDS, clip, encoded, pictures
from tests.support.films import facts

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPEN = {"x264-params": "open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=3:b-pyramid=normal"}
REFRESH = {"x264-params": "intra-refresh=1:keyint=25:bframes=0"}
"""No keyframe but the first one: columns are renewed in turn."""
HEVC_OPEN = {
    "x265-params": "log-level=none:open-gop=1:keyint=25:min-keyint=25:scenecut=0:bframes=4"
}

Greys = dict[float, "NDArray[np.uint8]"]


def read(data: bytes, *, skipping: bool, interval: float = 1.0) -> tuple[Video, Greys]:
    """The frames that are decoded, by their time."""
    due = 0.0

    def awaited() -> tuple[float, float]:
        return due, due

    seen: Greys = {}
    with Video(data, Limits(), awaited=awaited if skipping else None) as video:
        for moment in video:
            seen[round(moment.time, 3)] = moment.grey(64)
            if moment.after_seek or moment.time >= due:
                due = moment.time + interval
    return video, seen


def made(codec: str, options: Mapping[str, str], container: str = "mp4") -> bytes:
    return encoded(pictures(8.0), container, codec, gop=25, options=options)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_decoded_is_the_same_frame(kind: str) -> None:
    data = clip(kind, seconds=8.0, gop=20)
    full, every = read(data, skipping=False)
    video, seen = read(data, skipping=True)
    assert not video.bad_keyframe
    assert seen.keys() <= every.keys()
    assert all((seen[time] == every[time]).all() for time in seen)
    assert (video.damaged, video.reason, video.fraction) == (0, None, 1.0)
    assert video.packets == full.packets
    # Raw streams and the AVI of a codec with B-frames have no times to plan by.
    if kind != "h264-raw":
        assert video.frames < 0.5 * full.frames
        assert np.diff(sorted(seen)).max() <= 1.001


@pytest.mark.parametrize(
    ("codec", "options", "container"),
    [
        ("libx264", OPEN, "mp4"),
        ("libx264", OPEN, "mpegts"),
        ("libx265", HEVC_OPEN, "mp4"),
        ("libx265", HEVC_OPEN, "matroska"),
        ("mpeg2video", {"bf": "2"}, "mpegts"),
    ],
)
def test_open_groups_of_pictures(codec: str, options: Mapping[str, str], container: str) -> None:
    data = made(codec, options, container)
    _, every = read(data, skipping=False)
    video, seen = read(data, skipping=True)
    assert not video.bad_keyframe
    assert len(seen) < 0.4 * len(every)
    assert all((seen[time] == every[time]).all() for time in seen)


def tableless(data: bytes) -> bytes:
    """Without the table of an MP4 that says which frames are keyframes: all are, then."""
    assert data.count(b"stss") == 1
    return data.replace(b"stss", b"free")


def boasting(data: bytes) -> bytes:
    """The same packets in Matroska, each of them called a keyframe."""
    buffer = io.BytesIO()
    with (
        av.open(io.BytesIO(data), "r") as source,
        av.open(buffer, "w", format="matroska") as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream, packet.is_keyframe = stream, True
                out.mux(packet)
    return buffer.getvalue()


@pytest.mark.usefixtures("no_small_films")
@pytest.mark.parametrize(("codec", "lying"), [("libx265", boasting), ("mpeg4", tableless)])
def test_keyframes_that_are_none_are_seen_through(
    codec: str, lying: Callable[[bytes], bytes]
) -> None:
    honest = encoded(pictures(8.0), "mp4", codec, gop=100)
    data = lying(honest)
    assert read(data, skipping=True)[0].bad_keyframe
    found, expected = hash_video(data), hash_video(honest)
    assert len([each for each in found.readings if not each.part]) == 8
    assert [each.hash for each in found.readings] == [each.hash for each in expected.readings]
    assert found.complete


@pytest.mark.usefixtures("no_small_films")
def test_a_picture_that_is_renewed_by_columns_is_read_as_a_whole() -> None:
    data = made("libx264", REFRESH, "mpegts")
    _, every = read(data, skipping=False)
    video, seen = read(data, skipping=True)
    assert video.bad_keyframe or all((seen[time] == every[time]).all() for time in seen)
    assert len([each for each in hash_video(data).readings if not each.part]) == 8


@pytest.mark.usefixtures("no_small_films")
def test_a_video_of_a_keyframe_a_second_is_decoded_once_a_second() -> None:
    data = encoded(
        pictures(8.0),
        "mp4",
        "libx264",
        options={"x264-params": "keyint=25:min-keyint=25:bframes=0"},
    )
    found = hash_video(data)
    assert len([each for each in found.readings if not each.part]) == 8
    # Behind the last keyframe everything is decoded: a video may end at any time.
    assert found.frames == 7 + 25
    thorough = hash_video(data, HashOptions(sampling="thorough"))
    assert len([each for each in thorough.readings if not each.part]) == 16


@dataclass(frozen=True)
class Fake:
    pts: int | None
    dts: int | None
    is_keyframe: bool = False
    size: int = 1
    brings: str = ""

    def has_sidedata(self, name: str) -> bool:
        return name == self.brings


@given(
    st.lists(st.tuples(st.integers(-2, 2), st.booleans()), min_size=1, max_size=40),
    st.integers(0, 10),
    st.integers(0, 15),
    st.integers(0, 3),
    st.integers(0, 5),
)
def test_a_leap_goes_to_the_keyframe_next_to_when_one_is_due(
    shifts: list[tuple[int, bool]], after: int, wait: int, later: int, taken: int
) -> None:
    source = [Fake(-1, -1)]
    source += [Fake(dts + abs(shift), dts, key) for dts, (shift, key) in enumerate(shifts)]
    packets = Packets(cast("Any", iter(source)))
    left = source[taken + 1 :]
    for _ in source[: taken + 1]:
        next(packets)
    due, latest = after + wait, after + wait + later
    shown = [each for each in left if each.is_keyframe and after < cast("int", each.pts) <= latest]
    landing = packets.skip_to_keyframe(after, due, latest)
    rest = cast("list[Fake]", list(packets))
    if not shown:
        assert landing is None
        assert rest == left
        return
    last = rest[0]
    assert last in shown
    assert last.pts == landing
    assert abs(cast("int", landing) - due) == min(abs(cast("int", it.pts) - due) for it in shown)
    behind = left[left.index(last) + 1 :]
    dropped = [each for each in behind if each not in rest]
    assert all(cast("int", each.pts) < cast("int", last.pts) for each in dropped)
    assert rest[1:] == [each for each in behind if each in rest]


@pytest.mark.parametrize(
    "source",
    [
        [Fake(5, 5), Fake(6, 6), Fake(1, 1), Fake(7, 7, is_keyframe=True)],
        [Fake(1, 1), Fake(7, 7, is_keyframe=True)],
        [Fake(5, 5), Fake(None, None, is_keyframe=True), Fake(7, 7, is_keyframe=True)],
        [Fake(5, 5, brings="palette"), Fake(7, 7, is_keyframe=True)],
        [Fake(5, 5, size=1 << 26), Fake(7, 7, is_keyframe=True)],
    ],
    ids=["clock-set-back", "set-back-before", "no-times", "palette", "too-much"],
)
def test_what_ends_the_look_ahead(source: list[Fake]) -> None:
    packets = Packets(cast("Any", iter([Fake(4, 4), *source])))
    next(packets)
    assert packets.skip_to_keyframe(4, 10, 10) is None
    assert cast("list[Fake]", list(packets)) == source


def test_no_leap_while_frames_from_before_the_clock_was_set_back_may_come() -> None:
    source = [Fake(9, 9), *(Fake(time, time) for time in range(40)), Fake(40, 40, is_keyframe=True)]
    packets = Packets(cast("Any", iter(source)))
    next(packets)
    for time in range(40):
        next(packets)
        assert packets.skip_to_keyframe(9, 40, 40) == (40 if time >= 32 else None)
        if time >= 32:
            break


@pytest.mark.parametrize("frames", [51, 52, 53])
@pytest.mark.parametrize("between", [0, 2])
def test_no_leap_goes_over_a_clock_that_is_set_back(frames: int, between: int) -> None:
    dense = {"x264-params": f"keyint=25:min-keyint=25:scenecut=0:bframes={between}"}
    shown = list(pictures(2 + frames / 25, size=(96, 72)))
    first = encoded(iter(shown[:frames]), "mpegts", "libx264", options=dense)
    second = encoded(pictures(6.0, size=(96, 72)), "mpegts", "libx264", options=dense)
    full, _ = read(first + second, skipping=False)
    video, seen = read(first + second, skipping=True)
    assert video.duration == pytest.approx(full.duration, abs=0.05)
    assert np.diff(sorted(seen)).max() <= 1.05


def test_a_keyframe_from_which_nothing_comes_has_the_video_read_again() -> None:
    whole = encoded(pictures(6.0), "mp4", "mjpeg", pixels="yuvj420p")
    with av.open(io.BytesIO(whole), "r") as source:
        packets = [packet for packet in source.demux(video=0) if packet.size]
        places = [(packet.pos or 0, packet.size) for packet in packets]
    data = bytearray(whole)
    for place, size in places[100:]:
        data[place : place + size] = bytes(size)
    video, _ = read(bytes(data), skipping=True)
    assert video.bad_keyframe
    found = hash_video(bytes(data))
    assert facts(found).duration == pytest.approx(99 / 25, abs=0.05)
